#include <math.h>
#include <stdlib.h>

#include "core/summary.h"

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The percent-th quantile by nearest rank; in integers, because 0.07 · 100 is more than 7 in doubles. */
static double nearest_rank(const double *sorted, size_t count, size_t percent)
{
	size_t rank = (count * percent + 99) / 100;

	return sorted[rank - 1];
}

struct distribution distribution_of(double *values, size_t count)
{
	struct distribution result = {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	double sum = 0;

	if (count == 0)
		return result;
	qsort(values, count, sizeof(*values), compare);
	for (size_t i = 0; i < count; i++)
		sum += values[i];
	result.n = count;
	result.mean = sum / (double)count;
	result.min = values[0];
	result.p50 = nearest_rank(values, count, 50);
	result.p90 = nearest_rank(values, count, 90);
	result.p95 = nearest_rank(values, count, 95);
	result.p99 = nearest_rank(values, count, 99);
	result.max = values[count - 1];
	return result;
}

#define STATISTIC(member)                                      \
	{                                                      \
#member, offsetof(struct distribution, member) \
	}

const struct distribution_statistic distribution_statistics[] = {
    STATISTIC(mean), STATISTIC(p50), STATISTIC(p90), STATISTIC(p95), STATISTIC(p99), {NULL, 0},
};

double distribution_get(const struct distribution *values, const struct distribution_statistic *statistic)
{
	return *(const double *)((const char *)values + statistic->offset);
}

struct distribution distribution_over_trials(double *values, size_t count)
{
	struct distribution result = distribution_of(values, count);

	if (count > 0 && count % 2 == 0)
		result.p50 = (values[count / 2 - 1] + values[count / 2]) / 2;
	return result;
}
