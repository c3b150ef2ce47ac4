#include "truth_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

struct layout {
	struct text wire;
	size_t *at; /* where each byte of the body is on the wire */
	size_t body_size, capacity;
};

static void add_body(struct layout *layout, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		layout->at = memory_grow(layout->at, &layout->capacity, layout->body_size, sizeof *layout->at);
		layout->at[layout->body_size++] = layout->wire.size + i;
	}
	text_add_bytes(&layout->wire, bytes, size);
}

static void add_chunk(struct layout *layout, const char *bytes, size_t size)
{
	if (size == 0)
		return;
	text_addf(&layout->wire, "%zx\r\n", size);
	add_body(layout, bytes, size);
	text_add(&layout->wire, "\r\n");
}

static void add_header(struct layout *layout, const char *status, enum truth_framing framing, size_t body_size)
{
	struct text *wire = &layout->wire;

	text_addf(wire, "HTTP/1.%d %s\r\n", framing == FRAME_CLOSE ? 0 : 1, status);
	switch (framing) {
	case FRAME_LINES:
	case FRAME_ONE:
	case FRAME_SEVENS:
	case FRAME_CUT:
		text_add(wire, "Transfer-Encoding: chunked\r\n");
		break;
	case FRAME_LENGTH:
		text_addf(wire, "Content-Length: %zu\r\n", body_size);
		break;
	case FRAME_CLOSE:
		break;
	}
	text_add(wire, "\r\n");
}

static void add_lines(struct layout *layout, enum truth_framing framing, const struct truth_line *lines,
                      const struct text *body)
{
	switch (framing) {
	case FRAME_LINES:
	case FRAME_CUT:
		for (size_t i = 0; lines[i].bytes != NULL; i++)
			add_chunk(layout, lines[i].bytes, strlen(lines[i].bytes));
		break;
	case FRAME_ONE:
		add_chunk(layout, text_string(body), body->size);
		break;
	case FRAME_SEVENS:
		for (size_t at = 0; at < body->size; at += 7)
			add_chunk(layout, body->data + at, body->size - at < 7 ? body->size - at : 7);
		break;
	case FRAME_LENGTH:
	case FRAME_CLOSE:
		add_body(layout, text_string(body), body->size);
		return;
	}
	if (framing != FRAME_CUT)
		text_add(&layout->wire, "0\r\n\r\n");
}

/* Where the lines of the events end. */
static void find_events(const struct layout *layout, const struct truth_line *lines, struct truth_stream *stream)
{
	size_t end = 0, capacity = 0;

	for (size_t i = 0; lines[i].bytes != NULL; i++) {
		end += strlen(lines[i].bytes);
		if (!lines[i].is_event)
			continue;
		stream->event_at =
		    memory_grow(stream->event_at, &capacity, stream->event_count, sizeof *stream->event_at);
		stream->event_at[stream->event_count++] = layout->at[end - 1];
	}
}

struct truth_stream truth_stream_of(const char *status, enum truth_framing framing, const struct truth_line *lines)
{
	struct truth_stream stream = {.closes = framing == FRAME_CLOSE || framing == FRAME_CUT};
	struct layout layout = {0};
	struct text body = {0};

	for (size_t i = 0; lines[i].bytes != NULL; i++)
		text_add(&body, lines[i].bytes);
	add_header(&layout, status, framing, body.size);
	add_lines(&layout, framing, lines, &body);
	find_events(&layout, lines, &stream);
	if (body.size > 0) {
		stream.body_at = layout.at[0];
		stream.last_body_at = layout.at[body.size - 1];
	}
	stream.size = layout.wire.size;
	stream.wire = text_take(&layout.wire);
	free(layout.at);
	text_release(&body);
	return stream;
}

void truth_stream_release(struct truth_stream *stream)
{
	free(stream->wire);
	free(stream->event_at);
	*stream = (struct truth_stream){0};
}
