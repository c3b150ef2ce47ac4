/*
 * What commands that take results have in common.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "base/failure.h"
#include "core/summary.h"

/*
 * Loads the run that a path means: a run directory, a results folder, a matrix
 * file; a file that ends in .json is a summary itself. False: status 2.
 */
bool results_load(const char *path, struct summary *summary, struct failure *failure);

#endif
