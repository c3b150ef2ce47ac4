/*
 * Output tokens/s of each context size and parallel, a map for each model (or
 * whatever else varies).
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/cells.h"
#include "report/chart_cells.h"
#include "report/charts.h"

static const char x_knob[] = "parallel", y_knob[] = "context_size";

static double setting(const struct chart_cell *item, const char *knob)
{
	return json_get_number(item->cell->settings, knob);
}

static size_t category(struct plot_axis *axis, double number)
{
	char *label = text_format("%.0f", number);
	size_t place = plot_category(axis, label);

	free(label);
	return place;
}

/* Of all cells that have the name, in ascending order. */
static void add_categories(struct plot_axis *axis, const struct chart_cells *cells, const char *name, const char *knob)
{
	double last = -INFINITY;

	for (;;) {
		double next = INFINITY;

		for (size_t i = 0; i < cells->count; i++) {
			double number = setting(&cells->items[i], knob);

			if (text_equal(cells->items[i].name, name) && number > last && number < next)
				next = number;
		}
		if (!isfinite(next))
			return;
		category(axis, next);
		last = next;
	}
}

static void fill(struct plot *plot, const struct chart_cells *cells, const char *name)
{
	for (size_t i = 0; i < cells->count; i++) {
		double x = setting(&cells->items[i], x_knob), y = setting(&cells->items[i], y_knob);

		if (text_equal(cells->items[i].name, name) && isfinite(x) && isfinite(y))
			plot_set_heat(plot, category(&plot->x, x), category(&plot->y, y),
			              chart_value(cells->items[i].cell, "output_tokens_per_s"));
	}
}

static struct plot *build_map(const struct chart_cells *cells, const char *name)
{
	const struct metric *metric = metric_find("output_tokens_per_s");
	bool named = name[0] != '\0';
	char *title = text_format("%s by context size and parallel%s%s", metric->title, named ? ": " : "", name);
	char *plot_name = text_format("context-by-parallel%s%s", named ? "-" : "", name);
	struct plot *plot = plot_new(plot_name, title);

	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "context size", NULL, PLOT_LINEAR);
	add_categories(&plot->x, cells, name, x_knob);
	add_categories(&plot->y, cells, name, y_knob);
	plot_make_heat(plot, metric->title, metric->unit);
	fill(plot, cells, name);
	free(title);
	free(plot_name);
	return plot;
}

struct plot *chart_context_by_parallel(const struct report_input *input, size_t number)
{
	static const char *const axes[] = {"parallel", "context_size", NULL};
	struct chart_cells cells = chart_cells_of(input, axes);
	struct plot *plot = NULL;

	for (size_t i = 0; i < cells.count && number < CHART_SERIES_MAX; i++) {
		const struct summary *summary = input->runs[cells.items[i].run].summary;

		if (!cells_vary(summary, x_knob) || !cells_vary(summary, y_knob) || !chart_cells_begins(&cells, i))
			continue;
		if (number-- > 0)
			continue;
		plot = build_map(&cells, cells.items[i].name);
		break;
	}
	chart_cells_release(&cells);
	return plot;
}
