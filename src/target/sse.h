/*
 * Server-sent events (WHATWG HTML, section 9.2) out of a body that is whole
 * or was cut off: lines end with LF, CRLF or CR; "data:" with and without a
 * blank after it; comments; several data lines in an event. Unlike a browser
 * it also gives the last event when no empty line follows it, because some
 * servers leave that out.
 */
#ifndef TARGET_SSE_H
#define TARGET_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Starts as `= {.bytes, .size}`; the bytes are borrowed. */
struct sse {
	const char *bytes;
	size_t size;
	size_t at;          /* of the next line */
	struct text joined; /* data of an event with several data lines */
};

/* Borrowed until the next call. */
struct sse_event {
	const char *data; /* not NUL-terminated */
	size_t size;
	size_t last; /* offset of the byte that ended its last data line, else of the body's last byte */
	bool ended;  /* false: the body ended within its last data line, which may have been longer */
};

/* The next event that has data; false: there is none. */
bool sse_next(struct sse *sse, struct sse_event *event);
void sse_release(struct sse *sse);

#endif
