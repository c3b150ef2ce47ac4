#include <math.h>
#include <string.h>

#include "core/figure.h"
#include "plot/svg.h"

static void add_place(const struct plot_axis *axis, double value, struct text *into)
{
	if (axis->label != NULL)
		text_addf(into, "%s ", axis->label);
	if (value >= 0 && value < (double)axis->category_count) {
		text_add(into, axis->categories[(size_t)value]);
		return;
	}
	number_add(into, value, DIGITS_IN_WORDS);
	if (axis->unit != NULL)
		text_addf(into, " %s", axis->unit);
}

void say_point(const struct plot *plot, const struct plot_series *series, const struct plot_point *point,
               struct text *into)
{
	const struct interval *interval = &point->interval;
	double half = interval_half(interval);
	int decimals = half > 0 ? figure_decimals(half) : 0;

	if (series->name != NULL)
		text_addf(into, "%s, ", series->name);
	if (point->label != NULL)
		text_addf(into, "%s, ", point->label);
	add_place(&plot->x, point->x, into);
	text_add(into, ": ");
	if (half > 0)
		figure_add_rounded(into, point->y, decimals);
	else
		number_add(into, point->y, DIGITS_IN_WORDS);
	if (plot->y.unit != NULL)
		text_addf(into, " %s", plot->y.unit);
	if (half > 0) {
		text_add(into, " [");
		figure_add_rounded(into, interval->low, decimals);
		text_add(into, ", ");
		figure_add_rounded(into, interval->high, decimals);
		text_add_char(into, ']');
	}
}

void say_heat(const struct plot *plot, size_t x, size_t y, struct text *into)
{
	double value = plot->heat[x * plot->y.category_count + y];

	add_place(&plot->x, (double)x, into);
	text_add(into, ", ");
	add_place(&plot->y, (double)y, into);
	text_add(into, ": ");
	if (isnan(value)) {
		text_add(into, "not measured");
		return;
	}
	number_add(into, value, DIGITS_IN_WORDS);
	if (plot->heat_unit != NULL)
		text_addf(into, " %s", plot->heat_unit);
}

bool axis_tells_unit(const struct plot_axis *axis)
{
	size_t label = axis->label != NULL ? strlen(axis->label) : 0,
	       unit = axis->unit != NULL ? strlen(axis->unit) : 0;

	return unit == 0 || (label >= unit && strcmp(axis->label + label - unit, axis->unit) == 0);
}

static void add_axis(const struct plot_axis *axis, struct text *into)
{
	static const char *const scales[] = {"", ", logarithmic", ", logarithmic"};

	text_add(into, axis->label ? axis->label : "");
	if (!axis_tells_unit(axis))
		text_addf(into, " in %s", axis->unit);
	text_add(into, scales[axis->scale]);
}

void say_plot(const struct plot *plot, struct text *into)
{
	const char *before = " Shown: ";

	text_addf(into, "%s of %s", plot->heat ? "Heat map" : "Chart",
	          plot->heat      ? plot->heat_label
	          : plot->y.label ? plot->y.label
	                          : "");
	if (plot->heat == NULL && !axis_tells_unit(&plot->y))
		text_addf(into, " in %s", plot->y.unit);
	text_add(into, plot->y.scale != PLOT_LINEAR ? " (logarithmic)" : "");
	text_add(into, " by ");
	add_axis(&plot->x, into);
	if (plot->heat != NULL) {
		text_add(into, " and ");
		add_axis(&plot->y, into);
	}
	text_add_char(into, '.');
	for (size_t i = 0; i < plot->series_count; i++) {
		if (plot->series[i].name == NULL)
			continue;
		text_addf(into, "%s%s", before, plot->series[i].name);
		before = "; ";
	}
	if (text_equal(before, "; "))
		text_add_char(into, '.');
}
