/*
 * The lines of the header that requests are sent with, beside those of libcurl.
 */
#ifndef LOAD_HEADERS_H
#define LOAD_HEADERS_H

#include "transfer.h"

/* Makes those of each type of body that the requests have, and of none; false: no memory. */
bool headers_make(struct wire *wire, const struct request *requests, size_t count);
void headers_free(struct wire *wire);

/* Those of a request, borrowed. */
struct curl_slist *headers_of(const struct wire *wire, const struct request *request);

#endif
