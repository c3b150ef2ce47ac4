/*
 * What commands that take results have in common.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "base/failure.h"
#include "core/summary.h"
#include "core/trace.h"

/*
 * Loads the run that a path means: a run directory, a results folder, a matrix
 * file, whose results are below `out`; a file that ends in .json is a summary itself. trace: what happened over
 * time, of which such a file tells nothing; NULL: it is not read. False: status 2.
 */
bool results_load(const char *path, const char *out, struct summary *summary, struct trace *trace,
                  struct failure *failure);

#endif
