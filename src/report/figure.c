#include "report/figure.h"

#include <math.h>

#include "document/document.h"

enum { DIGITS = 2, DECIMALS_MOST = 9 };

/* Decimals of the last digit that a half width supports; negative: tens, hundreds, … */
static int supported_decimals(double half)
{
	int decimals = DIGITS - 1 - (int)floor(log10(half));

	/* 0.0996 has its two digits as 0.10. */
	if (round(half * pow(10, decimals)) >= pow(10, DIGITS))
		decimals--;
	return decimals < DECIMALS_MOST ? decimals : DECIMALS_MOST;
}

static void add_rounded(struct text *into, double value, int decimals)
{
	double step = pow(10, -decimals);

	if (decimals < 0)
		value = round(value / step) * step;
	inline_add_number(into, value, decimals < 0 ? 0 : decimals);
}

void figure_add(struct text *into, double value, const struct interval *interval, int decimals)
{
	double half = interval_half(interval);

	if (isnan(value) || isnan(half)) {
		inline_add_number(into, value, decimals);
		return;
	}
	if (half > 0)
		decimals = supported_decimals(half);
	add_rounded(into, value, decimals);
	text_add(into, " [");
	add_rounded(into, interval->low, decimals);
	text_add(into, ", ");
	add_rounded(into, interval->high, decimals);
	text_add_char(into, ']');
}
