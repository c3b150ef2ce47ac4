/*
 * Whether a figure that was measured once per trial differs between two runs:
 * Welch's t test on the logarithms of the trials, so that the change is a
 * ratio. Pure, and nothing is random.
 *
 * Where a trial of either side is 0 there is no logarithm, and the same test is
 * made of the values: the change is the difference of the means in % of BASE's,
 * as if that were exact. So a figure that falls to 0 in all trials has lost
 * 100 %; one that rises from 0 in all trials has grown by no percentage, but
 * that it has can be established.
 *
 * Welch's t and not a permutation test, because trials are few: three against
 * three have 20 permutations, so that none of them can be rarer than 1 in 10,
 * and five against five cannot pass a correction for more than six figures. Not
 * Student's t either: where one run is four times as noisy as the other that
 * alarms in 7 to 17 % of cases, Welch's in 5 to 6.5 %. What trials of one run
 * do not show is how much runs differ from each other (heat, memory layout):
 * hence COMPARISON_SMALL_PCT. Measured in tests/unit/test_comparison.c.
 */
#ifndef CORE_COMPARISON_H
#define CORE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "core/interval.h"

#define COMPARISON_TEST       "welch_t_log" /* in JSON */
#define COMPARISON_TEST_ZEROS "welch_t"     /* where a trial is 0 */

enum { COMPARISON_TRIALS_MIN = 3 }; /* on each side */

/* A smaller change is never called better or worse, however certain: runs of the same thing differ by as much. */
#define COMPARISON_SMALL_PCT 1.0

struct comparison {
	size_t base_trials, now_trials;
	bool zeros;        /* a trial is 0 */
	double base, now;  /* geometric means of the trials, with zeros arithmetic; NAN: one is below 0 or unknown */
	double change_pct; /* 100 · (now / base - 1); NAN unknown, or base is 0 and now is not */
	struct interval interval; /* of change_pct, 95 %; unknown below COMPARISON_TRIALS_MIN trials */
	double p;                 /* of a change at least as large where there is none; NAN unknown */
};

/*
 * Where no trial differs from another of its side, t has no spread to divide
 * by: then p is that of the rarest permutation, 2 / C(base + now, base).
 * Figures that are 0 in all trials of both sides have changed by 0 %.
 */
struct comparison comparison_of(const double *base, size_t base_count, const double *now, size_t now_count);

/*
 * Benjamini and Hochberg, "Controlling the false discovery rate", 1995: makes
 * of p values those that hold for the whole family: at most `level` of the
 * figures with p ≤ level are false alarms, and where nothing changed there is
 * any alarm in at most `level` of families. NAN is in no family and stays.
 */
void comparison_correct(double *p, size_t count);

/* The two-sided p of Student's t; freedom > 0, which Welch's need not be an integer. */
double student_p(double t, double freedom);

/* The t whose two-sided p is `p`, 0 < p < 1; to 9 digits. */
double student_t(double p, double freedom);

#endif
