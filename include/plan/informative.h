/*
 * The order in which cells tell most about the whole while only some of them
 * have been run. Pure.
 */
#ifndef PLAN_INFORMATIVE_H
#define PLAN_INFORMATIVE_H

#include <stddef.h>

enum { INFORMATIVE_AXES = 16 };

/* A cell. Those of one series differ by numbers alone. */
struct informative_point {
	size_t series; /* from 0 */
	size_t model;  /* that the series is of, from 0 */
	/*
	 * On each axis, from 0 for its smallest value to 1 for its largest, evenly by
	 * rank: steps of 1, 2, 4 … are equally far from each other. Unused ones are 0.
	 */
	double at[INFORMATIVE_AXES];
	double cost_s; /* NAN: unknown */
};

/*
 * Fills sequence[count] with indices of points. Each series begins with its
 * smallest values, and goes on with the cell that is farthest from all before it:
 * so the corners come first, the opposite one before the others, and then what
 * halves the widest gap. Of equally far ones the one that costs less comes first,
 * then the earlier one. The series take turns, one cell each, those of different
 * models before the second one of a model: no model has two cells before each has
 * one.
 *
 * budget_s (0: none): a cell whose cost is known to be more than what is left of
 * it at its place comes after all others. Unknown costs are taken as the mean of
 * the known ones.
 */
void informative_order(const struct informative_point *points, size_t count, double budget_s, size_t *sequence);

#endif
