/*
 * When requests are due in open loop. Pure and seeded: the same seed gives the
 * same schedule on every machine.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "core/cell.h"

/*
 * Fills due_ns[count] with ascending times after the start; the first is 0.
 * Constant: k / rate. Poisson: sums of exponential gaps with mean 1 / rate.
 */
void schedule_arrivals(int64_t *due_ns, size_t count, double rate_rps, enum cell_arrival arrival, uint64_t seed);

#endif
