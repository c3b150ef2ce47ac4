/*
 * A matrix with a forecast for each of its cells, for commands that run nothing.
 */
#ifndef CLI_PLANNING_H
#define CLI_PLANNING_H

#include "cli/command.h"
#include "cli/plan.h"

/* Everything that forecasts rest on, and the forecasts. `= {0}` begins. */
struct planning {
	struct plan plan;
	struct plan_view view; /* of all that follows */
	struct forecast *forecasts;
	struct told *told; /* what servers answered about models */
	size_t told_count;
	struct summary earlier;
	char *folder; /* of `earlier`; NULL: there is none */
};

/* The matrix, and the machine: this one, or the one that --memory and --gpu describe. False: `failure` is set. */
bool planning_read(const struct arguments *arguments, struct planning *planning, struct failure *failure);

/* Asks the servers that run, finds an earlier run, and forecasts each cell. */
void planning_forecast(const struct arguments *arguments, struct planning *planning);

void planning_release(struct planning *planning);

#endif
