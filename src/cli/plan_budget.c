/* Where the budget of a plan probably ends. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/plan.h"

struct walk {
	const struct plan_view *view;
	double mean_s; /* of the cells whose time is known; NAN: none is */
	double left_s;
	bool *begun; /* each cell */
	size_t rows;
	const struct cell *last; /* that is begun */
};

static double mean_of(const struct plan_view *view)
{
	double sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < view->plan->cell_count; i++) {
		if (isnan(view->forecasts[i].time.seconds))
			continue;
		sum += view->forecasts[i].time.seconds;
		known++;
	}
	return known > 0 ? sum / (double)known : NAN;
}

/* A visit of cells that are run in turn is one trial. */
static double seconds_of(const struct walk *walk, const struct plan_visit *visit)
{
	double seconds = walk->view->forecasts[visit->cell->index].time.seconds;

	if (isnan(seconds))
		seconds = walk->mean_s;
	return walk->view->plan->order == PLAN_INTERLEAVED && !visit->anchor ? seconds / (double)visit->cell->trials
	                                                                     : seconds;
}

static void step(void *context, const struct plan_visit *visit)
{
	struct walk *walk = context;

	if (walk->left_s <= 0)
		return;
	walk->rows++;
	walk->left_s -= seconds_of(walk, visit);
	walk->last = visit->cell;
	if (!visit->anchor)
		walk->begun[visit->cell->index] = true;
}

struct plan_budget plan_view_budget(const struct plan_view *view)
{
	const struct plan *plan = view->plan;
	struct plan_budget budget = {.known = false};
	struct walk walk = {
	    .view = view,
	    .mean_s = mean_of(view),
	    .left_s = (double)plan->budget_ns / (double)NS_PER_S,
	    .begun = memory_new(plan->cell_count, sizeof(*walk.begun)),
	};

	if (plan->budget_ns > 0 && !isnan(walk.mean_s)) {
		plan_walk(plan, step, &walk);
		budget = (struct plan_budget){.known = true, .last = walk.last, .row = walk.rows};
		for (size_t i = 0; i < plan->cell_count; i++)
			budget.cells += walk.begun[i];
	}
	free(walk.begun);
	return budget;
}

void plan_add_budget(const struct plan_view *view, struct text *into)
{
	const struct plan_budget budget = plan_view_budget(view);
	size_t count = view->plan->cell_count;

	if (view->plan->budget_ns == 0)
		return;
	text_add(into, "- Budget: ");
	units_add_duration(into, view->plan->budget_ns);
	if (!budget.known)
		text_add(into, "; where it ends is not known without an earlier run.\n");
	else if (budget.cells == count)
		text_add(into, ", by these times enough for all cells.\n");
	else
		text_addf(into, ", by these times used up in cell %zu, row %zu: %zu of %zu cells would be skipped.\n",
		          budget.last->index + 1, budget.row, count - budget.cells, count);
}
