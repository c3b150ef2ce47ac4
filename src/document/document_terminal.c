/*
 * A document for a terminal: folded, aligned, without lines around tables.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/fold.h"
#include "document/layout.h"
#include "plot/plot.h"

/* Longer lines of prose are hard to read. */
enum { PROSE_MOST = 100, CODE_INDENT = 2 };

struct page {
	size_t width;
	bool colour;
	struct text *into;
};

static void add_times(struct text *into, const char *string, size_t times)
{
	for (size_t i = 0; i < times; i++)
		text_add(into, string);
}

static void trim(struct text *into)
{
	while (into->size > 0 && into->data[into->size - 1] == ' ')
		into->data[--into->size] = '\0';
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The first line stands after `before`, the others below its text. */
static void add_prose(const struct page *page, const char *before, const char *text, bool strong)
{
	size_t indent = text_width(before), next;
	struct ink ink = {.colour = page->colour, .strong = strong};

	text_add(page->into, before);
	for (bool first = true; first || *text != '\0'; first = false, text += next) {
		size_t size = fold_line(text, smaller(page->width, PROSE_MOST) - indent, &next);

		add_times(page->into, first ? "" : " ", indent);
		ink_add(page->into, text, size, &ink);
		text_add_char(page->into, '\n');
	}
}

/* As it is, but for lines that are too long: those end in "…". */
static void add_code(const struct page *page, const char *lines)
{
	size_t width = page->width - CODE_INDENT;

	while (*lines != '\0') {
		size_t length = strcspn(lines, "\n");
		struct text line = {0};
		const char *masked;

		text_add_masked(&line, lines, length);
		masked = text_string(&line);
		add_times(page->into, " ", CODE_INDENT);
		if (text_width(masked) <= width)
			text_add(page->into, masked);
		else
			text_addf(page->into, "%.*s…", (int)fold_cut(masked, width - 1), masked);
		trim(page->into);
		text_add_char(page->into, '\n');
		text_release(&line);
		lines += length + (lines[length] == '\n');
	}
}

/* One row of cells: of each column what is left of its text, and its ink. */
struct band {
	const char **texts;
	struct ink *inks;
	bool bottom; /* the last lines of all cells stand on one line, else the first */
};

static void add_cell_line(const struct page *page, struct band *band, size_t column, size_t width, bool right)
{
	size_t next, size = fold_line(band->texts[column], width, &next);
	size_t columns = fold_width(band->texts[column], size);
	size_t padding = columns < width ? width - columns : 0;

	add_times(page->into, " ", right ? padding : 0);
	ink_add(page->into, band->texts[column], size, &band->inks[column]);
	add_times(page->into, " ", right ? 0 : padding);
	band->texts[column] += next;
}

static size_t height_of(const struct band *band, const struct layout_part *part, size_t columns)
{
	size_t height = 1;

	for (size_t i = 0; i < columns; i++) {
		size_t lines = layout_has(part, i) ? fold_count(band->texts[i], part->widths[i]) : 0;

		height = lines > height ? lines : height;
	}
	return height;
}

static void add_band(const struct page *page, const struct table *table, const struct layout_part *part,
                     struct band *band)
{
	for (size_t left = height_of(band, part, table->column_count); left > 0; left--) {
		for (size_t i = 0; i < table->column_count; i++) {
			size_t width = part->widths[i];

			if (!layout_has(part, i))
				continue;
			add_times(page->into, " ", i > 0 ? LAYOUT_GAP : 0);
			if (band->bottom && fold_count(band->texts[i], width) < left)
				add_times(page->into, " ", width);
			else
				add_cell_line(page, band, i, width, table->columns[i].right);
		}
		trim(page->into);
		text_add_char(page->into, '\n');
	}
}

enum { TITLES = -1 };

/* A row of the table, from 0, or its titles. */
static void add_row(const struct page *page, const struct table *table, const struct layout_part *part, int64_t row)
{
	struct band band = {
	    .texts = memory_new(table->column_count, sizeof(*band.texts)),
	    .inks = memory_new(table->column_count, sizeof(*band.inks)),
	    .bottom = row == TITLES,
	};

	for (size_t i = 0; i < table->column_count; i++) {
		band.inks[i] = (struct ink){.colour = page->colour, .strong = row == TITLES};
		band.texts[i] =
		    text_string(row == TITLES ? &table->columns[i].title : &table_at(table, (size_t)row, i)->text);
	}
	add_band(page, table, part, &band);
	free(band.texts);
	free(band.inks);
}

static void add_line(const struct page *page, const struct table *table, const struct layout_part *part)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (!layout_has(part, i))
			continue;
		add_times(page->into, " ", i > 0 ? LAYOUT_GAP : 0);
		add_times(page->into, "─", part->widths[i]);
	}
	text_add_char(page->into, '\n');
}

static void add_table(const struct page *page, const struct table *table)
{
	for (size_t first = 0; first < table->column_count;) {
		struct layout_part part = layout_part(table, first, page->width);

		if (first > 0)
			text_add_char(page->into, '\n');
		add_row(page, table, &part, TITLES);
		add_line(page, table, &part);
		for (size_t row = 0; row < table->row_count; row++)
			add_row(page, table, &part, (int64_t)row);
		first = part.end;
		free(part.widths);
	}
}

/* Where it is to be seen. */
static void add_chart(const struct page *page, const struct block *block)
{
	struct text line = {0};

	text_add(&line, "Chart: ");
	inline_add(&line, block->plot->title);
	text_add(&line, ", " CODE_ON);
	inline_add(&line, block->file);
	text_add(&line, CODE_OFF);
	add_prose(page, "", text_string(&line), false);
	text_release(&line);
}

static void add_block(const struct page *page, const struct block *block, size_t step)
{
	const char *text = text_string(&block->text);
	char *number;

	switch (block->kind) {
	case BLOCK_HEADING:
		add_prose(page, "", text, true);
		break;
	case BLOCK_PARAGRAPH:
		add_prose(page, "", text, false);
		break;
	case BLOCK_ITEM:
		add_prose(page, block->level > 0 ? "  - " : "- ", text, false);
		break;
	case BLOCK_STEP:
		number = text_format("%zu. ", step);
		add_prose(page, number, text, false);
		free(number);
		break;
	case BLOCK_CODE:
		add_code(page, text);
		break;
	case BLOCK_TABLE:
		add_table(page, &block->table);
		break;
	case BLOCK_RULE:
		add_times(page->into, "─", smaller(page->width, PROSE_MOST));
		text_add_char(page->into, '\n');
		break;
	case BLOCK_CHART:
		add_chart(page, block);
		break;
	}
}

void document_write_terminal(const struct document *document, size_t width, bool colour, struct text *into)
{
	const struct page page = {width < TERMINAL_LEAST ? TERMINAL_LEAST : width, colour, into};
	size_t step = 0;

	for (size_t i = 0; i < document->count; i++) {
		const struct block *block = &document->blocks[i];
		bool in_list = block_continues_list(document, i);

		if (i > 0 && !in_list)
			text_add_char(into, '\n');
		step = in_list ? step + 1 : 1;
		add_block(&page, block, step);
	}
}
