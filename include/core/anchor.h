/*
 * The anchor: the first cell of a sweep, measured again and again between the
 * others. Nothing but the machine differs between its repeats, so a trend over
 * them is one of the machine: it heats up, something else comes to run on it,
 * its memory fills. Pure.
 */
#ifndef CORE_ANCHOR_H
#define CORE_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/summary.h"

enum { ANCHOR_REPEATS_MIN = 3 };

/* The metric that is looked at; of each repeat its median over trials. */
#define ANCHOR_METRIC "output_tokens_per_s"

struct anchor_drift {
	size_t repeats;           /* that are done and know the figure */
	double span_s;            /* from the first of them to the last; NAN without any */
	double pct_per_hour;      /* slope of the least-squares line over time, in % of the repeats' mean; NAN
	                             unknown: below ANCHOR_REPEATS_MIN repeats */
	struct interval interval; /* of the slope, 95 % (Student t, n - 2 degrees of freedom), in the same unit */
	double span_pct;          /* what the line makes of the span */
	bool flagged;             /* the interval is without 0, and span_pct more than STEADINESS_PCT either way */
};

struct anchor_drift anchor_drift_of(const struct summary *summary);

/* The figure of one repeat; NAN: it is not done, or not known. */
double anchor_figure(const struct anchor_repeat *repeat);

/* The change against the first repeat that knows the figure, in %; NAN unknown. */
double anchor_change_pct(const struct summary *summary, const struct anchor_repeat *repeat);

/* The text of the flag `anchor-drift`; nothing when it is not raised. */
void anchor_add_flag(const struct anchor_drift *drift, struct text *into);

#endif
