/*
 * Halves of UTF-16 surrogate pairs in JSON text: \ud83d without the \ude00
 * after it. JSON allows them, cJSON does not.
 */
#ifndef BASE_SURROGATES_H
#define BASE_SURROGATES_H

#include <stddef.h>

/* A copy of JSON text in which each half is U+FFFD; the caller frees it. NULL: there are none. */
char *surrogates_mend(const char *bytes, size_t size);

#endif
