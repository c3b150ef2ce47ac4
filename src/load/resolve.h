/*
 * Names are resolved once for a load: libcurl would start a thread for each
 * request, 256 for 256 (reference: limits.md §6).
 */
#ifndef LOAD_RESOLVE_H
#define LOAD_RESOLVE_H

#include <curl/curl.h>
#include <stddef.h>

#include "core/exchange.h"

/*
 * "host:port:address,address" for each host of the URLs that is neither an
 * address nor localhost, for CURLOPT_RESOLVE. A name that is not known is left
 * to libcurl, whose message says so. NULL: none. The caller frees the list.
 */
struct curl_slist *resolve_hosts(const struct request *requests, size_t count);

#endif
