#include "report/figure.h"

#include <math.h>

#include "core/figure.h"

int figure_usual_decimals(double value)
{
	double size = fabs(value);

	if (size >= 1000 || size == 0)
		return 0;
	return size >= 1 ? 1 : size >= 0.1 ? 2 : 3;
}

void figure_add_value(struct text *into, double value, const struct interval *interval, int decimals)
{
	double half = interval_half(interval);

	figure_add_rounded(into, value, half > 0 ? figure_decimals(half) : decimals);
}

void figure_add(struct text *into, double value, const struct interval *interval, int decimals)
{
	double half = interval_half(interval);

	figure_add_value(into, value, interval, decimals);
	if (isnan(value) || isnan(half))
		return;
	if (half > 0)
		decimals = figure_decimals(half);
	text_add(into, " [");
	figure_add_rounded(into, interval->low, decimals);
	text_add(into, ", ");
	figure_add_rounded(into, interval->high, decimals);
	text_add_char(into, ']');
}
