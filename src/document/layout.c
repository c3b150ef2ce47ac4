#include "document/layout.h"

#include <stdlib.h>

#include "base/memory.h"
#include "document/fold.h"

enum {
	WORD_MOST = 16,  /* longer words of prose may be broken */
	KEY_MOST = 24,   /* what tells rows apart is not folded up to here */
	TITLE_LINES = 2, /* no column is made wider so that its title has fewer */
	KEYS_MOST = 3,
	KEY_LEAST = 4,
};

struct need {
	size_t least; /* what the column takes at least */
	size_t cells; /* its cells on one line each */
	size_t title; /* its title on TITLE_LINES */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t title_width(const char *title)
{
	size_t width = fold_widest_word(title);

	while (fold_count(title, width) > TITLE_LINES)
		width++;
	return width;
}

/* Numbers are not folded. */
static size_t least_width(const char *cell, bool number, bool key)
{
	size_t whole = fold_width(cell, SIZE_MAX), word = fold_widest_word(cell);

	if (number)
		return whole;
	return key ? smaller(whole, KEY_MOST) : smaller(word, WORD_MOST);
}

static struct need need_of(const struct table *table, size_t column, bool key)
{
	const char *title = text_string(&table->columns[column].title);
	struct need need = {fold_widest_word(title), 0, title_width(title)};

	for (size_t row = 0; row < table->row_count; row++) {
		const char *cell = text_string(&table_at(table, row, column)->text);

		need.cells = larger(need.cells, fold_width(cell, SIZE_MAX));
		need.least = larger(need.least, least_width(cell, table->columns[column].right, key));
	}
	return need;
}

/* What tells the rows apart: the first columns of words, where numbers follow. */
static size_t count_keys(const struct table *table)
{
	size_t keys = 0;

	while (keys < table->column_count && keys < KEYS_MOST && !table->columns[keys].right)
		keys++;
	return smaller(larger(keys, 1), table->column_count);
}

bool layout_has(const struct layout_part *part, size_t column)
{
	return column < part->keys || (column >= part->first && column < part->end);
}

/* Gives blanks of the line to the columns that are folded most, until each is as wide as it wants. What is left. */
static size_t widen(const struct layout_part *part, const size_t *wants, size_t count, size_t left)
{
	for (; left > 0; left--) {
		size_t most = count;

		for (size_t i = 0; i < count; i++) {
			if (!layout_has(part, i) || part->widths[i] >= wants[i])
				continue;
			if (most == count || wants[i] * part->widths[most] > wants[most] * part->widths[i])
				most = i;
		}
		if (most == count)
			break;
		part->widths[most]++;
	}
	return left;
}

/* Cells first: a title on many lines is on them once. */
static void widen_all(const struct layout_part *part, const struct need *needs, size_t count, size_t left)
{
	size_t *wants = memory_new(count, sizeof(*wants));

	for (size_t i = 0; i < count; i++)
		wants[i] = needs[i].cells;
	left = widen(part, wants, count, left);
	for (size_t i = 0; i < count; i++)
		wants[i] = needs[i].title;
	widen(part, wants, count, left);
	free(wants);
}

/* So narrow that each of the other columns can stand beside them. Columns of all of them together, with gaps. */
static size_t fit_keys(struct need *needs, size_t keys, size_t count, size_t width)
{
	size_t used = 0, other = 0;

	for (size_t i = 0; i < count; i++) {
		if (i < keys)
			used += needs[i].least + (i > 0 ? LAYOUT_GAP : 0);
		else
			other = larger(other, LAYOUT_GAP + needs[i].least);
	}
	for (; used + other > width; used--) {
		size_t widest = 0;

		for (size_t i = 1; i < keys; i++)
			widest = needs[i].least > needs[widest].least ? i : widest;
		if (needs[widest].least <= KEY_LEAST)
			break;
		needs[widest].least--;
	}
	return used;
}

struct layout_part layout_part(const struct table *table, size_t first, size_t width)
{
	size_t count = table->column_count, used;
	struct layout_part part = {.keys = count_keys(table), .widths = memory_new(count, sizeof(*part.widths))};
	struct need *needs = memory_new(count, sizeof(*needs));

	for (size_t i = 0; i < count; i++)
		needs[i] = need_of(table, i, i < part.keys);
	used = fit_keys(needs, part.keys, count, width);
	part.first = part.end = larger(first, part.keys);
	while (part.end < count && (part.end == part.first || used + LAYOUT_GAP + needs[part.end].least <= width))
		used += LAYOUT_GAP + needs[part.end++].least;
	for (size_t i = 0; i < count; i++)
		part.widths[i] = layout_has(&part, i) ? needs[i].least : 0;
	widen_all(&part, needs, count, used < width ? width - used : 0);
	free(needs);
	return part;
}
