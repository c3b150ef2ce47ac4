#include "core/schedule.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tap.h"

enum { MANY = 100000 };

static int64_t *schedule(size_t count, double rate_rps, enum cell_arrival arrival, uint64_t seed)
{
	int64_t *due_ns = memory_new(count, sizeof(*due_ns));

	schedule_arrivals(due_ns, count, rate_rps, arrival, seed);
	return due_ns;
}

static bool ascends(const int64_t *due_ns, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (due_ns[i] < due_ns[i - 1])
			return false;
	return true;
}

static void test_constant(void)
{
	int64_t *due_ns = schedule(MANY, 3, CELL_ARRIVAL_CONSTANT, 1);
	size_t wrong = 0;

	is_int(due_ns[0], 0, "the first is due at once");
	is_int(due_ns[1], 333333333, "the second a third of a second later");
	is_int(due_ns[2], 666666667, "rounded, not cut");
	for (size_t i = 0; i < MANY; i++)
		wrong += due_ns[i] != (int64_t)((i * (size_t)NS_PER_S * 2 + 3) / 6);
	is_int(wrong, 0, "100,000 of them: each k / rate to the nanosecond, without drift");
	free(due_ns);
	due_ns = schedule(3, 0.5, CELL_ARRIVAL_CONSTANT, 1);
	is_int(due_ns[2], 4 * NS_PER_S, "one every two seconds");
	free(due_ns);
	due_ns = schedule(3, 1e-300, CELL_ARRIVAL_CONSTANT, 1);
	ok(due_ns[1] > INT64_C(100) * 365 * 24 * 3600 * NS_PER_S && ascends(due_ns, 3),
	   "a rate of almost nothing: never");
	free(due_ns);
}

/* Gaps of a Poisson process of rate 1: mean 1, variance 1, and P(gap ≤ x) = 1 − e^−x. */
static void check_exponential(uint64_t seed)
{
	const double rate_rps = 250;
	int64_t *due_ns = schedule(MANY + 1, rate_rps, CELL_ARRIVAL_POISSON, seed);
	static const double quantiles[] = {0.01, 0.1, 0.5, 0.9, 0.99};
	double mean = 0, variance = 0;

	ok(due_ns[0] == 0 && ascends(due_ns, MANY + 1), "begins at 0 and ascends");
	for (size_t i = 0; i < MANY; i++)
		mean += (double)(due_ns[i + 1] - due_ns[i]) * rate_rps / 1e9 / MANY;
	for (size_t i = 0; i < MANY; i++) {
		double gap = (double)(due_ns[i + 1] - due_ns[i]) * rate_rps / 1e9;

		variance += (gap - mean) * (gap - mean) / MANY;
	}
	/* Four standard errors: 4 / √n and 4 · √(8 / n). */
	is_real(mean, 1, 0.0127, "mean of 100,000 gaps");
	is_real(variance, 1, 0.0358, "variance of 100,000 gaps");
	for (size_t q = 0; q < sizeof(quantiles) / sizeof(quantiles[0]); q++) {
		double limit = -log(1 - quantiles[q]), below = 0;

		for (size_t i = 0; i < MANY; i++)
			below += (double)(due_ns[i + 1] - due_ns[i]) * rate_rps / 1e9 <= limit;
		is_real(below / MANY, quantiles[q], 4 * sqrt(quantiles[q] * (1 - quantiles[q]) / MANY),
		        "share of gaps below a quantile");
	}
	free(due_ns);
}

/* In two halves of a window, a Poisson process of mean 10 each has uncorrelated counts of variance 10. */
static void test_independence(void)
{
	enum { WINDOWS = 4000 };
	int64_t *due_ns = schedule(MANY, 10, CELL_ARRIVAL_POISSON, 3);
	double counts[2 * WINDOWS] = {0}, variance = 0, covariance = 0;

	for (size_t i = 0; i < MANY; i++)
		if (due_ns[i] < 2 * WINDOWS * NS_PER_S)
			counts[due_ns[i] / NS_PER_S]++;
	for (size_t i = 0; i < 2 * WINDOWS; i++)
		variance += (counts[i] - 10) * (counts[i] - 10) / (2 * WINDOWS);
	for (size_t i = 0; i < 2 * WINDOWS; i += 2)
		covariance += (counts[i] - 10) * (counts[i + 1] - 10) / WINDOWS;
	is_real(variance, 10, 0.65, "counts per second have the variance of their mean");
	is_real(covariance, 0, 0.65, "and neighbours do not know of each other");
	free(due_ns);
}

static void test_seeds(void)
{
	/* Worked out apart from this program, with logarithms of 50 digits. */
	static const int64_t known[] = {0, 56816951, 86149178, 89091776, 170203975, 251337447};
	int64_t *a = schedule(1000, 10, CELL_ARRIVAL_POISSON, 1);
	int64_t *b = schedule(1000, 10, CELL_ARRIVAL_POISSON, 1);
	int64_t *c = schedule(1000, 10, CELL_ARRIVAL_POISSON, 2);

	ok(memcmp(a, b, 1000 * sizeof(*a)) == 0, "the same seed gives the same times");
	ok(memcmp(a, c, 1000 * sizeof(*a)) != 0, "another seed gives others");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		is_real((double)a[i], (double)known[i], 1, "a time of seed 1, to the nanosecond");
	is_int(a[999], 105178397894, "the thousandth, to the last bit, on every machine");
	free(a);
	free(b);
	free(c);
}

int main(void)
{
	test_constant();
	check_exponential(1);
	check_exponential(2);
	check_exponential(0);
	test_independence();
	test_seeds();
	return tap_done();
}
