#include "core/until.h"

#include <math.h>

#include "core/summary.h"

/* Unknown is not known well. */
static bool is_known_well(const struct cell *cell, const struct record *records, size_t count)
{
	const struct metric_summary *speed;
	struct cell_summary summary;
	bool well;

	cell_summary_init(&summary);
	cell_summary_add_records(&summary, records, count);
	speed = cell_summary_speed(&summary);
	well = speed->values.p50 > 0 && 100 * interval_half(&speed->interval) <= cell->until_pct * speed->values.p50;
	cell_summary_release(&summary);
	return well;
}

int64_t cell_trials_most(const struct cell *cell)
{
	int64_t most = cell->max_trials == CELL_UNSET ? CELL_MAX_TRIALS : cell->max_trials;

	return cell->until_pct == CELL_UNSET_REAL || most < cell->trials ? cell->trials : most;
}

bool cell_wants_trial(const struct cell *cell, const struct record *records, size_t count, int64_t done)
{
	if (done < cell->trials)
		return true;
	return done < cell_trials_most(cell) && !is_known_well(cell, records, count);
}
