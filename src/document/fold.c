#include "document/fold.h"

#include <string.h>

#include "document/document.h"

static bool is_mark(char c)
{
	return c != '\0' && strchr(STRONG_ON STRONG_OFF CODE_ON CODE_OFF, c) != NULL;
}

/* Columns of the character at the start of the text, which has `*bytes`. */
static size_t character(const char *text, size_t *bytes)
{
	char only[5] = {0};
	uint32_t point;

	*bytes = text_utf8(text, strlen(text) < 4 ? strlen(text) : 4, &point);
	*bytes = *bytes > 0 ? *bytes : 1;
	memcpy(only, text, *bytes);
	return is_mark(only[0]) ? 0 : text_width(only);
}

size_t fold_width(const char *text, size_t size)
{
	size_t width = 0, bytes;

	for (size_t at = 0; at < size && text[at] != '\0'; at += bytes)
		width += character(text + at, &bytes);
	return width;
}

size_t fold_widest_word(const char *text)
{
	size_t widest = 0;

	for (size_t length; *text != '\0'; text += length + strspn(text + length, " ")) {
		size_t width;

		length = strcspn(text, " ");
		width = fold_width(text, length);
		widest = width > widest ? width : widest;
	}
	return widest;
}

size_t fold_cut(const char *text, size_t width)
{
	size_t at = 0, used = 0, bytes;

	for (; text[at] != '\0'; at += bytes) {
		used += character(text + at, &bytes);
		if (used > width)
			break;
	}
	return at;
}

size_t fold_line(const char *text, size_t width, size_t *next)
{
	size_t at = fold_cut(text, width), blank = at;

	if (text[at] != '\0') {
		while (blank > 0 && text[blank] != ' ')
			blank--;
		at = blank > 0 ? blank : at;
		if (at == 0)
			character(text, &at);
	}
	*next = at + strspn(text + at, " ");
	return at;
}

size_t fold_count(const char *text, size_t width)
{
	size_t count = 0, next;

	for (; *text != '\0'; text += next) {
		fold_line(text, width, &next);
		count++;
	}
	return count;
}

static void set(struct text *into, const struct ink *ink)
{
	if (ink->colour && ink->strong)
		text_add(into, "\033[1m");
	if (ink->colour && ink->code)
		text_add(into, "\033[36m");
}

static void reset(struct text *into, const struct ink *ink)
{
	if (ink->colour && (ink->strong || ink->code))
		text_add(into, "\033[0m");
}

void ink_add(struct text *into, const char *text, size_t size, struct ink *ink)
{
	if (size == 0)
		return;
	set(into, ink);
	for (size_t i = 0; i < size; i++) {
		if (!is_mark(text[i])) {
			text_add_char(into, text[i]);
			continue;
		}
		reset(into, ink);
		if (text[i] == STRONG_ON[0] || text[i] == STRONG_OFF[0])
			ink->strong = text[i] == STRONG_ON[0];
		else
			ink->code = text[i] == CODE_ON[0];
		set(into, ink);
	}
	reset(into, ink);
}
