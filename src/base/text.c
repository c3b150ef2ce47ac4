#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void text_release(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

void text_clear(struct text *text)
{
	text->size = 0;
	if (text->data != NULL)
		text->data[0] = '\0';
}

void text_reserve(struct text *text, size_t more)
{
	size_t capacity;

	if (more >= SIZE_MAX / 2 - text->size)
		memory_exhausted();
	if (text->data != NULL && text->size + more < text->capacity)
		return;
	capacity = text->capacity * 2;
	if (capacity < text->size + more + 1)
		capacity = text->size + more + 1;
	if (capacity < 32)
		capacity = 32;
	text->data = memory_resize(text->data, capacity, 1);
	text->capacity = capacity;
	text->data[text->size] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
	text_reserve(text, size);
	if (size > 0)
		memcpy(text->data + text->size, bytes, size);
	text->size += size;
	text->data[text->size] = '\0';
}

void text_add_char(struct text *text, char c)
{
	text_add_bytes(text, &c, 1);
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_addv(text, format, arguments);
	va_end(arguments);
}

void text_addv(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	int size;

	va_copy(again, arguments);
	size = vsnprintf(NULL, 0, format, arguments);
	assert(size >= 0);
	text_reserve(text, (size_t)size);
	vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
	text->size += (size_t)size;
	va_end(again);
}

void text_add_masked(struct text *text, const char *bytes, size_t size)
{
	uint32_t point, shown = 0; /* what stands before it, which may be the '?' in the place of something else */
	size_t at = 0;

	text_reserve(text, size);
	while (at < size) {
		size_t length = text_utf8(bytes + at, size - at, &point);

		if (length > 0 && (point == '\n' || point == '\t'))
			point = ' ';
		else if (length == 0 || text_is_hidden(point) || (text_is_joiner(point) && shown < 0x80))
			point = '?';
		if (point < 0x80)
			text_add_char(text, (char)point);
		else
			text_add_bytes(text, bytes + at, length);
		at += length > 0 ? length : 1;
		shown = point;
	}
}

void text_add_escaped(struct text *text, const char *bytes, size_t size)
{
	static const char *const replaced[][2] = {{"&", "&amp;"},   {"<", "&lt;"},         {">", "&gt;"},
	                                          {"\"", "&quot;"}, {"\xEF\xBF\xBE", "?"}, {"\xEF\xBF\xBF", "?"}};
	struct text masked = {0};

	text_add_masked(&masked, bytes, size);
	for (const char *at = text_string(&masked); *at != '\0';) {
		size_t i = 0, count = sizeof(replaced) / sizeof(replaced[0]);

		while (i < count && !text_starts_with(at, replaced[i][0]))
			i++;
		if (i < count)
			text_add(text, replaced[i][1]);
		else
			text_add_char(text, *at);
		at += i < count ? strlen(replaced[i][0]) : 1;
	}
	text_release(&masked);
}

const char *text_string(const struct text *text)
{
	return text->data != NULL ? text->data : "";
}

char *text_take(struct text *text)
{
	char *string = text->data != NULL ? text->data : memory_copy("", 0);

	*text = (struct text){0};
	return string;
}

char *text_format(const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	return text_take(&text);
}

bool text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool text_starts_with(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: row by row, with the two rows before the current one kept. */
size_t text_distance(const char *a, const char *b)
{
	size_t width = strlen(b) + 1, result;
	size_t *rows = memory_new(3 * width, sizeof *rows);
	size_t *before = rows, *last = rows + width, *row = rows + 2 * width;

	for (size_t j = 0; j < width; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t *oldest = before;

		before = last;
		last = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j < width; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	result = row[width - 1];
	free(rows);
	return result;
}

void text_guess_offer(struct text_guess *guess, const char *name, const char *means)
{
	size_t distance = text_distance(name, guess->word);

	if (distance > 1 + strlen(guess->word) / 4 || (guess->nearest != NULL && distance >= guess->distance))
		return;
	guess->nearest = means;
	guess->distance = distance;
}
