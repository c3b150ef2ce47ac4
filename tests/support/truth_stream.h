/*
 * Replies of Ollama's protocol with the truth about them: the table of a test
 * says line by line what is an event, and this lays the lines out on the wire
 * and says where each event's line ends there. Nothing of llmbench is asked.
 */
#ifndef SUPPORT_TRUTH_STREAM_H
#define SUPPORT_TRUTH_STREAM_H

#include <stdbool.h>
#include <stddef.h>

/* How the lines are laid out in HTTP. */
enum truth_framing {
	FRAME_LINES,  /* HTTP/1.1, a chunk for each line: what Ollama sends */
	FRAME_ONE,    /* one chunk for all lines */
	FRAME_SEVENS, /* chunks of 7 bytes, whatever the lines are */
	FRAME_LENGTH, /* Content-Length */
	FRAME_CLOSE,  /* HTTP/1.0: the body ends when the connection is closed */
	FRAME_CUT,    /* as FRAME_LINES, but closed without the last chunk */
};

struct truth_line {
	bool is_event;     /* it carries text of the answer or of the thinking */
	const char *bytes; /* with its new line, if it has one; NULL: no more lines */
};

#define EVENT(bytes)        \
	{                   \
		true, bytes \
	}
#define OTHER(bytes)         \
	{                    \
		false, bytes \
	}

struct truth_stream {
	char *wire;
	size_t size;
	size_t body_at, last_body_at; /* offsets on the wire of the body's first and last byte; 0 without a body */
	size_t *event_at;             /* of the last byte of each event's line, its new line if it has one */
	size_t event_count;
	bool closes;
};

/* `status` is such as "200 OK". */
struct truth_stream truth_stream_of(const char *status, enum truth_framing framing, const struct truth_line *lines);
void truth_stream_release(struct truth_stream *stream);

#endif
