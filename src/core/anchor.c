#include "core/anchor.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/steadiness.h"

#define S_PER_HOUR 3600.0

double anchor_figure(const struct anchor_repeat *repeat)
{
	const struct metric_summary *figure = &repeat->cell.metrics[metric_find(ANCHOR_METRIC) - metrics];

	return repeat->cell.status == CELL_DONE && figure->values.n > 0 ? figure->values.p50 : NAN;
}

double anchor_change_pct(const struct summary *summary, const struct anchor_repeat *repeat)
{
	double figure = anchor_figure(repeat);

	for (size_t i = 0; i < summary->repeat_count; i++) {
		double first = anchor_figure(&summary->repeats[i]);

		if (first > 0)
			return 100 * (figure - first) / first;
	}
	return NAN;
}

/* The line over what is known, in hours since the sweep's start. */
static struct slope fit(const struct summary *summary, struct anchor_drift *drift)
{
	double *hours = memory_new(summary->repeat_count, sizeof(*hours));
	double *figures = memory_new(summary->repeat_count, sizeof(*figures));
	struct slope slope;
	size_t count = 0;

	for (size_t i = 0; i < summary->repeat_count; i++) {
		const struct anchor_repeat *repeat = &summary->repeats[i];

		figures[count] = anchor_figure(repeat);
		hours[count] = repeat->since_start_s / S_PER_HOUR;
		count += !isnan(figures[count]) && !isnan(hours[count]);
	}
	slope = slope_of(hours, figures, count);
	drift->repeats = count;
	drift->span_s = count > 0 ? (hours[count - 1] - hours[0]) * S_PER_HOUR : NAN;
	free(hours);
	free(figures);
	return slope;
}

struct anchor_drift anchor_drift_of(const struct summary *summary)
{
	struct anchor_drift drift = {.pct_per_hour = NAN, .interval = {NAN, NAN}, .span_pct = NAN};
	struct slope slope = fit(summary, &drift);

	if (isnan(slope.per_x) || slope.mean <= 0)
		return drift;
	drift.pct_per_hour = 100 * slope.per_x / slope.mean;
	drift.interval.low = 100 * (slope.per_x - slope.half) / slope.mean;
	drift.interval.high = 100 * (slope.per_x + slope.half) / slope.mean;
	drift.span_pct = drift.pct_per_hour * drift.span_s / S_PER_HOUR;
	drift.flagged = (drift.interval.low > 0 || drift.interval.high < 0) && fabs(drift.span_pct) > STEADINESS_PCT;
	return drift;
}

void anchor_add_flag(const struct anchor_drift *drift, struct text *into)
{
	if (drift->flagged)
		text_addf(
		    into, "the anchor drifted: output tokens/s %s by %.3g %% per hour, by %.1f %% over its repeats",
		    drift->pct_per_hour < 0 ? "falls" : "rises", fabs(drift->pct_per_hour), fabs(drift->span_pct));
}
