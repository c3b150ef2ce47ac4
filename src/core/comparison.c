#include "core/comparison.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* --- Student's t with any degrees of freedom --- */

/*
 * The continued fraction of the incomplete beta function, by Lentz's method:
 * DLMF 8.17.22, converging fast for x < (a + 1) / (a + b + 2).
 */
static double beta_fraction(double a, double b, double x)
{
	enum { STEPS = 500 };
	const double tiny = 1e-300;
	double c = 1, d = 1 / fmax(tiny, 1 - (a + b) * x / (a + 1)), result = d;

	for (int m = 1; m < STEPS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / (1 + even * d);
		c = 1 + even / c;
		result *= c * d;
		d = 1 / (1 + odd * d);
		c = 1 + odd / c;
		step = c * d;
		result *= step;
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return result;
}

/* I_x(a, b), DLMF 8.17.2. */
static double incomplete_beta(double a, double b, double x)
{
	double front;

	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_p(double t, double freedom)
{
	return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double student_t(double p, double freedom)
{
	double low = 0, high = 1;

	while (student_p(high, freedom) > p)
		high *= 2;
	while (high - low > 1e-10 * high) {
		double middle = (low + high) / 2;

		if (student_p(middle, freedom) > p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* --- Two sides --- */

/* Of logarithms; of the values where a trial is 0. */
struct side {
	double mean;
	double variance; /* of the mean; NAN below two values */
	bool constant;   /* all values are the same */
};

static bool has_zero(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (values[i] == 0)
			return true;
	return false;
}

static double scaled(double value, bool zeros)
{
	if (zeros)
		return value >= 0 ? value : NAN;
	return value > 0 ? log(value) : NAN;
}

/* mean is NAN when a value is below 0 or unknown, or there is none. */
static struct side side_of(const double *values, size_t count, bool zeros)
{
	struct side side = {count > 0 ? 0 : NAN, 0, true};
	double n = (double)count;

	for (size_t i = 0; i < count; i++) {
		side.mean += scaled(values[i], zeros) / n;
		side.constant = side.constant && values[i] == values[0];
	}
	for (size_t i = 0; i < count; i++) {
		double off = scaled(values[i], zeros) - side.mean;

		side.variance += off * off / (n - 1) / n;
	}
	if (side.constant && count > 0)
		side = (struct side){scaled(values[0], zeros), 0, true};
	return side;
}

/* The chance that of all ways to deal the trials to two sides it was one of the two that part them wholly. */
static double rarest_permutation(size_t a, size_t b)
{
	double ways = 1;

	for (size_t i = 1; i <= a; i++)
		ways *= (double)(b + i) / (double)i;
	return 2 / ways;
}

/* What a difference of means is in % of BASE; NAN: any is more than all of 0. */
static double pct(const struct comparison *result, double difference)
{
	double change = result->base == 0 ? NAN : 100 * difference / result->base;

	if (!result->zeros)
		return 100 * expm1(difference);
	if (difference == 0)
		return 0;
	return change < -100 ? -100 : change; /* no figure is below 0 */
}

/* Welch, "The generalization of Student's problem", 1947, with the degrees of freedom of Satterthwaite, 1946. */
static void test(struct comparison *result, const struct side *base, const struct side *now)
{
	double change = now->mean - base->mean, variance = base->variance + now->variance;
	double freedom, half;

	if (base->constant && now->constant) {
		result->interval = (struct interval){result->change_pct, result->change_pct};
		result->p = change == 0 ? 1 : rarest_permutation(result->base_trials, result->now_trials);
		return;
	}
	freedom = variance * variance /
	          (base->variance * base->variance / (double)(result->base_trials - 1) +
	           now->variance * now->variance / (double)(result->now_trials - 1));
	half = student_t(0.05, freedom) * sqrt(variance);
	if (!isnan(result->change_pct))
		result->interval = (struct interval){pct(result, change - half), pct(result, change + half)};
	result->p = student_p(change / sqrt(variance), freedom);
}

struct comparison comparison_of(const double *base, size_t base_count, const double *now, size_t now_count)
{
	bool zeros = has_zero(base, base_count) || has_zero(now, now_count);
	struct side before = side_of(base, base_count, zeros), after = side_of(now, now_count, zeros);
	bool enough = base_count >= COMPARISON_TRIALS_MIN && now_count >= COMPARISON_TRIALS_MIN;
	struct comparison result = {
	    .base_trials = base_count,
	    .now_trials = now_count,
	    .zeros = zeros,
	    .base = zeros ? before.mean : exp(before.mean),
	    .now = zeros ? after.mean : exp(after.mean),
	    .interval = {NAN, NAN},
	    .p = NAN,
	};

	result.change_pct = pct(&result, after.mean - before.mean);
	if (enough && !isnan(before.mean) && !isnan(after.mean))
		test(&result, &before, &after);
	return result;
}

/* --- Many figures --- */

struct ranked {
	double p;
	size_t place;
};

static int largest_first(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	return (left->p < right->p) - (left->p > right->p);
}

void comparison_correct(double *p, size_t count)
{
	struct ranked *ranked = memory_new(count, sizeof(*ranked));
	double least = 1;
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(p[i]))
			ranked[known++] = (struct ranked){p[i], i};
	if (known > 0)
		qsort(ranked, known, sizeof(*ranked), largest_first);
	for (size_t i = 0; i < known; i++) {
		double corrected = ranked[i].p * (double)known / (double)(known - i);

		least = corrected < least ? corrected : least;
		p[ranked[i].place] = least;
	}
	free(ranked);
}
