#include <math.h>

#include "core/steadiness.h"
#include "core/summary.h"

static const struct metric_summary *of(const struct cell_summary *cell, const char *metric)
{
	return &cell->metrics[metric_find(metric) - metrics];
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

static void flag_drift(struct cell_summary *cell, const struct metric_summary *speed)
{
	struct drift drift = drift_of(speed->trials, speed->values.n);

	if (drift_is_flagged(&drift))
		cell_summary_add_flag(cell, "drift: output tokens/s %s by %.1f %% per trial",
		                      drift.pct_per_trial < 0 ? "falls" : "rises", fabs(drift.pct_per_trial));
}

static void flag_outliers(struct cell_summary *cell, const struct metric_summary *speed)
{
	struct outliers outliers = outliers_of(speed->trials, speed->values.n);
	bool slow_first = outliers.first_pct < 0;

	if (slow_first)
		cell_summary_add_flag(cell, "slow first trial: output tokens/s %.0f %% below the median (more warmup?)",
		                      -outliers.first_pct);
	if (outliers.count > slow_first)
		cell_summary_add_flag(cell, "outliers: output tokens/s of %zu of %zu trials",
		                      outliers.count - slow_first, speed->values.n);
}

static void flag_until(struct cell_summary *cell, const struct metric_summary *speed)
{
	double until_pct = json_get_number(cell->settings, "until_pct");
	double got_pct = 100 * interval_half(&speed->interval) / speed->values.p50;

	if (got_pct > until_pct)
		cell_summary_add_flag(cell, "until: asked ±%.3g %% of output tokens/s, got ±%.3g %% after %zu trials",
		                      until_pct, got_pct, speed->values.n);
}

void cell_summary_add_trial_flags(struct cell_summary *cell)
{
	const struct metric_summary *speed = of(cell, "output_tokens_per_s");

	flag_rate(cell);
	flag_drift(cell, speed);
	flag_outliers(cell, speed);
	flag_until(cell, speed);
}
