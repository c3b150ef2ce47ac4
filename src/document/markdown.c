#include "document/markdown.h"

#include <string.h>
#include <strings.h>

#include "document/document.h"

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool is_blank(char c)
{
	return c == '\0' || c == ' ';
}

/* "&amp;", "&#60;" */
static bool is_entity(const char *at)
{
	size_t length = strspn(at + 1, DIGITS LETTERS "#");

	return length > 0 && at[1 + length] == ';';
}

/* What would make a heading, a quotation, a list or a definition of a link out of a line. */
static bool starts_block(const char *text, size_t at)
{
	char c = text[at], next = text[at + 1];

	if (at == 0)
		return c == '>' || c == '[' || ((c == '-' || c == '+') && (is_blank(next) || next == c));
	return (c == '.' || c == ')') && is_blank(next) && strspn(text, DIGITS) == at;
}

/* Whether the byte would be read as more than itself. */
static bool is_special(const char *text, size_t at, bool in_cell)
{
	char before = at > 0 ? text[at - 1] : '\0', next = text[at + 1];

	switch (text[at]) {
	case '\\':
	case '`':
	case '~':
		return true;
	case '|':
		return in_cell;
	case '*':
		return !is_blank(before) || !is_blank(next);
	case '_':
		return !is_one_of(before, DIGITS LETTERS) || !is_one_of(next, DIGITS LETTERS);
	case '<':
		return is_one_of(next, LETTERS "/!?");
	case ']':
		return next == '(';
	case '&':
		return is_entity(text + at);
	case '#':
		return is_blank(before);
	default:
		return !in_cell && starts_block(text, at);
	}
}

static size_t longest_run(const char *string, size_t size, char c)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < size; i++) {
		run = string[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void add_times(struct text *into, char c, size_t times)
{
	for (size_t i = 0; i < times; i++)
		text_add_char(into, c);
}

/* Backslashes mean nothing in code, but a table looks for its bars before it looks for code. */
static void add_code(struct text *into, const char *code, size_t size, bool in_cell)
{
	size_t ticks = longest_run(code, size, '`') + 1;
	bool padded = size > 0 && (code[0] == '`' || code[size - 1] == '`');

	if (size == 0)
		return;
	/* Two codes that touch would be one. */
	text_add(into, into->size > 0 && into->data[into->size - 1] == '`' ? " " : "");
	add_times(into, '`', ticks);
	text_add(into, padded ? " " : "");
	for (size_t i = 0; i < size; i++) {
		if (in_cell && (code[i] == '|' || (code[i] == '\\' && i + 1 < size && code[i + 1] == '|')))
			text_add_char(into, '\\');
		text_add_char(into, code[i]);
	}
	text_add(into, padded ? " " : "");
	add_times(into, '`', ticks);
}

/*
 * Whether GitHub makes something of these bytes whatever stands before them: a
 * link of an address, somebody who is told of an @name, a reference of #1, a
 * formula between $ and $. It does so in text that is parsed already, so that a
 * backslash keeps none of it away; code does.
 */
static bool is_active(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *at = word + i;

		if (*at == '$' || *at == '@')
			return true;
		if (*at == '#' && is_one_of(at[1], DIGITS) && (i == 0 || at[-1] != '&'))
			return true;
		if (strncmp(at, "://", 3) == 0 || strncasecmp(at, "www.", 4) == 0)
			return true;
	}
	return false;
}

/* The bytes from `text` on that are to be code: an active word without what stands around it; 0: none. */
static size_t active_size(const char *text)
{
	size_t size = strcspn(text, " " STRONG_ON STRONG_OFF CODE_ON CODE_OFF);

	while (size > 0 && is_one_of(text[size - 1], ".,;:!?)]}'\""))
		size--;
	return is_active(text, size) ? size : 0;
}

/* A word begins: also after a bracket or a quotation mark that begins it. */
static bool begins_word(const char *text, size_t at)
{
	char c = text[at];

	while (at > 0 && is_one_of(text[at - 1], "([{'\""))
		at--;
	return !is_one_of(c, "([{'\"") && (at == 0 || is_one_of(text[at - 1], " " STRONG_ON STRONG_OFF CODE_OFF));
}

void markdown_add_inline(struct text *into, const char *text, bool in_cell)
{
	text += strspn(text, " ");
	for (size_t i = 0; text[i] != '\0'; i++) {
		size_t active = begins_word(text, i) ? active_size(text + i) : 0;

		if (text[i] == CODE_ON[0]) {
			size_t size = strcspn(text + i + 1, CODE_OFF);

			add_code(into, text + i + 1, size, in_cell);
			i += size;
		} else if (active > 0) {
			add_code(into, text + i, active, in_cell);
			i += active - 1;
		} else if (text[i] == STRONG_ON[0] || text[i] == STRONG_OFF[0]) {
			text_add(into, "**");
		} else if (text[i] != CODE_OFF[0]) {
			text_add(into, is_special(text, i, in_cell) ? "\\" : "");
			text_add_char(into, text[i]);
		}
	}
}

void markdown_add_foreign(struct text *into, const char *words, bool in_cell)
{
	struct text inner = {0};

	inline_add(&inner, words);
	markdown_add_inline(into, text_string(&inner), in_cell);
	text_release(&inner);
}

void markdown_add_fence(struct text *into, const char *language, const char *lines)
{
	size_t run = longest_run(lines, strlen(lines), '`');
	size_t fence = run < 3 ? 3 : run + 1;

	add_times(into, '`', fence);
	text_addf(into, "%s\n", language != NULL ? language : "");
	for (const char *at = lines; *at != '\0';) {
		size_t length = strcspn(at, "\n");

		text_add_masked(into, at, length);
		text_add_char(into, '\n');
		at += length + (at[length] == '\n');
	}
	add_times(into, '`', fence);
	text_add_char(into, '\n');
}
