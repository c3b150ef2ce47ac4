/*
 * SHA-256: FIPS 180-4, section 6.2.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void sha256(const void *bytes, size_t size, uint8_t digest[SHA256_BYTES]);

#endif
