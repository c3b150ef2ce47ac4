/*
 * Poisson times must be the same on every machine, and the C library's log()
 * is not. So gaps are drawn and summed as integers, and floating point is left
 * with products and quotients, which IEEE 754 fixes to the last bit.
 */
#include "core/schedule.h"

#include <assert.h>
#include <math.h>

#include "base/clock.h"
#include "base/random.h"

/* Later than this (146 years) is never; keeps a tiny rate from overflowing. */
#define LATEST_NS (INT64_C(1) << 62)

/* ln 2 / 2^32: from fixed-point log2 to mean gaps. */
#define MEAN_GAPS (0.69314718055994530942 / 4294967296.0)

/*
 * −log2(x / 2^64) · 2^32, for x > 0. The whole part counts leading zeros; the
 * fraction comes bit by bit: squaring a number of [1, 2) doubles its
 * logarithm, and a square of 2 or more has the bit. Error below 2^-29.
 */
static uint64_t minus_log2(uint64_t x)
{
	uint64_t whole = 1, fraction = 0, mantissa;

	for (; x >> 63 == 0; x <<= 1)
		whole++;
	mantissa = x >> 32; /* 2^31 is 1 */
	for (int bit = 0; bit < 32; bit++) {
		mantissa = mantissa * mantissa >> 31;
		fraction = fraction << 1 | mantissa >> 32;
		mantissa >>= mantissa >> 32;
	}
	return (whole << 32) - fraction;
}

static int64_t to_ns(double mean_gaps, double rate_rps)
{
	double ns = mean_gaps * (double)NS_PER_S / rate_rps;

	return ns < (double)LATEST_NS ? llround(ns) : LATEST_NS;
}

void schedule_arrivals(int64_t *due_ns, size_t count, double rate_rps, enum cell_arrival arrival, uint64_t seed)
{
	uint64_t sum = 0; /* of gaps, in 2^-32 log2; a gap is below 65 · 2^32, so 2^25 of them fit */

	assert(rate_rps > 0 && count < (size_t)1 << 25);
	for (size_t i = 0; i < count; i++) {
		switch (arrival) {
		case CELL_ARRIVAL_CONSTANT:
			due_ns[i] = to_ns((double)i, rate_rps);
			break;
		case CELL_ARRIVAL_POISSON:
			due_ns[i] = to_ns((double)sum * MEAN_GAPS, rate_rps);
			sum += minus_log2(random_next(&seed) | 1);
			break;
		}
	}
}
