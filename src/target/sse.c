#include "target/sse.h"

#include <string.h>

struct line {
	const char *bytes;
	size_t size;
	size_t last; /* offset of the byte that ended it, else of the body's last byte */
	bool ended;
};

static const char byte_order_mark[] = "\xef\xbb\xbf";

static bool next_line(struct sse *sse, struct line *line)
{
	const char *begin = sse->bytes + sse->at;
	size_t left = sse->size - sse->at, size = 0;

	if (left == 0)
		return false;
	while (size < left && begin[size] != '\n' && begin[size] != '\r')
		size++;
	*line = (struct line){begin, size, sse->at + size - (size == left), size < left};
	sse->at += size + (size < left);
	if (size + 1 < left && begin[size] == '\r' && begin[size + 1] == '\n')
		sse->at++;
	return true;
}

/* The value of a line of that field, without the one blank that may begin it. */
static bool is_field(const struct line *line, const char *name, const char **value, size_t *size)
{
	size_t length = strlen(name);

	if (line->size < length || memcmp(line->bytes, name, length) != 0)
		return false;
	if (line->size > length && line->bytes[length] != ':')
		return false;
	length += line->size > length;
	length += line->size > length && line->bytes[length] == ' ';
	*value = line->bytes + length;
	*size = line->size - length;
	return true;
}

/* The first data line is borrowed; only further ones make a copy. */
static void add_data(struct sse *sse, struct sse_event *event, const char *value, size_t size)
{
	if (event->data == NULL) {
		event->data = value;
		event->size = size;
		return;
	}
	if (sse->joined.size == 0)
		text_add_bytes(&sse->joined, event->data, event->size);
	text_add_char(&sse->joined, '\n');
	text_add_bytes(&sse->joined, value, size);
	event->data = sse->joined.data;
	event->size = sse->joined.size;
}

bool sse_next(struct sse *sse, struct sse_event *event)
{
	const size_t mark = sizeof(byte_order_mark) - 1;
	struct line line;

	*event = (struct sse_event){0};
	text_clear(&sse->joined);
	if (sse->at == 0 && sse->size >= mark && memcmp(sse->bytes, byte_order_mark, mark) == 0)
		sse->at = mark;
	while (next_line(sse, &line)) {
		const char *value;
		size_t size;

		if (line.size == 0 && event->data != NULL)
			return true;
		if (!is_field(&line, "data", &value, &size))
			continue;
		add_data(sse, event, value, size);
		event->last = line.last;
		event->ended = line.ended;
	}
	return event->data != NULL;
}

void sse_release(struct sse *sse)
{
	text_release(&sse->joined);
}
