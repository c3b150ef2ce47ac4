/*
 * The comparison of two runs' trials against published values, and how often
 * it alarms and finds: many pairs are drawn whose truth is known.
 */
#include "core/comparison.h"

#include "noise.h"
#include "tap.h"

static void test_student(void)
{
	static const struct {
		double t, freedom, p;
	} cases[] = {
	    {1, 1, 0.5}, /* 1 - 2/π · atan t */
	    {4.3026527297, 2, 0.05},
	    {2, 2, 1 - 2 / 2.449489742783178}, /* 1 - t / √(2 + t²) */
	    {2.2281388520, 10, 0.05},          /* this and the next two from tables */
	    {4.5868938587, 10, 0.001},
	    {2.0422724563, 30, 0.05},
	    {1.8608134675, 17.7764735161, 0.0793941401}, /* not an integer: see test_published() */
	    {1.959963985, 1e9, 0.05},                    /* nearly normal */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_real(student_p(cases[i].t, cases[i].freedom), cases[i].p, 1e-7, "p of Student's t");
		is_real(student_p(-cases[i].t, cases[i].freedom), cases[i].p, 1e-7, "both tails count");
		is_real(student_t(cases[i].p, cases[i].freedom), cases[i].t, 1e-5, "and t of that p");
	}
	is_real(student_p(0, 5), 1, 0, "t = 0: p = 1");
	for (size_t freedom = 1; freedom < 60; freedom++)
		if (fabs(student_t(0.05, (double)freedom) - interval_t(freedom)) > 2e-4)
			ok(false, "the quantile agrees with interval.h");
}

/* Student's sleep data, as the R project prints its Welch test: t = -1.8608, df = 17.776, p = 0.07939. */
static void test_published(void)
{
	const double first[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
	const double second[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
	double base[10], now[10];
	struct comparison result;

	for (size_t i = 0; i < 10; i++) {
		base[i] = exp(first[i]);
		now[i] = exp(second[i]);
	}
	result = comparison_of(base, 10, now, 10);
	is_real(result.p, 0.07939414, 1e-8, "sleep data: p");
	is_real(log1p(result.change_pct / 100), 1.58, 1e-9, "the change of the mean");
	is_real(log1p(result.interval.low / 100), -0.2054832, 1e-7, "its interval: low");
	is_real(log1p(result.interval.high / 100), 3.3654832, 1e-7, "high");
}

static void test_values(void)
{
	struct comparison result = comparison_of((double[]){100, 102, 98}, 3, (double[]){90, 91, 89}, 3);

	is_real(result.base, 99.98666, 1e-5, "the geometric mean of the base");
	is_real(result.now, 89.9963, 1e-4, "and of what is new");
	is_real(result.change_pct, 100 * (cbrt(90.0 * 91 * 89) / cbrt(100.0 * 102 * 98) - 1), 1e-9, "their ratio");
	ok(result.interval.low < result.change_pct && result.change_pct < result.interval.high && result.p < 0.01,
	   "its interval, and a small p");
	result = comparison_of((double[]){100, 101}, 2, (double[]){90, 91, 89}, 3);
	ok(isnan(result.p) && isnan(result.interval.low) && fabs(result.change_pct + 10.4) < 0.1,
	   "two trials: a change, but no interval and no p");
	result = comparison_of(NULL, 0, (double[]){90, 91, 89}, 3);
	ok(isnan(result.change_pct) && isnan(result.base) && isnan(result.p), "no trials: unknown");
	result = comparison_of((double[]){5, 5, 5}, 3, (double[]){5, 5, 5}, 3);
	ok(result.change_pct == 0 && result.interval.low == 0 && result.interval.high == 0 && result.p == 1,
	   "equal in all trials: no change");
	result = comparison_of((double[]){5, 5, 5}, 3, (double[]){6, 6, 6}, 3);
	is_real(result.p, 0.1, 1e-12, "no spread at all: three against three prove nothing");
	result = comparison_of((double[]){5, 5, 5, 5, 5}, 5, (double[]){6, 6, 6, 6, 6}, 5);
	is_real(result.p, 2.0 / 252, 1e-12, "five against five do");
	result = comparison_of((double[]){5, 5, 5}, 3, (double[]){6, 6.01, 5.99}, 3);
	ok(result.p < 0.01 && result.interval.low > 19, "spread on one side alone");
	result = comparison_of((double[]){0.7, 0.7, 0.7}, 3, (double[]){0.7, 0.7, 0.7, 0.7, 0.7, 0.7}, 6);
	ok(result.change_pct == 0 && result.p == 1, "equal, and of one side more trials: no change");
}

static void test_zero(void)
{
	struct comparison result = comparison_of((double[]){0, 0, 0}, 3, (double[]){0, 0, 0}, 3);

	ok(result.change_pct == 0 && result.p == 1 && result.base == 0 && result.now == 0, "0 and 0: no change");
	result = comparison_of((double[]){10, 11, 10.5, 10.2}, 4, (double[]){0, 0, 0, 0}, 4);
	ok(result.change_pct == -100 && result.interval.low == -100 && result.interval.high > -100 &&
	       result.interval.high < -90,
	   "all of it is lost");
	ok(result.p < 1e-4 && result.now == 0, "and that is certain");
	is_real(result.base, 10.425, 1e-9, "of a mean that is no geometric one");
	result = comparison_of((double[]){0, 0, 0, 0}, 4, (double[]){10, 11, 10.5, 10.2}, 4);
	ok(isnan(result.change_pct) && isnan(result.interval.low) && isnan(result.interval.high),
	   "from 0 there is no percentage");
	ok(result.p < 1e-4 && result.base == 0 && result.now > 10, "but a certain growth");
	result = comparison_of((double[]){0, 0, 0}, 3, (double[]){1, 1, 1}, 3);
	ok(isnan(result.change_pct) && isnan(result.interval.low), "nor without any spread");
	is_real(result.p, 0.1, 1e-12, "where three against three prove nothing");
	result = comparison_of((double[]){3, 0, 2}, 3, (double[]){1, 1, 1}, 3);
	is_real(result.change_pct, -40, 1e-9, "one trial of 0: a change of the mean");
	ok(result.interval.low == -100 && result.interval.high > 100 && result.p > 0.5, "that may be any");
	result = comparison_of((double[]){3, 1, 2}, 3, (double[]){1, 0}, 2);
	ok(result.change_pct == -75 && isnan(result.p) && isnan(result.interval.low), "too few trials: a change alone");
	result = comparison_of((double[]){3, -1, 2}, 3, (double[]){1, 1, 1}, 3);
	ok(isnan(result.change_pct) && isnan(result.p), "nor below it");
	result = comparison_of((double[]){3, -1, 0}, 3, (double[]){1, 1, 1}, 3);
	ok(isnan(result.change_pct) && isnan(result.p) && isnan(result.base), "not even beside a 0");
	result = comparison_of((double[]){3, NAN, 2}, 3, (double[]){1, 1, 1}, 3);
	ok(isnan(result.change_pct) && isnan(result.p), "nor of what is unknown");
}

/* The example of Benjamini and Hochberg's paper: fifteen p values, of which four stand at 0.05. */
static void test_correction(void)
{
	double p[] = {0.3240, 0.0001, 0.0004, NAN,    0.0019, 0.0095, 0.0201, 0.0278,
	              0.0298, 0.0344, 0.0459, 0.4262, 0.5719, 0.6528, 0.7590, 1.0};
	double one[] = {0.04};
	size_t standing = 0;

	comparison_correct(p, 16);
	for (size_t i = 0; i < 16; i++)
		standing += p[i] <= 0.05;
	is_int(standing, 4, "four of fifteen stand");
	is_real(p[1], 0.0015, 1e-12, "the smallest, times 15");
	is_real(p[2], 0.003, 1e-12, "the next, times 15/2");
	is_real(p[5], 0.035625, 1e-12, "the fourth, times 15/4");
	is_real(p[6], 0.0344 * 15 / 8 < 0.0201 * 15 / 5 ? 0.0344 * 15 / 8 : 0.0201 * 15 / 5, 1e-12,
	        "never more than a larger one");
	ok(isnan(p[3]), "what is unknown stays unknown and does not count");
	comparison_correct(one, 1);
	is_real(one[0], 0.04, 0, "one figure alone needs no correction");
	comparison_correct(NULL, 0);
}

/* --- How often --- */

struct noise {
	double base_cv, now_cv;
	bool skewed; /* log-normal */
	double outliers_share;
	double zeros_share;
};

static double draw(double mean, double cv, const struct noise *noise, uint64_t *state)
{
	if (noise->zeros_share > 0 && uniform(state) < noise->zeros_share)
		return 0;
	if (noise->outliers_share > 0 && uniform(state) < noise->outliers_share)
		mean *= 0.9;
	return noise->skewed ? mean * exp(cv * normal(state)) : mean * (1 + cv * normal(state));
}

/* In how many of a hundred pairs a change is seen at 5 %. */
static double seen_pct(double ratio, size_t base_trials, size_t now_trials, const struct noise *noise)
{
	enum { PAIRS = 20000 };
	uint64_t state = 1;
	double base[32], now[32];
	size_t seen = 0;

	for (size_t pair = 0; pair < PAIRS; pair++) {
		for (size_t i = 0; i < base_trials; i++)
			base[i] = draw(100, noise->base_cv, noise, &state);
		for (size_t i = 0; i < now_trials; i++)
			now[i] = draw(100 * ratio, noise->now_cv, noise, &state);
		seen += comparison_of(base, base_trials, now, now_trials).p <= 0.05;
	}
	return 100.0 * (double)seen / PAIRS;
}

static void test_frequencies(void)
{
	static const struct {
		double ratio;
		size_t base_trials, now_trials;
		struct noise noise;
		double least, most;
		const char *what;
	} cases[] = {
	    {1, 3, 3, {0.02, 0.02, false, 0, 0}, 2.5, 5, "no change, CV 2 %, 3 trials"},
	    {1, 5, 5, {0.02, 0.02, false, 0, 0}, 3.5, 5, "no change, CV 2 %, 5 trials"},
	    {1, 10, 10, {0.02, 0.02, false, 0, 0}, 4, 5.3, "no change, CV 2 %, 10 trials"},
	    {1, 5, 5, {0.5, 0.5, true, 0, 0}, 3.5, 5, "no change, skewed as latencies are, 5 trials"},
	    {1, 5, 5, {0.02, 0.02, false, 0.1, 0}, 1, 5, "no change, one trial in ten is 10 % slower"},
	    {1, 5, 5, {0.02, 0.08, false, 0, 0}, 4, 6, "no change, but four times as noisy, 5 trials"},
	    {1, 5, 3, {0.02, 0.08, false, 0, 0}, 4, 7, "no change, but four times as noisy, 5 and 3 trials"},
	    {1.05, 5, 5, {0.02, 0.02, false, 0, 0}, 90, 100, "5 % more, CV 2 %, 5 trials"},
	    {0.95, 5, 5, {0.02, 0.02, false, 0, 0}, 90, 100, "5 % less, CV 2 %, 5 trials"},
	    {0.95, 3, 3, {0.02, 0.02, false, 0, 0}, 45, 65, "5 % less, CV 2 %, 3 trials"},
	    {1, 3, 3, {0.02, 0.02, false, 0, 0.1}, 0, 5, "no change, one trial in ten is 0, 3 trials"},
	    {1, 5, 5, {0.02, 0.02, false, 0, 0.1}, 0, 5, "no change, one trial in ten is 0, 5 trials"},
	    {1, 3, 3, {0.02, 0.02, false, 0, 0.5}, 0, 5, "no change, every other trial is 0, 3 trials"},
	    {1, 5, 5, {0.02, 0.02, false, 0, 0.5}, 0, 5, "no change, every other trial is 0, 5 trials"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double pct = seen_pct(cases[i].ratio, cases[i].base_trials, cases[i].now_trials, &cases[i].noise);

		printf("# %s: a change is seen in %.1f %%\n", cases[i].what, pct);
		ok(pct >= cases[i].least && pct <= cases[i].most, cases[i].what);
	}
}

int main(void)
{
	test_student();
	test_published();
	test_values();
	test_zero();
	test_correction();
	test_frequencies();
	return tap_done();
}
