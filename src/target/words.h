/*
 * A server's words about a failure. All of these are masked, of at most
 * WORDS_MAX bytes and freed by the caller.
 */
#ifndef TARGET_WORDS_H
#define TARGET_WORDS_H

#include <stddef.h>

#include "base/json.h"
#include "core/exchange.h"

enum { WORDS_MAX = 500 };

/* Any foreign bytes; NULL when they are blank. */
char *words_masked(const char *bytes, size_t size);

/* The words of an object with the key "error": a string, or an object with a message. NULL when they are none. */
char *words_of_error(const struct json *object);

/*
 * Why an exchange is no complete reply with status 200: the server's words,
 * else the transport's. NULL when it is one.
 */
char *words_of_failure(const struct exchange *exchange);

/* Bytes of the longest beginning that is at most `limit` long and splits no UTF-8 character. */
size_t words_cut(const char *bytes, size_t size, size_t limit);

#endif
