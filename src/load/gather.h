/*
 * The pieces of a reply become its body, after the load has drained.
 */
#ifndef LOAD_GATHER_H
#define LOAD_GATHER_H

#include <stddef.h>

#include "core/exchange.h"

/*
 * Takes the framing of HTTP's chunked coding (RFC 9112 §7.1) out of bytes that
 * libcurl has followed: sizes, their extensions, line ends and the trailer.
 * Returns the size of what is left. Stamps move with their bytes; those of
 * framing alone go. What is malformed or missing ends it.
 */
size_t gather_unchunk(char *bytes, struct chunk *chunks, size_t *chunk_count);

#endif
