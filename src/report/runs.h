/*
 * Where the figures of a report over several runs come from.
 */
#ifndef REPORT_RUNS_H
#define REPORT_RUNS_H

#include "document/document.h"
#include "report/points.h"

/* An item for each run: machine, time, versions, and that it is simulated. */
void runs_add(const struct report_input *input, struct document *into);

/* An item for each model whose file is not the same in all runs. */
void runs_add_files(const struct points *points, struct document *into);

#endif
