#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/doctor.h"
#include "cli/grid.h"

enum { CELLS_NAMED = 6 }; /* of a row */

/* A row is of cells one after the other that have the same model and the same prospect. */
static bool same_row(const struct planning *planning, size_t a, size_t b)
{
	return text_equal(planning->plan.cells[a].model, planning->plan.cells[b].model) &&
	       planning->forecasts[a].memory.verdict == planning->forecasts[b].memory.verdict;
}

/* "parallel 4, context_size 2048": what distinguishes it from others of its model. */
static void add_cell(const struct plan *plan, const struct cell *cell, struct text *into)
{
	const char *separator = "";

	for (size_t i = 0; i < plan->axis_count; i++) {
		if (text_equal(plan->axes[i], "model"))
			continue;
		text_addf(into, "%s%s ", separator, plan->axes[i]);
		cell_field_add_value(cell_field_find(plan->axes[i]), cell, into);
		separator = ", ";
	}
	if (*separator == '\0')
		text_add(into, "all");
}

static void add_cells(const struct planning *planning, size_t first, size_t end, struct grid *grid)
{
	struct text cells = {0};

	for (size_t i = first; i < end && i - first < CELLS_NAMED; i++) {
		text_add(&cells, i > first ? "; " : "");
		add_cell(&planning->plan, &planning->plan.cells[i], &cells);
	}
	if (end - first > CELLS_NAMED)
		text_addf(&cells, "; and %zu more", end - first - CELLS_NAMED);
	grid_add_foreign(grid, text_string(&cells));
	text_release(&cells);
}

/* The least and the most that is predicted of them. */
static void add_memory(const struct planning *planning, size_t first, size_t end, struct grid *grid)
{
	int64_t least = planning->forecasts[first].memory.total_bytes, most = least;
	struct text memory = {0};

	for (size_t i = first; i < end; i++) {
		int64_t bytes = planning->forecasts[i].memory.total_bytes;

		least = bytes < least ? bytes : least;
		most = bytes > most ? bytes : most;
	}
	if (least == JSON_UNKNOWN) {
		text_add(&memory, "–");
	} else {
		units_add_gi(&memory, least);
		text_add(&memory, least < most ? "B to " : "B");
		if (least < most) {
			units_add_gi(&memory, most);
			text_add_char(&memory, 'B');
		}
	}
	grid_add(grid, text_string(&memory));
	text_release(&memory);
}

/* Rows of several cells that spill differ in how much: the first and the last are told. */
static void add_fits(const struct planning *planning, size_t first, size_t end, struct grid *grid)
{
	struct text words = {0}, last = {0};

	plan_add_fits(&planning->forecasts[first], &words);
	plan_add_fits(&planning->forecasts[end - 1], &last);
	if (!text_equal(text_string(&words), text_string(&last)))
		text_addf(&words, " … %s", text_string(&last));
	grid_add(grid, text_string(&words));
	text_release(&words);
	text_release(&last);
}

void doctor_add_matrix(const struct planning *planning, struct text *into)
{
	const struct plan *plan = &planning->plan;
	struct grid grid = {.columns = 4};

	grid_add(&grid, "Model");
	grid_add(&grid, "Fits");
	grid_add(&grid, "Memory");
	grid_add(&grid, "Cells");
	for (size_t first = 0, end; first < plan->cell_count; first = end) {
		for (end = first + 1; end < plan->cell_count && same_row(planning, first, end);)
			end++;
		grid_add_foreign(&grid, plan->cells[first].model);
		add_fits(planning, first, end, &grid);
		add_memory(planning, first, end, &grid);
		add_cells(planning, first, end, &grid);
	}
	text_add(into, "\n## ");
	text_add_masked(into, plan->path, strlen(plan->path));
	text_addf(into, ": %zu cell%s\n\n", plan->cell_count, plan->cell_count == 1 ? "" : "s");
	grid_write(&grid, into);
	grid_release(&grid);
	if (planning->view.remark_count > 0)
		text_add_char(into, '\n');
	plan_add_remarks(&planning->view, into);
}
