#include "core/steadiness.h"

#include "base/random.h"
#include "tap.h"

enum { MOST = 10 };

static void test_drift(void)
{
	static const struct {
		double values[MOST];
		size_t count;
		double pct;
		bool significant, flagged;
		const char *what;
	} cases[] = {
	    {{100, 98, 96, 94, 92}, 5, -100 * 2 / 96.0, true, true, "a straight fall of 2 % per trial"},
	    {{100, 100.1, 100.2, 100.3}, 4, 100 * 0.1 / 100.15, true, false, "certain, but too small to tell"},
	    {{100, 90, 105, 92, 103}, 5, 100 * 0.8 / 98, false, false, "noise without a direction"},
	    {{100, 90, 80}, 3, -100 * 10 / 90.0, true, true, "three on a line"},
	    {{100, 92, 88},
	     3,
	     -100 * 6 / (280 / 3.0),
	     false,
	     false,
	     "three nearly on a line are too few to be certain"},
	    {{50, 50, 50, 50}, 4, 0, false, false, "no change"},
	    {{100, 90}, 2, NAN, false, false, "two values always lie on a line"},
	    {{0, 0, 0}, 3, NAN, false, false, "of nothing there is no percentage"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct drift drift = drift_of(cases[i].values, cases[i].count);

		is_real(drift.pct_per_trial, cases[i].pct, 1e-9, cases[i].what);
		ok(drift.significant == cases[i].significant && drift_is_flagged(&drift) == cases[i].flagged,
		   "significant, flagged");
	}
}

/* Of cells that do not drift one in twenty has a slope that looks certain. */
static void test_false_alarms(void)
{
	enum { CELLS = 20000, TRIALS = 6 };
	uint64_t state = 7;
	size_t alarms = 0;

	for (size_t i = 0; i < CELLS; i++) {
		double values[TRIALS];

		for (size_t t = 0; t < TRIALS; t++) {
			values[t] = 100;
			for (int k = 0; k < 12; k++) /* nearly normal */
				values[t] += (double)(random_next(&state) >> 11) / 9007199254740992.0 - 0.5;
		}
		alarms += drift_of(values, TRIALS).significant;
	}
	printf("# %.1f %% of steady cells have a slope that differs from 0 at 95 %%\n", 100.0 * (double)alarms / CELLS);
	ok(alarms > CELLS * 4 / 100 && alarms < CELLS * 6 / 100, "one in twenty");
}

static void test_outliers(void)
{
	static const struct {
		double values[MOST];
		size_t count, outliers;
		double first_pct;
		const char *what;
	} cases[] = {
	    {{100, 101, 99, 100, 101}, 5, 0, NAN, "ordinary noise"},
	    {{60, 101, 99, 100, 101}, 5, 1, -40, "a slow first trial"},
	    {{100, 101, 99, 60, 101}, 5, 1, NAN, "a slow later one"},
	    {{140, 101, 99, 30, 101, 100, 99}, 7, 2, 40, "two, the first among them"},
	    {{100, 101, 99, 115, 100}, 5, 1, NAN, "15 deviations away"},
	    {{100, 101, 99, 114, 100}, 5, 0, NAN, "14 deviations away"},
	    {{60, 100, 100, 100}, 4, 0, NAN, "too few to tell"},
	    {{99.5, 100, 100, 100, 100}, 5, 0, NAN, "less than 1 % of the median"},
	    {{98, 100, 100, 100, 100}, 5, 1, -2, "others that are equal"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outliers outliers = outliers_of(cases[i].values, cases[i].count);

		is_int(outliers.count, cases[i].outliers, cases[i].what);
		is_real(outliers.first_pct, cases[i].first_pct, 1e-9, "of the first");
	}
}

int main(void)
{
	test_drift();
	test_false_alarms();
	test_outliers();
	return tap_done();
}
