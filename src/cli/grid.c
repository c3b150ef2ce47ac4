#include "cli/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/markdown.h"

/* Takes the cell. */
static void add_cell(struct grid *grid, struct text *cell)
{
	grid->cells = memory_resize(grid->cells, grid->count + 1, sizeof(*grid->cells));
	grid->cells[grid->count++] = text_take(cell);
}

void grid_add(struct grid *grid, const char *value)
{
	struct text masked = {0}, cell = {0};

	text_add_masked(&masked, value, strlen(value));
	for (const char *at = text_string(&masked); *at != '\0'; at++)
		text_addf(&cell, "%s%c", *at == '|' ? "\\" : "", *at); /* it would end the cell */
	add_cell(grid, &cell);
	text_release(&masked);
}

void grid_add_foreign(struct grid *grid, const char *value)
{
	struct text cell = {0};

	markdown_add_foreign(&cell, value, true);
	add_cell(grid, &cell);
}

/* One width for each column; the caller frees them. */
static size_t *widths_of(const struct grid *grid)
{
	size_t *widths = memory_new(grid->columns, sizeof(*widths));

	for (size_t i = 0; i < grid->count; i++) {
		size_t width = text_width(grid->cells[i]);

		if (width > widths[i % grid->columns])
			widths[i % grid->columns] = width;
	}
	return widths;
}

void grid_write(const struct grid *grid, struct text *into)
{
	size_t *widths = widths_of(grid);

	for (size_t i = 0; i < grid->count; i++) {
		size_t column = i % grid->columns;

		text_addf(into, "%s %s", column == 0 ? "|" : "", grid->cells[i]);
		for (size_t at = text_width(grid->cells[i]); at <= widths[column]; at++)
			text_add_char(into, ' ');
		text_add(into, column + 1 == grid->columns ? "|\n" : "|");
		if (i + 1 != grid->columns)
			continue;
		for (size_t c = 0; c < grid->columns; c++)
			text_add(into, "|----");
		text_add(into, "|\n");
	}
	free(widths);
}

void grid_release(struct grid *grid)
{
	for (size_t i = 0; i < grid->count; i++)
		free(grid->cells[i]);
	free(grid->cells);
}
