/* Where the budget of a plan probably ends. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/plan.h"
#include "core/until.h"

struct walk {
	const struct plan_view *view;
	double mean_s; /* of the cells whose time is known; NAN: none is */
	double left_s;
	int64_t *trials; /* of each cell, that are begun */
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

static double seconds_of(const struct walk *walk, const struct plan_visit *visit)
{
	double seconds = plan_view_seconds(walk->view, visit);

	return isnan(seconds) ? walk->mean_s * (double)visit->trials / (double)cell_trials_most(visit->cell) : seconds;
}

/* A trial that is begun comes to its end. */
static void step(void *context, const struct plan_visit *visit)
{
	struct walk *walk = context;
	double seconds = seconds_of(walk, visit);

	if (walk->left_s <= 0)
		return;
	if (!visit->anchor && walk->left_s < seconds)
		walk->trials[visit->cell->index] += (int64_t)ceil((double)visit->trials * walk->left_s / seconds);
	else if (!visit->anchor)
		walk->trials[visit->cell->index] += visit->trials;
	walk->rows++;
	walk->left_s -= seconds;
	walk->last = visit->cell;
}

struct plan_budget plan_view_budget(const struct plan_view *view)
{
	const struct plan *plan = view->plan;
	struct plan_budget budget = {.known = false};
	struct walk walk = {
	    .view = view,
	    .mean_s = mean_of(view),
	    .left_s = (double)plan->budget_ns / (double)NS_PER_S,
	    .trials = memory_new(plan->cell_count, sizeof(*walk.trials)),
	};

	if (plan->budget_ns > 0 && !isnan(walk.mean_s)) {
		plan_walk(plan, step, &walk);
		budget = (struct plan_budget){.known = true, .last = walk.last, .row = walk.rows};
		for (size_t i = 0; i < plan->cell_count; i++) {
			budget.cells += walk.trials[i] > 0;
			budget.whole += walk.trials[i] >= cell_trials_most(&plan->cells[i]);
		}
	}
	free(walk.trials);
	return budget;
}

static void add_end(const struct plan *plan, const struct plan_budget *budget, struct text *into)
{
	size_t skipped = plan->cell_count - budget->cells, shortened = budget->cells - budget->whole;

	text_addf(into, ", by these times used up in cell %zu", budget->last->index + 1);
	if (plan->anchor > 0 || plan->order != PLAN_INTERLEAVED) /* else its rows are no visits */
		text_addf(into, ", row %zu", budget->row);
	if (skipped > 0)
		text_addf(into, ": %zu of %zu cells would be skipped", skipped, plan->cell_count);
	if (shortened > 0 && skipped > 0)
		text_addf(into, ", %zu would have fewer trials", shortened);
	else if (shortened > 0)
		text_addf(into, ": %zu of %zu cells would have fewer trials", shortened, plan->cell_count);
	text_add(into, ".\n");
}

void plan_add_budget(const struct plan_view *view, struct text *into)
{
	const struct plan_budget budget = plan_view_budget(view);

	if (view->plan->budget_ns == 0)
		return;
	text_add(into, "- Budget: ");
	units_add_duration(into, view->plan->budget_ns);
	if (!budget.known)
		text_add(into, "; where it ends is not known without an earlier run.\n");
	else if (budget.whole == view->plan->cell_count)
		text_add(into, ", by these times enough for all cells.\n");
	else
		add_end(view->plan, &budget, into);
}
