/*
 * Whether trials of one cell look like repetitions of one thing: a drift over
 * them, trials far from the others, a slow first one. Values are one figure,
 * in the order of the trials.
 */
#ifndef CORE_STEADINESS_H
#define CORE_STEADINESS_H

#include <stdbool.h>
#include <stddef.h>

/* What moves a figure by no more than this is not told, however certain it is. */
#define STEADINESS_PCT 1.0

/* The least-squares line of values over x. */
struct slope {
	double per_x; /* NAN unknown: below 3 values, or all at one x */
	double half;  /* of its 95 % interval: Student t of the slope, n - 2 degrees of freedom */
	double mean;  /* of the values */
};

struct slope slope_of(const double *x, const double *values, size_t count);

struct drift {
	double
	    pct_per_trial; /* slope of the least-squares line over the mean; NAN unknown: below 3 values, or mean 0 */
	bool significant;  /* differs from 0 at 95 % (Student t of the slope, n - 2 degrees of freedom) */
};

struct drift drift_of(const double *values, size_t count);

/* Significant, and of more than STEADINESS_PCT per trial. */
bool drift_is_flagged(const struct drift *drift);

/*
 * hyperfine's rule: a value's score is its distance from the median over the
 * median of all distances (the MAD); one beyond 1.4826 · 10 lies ten standard
 * deviations out, were the others normal. Here there must be at least five
 * values, and the distance must be more than STEADINESS_PCT of the median.
 */
#define OUTLIER_SCORE 14.826
enum { OUTLIER_TRIALS_MIN = 5 };

struct outliers {
	size_t count;     /* of trials beyond the score, the first one included */
	double first_pct; /* the first trial's distance from the median, in % of it, when it is an outlier; NAN: it is
	                     none */
};

struct outliers outliers_of(const double *values, size_t count);

#endif
