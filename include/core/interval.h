/*
 * How well a figure is known that was measured once per trial: the 95 %
 * confidence interval of its mean by Student's t.
 *
 * t and not a bootstrap of the median, because trials are few: at three
 * trials a bootstrap interval cannot be wider than the range, which covers in
 * 75 % of cases at best, while t covers in 95 % from three trials on when
 * trials are independent and roughly normal. Skewed figures are covered less
 * often, and figures that drift or depend on the trial before much less; the
 * measured coverage is in tests/unit/test_interval.c. Nothing is random here.
 */
#ifndef CORE_INTERVAL_H
#define CORE_INTERVAL_H

#include <stddef.h>

#define INTERVAL_NAME "student_t_95" /* in JSON */

enum { INTERVAL_TRIALS_MIN = 3 };

/* Both NAN: unknown. */
struct interval {
	double low, high;
};

/*
 * mean ± t(0.975, count - 1) · s / √count. Unknown below
 * INTERVAL_TRIALS_MIN values. Every figure of a trial is a rate, a time or a
 * count, so `low` is never below 0.
 */
struct interval interval_of(const double *values, size_t count);

/* Half of its width; NAN unknown. */
double interval_half(const struct interval *interval);

/*
 * The 0.975 quantile of Student's t, freedom ≥ 1: a table to 10, then the
 * expansion of Abramowitz and Stegun 26.7.5, good to four decimals.
 */
double interval_t(size_t freedom);

#endif
