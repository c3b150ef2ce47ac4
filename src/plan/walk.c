/* The visits of a sweep in their order. */
#include "core/until.h"
#include "plan/plan.h"

struct walk {
	const struct plan *plan;
	void (*visit)(void *context, const struct plan_visit *visit);
	void *context;
	const struct cell *last; /* of the visit before; NULL: this is the first */
	int64_t since;           /* visits since the last repeat of the anchor */
};

static void step(struct walk *walk, const struct cell *cell, bool anchor, int64_t trials)
{
	const struct plan_visit visit = {
	    .cell = cell,
	    .anchor = anchor,
	    .starts = cell->server->start != NULL && (walk->last == NULL || !plan_share_start(walk->last, cell)),
	    .trials = trials,
	};

	walk->visit(walk->context, &visit);
	walk->last = cell;
}

static void repeat(struct walk *walk)
{
	const struct cell *cell = &walk->plan->cells[0];

	step(walk, cell, true, cell_trials_most(cell));
	walk->since = 0;
}

static void walk_round(struct walk *walk, size_t first, size_t count, int64_t round)
{
	const struct plan *plan = walk->plan;

	for (size_t i = first; i < first + count; i++) {
		const struct cell *cell = &plan->cells[plan->sequence[i]];

		if (round >= cell_trials_most(cell))
			continue;
		step(walk, cell, false, count > 1 ? 1 : cell_trials_most(cell));
		if (++walk->since == plan->anchor)
			repeat(walk);
	}
}

static int64_t rounds_of(const struct plan *plan, size_t first, size_t count)
{
	int64_t most = 1;

	for (size_t i = first; count > 1 && i < first + count; i++) {
		int64_t trials = cell_trials_most(&plan->cells[plan->sequence[i]]);

		most = trials > most ? trials : most;
	}
	return most;
}

void plan_walk(const struct plan *plan, void (*visit)(void *context, const struct plan_visit *visit), void *context)
{
	struct walk walk = {.plan = plan, .visit = visit, .context = context};

	if (plan->anchor > 0)
		repeat(&walk);
	for (size_t first = 0, count; first < plan->cell_count; first += count) {
		int64_t rounds;

		count = plan_group(plan, first);
		rounds = rounds_of(plan, first, count);
		for (int64_t round = 0; round < rounds; round++)
			walk_round(&walk, first, count, round);
	}
	if (plan->anchor > 0 && walk.since > 0)
		repeat(&walk);
}

static void count_start(void *context, const struct plan_visit *visit)
{
	size_t *starts = context;

	*starts += visit->starts;
}

size_t plan_starts(const struct plan *plan)
{
	size_t starts = 0;

	plan_walk(plan, count_start, &starts);
	return starts;
}

static void count_repeat(void *context, const struct plan_visit *visit)
{
	size_t *repeats = context;

	*repeats += visit->anchor;
}

size_t plan_repeats(const struct plan *plan)
{
	size_t repeats = 0;

	plan_walk(plan, count_repeat, &repeats);
	return repeats;
}
