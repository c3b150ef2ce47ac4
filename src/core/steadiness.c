#include "core/steadiness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/interval.h"
#include "core/summary.h"

struct drift drift_of(const double *values, size_t count)
{
	struct drift drift = {NAN, false};
	double n = (double)count, mean = 0, middle = (n - 1) / 2, xx = 0, xy = 0, residue = 0, slope;

	for (size_t i = 0; i < count; i++)
		mean += values[i] / n;
	if (count < 3 || mean == 0)
		return drift;
	for (size_t i = 0; i < count; i++) {
		xx += ((double)i - middle) * ((double)i - middle);
		xy += ((double)i - middle) * (values[i] - mean);
	}
	slope = xy / xx;
	for (size_t i = 0; i < count; i++) {
		double off = values[i] - mean - slope * ((double)i - middle);

		residue += off * off;
	}
	drift.pct_per_trial = 100 * slope / mean;
	/* Multiplied out, so that a perfect line needs no division by 0. */
	drift.significant = fabs(slope) > interval_t(count - 2) * sqrt(residue / (n - 2) / xx);
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
