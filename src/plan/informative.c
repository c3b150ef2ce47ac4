#include "plan/informative.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

#define SAME 1e-9 /* distances that differ by less are equal: they are sums of rounded squares */

struct ordering {
	const struct informative_point *points;
	size_t count;
	double *far; /* of each point, the square of the distance to the nearest one before it; INFINITY: none is */
	bool *taken;
	size_t *turn; /* of each series, how many series of its model come before it */
	size_t series_count;
};

static double distance(const struct informative_point *a, const struct informative_point *b)
{
	double sum = 0;

	for (size_t i = 0; i < INFORMATIVE_AXES; i++)
		sum += (a->at[i] - b->at[i]) * (a->at[i] - b->at[i]);
	return sum;
}

static double size_of(const struct informative_point *point)
{
	double sum = 0;

	for (size_t i = 0; i < INFORMATIVE_AXES; i++)
		sum += point->at[i];
	return sum;
}

/* An unknown cost is not small. */
static double cost_of(const struct informative_point *point)
{
	return isnan(point->cost_s) ? INFINITY : point->cost_s;
}

/* Whether a point of a series is to come before another one of it that comes before it in the file. */
static bool is_better(const struct ordering *ordering, size_t point, size_t than)
{
	const struct informative_point *a = &ordering->points[point], *b = &ordering->points[than];
	double gain = ordering->far[point] - ordering->far[than];

	if (isinf(ordering->far[point])) /* both: the series begins */
		gain = size_of(b) - size_of(a);
	if (fabs(gain) > SAME)
		return gain > 0;
	return cost_of(a) < cost_of(b);
}

/* The next point of the series; false: it has no more. */
static bool take_next(struct ordering *ordering, size_t series, size_t *next)
{
	bool any = false;

	for (size_t i = 0; i < ordering->count; i++) {
		if (ordering->taken[i] || ordering->points[i].series != series)
			continue;
		if (!any || is_better(ordering, i, *next))
			*next = i;
		any = true;
	}
	if (!any)
		return false;
	ordering->taken[*next] = true;
	for (size_t i = 0; i < ordering->count; i++)
		if (ordering->points[i].series == series)
			ordering->far[i] =
			    fmin(ordering->far[i], distance(&ordering->points[i], &ordering->points[*next]));
	return true;
}

static void number_series(struct ordering *ordering)
{
	size_t *models;

	for (size_t i = 0; i < ordering->count; i++)
		if (ordering->points[i].series >= ordering->series_count)
			ordering->series_count = ordering->points[i].series + 1;
	ordering->turn = memory_new(ordering->series_count, sizeof(*ordering->turn));
	models = memory_new(ordering->series_count, sizeof(*models));
	for (size_t i = 0; i < ordering->count; i++)
		models[ordering->points[i].series] = ordering->points[i].model;
	for (size_t i = 0; i < ordering->series_count; i++)
		for (size_t j = 0; j < i; j++)
			ordering->turn[i] += models[j] == models[i];
	free(models);
}

/* One of each series, those first that are the first of their model. */
static size_t take_round(struct ordering *ordering, size_t *sequence)
{
	size_t taken = 0;

	for (size_t turn = 0; turn < ordering->series_count; turn++)
		for (size_t series = 0; series < ordering->series_count; series++)
			if (ordering->turn[series] == turn && take_next(ordering, series, &sequence[taken]))
				taken++;
	return taken;
}

static double mean_cost(const struct informative_point *points, size_t count)
{
	double sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		if (isnan(points[i].cost_s))
			continue;
		sum += points[i].cost_s;
		known++;
	}
	return known > 0 ? sum / (double)known : 0;
}

static void put_off(const struct informative_point *points, size_t count, double budget_s, size_t *sequence)
{
	double left_s = budget_s, mean_s = mean_cost(points, count);
	size_t *late = memory_new(count, sizeof(*late)), late_count = 0, kept = 0;

	for (size_t i = 0; i < count; i++) {
		double cost_s = points[sequence[i]].cost_s;

		if (cost_s > left_s) {
			late[late_count++] = sequence[i];
			continue;
		}
		left_s -= isnan(cost_s) ? mean_s : cost_s;
		sequence[kept++] = sequence[i];
	}
	for (size_t i = 0; i < late_count; i++)
		sequence[kept++] = late[i];
	free(late);
}

void informative_order(const struct informative_point *points, size_t count, double budget_s, size_t *sequence)
{
	struct ordering ordering = {
	    .points = points,
	    .count = count,
	    .far = memory_new(count, sizeof(*ordering.far)),
	    .taken = memory_new(count, sizeof(*ordering.taken)),
	};
	size_t placed = 0;

	for (size_t i = 0; i < count; i++)
		ordering.far[i] = INFINITY;
	number_series(&ordering);
	while (placed < count)
		placed += take_round(&ordering, sequence + placed);
	assert(placed == count);
	if (budget_s > 0)
		put_off(points, count, budget_s, sequence);
	free(ordering.far);
	free(ordering.taken);
	free(ordering.turn);
}
