#include "core/steadiness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/interval.h"
#include "core/summary.h"

struct slope slope_of(const double *x, const double *values, size_t count)
{
	struct slope slope = {NAN, NAN, 0};
	double n = (double)count, middle = 0, xx = 0, xy = 0, residue = 0;

	for (size_t i = 0; i < count; i++) {
		middle += x[i] / n;
		slope.mean += values[i] / n;
	}
	for (size_t i = 0; i < count; i++) {
		xx += (x[i] - middle) * (x[i] - middle);
		xy += (x[i] - middle) * (values[i] - slope.mean);
	}
	if (count < 3 || xx <= 0)
		return slope;
	slope.per_x = xy / xx;
	for (size_t i = 0; i < count; i++) {
		double off = values[i] - slope.mean - slope.per_x * (x[i] - middle);

		residue += off * off;
	}
	slope.half = interval_t(count - 2) * sqrt(residue / (n - 2) / xx);
	return slope;
}

struct drift drift_of(const double *values, size_t count)
{
	struct drift drift = {NAN, false};
	double *numbers = memory_new(count, sizeof(*numbers));
	struct slope slope;

	for (size_t i = 0; i < count; i++)
		numbers[i] = (double)i;
	slope = slope_of(numbers, values, count);
	free(numbers);
	if (isnan(slope.per_x) || slope.mean == 0)
		return drift;
	drift.pct_per_trial = 100 * slope.per_x / slope.mean;
	/* Not as a quotient, so that a perfect line needs no division by 0. */
	drift.significant = fabs(slope.per_x) > slope.half;
	return drift;
}

bool drift_is_flagged(const struct drift *drift)
{
	return drift->significant && fabs(drift->pct_per_trial) > STEADINESS_PCT;
}

static double median_of(double *values, size_t count)
{
	return distribution_over_trials(values, count).p50;
}

struct outliers outliers_of(const double *values, size_t count)
{
	struct outliers outliers = {0, NAN};
	double *scratch, median, deviation;

	if (count < OUTLIER_TRIALS_MIN)
		return outliers;
	scratch = memory_new(count, sizeof(*scratch));
	memcpy(scratch, values, count * sizeof(*scratch));
	median = median_of(scratch, count);
	for (size_t i = 0; i < count; i++)
		scratch[i] = fabs(values[i] - median);
	deviation = median_of(scratch, count);
	free(scratch);
	for (size_t i = 0; i < count; i++) {
		double distance = fabs(values[i] - median);

		if (distance <= OUTLIER_SCORE * deviation || distance <= STEADINESS_PCT / 100 * fabs(median))
			continue;
		outliers.count++;
		if (i == 0)
			outliers.first_pct = 100 * (values[0] - median) / median;
	}
	return outliers;
}
