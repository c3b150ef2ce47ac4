#include "document/document.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void inline_add(struct text *into, const char *foreign)
{
	if (foreign != NULL)
		text_add_masked(into, foreign, strlen(foreign));
}

void inline_add_sentence(struct text *into, const char *sentence)
{
	struct text masked = {0};
	bool code = false;

	inline_add(&masked, sentence);
	for (const char *at = text_string(&masked); *at != '\0'; at++) {
		if (*at == '`' && (code || strchr(at + 1, '`') != NULL)) {
			code = !code;
			text_add(into, code ? CODE_ON : CODE_OFF);
		} else {
			text_add_char(into, *at);
		}
	}
	text_release(&masked);
}

void inline_add_number(struct text *into, double value, int decimals)
{
	if (isnan(value))
		text_add(into, "–");
	else
		text_addf(into, "%.*f", decimals, value);
}

static void release_table(struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		text_release(&table->columns[i].title);
	for (size_t i = 0; i < table->row_count * table->column_count; i++)
		text_release(&table->cells[i].text);
	free(table->columns);
	free(table->cells);
}

void document_release(struct document *document)
{
	for (size_t i = 0; i < document->count; i++) {
		text_release(&document->blocks[i].text);
		release_table(&document->blocks[i].table);
		plot_free(document->blocks[i].plot);
		free(document->blocks[i].file);
	}
	free(document->blocks);
	*document = (struct document){0};
}

static struct block *add_block(struct document *document, enum block_kind kind)
{
	struct block *block;

	document->blocks = memory_resize(document->blocks, document->count + 1, sizeof(*document->blocks));
	block = &document->blocks[document->count++];
	*block = (struct block){.kind = kind};
	return block;
}

struct text *document_heading(struct document *document, int level)
{
	struct block *block = add_block(document, BLOCK_HEADING);

	assert(level >= 1 && level <= 4);
	block->level = level;
	return &block->text;
}

struct text *document_paragraph(struct document *document)
{
	return &add_block(document, BLOCK_PARAGRAPH)->text;
}

struct text *document_item(struct document *document)
{
	return &add_block(document, BLOCK_ITEM)->text;
}

struct text *document_subitem(struct document *document)
{
	struct block *block = add_block(document, BLOCK_ITEM);

	block->level = 1;
	return &block->text;
}

struct text *document_step(struct document *document)
{
	return &add_block(document, BLOCK_STEP)->text;
}

struct text *document_code(struct document *document)
{
	return document_code_in(document, NULL);
}

struct text *document_code_in(struct document *document, const char *language)
{
	struct block *block = add_block(document, BLOCK_CODE);

	block->language = language;
	return &block->text;
}

struct table *document_table(struct document *document)
{
	return &add_block(document, BLOCK_TABLE)->table;
}

void document_rule(struct document *document)
{
	add_block(document, BLOCK_RULE);
}

static bool has_file(const struct document *document, const char *file)
{
	for (size_t i = 0; i < document->count; i++)
		if (document->blocks[i].file != NULL && strcmp(document->blocks[i].file, file) == 0)
			return true;
	return false;
}

static char *chart_file(const struct document *document, const char *name)
{
	const char *stem = document->chart_stem, *dash = stem ? "-" : "";
	char *file = text_format("%s%s%s.svg", stem ? stem : "", dash, name);

	for (int n = 2; has_file(document, file); n++) {
		free(file);
		file = text_format("%s%s%s-%d.svg", stem ? stem : "", dash, name, n);
	}
	return file;
}

bool document_chart(struct document *document, struct plot *plot)
{
	struct block *block;
	char *file;

	if (plot == NULL || plot_is_empty(plot)) {
		plot_free(plot);
		return false;
	}
	file = chart_file(document, plot->name);
	block = add_block(document, BLOCK_CHART);
	block->plot = plot;
	block->file = file;
	return true;
}

const struct block *document_chart_at(const struct document *document, size_t number)
{
	for (size_t i = 0; i < document->count; i++)
		if (document->blocks[i].kind == BLOCK_CHART && number-- == 0)
			return &document->blocks[i];
	return NULL;
}

bool block_continues_list(const struct document *document, size_t block)
{
	const struct block *this = &document->blocks[block];

	return block > 0 && this[-1].kind == this->kind && (this->kind == BLOCK_ITEM || this->kind == BLOCK_STEP);
}

static void add_column(struct table *table, const char *title, bool right)
{
	struct table_column *column;

	assert(table->row_count == 0);
	table->columns = memory_resize(table->columns, table->column_count + 1, sizeof(*table->columns));
	column = &table->columns[table->column_count++];
	*column = (struct table_column){.right = right};
	text_add(&column->title, title);
}

void table_column(struct table *table, const char *title)
{
	add_column(table, title, false);
}

void table_number_column(struct table *table, const char *title)
{
	add_column(table, title, true);
}

void table_row(struct table *table)
{
	size_t columns = table->column_count, first = table->row_count * columns;

	assert(columns > 0);
	table->cells = memory_resize(table->cells, first + columns, sizeof(*table->cells));
	for (size_t i = first; i < first + columns; i++)
		table->cells[i] = (struct table_cell){.value = NAN};
	table->row_count++;
	table->filled = 0;
}

struct text *table_cell(struct table *table, double value)
{
	struct table_cell *cell;

	assert(table->row_count > 0 && table->filled < table->column_count);
	cell = &table->cells[(table->row_count - 1) * table->column_count + table->filled++];
	cell->value = value;
	return &cell->text;
}

void table_cell_text(struct table *table, const char *foreign)
{
	inline_add(table_cell(table, NAN), foreign);
}

void table_cell_number(struct table *table, double value, int decimals)
{
	inline_add_number(table_cell(table, value), value, decimals);
}

const struct table_cell *table_at(const struct table *table, size_t row, size_t column)
{
	assert(row < table->row_count && column < table->column_count);
	return &table->cells[row * table->column_count + column];
}
