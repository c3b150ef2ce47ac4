/*
 * What commands that take results have in common.
 */
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "base/failure.h"
#include "core/summary.h"

/* The run that a path means: a run directory, a results folder, a matrix file; NULL: status 2. The caller frees it. */
char *results_find(const char *path, struct failure *failure);

/* Loads it; a file that ends in .json is a summary itself. */
bool results_load(const char *path, struct summary *summary, struct failure *failure);

#endif
