/*
 * What commands that take a matrix have in common.
 */
#ifndef CLI_MATRIX_H
#define CLI_MATRIX_H

#include "cli/command.h"
#include "plan/plan.h"

/* Loads --matrix with --set and --only, and prints its warnings. */
bool matrix_load(const struct arguments *arguments, struct plan *plan, struct failure *failure);

#endif
