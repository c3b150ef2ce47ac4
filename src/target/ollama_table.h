/*
 * The table of `ollama show`: columns padded to their widest cell, no borders,
 * long cells wrapped.
 */
#ifndef TARGET_OLLAMA_TABLE_H
#define TARGET_OLLAMA_TABLE_H

#include <stddef.h>

#include "base/text.h"

struct ollama_table {
	size_t limit; /* columns beyond which a cell is wrapped */
	struct ollama_row {
		char **cells; /* owned; lines of a wrapped cell are separated by \n */
		size_t count, capacity;
		size_t order; /* in which it was added */
	} * rows;
	size_t count, capacity;
	size_t *widths; /* by column */
	size_t width_count, width_capacity;
};

void ollama_table_add_row(struct ollama_table *table);

/* To the row that was added last. The text is masked, and wrapped as the limit demands. */
void ollama_table_add_cell(struct ollama_table *table, const char *text, size_t size);

/* By first cell; rows with equal ones keep their order. */
void ollama_table_sort(struct ollama_table *table);

void ollama_table_print(const struct ollama_table *table, struct text *into);
void ollama_table_release(struct ollama_table *table);

#endif
