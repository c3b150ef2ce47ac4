#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

void fuzz_must(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

enum { SHOWN = 200 };

void fuzz_must_equal(const char *a, const char *b, const char *what, const char *file, int line)
{
	size_t same = 0;

	if (text_equal(a, b))
		return;
	while (a != NULL && b != NULL && a[same] == b[same])
		same++;
	same -= same < SHOWN / 2 ? same : SHOWN / 2;
	fprintf(stderr, "one:   %.*s\nother: %.*s\n", SHOWN, a ? a + same : "(null)", SHOWN, b ? b + same : "(null)");
	fuzz_must(false, what, file, line);
}

struct feed feed_of(const uint8_t *bytes, size_t size)
{
	return (struct feed){(const char *)bytes, size};
}

size_t feed_choose(struct feed *feed, size_t count)
{
	unsigned char byte;

	if (feed->size == 0)
		return 0;
	byte = (unsigned char)*feed->bytes++;
	feed->size--;
	return (size_t)(unsigned char)(byte - '0') % count;
}

struct feed feed_part(struct feed *feed, const char *mark)
{
	struct feed part = {feed->bytes, feed->size};
	size_t length = strlen(mark), begin = 0;

	while (begin < feed->size) {
		const char *line = feed->bytes + begin, *newline = memchr(line, '\n', feed->size - begin);
		size_t size = newline != NULL ? (size_t)(newline - line) : feed->size - begin;

		if (size == length && memcmp(line, mark, length) == 0) {
			part.size = begin;
			begin += size + (newline != NULL);
			break;
		}
		begin += size + (newline != NULL);
	}
	feed->bytes += begin;
	feed->size -= begin;
	return part;
}

char *feed_string(const struct feed *feed)
{
	const char *end = feed->size > 0 ? memchr(feed->bytes, '\0', feed->size) : NULL;

	return memory_copy(feed->bytes, end != NULL ? (size_t)(end - feed->bytes) : feed->size);
}

static char scratch_folder[] = "/tmp/llmbench-fuzz.XXXXXX";
static char scratch_file[sizeof(scratch_folder) + sizeof("/input")];

static void remove_scratch(void)
{
	unlink(scratch_file);
	rmdir(scratch_folder);
}

const char *fuzz_file(const struct feed *feed)
{
	FILE *file;

	if (*scratch_file == '\0') {
		must(mkdtemp(scratch_folder) != NULL && atexit(remove_scratch) == 0, "a folder can be made");
		snprintf(scratch_file, sizeof(scratch_file), "%s/input", scratch_folder);
	}
	/* A new file for each input: one that is emptied and filled again goes to the disk at once (ext4), some ms. */
	unlink(scratch_file);
	file = fopen(scratch_file, "w");
	must(file != NULL && fwrite(feed->bytes, 1, feed->size, file) == feed->size && fclose(file) == 0,
	     "a file can be written");
	return scratch_file;
}

bool fuzz_is_shown_safely(const char *text, bool lines)
{
	size_t left = text != NULL ? strlen(text) : 0;

	while (left > 0) {
		uint32_t point;
		size_t size = text_utf8(text, left, &point);

		if (size == 0 || (point < 0x20 && !(lines && point == '\n')) || (point >= 0x7f && point < 0xa0))
			return false;
		text += size;
		left -= size;
	}
	return true;
}

char *fuzz_line(struct json *json)
{
	struct text line = {0};

	json_add_to(&line, json);
	json_free(json);
	return text_take(&line);
}
