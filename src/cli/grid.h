/*
 * A Markdown table that is padded, so that it can be read before it is
 * rendered.
 */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "base/text.h"

/* `= {0}` is empty; `columns` is set when the head is complete. */
struct grid {
	char **cells; /* row by row; the first row is the head */
	size_t count, columns;
};

/* The next cell: our own words, in which foreign ones are masked; or a foreign name, which stays text in Markdown. */
void grid_add(struct grid *grid, const char *value);
void grid_add_foreign(struct grid *grid, const char *value);
void grid_write(const struct grid *grid, struct text *into);
void grid_release(struct grid *grid);

#endif
