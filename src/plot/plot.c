#include "plot/plot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plot/scale.h"

static char *safe_name(const char *name)
{
	struct text safe = {0};

	for (; *name != '\0'; name++) {
		bool plain =
		    (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9');

		text_add_char(&safe, plain ? *name : '-');
	}
	return text_take(&safe);
}

struct plot *plot_new(const char *name, const char *title)
{
	struct plot *plot = memory_new(1, sizeof(*plot));

	plot->name = safe_name(name);
	plot->title = memory_string(title);
	return plot;
}

static void release_axis(struct plot_axis *axis)
{
	for (size_t i = 0; i < axis->category_count; i++)
		free(axis->categories[i]);
	free(axis->categories);
	free(axis->label);
	free(axis->unit);
}

static void release_series(struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		free(series->points[i].label);
	free(series->points);
	free(series->name);
}

void plot_free(struct plot *plot)
{
	if (plot == NULL)
		return;
	release_axis(&plot->x);
	release_axis(&plot->y);
	for (size_t i = 0; i < plot->series_count; i++)
		release_series(&plot->series[i]);
	for (size_t i = 0; i < plot->band_count; i++)
		free(plot->bands[i].label);
	free(plot->series);
	free(plot->bands);
	free(plot->heat);
	free(plot->heat_label);
	free(plot->heat_unit);
	free(plot->name);
	free(plot->title);
	free(plot);
}

void plot_set_axis(struct plot_axis *axis, const char *label, const char *unit, enum plot_scale scale)
{
	axis->label = memory_string(label);
	axis->unit = memory_string(unit);
	axis->scale = scale;
}

size_t plot_category(struct plot_axis *axis, const char *category)
{
	for (size_t i = 0; i < axis->category_count; i++)
		if (text_equal(axis->categories[i], category))
			return i;
	axis->categories = memory_resize(axis->categories, axis->category_count + 1, sizeof(*axis->categories));
	axis->categories[axis->category_count] = memory_string(category);
	return axis->category_count++;
}

struct plot_series *plot_add_series(struct plot *plot, enum plot_kind kind, const char *name)
{
	struct plot_series *series;

	plot->series = memory_resize(plot->series, plot->series_count + 1, sizeof(*plot->series));
	series = &plot->series[plot->series_count];
	*series = (struct plot_series){.kind = kind, .name = memory_string(name), .tone = plot->series_count};
	plot->series_count++;
	return series;
}

struct plot_point *plot_add_point(struct plot_series *series, double x, double y, const struct interval *interval)
{
	struct plot_point *point;

	series->points = memory_grow(series->points, &series->capacity, series->count, sizeof(*series->points));
	point = &series->points[series->count++];
	*point = (struct plot_point){.x = x, .y = y, .interval = {NAN, NAN}};
	if (interval != NULL)
		point->interval = *interval;
	return point;
}

void plot_add_band(struct plot *plot, double from, double to, const char *label)
{
	plot->bands = memory_resize(plot->bands, plot->band_count + 1, sizeof(*plot->bands));
	plot->bands[plot->band_count++] = (struct plot_band){from, to, memory_string(label)};
}

void plot_make_heat(struct plot *plot, const char *label, const char *unit)
{
	size_t count = plot->x.category_count * plot->y.category_count;

	plot->heat = memory_new(count, sizeof(*plot->heat));
	for (size_t i = 0; i < count; i++)
		plot->heat[i] = NAN;
	plot->heat_label = memory_string(label);
	plot->heat_unit = memory_string(unit);
}

void plot_set_heat(struct plot *plot, size_t x, size_t y, double value)
{
	assert(x < plot->x.category_count && y < plot->y.category_count);
	plot->heat[x * plot->y.category_count + y] = value;
}

bool plot_is_empty(const struct plot *plot)
{
	for (size_t i = 0; plot->heat != NULL && i < plot->x.category_count * plot->y.category_count; i++)
		if (isfinite(plot->heat[i]))
			return false;
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; plot->series[i].kind != PLOT_GUIDE && k < plot->series[i].count; k++)
			if (axis_shows(&plot->x, plot->series[i].points[k].x) &&
			    axis_shows(&plot->y, plot->series[i].points[k].y))
				return false;
	return true;
}
