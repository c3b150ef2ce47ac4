/*
 * Parts of a multipart/form-data body (RFC 7578), and how long a WAV file in
 * one of them is. Pure; any bytes are survived.
 */
#ifndef SIM_MULTIPART_H
#define SIM_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct multipart {
	const char *bytes; /* borrowed */
	size_t size;
	struct text mark; /* "--boundary" */
};

/* False: the header Content-Type names no boundary. Release it in either case. */
bool multipart_begin(struct multipart *multipart, const char *content_type, const char *bytes, size_t size);
void multipart_release(struct multipart *multipart);

/* The content of the part of that name; NULL: there is none. Not NUL-terminated. */
const char *multipart_find(const struct multipart *multipart, const char *name, size_t *size);

/* The same as a string that the caller frees; NULL: there is none. */
char *multipart_string(const struct multipart *multipart, const char *name);

/* Seconds of sound in a WAV file; a cut one is shorter. Below 0: it is none. */
double wav_seconds(const char *bytes, size_t size);

#endif
