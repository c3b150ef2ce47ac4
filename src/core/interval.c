#include "core/interval.h"

#include <assert.h>
#include <math.h>

double interval_t(size_t freedom)
{
	static const double table[] = {12.7062047364, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356,
	                               2.4469118511,  2.3646242516, 2.3060041352, 2.2621571628, 2.2281388520};
	const double z = 1.959963984540054, z2 = z * z; /* the normal distribution's */
	double v = (double)freedom, first, second, third, fourth;

	assert(freedom >= 1);
	if (freedom <= sizeof(table) / sizeof(table[0]))
		return table[freedom - 1];
	first = z * (z2 + 1) / 4;
	second = z * ((5 * z2 + 16) * z2 + 3) / 96;
	third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
	fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
	return z + (first + (second + (third + fourth / v) / v) / v) / v;
}

struct interval interval_of(const double *values, size_t count)
{
	struct interval interval = {NAN, NAN};
	double mean = 0, squares = 0, half;

	if (count < INTERVAL_TRIALS_MIN)
		return interval;
	for (size_t i = 0; i < count; i++)
		mean += values[i] / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	half = interval_t(count - 1) * sqrt(squares / (double)(count - 1) / (double)count);
	interval.low = fmax(0, mean - half);
	interval.high = mean + half;
	return interval;
}

double interval_half(const struct interval *interval)
{
	return (interval->high - interval->low) / 2;
}
