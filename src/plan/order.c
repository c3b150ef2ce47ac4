/* `order` and `order_seed`: the sequence in which cells are run. */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/units.h"
#include "plan/draft.h"

static const char *const orders[] = {
#define X(symbol, name) [symbol] = (name),
    PLAN_ORDERS(X)
#undef X
};
enum { ORDER_COUNT = sizeof(orders) / sizeof(orders[0]) };

static bool read_order(struct draft *draft)
{
	static const char allowed[] = "one of file, shuffled, interleaved";
	const struct setting *setting = draft_find(draft, "order");
	const char *name;

	if (setting == NULL)
		return true;
	name = draft_scalar(draft, setting->source, setting->node, "order", allowed);
	if (name == NULL)
		return false;
	for (int i = 0; i < ORDER_COUNT; i++) {
		if (text_equal(orders[i], name)) {
			draft->plan->order = (enum plan_order)i;
			return true;
		}
	}
	return draft_fail(draft, setting->source, setting->node, "order cannot be %s; it is %s",
	                  draft_quote(draft, name), allowed);
}

static bool read_seed(struct draft *draft, uint64_t *seed)
{
	static const char allowed[] = "an integer from 0 on";
	const struct setting *setting = draft_find(draft, "order_seed");
	const char *value;
	int64_t read;

	*seed = 1;
	if (setting == NULL)
		return true;
	value = draft_scalar(draft, setting->source, setting->node, "order_seed", allowed);
	if (value == NULL)
		return false;
	if (!units_read_integer(value, &read) || read < 0)
		return draft_fail(draft, setting->source, setting->node, "order_seed cannot be %s; it is %s",
		                  draft_quote(draft, value), allowed);
	*seed = (uint64_t)read;
	return true;
}

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
	uint64_t seed;

	if (!read_order(draft) || !read_seed(draft, &seed))
		return false;
	plan->sequence = memory_new(plan->cell_count, sizeof(*plan->sequence));
	for (size_t i = 0; i < plan->cell_count; i++)
		plan->sequence[i] = i;
	if (plan->order == PLAN_SHUFFLED)
		shuffle(plan->sequence, plan->cell_count, seed);
	if (plan->order == PLAN_INTERLEAVED)
		group(plan, plan->sequence);
	return true;
}
