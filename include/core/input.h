/*
 * What one request says, before an adapter gives it a shape on the wire.
 * Everything is borrowed, and outlives the request.
 */
#ifndef CORE_INPUT_H
#define CORE_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* A picture or a recording: the bytes of its file. */
struct media {
	const char *name; /* of the file, without its folder */
	const char *type; /* "image/png", "image/jpeg", "audio/wav" */
	const char *bytes;
	size_t size;
	int64_t length_ns; /* of a recording; TIME_UNKNOWN for a picture */
};

enum turn_role { TURN_SYSTEM, TURN_USER, TURN_ASSISTANT };

/* An earlier message of a conversation. */
struct turn {
	enum turn_role role;
	const char *text;
};

struct input {
	const char *prompt; /* the user's text; what to ask about a picture, to transcribe by, to embed */
	const struct turn *turns;
	size_t turn_count;         /* messages before the prompt; 0: none */
	const struct media *image; /* NULL: none */
	const struct media *audio;
	int64_t output_tokens; /* at most; CELL_UNSET: as many as the server likes */
};

#endif
