#include <math.h>

#include "core/steadiness.h"
#include "core/summary.h"

static const struct metric_summary *of(const struct cell_summary *cell, const char *metric)
{
	return &cell->metrics[metric_find(metric) - metrics];
}

/* What tells how fast a trial was, and its name within a sentence; the first that is known. */
static const struct speed {
	const char *metric;
	const char *name;
} speeds[] = {{"rtfx", "RTFx"}, {"inputs_per_s", "inputs/s"}, {"output_tokens_per_s", "output tokens/s"}};

enum { SPEED_COUNT = sizeof(speeds) / sizeof(speeds[0]) };

static const struct speed *speed_of(const struct cell_summary *cell)
{
	size_t i = 0;

	while (i + 1 < SPEED_COUNT && of(cell, speeds[i].metric)->values.n == 0)
		i++;
	return &speeds[i];
}

const struct metric_summary *cell_summary_speed(const struct cell_summary *cell)
{
	return of(cell, speed_of(cell)->metric);
}

/* Three digits that count, and every digit before the point. */
static int decimals(double rate)
{
	return rate >= 99.95 ? 0 : rate >= 9.995 ? 1 : 2;
}

static void flag_rate(struct cell_summary *cell)
{
	double asked = of(cell, "asked_rate_rps")->values.p50, achieved = of(cell, "achieved_rate_rps")->values.p50;

	if (achieved * 100 < CLIENT_RATE_PERCENT * asked)
		cell_summary_add_flag(cell, "asked %.*f/s, sent %.*f/s", decimals(asked), asked, decimals(achieved),
		                      achieved);
}

static void flag_drift(struct cell_summary *cell, const struct metric_summary *speed, const char *name)
{
	struct drift drift = drift_of(speed->trials, speed->values.n);

	if (drift_is_flagged(&drift))
		cell_summary_add_flag(cell, "drift: %s %s by %.1f %% per trial", name,
		                      drift.pct_per_trial < 0 ? "falls" : "rises", fabs(drift.pct_per_trial));
}

static void flag_outliers(struct cell_summary *cell, const struct metric_summary *speed, const char *name)
{
	struct outliers outliers = outliers_of(speed->trials, speed->values.n);
	bool slow_first = outliers.first_pct < 0;

	if (slow_first)
		cell_summary_add_flag(cell, "slow first trial: %s %.0f %% below the median (more warmup?)", name,
		                      -outliers.first_pct);
	if (outliers.count > slow_first)
		cell_summary_add_flag(cell, "outliers: %s of %zu of %zu trials", name, outliers.count - slow_first,
		                      speed->values.n);
}

static void flag_until(struct cell_summary *cell, const struct metric_summary *speed, const char *name)
{
	double until_pct = json_get_number(cell->settings, "until_pct");
	double got_pct = 100 * interval_half(&speed->interval) / speed->values.p50;

	if (got_pct > until_pct)
		cell_summary_add_flag(cell, "until: asked ±%.3g %% of %s, got ±%.3g %% after %zu trials", until_pct,
		                      name, got_pct, speed->values.n);
}

void cell_summary_add_trial_flags(struct cell_summary *cell)
{
	const struct metric_summary *speed = cell_summary_speed(cell);
	const char *name = speed_of(cell)->name;

	flag_rate(cell);
	flag_drift(cell, speed, name);
	flag_outliers(cell, speed, name);
	flag_until(cell, speed, name);
}
