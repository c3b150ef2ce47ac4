#include "report/figure.h"

#include <math.h>

#include "core/figure.h"

void figure_add(struct text *into, double value, const struct interval *interval, int decimals)
{
	double half = interval_half(interval);

	if (isnan(value) || isnan(half)) {
		figure_add_rounded(into, value, decimals);
		return;
	}
	if (half > 0)
		decimals = figure_decimals(half);
	figure_add_rounded(into, value, decimals);
	text_add(into, " [");
	figure_add_rounded(into, interval->low, decimals);
	text_add(into, ", ");
	figure_add_rounded(into, interval->high, decimals);
	text_add_char(into, ']');
}
