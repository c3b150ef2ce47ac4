#include "document/html.h"

#include <stdbool.h>
#include <string.h>

#include "document/document.h"

static const char mark_bytes[] = STRONG_ON STRONG_OFF CODE_ON CODE_OFF;

/* What a mark opens or closes. */
static const struct mark {
	const char *byte;
	const char *element;
	bool opens;
} marks[] = {
    {STRONG_ON, "strong", true},
    {STRONG_OFF, "strong", false},
    {CODE_ON, "code", true},
    {CODE_OFF, "code", false},
};

/* The elements that are open, outermost first: each of them at most once. */
struct nesting {
	const char *open[2];
	size_t depth;
};

void html_add_plain(struct text *into, const char *text)
{
	for (;;) {
		size_t length = strcspn(text, mark_bytes);

		text_add_escaped(into, text, length);
		text += length;
		if (*text == '\0')
			return;
		text++;
	}
}

static void open_element(struct text *into, struct nesting *nesting, const char *element)
{
	text_addf(into, "<%s>", element);
	nesting->open[nesting->depth++] = element;
}

static void close_element(struct text *into, struct nesting *nesting)
{
	text_addf(into, "</%s>", nesting->open[--nesting->depth]);
}

/* An element that is closed under another one takes that along, and it is opened again. */
static void follow_mark(struct text *into, struct nesting *nesting, const struct mark *mark)
{
	size_t at = 0;

	while (at < nesting->depth && !text_equal(nesting->open[at], mark->element))
		at++;
	if (mark->opens && at == nesting->depth) {
		open_element(into, nesting, mark->element);
	} else if (!mark->opens && at < nesting->depth) {
		const char *above = at + 1 < nesting->depth ? nesting->open[at + 1] : NULL;

		while (nesting->depth > at)
			close_element(into, nesting);
		if (above != NULL)
			open_element(into, nesting, above);
	}
}

static const struct mark *find_mark(char byte)
{
	const struct mark *mark = marks;

	while (mark->byte[0] != byte)
		mark++;
	return mark;
}

void html_add_inline(struct text *into, const char *text)
{
	struct nesting nesting = {0};

	for (;;) {
		size_t length = strcspn(text, mark_bytes);

		text_add_escaped(into, text, length);
		text += length;
		if (*text == '\0')
			break;
		follow_mark(into, &nesting, find_mark(*text++));
	}
	while (nesting.depth > 0)
		close_element(into, &nesting);
}

void html_add_lines(struct text *into, const char *lines)
{
	while (*lines != '\0') {
		size_t length = strcspn(lines, "\n");

		text_add_escaped(into, lines, length);
		text_add_char(into, '\n');
		lines += length + (lines[length] == '\n');
	}
}
