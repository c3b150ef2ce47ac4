/* The order in which cells tell most. */
#include "plan/informative.h"

#include "base/text.h"
#include "tap.h"

enum { MOST = 64 };

struct grid {
	struct informative_point points[MOST];
	size_t count;
};

/* So many series of a grid of columns × rows; of `models` models in turn. Costs are unknown. */
static struct grid grid_of(size_t series, size_t models, size_t columns, size_t rows)
{
	struct grid grid = {.count = 0};

	for (size_t s = 0; s < series; s++)
		for (size_t x = 0; x < columns; x++)
			for (size_t y = 0; y < rows; y++)
				grid.points[grid.count++] = (struct informative_point){
				    .series = s,
				    .model = s % models,
				    .at = {columns > 1 ? (double)x / (double)(columns - 1) : 0,
				           rows > 1 ? (double)y / (double)(rows - 1) : 0},
				    .cost_s = NAN,
				};
	return grid;
}

static void is_order(const struct grid *grid, double budget_s, const char *want, const char *what)
{
	size_t sequence[MOST];
	struct text got = {0};

	informative_order(grid->points, grid->count, budget_s, sequence);
	for (size_t i = 0; i < grid->count; i++)
		text_addf(&got, "%s%zu", i > 0 ? " " : "", sequence[i]);
	is_text(text_string(&got), want, what);
	text_release(&got);
}

static void test_space(void)
{
	struct grid grid = grid_of(1, 1, 1, 1);

	is_order(&grid, 0, "0", "one cell");
	grid = grid_of(1, 1, 9, 1);
	is_order(&grid, 0, "0 8 4 2 6 1 3 5 7", "one axis: both ends, the middle, the quarters, the rest");
	grid = grid_of(1, 1, 8, 1);
	is_order(&grid, 0, "0 7 3 5 1 2 4 6", "where there is no middle, the earlier one");
	for (size_t i = 0; i < 8; i++)
		grid.points[i].at[0] = 1 - grid.points[i].at[0];
	is_order(&grid, 0, "7 0 3 5 1 2 4 6", "from the smallest value on, wherever it stands");
	grid = grid_of(1, 1, 3, 3);
	is_order(&grid, 0, "0 8 2 6 4 1 3 5 7", "two axes: the corners, the centre, the middles of the sides");
}

static void test_series(void)
{
	struct grid grid = grid_of(3, 3, 4, 1);

	is_order(&grid, 0, "0 4 8 3 7 11 1 5 9 2 6 10", "three models: each has one before any has two");
	grid = grid_of(4, 2, 2, 1);
	is_order(&grid, 0, "0 2 4 6 1 3 5 7", "two series of each of two models in turn");
	for (size_t i = 0; i < grid.count; i++)
		grid.points[i].model = grid.points[i].series / 2;
	is_order(&grid, 0, "0 4 2 6 1 5 3 7",
	         "and one after the other: the models come first, then their second series");
	grid = grid_of(2, 2, 3, 1);
	grid.points[5].series = 0;
	grid.points[5].model = 0;
	grid.points[5].at[0] = 0.25;
	is_order(&grid, 0, "0 3 2 4 1 5", "a series that has fewer");
}

static void test_costs(void)
{
	struct grid grid = grid_of(1, 1, 4, 1);

	grid.points[1].cost_s = 9;
	grid.points[2].cost_s = 5;
	is_order(&grid, 0, "0 3 2 1", "of equally far ones the cheaper");
	grid.points[2].cost_s = NAN;
	is_order(&grid, 0, "0 3 1 2", "a cost that is known before one that is not");
	for (size_t i = 0; i < grid.count; i++)
		grid.points[i].cost_s = i == 3 ? 100 : 10;
	is_order(&grid, 0, "0 3 1 2", "without a budget costs put nothing off");
	is_order(&grid, 200, "0 3 1 2", "nor with one that has room for all");
	is_order(&grid, 60, "0 1 2 3", "with a small one that cell is the last");
	is_order(&grid, 15, "0 3 1 2", "one that has room for one cell");
	is_order(&grid, 5, "0 3 1 2", "one that has room for none: the order stays");
	grid.points[0].cost_s = NAN;
	is_order(&grid, 55, "0 1 3 2", "an unknown one takes the mean of the others");
}

int main(void)
{
	test_space();
	test_series();
	test_costs();
	return tap_done();
}
