/*
 * A server's words about a failure. All of these are masked, of at most
 * WORDS_MAX bytes and freed by the caller.
 */
#ifndef TARGET_WORDS_H
#define TARGET_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "core/exchange.h"

enum { WORDS_MAX = 500 };

/* Any foreign bytes; NULL when they are blank. */
char *words_masked(const char *bytes, size_t size);

/*
 * Whether the object tells an error, and its words, all of the object when it has none; NULL: it tells no error.
 *   {"error": "…"}, {"error": {"message": "…"}}   most servers
 *   {"object": "error", "message": "…"}           SGLang
 *   {"detail": "…"}, {"detail": {"msg": "…"}}, {"detail": [{"msg": "…", "loc": ["body", "field"]}]}   FastAPI's
 */
bool words_is_error(const struct json *object);
char *words_of_error(const struct json *object);

/*
 * Why an exchange is no complete reply with status 200: the server's words,
 * else the transport's. NULL when it is one.
 */
char *words_of_failure(const struct exchange *exchange);

/* Bytes of the longest beginning that is at most `limit` long and splits no UTF-8 character. */
size_t words_cut(const char *bytes, size_t size, size_t limit);

#endif
