/*
 * What an earlier run of a matrix tells of one that begins: how long cells take.
 */
#ifndef RUN_EARLIER_H
#define RUN_EARLIER_H

#include "core/summary.h"
#include "plan/plan.h"

/*
 * Loads the newest run of the plan's matrix in the results folder `out`,
 * finished ones first, when it was measured on a machine with so much memory.
 * Returns its folder, which the caller frees, as it releases `earlier`. NULL:
 * there is none, and `remark` gets why one that is there says nothing.
 */
char *earlier_load(const struct plan *plan, const char *out, int64_t memory_bytes, struct summary *earlier,
                   struct text *remark);

/* Brings the cells into the order that they are run in, as far as it depends on such a run on this machine. */
void earlier_order(struct plan *plan, const char *out);

#endif
