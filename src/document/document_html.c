/*
 * A document as an HTML page. Everything can be read as it stands here; what
 * the page's script adds (sorting, filters, values of charts) it adds itself,
 * so that nothing is shown that does not work.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "document/document.h"
#include "document/html.h"
#include "document/outline.h"
#include "document/page.h"

/* Where the writer is in the document. */
struct place {
	const struct outline *outline;
	size_t headings; /* written so far */
	size_t tables;
	size_t tables_here; /* since the last heading */
	size_t charts;
	const char *list; /* that is open, NULL none */
	bool nested;      /* within its last item, another one */
};

static void add_heading(struct place *place, struct text *into)
{
	const struct outline_entry *entry = &place->outline->entries[place->headings++];

	place->tables_here = 0;
	text_addf(into, "<h%d id=\"%s\">", entry->level, entry->id);
	html_add_inline(into, text_string(entry->text));
	text_addf(into, "</h%d>\n", entry->level);
}

/* What those hear who do not see the heading above the table. */
static void add_caption(const struct place *place, struct text *into)
{
	text_addf(into, "<caption id=\"table_%zu\">", place->tables);
	if (place->headings == 0)
		text_addf(into, "Table %zu", place->tables);
	else
		html_add_inline(into, text_string(place->outline->entries[place->headings - 1].text));
	if (place->headings > 0 && place->tables_here > 1)
		text_addf(into, ", table %zu", place->tables_here);
	text_add(into, "</caption>\n");
}

/* For each column: its numbers stand under each other, also where Markdown has them on the left. The caller frees it.
 */
static bool *find_numeric(const struct table *table)
{
	bool *numeric = memory_new(table->column_count, sizeof(*numeric));

	for (size_t i = 0; i < table->column_count; i++) {
		numeric[i] = table->columns[i].right;
		for (size_t row = 0; row < table->row_count && !numeric[i]; row++)
			numeric[i] = !isnan(table_at(table, row, i)->value);
	}
	return numeric;
}

static void add_column_heads(const struct table *table, const bool *numeric, struct text *into)
{
	text_add(into, "<thead>\n<tr>");
	for (size_t i = 0; i < table->column_count; i++) {
		text_addf(into, "<th scope=\"col\"%s>", numeric[i] ? " class=\"number\"" : "");
		html_add_inline(into, text_string(&table->columns[i].title));
		text_add(into, "</th>");
	}
	text_add(into, "</tr>\n</thead>\n");
}

#define LONG_BYTES 32 /* from here on a cell has prose, which needs a column that is not narrow */

/* The first cell is the head of its row. */
static void add_cell(const struct table_cell *cell, bool first, bool numeric, struct text *into)
{
	const char *class = numeric ? " class=\"number\"" : cell->text.size > LONG_BYTES ? " class=\"long\"" : "";

	text_addf(into, "<%s%s", first ? "th scope=\"row\"" : "td", class);
	if (!isnan(cell->value))
		text_addf(into, " data-value=\"%.12g\"", cell->value);
	text_add_char(into, '>');
	html_add_inline(into, text_string(&cell->text));
	text_add(into, first ? "</th>" : "</td>");
}

static void add_table(const struct table *table, struct place *place, struct text *into)
{
	bool *numeric = find_numeric(table);

	place->tables++;
	place->tables_here++;
	text_addf(into, "<div class=\"table\" role=\"region\" aria-labelledby=\"table_%zu\" tabindex=\"0\">\n<table>\n",
	          place->tables);
	add_caption(place, into);
	add_column_heads(table, numeric, into);
	text_add(into, "<tbody>\n");
	for (size_t row = 0; row < table->row_count; row++) {
		text_add(into, "<tr>");
		for (size_t i = 0; i < table->column_count; i++)
			add_cell(table_at(table, row, i), i == 0, numeric[i], into);
		text_add(into, "</tr>\n");
	}
	text_add(into, "</tbody>\n</table>\n</div>\n");
	free(numeric);
}

static void add_block(const struct block *block, struct place *place, struct text *into)
{
	switch (block->kind) {
	case BLOCK_HEADING:
		add_heading(place, into);
		break;
	case BLOCK_PARAGRAPH:
		text_add(into, "<p>");
		html_add_inline(into, text_string(&block->text));
		text_add(into, "</p>\n");
		break;
	case BLOCK_ITEM:
	case BLOCK_STEP:
		html_add_inline(into, text_string(&block->text));
		break;
	case BLOCK_CODE:
		text_add(into, "<pre tabindex=\"0\"><code>");
		html_add_lines(into, text_string(&block->text));
		text_add(into, "</code></pre>\n");
		break;
	case BLOCK_TABLE:
		add_table(&block->table, place, into);
		break;
	case BLOCK_RULE:
		text_add(into, "<hr>\n");
		break;
	case BLOCK_CHART:
		text_add(into, "<figure>\n");
		plot_add_inline_svg(block->plot, ++place->charts, into);
		text_add(into, "</figure>\n");
		break;
	}
}

/* The list that a block is an item of, NULL for other blocks. */
static const char *list_of(const struct block *block)
{
	return block == NULL ? NULL : block->kind == BLOCK_ITEM ? "ul" : block->kind == BLOCK_STEP ? "ol" : NULL;
}

/* Ends what ends before the next block (NULL: none follows), and begins what it is an item of. */
static void move_to(const struct block *next, struct place *place, struct text *into)
{
	const char *list = list_of(next);
	bool same = text_equal(place->list, list);
	bool nested = list != NULL && same && next->level > 0;

	if (place->nested && !nested)
		text_add(into, "</li>\n</ul>\n");
	if (place->list != NULL && place->nested >= nested)
		text_add(into, "</li>\n");
	if (place->list != NULL && !same)
		text_addf(into, "</%s>\n", place->list);
	if (list != NULL && !same)
		text_addf(into, "<%s>\n", list);
	if (nested && !place->nested)
		text_add(into, "\n<ul>\n");
	if (list != NULL)
		text_add(into, "<li>");
	place->list = list;
	place->nested = nested;
}

void document_write_html(const struct document *document, struct text *into)
{
	struct outline outline = {0};
	struct place place = {.outline = &outline};

	outline_make(&outline, document);
	page_begin(&outline, document_chart_at(document, 0) != NULL, into);
	for (size_t i = 0; i < document->count; i++) {
		move_to(&document->blocks[i], &place, into);
		add_block(&document->blocks[i], &place, into);
	}
	move_to(NULL, &place, into);
	page_end(into);
	outline_release(&outline);
}
