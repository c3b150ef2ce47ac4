/*
 * Pieces of Markdown that reports are made of. Foreign text (a server's words,
 * a model's name) is masked and escaped here and nowhere else.
 */
#ifndef DOCUMENT_MARKDOWN_H
#define DOCUMENT_MARKDOWN_H

#include "base/text.h"

/* Inside a table cell: control bytes masked, '|' and '\' escaped, so that it stays one cell. */
void markdown_add_cell(struct text *into, const char *foreign);

/* A line of prose or a heading: control bytes masked. */
void markdown_add_line(struct text *into, const char *foreign);

/* A fenced block; the fence is longer than any run of backticks inside. `lines` may lack the last new line. */
void markdown_add_fence(struct text *into, const char *lines);

/* A number with `decimals` digits, "–" when unknown. */
void markdown_add_number(struct text *into, double value, int decimals);

#endif
