/* Cells: the product of the axes, in the file's order, the last one fastest. */
#include <assert.h>

#include "base/memory.h"
#include "plan/draft.h"

#define CELL_LIMIT 100000

static void apply(const struct plan *plan, const struct axis *axis, size_t index, struct cell *cell)
{
	struct text problem = {0};

	if (axis->field != NULL) {
		bool good = cell_field_read(axis->field, cell, axis->values[index], &problem);

		assert(good); /* draft_read_axes has checked it */
		(void)good;
		text_release(&problem);
	} else if (text_equal(axis->name, "server")) {
		cell->server = &plan->servers[index];
	} else {
		cell->profile = &plan->memory->profiles[index].environment;
		cell->profile_name = plan->memory->profiles[index].name;
	}
}

/* What every cell starts from. */
static struct cell first_cell(const struct draft *draft)
{
	struct cell cell;

	cell_reset(&cell);
	cell.server = &draft->plan->servers[0];
	if (draft_find(draft, "prompts") != NULL || draft_find(draft, "input_tokens") != NULL ||
	    draft_find(draft, "trace") != NULL)
		cell_field_unset(cell_field_find("prompt"), &cell);
	return cell;
}

bool draft_make_cells(struct draft *draft)
{
	struct plan *plan = draft->plan;
	struct cell first = first_cell(draft);
	size_t count = 1;

	for (size_t i = 0; i < draft->axis_count; i++) {
		if (draft->axes[i].count > CELL_LIMIT / count)
			return draft_fail(draft, draft->source, NULL, "more than %d cells", CELL_LIMIT);
		count *= draft->axes[i].count;
	}
	plan->cells = memory_new(count, sizeof(*plan->cells));
	plan->cell_count = count;
	for (size_t i = 0; i < count; i++) {
		size_t rest = i;

		plan->cells[i] = first;
		plan->cells[i].index = i;
		for (size_t a = draft->axis_count; a > 0; a--) {
			const struct axis *axis = &draft->axes[a - 1];

			apply(plan, axis, rest % axis->count, &plan->cells[i]);
			rest /= axis->count;
		}
	}
	return true;
}
