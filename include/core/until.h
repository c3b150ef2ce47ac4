/*
 * When a cell has had enough trials.
 */
#ifndef CORE_UNTIL_H
#define CORE_UNTIL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/cell.h"
#include "core/record.h"

/*
 * Whether a cell that had `done` trials needs another one: as many as `trials`
 * says; with `until` also more, up to `max_trials`, until half the interval of
 * its speed (cell_summary_speed) is that share of its median. records: of all its trials so far.
 */
bool cell_wants_trial(const struct cell *cell, const struct record *records, size_t count, int64_t done);

/* The most trials that it can come to. */
int64_t cell_trials_most(const struct cell *cell);

#endif
