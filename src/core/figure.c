#include "core/figure.h"

#include <math.h>

enum { DIGITS = 2, DECIMALS_MOST = 9 };

int figure_decimals(double half)
{
	int decimals = DIGITS - 1 - (int)floor(log10(half));

	/* 0.0996 has its two digits as 0.10. */
	if (round(half * pow(10, decimals)) >= pow(10, DIGITS))
		decimals--;
	return decimals < DECIMALS_MOST ? decimals : DECIMALS_MOST;
}

void figure_add_rounded(struct text *into, double value, int decimals)
{
	double step = pow(10, -decimals);

	if (isnan(value)) {
		text_add(into, "–");
		return;
	}
	if (decimals < 0)
		value = round(value / step) * step;
	text_addf(into, "%.*f", decimals < 0 ? 0 : decimals, value);
}
