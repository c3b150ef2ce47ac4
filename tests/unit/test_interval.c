/*
 * The interval against known values, and how often it covers the truth: many
 * cells of a few trials each are drawn from a known distribution.
 */
#include "core/interval.h"

#include "noise.h"
#include "tap.h"

static void test_t(void)
{
	static const struct {
		size_t freedom;
		double t; /* from tables */
	} cases[] = {{1, 12.7062}, {2, 4.3027},  {3, 3.1824},  {4, 2.7764},  {9, 2.2622},  {10, 2.2281},
	             {11, 2.2010}, {15, 2.1314}, {20, 2.0860}, {30, 2.0423}, {60, 2.0003}, {999, 1.9623}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_real(interval_t(cases[i].freedom), cases[i].t, 6e-5, "Student's t");
	for (size_t freedom = 1; freedom < 100; freedom++)
		if (interval_t(freedom + 1) >= interval_t(freedom))
			ok(false, "t falls with the degrees of freedom");
}

static void test_values(void)
{
	struct interval interval = interval_of((double[]){10, 12, 14, 16}, 4);

	/* mean 13, s² 20/3, s/√4 1.2910 */
	is_real(interval.low, 13 - 3.1824463 * 1.2909944, 1e-6, "from four values: low");
	is_real(interval.high, 13 + 3.1824463 * 1.2909944, 1e-6, "and high");
	is_real(interval_half(&interval), 3.1824463 * 1.2909944, 1e-6, "and half its width");
	interval = interval_of((double[]){5, 5, 5}, 3);
	ok(interval.low == 5 && interval.high == 5, "equal values: no width");
	interval = interval_of((double[]){1, 9}, 2);
	ok(isnan(interval.low) && isnan(interval.high) && isnan(interval_half(&interval)),
	   "two values: unknown, not the range");
	interval = interval_of(NULL, 0);
	ok(isnan(interval.low) && isnan(interval.high), "no values: unknown");
	interval = interval_of((double[]){1, 2, 60}, 3);
	ok(interval.low == 0 && interval.high > 60, "no rate is below 0");
}

enum shape { NORMAL, LOG_NORMAL, AUTOCORRELATED };

/* Trials around 100 with a spread of about 5 %; their true mean is returned. */
static double draw(enum shape shape, uint64_t *state, double *values, size_t count)
{
	double last = normal(state);

	for (size_t i = 0; i < count; i++) {
		switch (shape) {
		case NORMAL:
			values[i] = 100 + 5 * normal(state);
			break;
		case LOG_NORMAL: /* skewness 1.75, as latencies have it */
			values[i] = 100 * exp(0.5 * normal(state));
			break;
		case AUTOCORRELATED: /* each trial half of what the one before was */
			last = 0.5 * last + sqrt(0.75) * normal(state);
			values[i] = 100 + 5 * last;
			break;
		}
	}
	return shape == LOG_NORMAL ? 100 * exp(0.125) : 100;
}

static double coverage_pct(enum shape shape, size_t trials)
{
	enum { CELLS = 20000 };
	uint64_t state = 1;
	double values[32];
	size_t covered = 0;

	for (size_t i = 0; i < CELLS; i++) {
		double truth = draw(shape, &state, values, trials);
		struct interval interval = interval_of(values, trials);

		covered += interval.low <= truth && truth <= interval.high;
	}
	return 100.0 * (double)covered / CELLS;
}

/* The bounds are what can be promised of the interval; that of dependent trials is a warning, not a merit. */
static void test_coverage(void)
{
	static const struct {
		enum shape shape;
		size_t trials;
		double least, most;
		const char *what;
	} cases[] = {
	    {NORMAL, 3, 94.4, 95.6, "normal, 3 trials"},
	    {NORMAL, 5, 94.4, 95.6, "normal, 5 trials"},
	    {NORMAL, 10, 94.4, 95.6, "normal, 10 trials"},
	    {NORMAL, 30, 94.4, 95.6, "normal, 30 trials"},
	    {LOG_NORMAL, 3, 89, 95, "skewed, 3 trials"},
	    {LOG_NORMAL, 10, 89, 95, "skewed, 10 trials"},
	    {LOG_NORMAL, 30, 91, 95, "skewed, 30 trials"},
	    {AUTOCORRELATED, 3, 80, 94, "each trial depends on the one before, 3 trials"},
	    {AUTOCORRELATED, 10, 70, 85, "each trial depends on the one before, 10 trials"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double pct = coverage_pct(cases[i].shape, cases[i].trials);

		printf("# %s: the interval covers the truth in %.1f %%\n", cases[i].what, pct);
		ok(pct >= cases[i].least && pct <= cases[i].most, cases[i].what);
	}
}

int main(void)
{
	test_t();
	test_values();
	test_coverage();
	return tap_done();
}
