/*
 * Packed bytes (RFC 1950 and 1951) and the checksums that go with them;
 * deflate.c is the only file that includes zlib.
 */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/*
 * Adds what a whole zlib stream unpacks to. False, and nothing is certain of
 * what was added: it is damaged, or unpacks to anything but `expected` bytes.
 */
bool deflate_unpack(const void *bytes, size_t size, size_t expected, struct text *into);

/*
 * Adds a piece of a raw deflate stream: it refers to nothing before it and
 * ends at a byte, so that pieces may follow each other; `last` ends the stream.
 */
void deflate_add(struct text *into, const void *bytes, size_t size, bool last);

/* Checksums of more bytes; they begin with 0 and 1. */
uint32_t deflate_crc32(uint32_t before, const void *bytes, size_t size);
uint32_t deflate_adler32(uint32_t before, const void *bytes, size_t size);

#endif
