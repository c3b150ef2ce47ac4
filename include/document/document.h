/*
 * What a report says, apart from how it is written down: headings, paragraphs,
 * lists, tables, blocks of code, in reading order. A style of report builds a
 * document (report.h: report_styles[]), a format writes it (document_markdown.c
 * and its neighbours); neither knows the other.
 *
 * Text is inline text: UTF-8 in which the marks below switch bold and code on
 * and off. They are control bytes, and so cannot come from foreign text, which
 * enters by inline_add() alone: a model's name cannot make anything bold, nor
 * end a table cell, whatever the format. Formats escape what is special to them.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "plot/plot.h"

#define STRONG_ON       "\x01"
#define STRONG_OFF      "\x02"
#define CODE_ON         "\x03"
#define CODE_OFF        "\x04"
/* Of string literals: STRONG("TTFT") ": from due to …" */
#define STRONG(literal) STRONG_ON literal STRONG_OFF
#define CODE(literal)   CODE_ON literal CODE_OFF

/* Foreign text (a server's, a file's): control bytes masked. NULL adds nothing. */
void inline_add(struct text *into, const char *foreign);
/* The same, but what stands between two backticks is code: sentences of this program's own tables. */
void inline_add_sentence(struct text *into, const char *sentence);
/* A number with `decimals` digits, "–" when unknown (NAN). */
void inline_add_number(struct text *into, double value, int decimals);

enum block_kind {
	BLOCK_HEADING, /* of `level` 1 to 4 */
	BLOCK_PARAGRAPH,
	BLOCK_ITEM, /* of a list: neighbours belong to one list; of `level` 0, or 1 within the item before it */
	BLOCK_STEP, /* likewise, of a numbered list */
	BLOCK_CODE, /* lines as they are; `text` is foreign, not inline: formats mask it */
	BLOCK_TABLE,
	BLOCK_RULE,  /* a line across the page */
	BLOCK_CHART, /* `plot`, and the `file` that has it where it is not part of the page */
};

struct table_cell {
	struct text text; /* inline */
	double value;     /* what it is sorted and compared by; NAN: by its text */
};

struct table_column {
	struct text title; /* inline */
	bool right;        /* aligned, as numbers are */
};

/* A rectangle: every row has a cell for each column, missing ones are empty. */
struct table {
	struct table_column *columns;
	size_t column_count;
	struct table_cell *cells; /* row by row */
	size_t row_count;
	size_t filled; /* cells of the last row that were given */
};

struct block {
	enum block_kind kind;
	int level;
	const char *language; /* of code, for formats that can say it: static; NULL: none */
	struct text text;
	struct table table;
	struct plot *plot; /* owned; its title is foreign text */
	char *file;        /* owned; "report-tokens-by-parallel.svg" */
};

/* `= {0}` is the empty document; document_release() is safe on it. */
struct document {
	struct block *blocks;
	size_t count;
	const char *chart_stem; /* borrowed; what names of charts' files begin with; NULL: none has a file */
};

void document_release(struct document *document);

/*
 * Each adds a block and returns what is to be filled in: borrowed, until the
 * next block is added.
 */
struct text *document_heading(struct document *document, int level);
struct text *document_paragraph(struct document *document);
struct text *document_item(struct document *document);
struct text *document_subitem(struct document *document); /* of the item before it */
struct text *document_step(struct document *document);
struct text *document_code(struct document *document);
struct text *document_code_in(struct document *document, const char *language); /* "yaml"; static */
struct table *document_table(struct document *document);
void document_rule(struct document *document);

/*
 * Takes the plot. One that is NULL or empty is no block, and false. Its file is
 * "<stem>-<name of the plot>.svg", with -2, -3 … where the document has one of
 * that name already.
 */
bool document_chart(struct document *document, struct plot *plot);

/* The chart of that number, from 0, to write its file; NULL: there are no more. Borrowed. */
const struct block *document_chart_at(const struct document *document, size_t number);

/* All columns come before the first row. The title is inline text. */
void table_column(struct table *table, const char *title);
void table_number_column(struct table *table, const char *title); /* aligned to the right */
void table_row(struct table *table);
/* The next cell of the row, to be filled in: borrowed until the next cell or row. */
struct text *table_cell(struct table *table, double value);
/* Cells that are filled at once: foreign text; a number, "–" when unknown. */
void table_cell_text(struct table *table, const char *foreign);
void table_cell_number(struct table *table, double value, int decimals);

/* Whether the block belongs to the same list as the one before it. */
bool block_continues_list(const struct document *document, size_t block);

/* The cell of a row; both from 0. Borrowed. */
const struct table_cell *table_at(const struct table *table, size_t row, size_t column);

/* CommonMark with GitHub's tables; see markdown.h. */
void document_write_markdown(const struct document *document, struct text *into);
/* One page that loads nothing and needs no script to be read (page.h). */
void document_write_html(const struct document *document, struct text *into);

/*
 * For a terminal of `width` columns, at least TERMINAL_LEAST: prose is folded,
 * tables are aligned. A table that is too wide folds its words; if that is not
 * enough it is printed in parts, one below the other, that repeat its first
 * columns, so that nothing is left out. `colour`: with ANSI escapes for bold
 * and code; without them nothing but text.
 */
enum { TERMINAL_LEAST = 40 };
void document_write_terminal(const struct document *document, size_t width, bool colour, struct text *into);

#endif
