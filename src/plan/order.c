/* `order`, `order_seed` and `anchor`: the sequence in which cells are run. */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "core/anchor.h"
#include "plan/draft.h"

static const char *const orders[] = {
#define X(symbol, name) [symbol] = (name),
    PLAN_ORDERS(X)
#undef X
	NULL,
};

/* Fisher and Yates. */
static void shuffle(size_t *sequence, size_t count, uint64_t seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = (size_t)random_below(&seed, i), kept = sequence[i - 1];

		sequence[i - 1] = sequence[other];
		sequence[other] = kept;
	}
}

/*
 * Brings cells that can share a start together, where the first of them
 * stands; within a start and among starts the order stays.
 */
static void group(const struct plan *plan, size_t *sequence)
{
	bool *taken = memory_new(plan->cell_count, sizeof(*taken));
	size_t count = 0;

	for (size_t first = 0; first < plan->cell_count; first++) {
		if (taken[first])
			continue;
		for (size_t i = first; i < plan->cell_count; i++) {
			if (!taken[i] && (i == first || plan_share_start(&plan->cells[first], &plan->cells[i]))) {
				taken[i] = true;
				sequence[count++] = i;
			}
		}
	}
	assert(count == plan->cell_count);
	free(taken);
}

bool draft_order_cells(struct draft *draft)
{
	struct plan *plan = draft->plan;
	size_t order = plan->budget_ns > 0 ? PLAN_INFORMATIVE : PLAN_FILE;
	int64_t seed = 1;

	if (!draft_choice(draft, "order", orders, &order) || !draft_whole_number(draft, "order_seed", 0, &seed))
		return false;
	plan->order = (enum plan_order)order;
	plan->sequence = memory_new(plan->cell_count, sizeof(*plan->sequence));
	for (size_t i = 0; i < plan->cell_count; i++)
		plan->sequence[i] = i;
	if (plan->order == PLAN_SHUFFLED)
		shuffle(plan->sequence, plan->cell_count, (uint64_t)seed);
	if (plan->order == PLAN_INTERLEAVED)
		group(plan, plan->sequence);
	plan_order_informative(plan, NULL);
	return true;
}

bool draft_read_anchor(struct draft *draft)
{
	const struct setting *setting = draft_find(draft, "anchor");
	struct plan *plan = draft->plan;
	size_t repeats;

	if (!draft_whole_number(draft, "anchor", 1, &plan->anchor))
		return false;
	repeats = plan_repeats(plan);
	if (plan->anchor > 0 && repeats < ANCHOR_REPEATS_MIN)
		draft_warn(draft, setting->source, setting->node,
		           "anchor %lld gives %zu repeats of the first cell; a drift is known from %d repeats on",
		           (long long)plan->anchor, repeats, ANCHOR_REPEATS_MIN);
	return true;
}
