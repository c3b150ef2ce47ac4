/*
 * Figures against the load: the knob that says how much is asked at once.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cells.h"
#include "report/chart_cells.h"
#include "report/charts.h"

/* How the axis of a knob looks. */
static const struct load {
	const char *knob, *unit;
	enum plot_scale scale;
} loads[] = {
    {"parallel", NULL, PLOT_LOG2},
    {"concurrency", NULL, PLOT_LOG2},
    {"rate", "requests/s", PLOT_LINEAR},
    {"requests", NULL, PLOT_LOG2},
};

static const struct load *find_load(const struct report_input *input)
{
	const char *knob = chart_load_knob(input);

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (text_equal(loads[i].knob, knob))
			return &loads[i];
	return NULL;
}

static int compare_x(const void *left, const void *right)
{
	const struct plot_point *a = left, *b = right;

	return (a->x > b->x) - (a->x < b->x);
}

static void add_line(struct plot *plot, const struct chart_cells *cells, size_t first, const struct load *load,
                     const char *metric)
{
	const char *name = cells->items[first].name;
	struct plot_series *series = plot_add_series(plot, PLOT_LINE, chart_name(name));

	for (size_t i = first; i < cells->count; i++) {
		const struct cell_summary *cell = cells->items[i].cell;
		struct interval interval = cells_interval(cell, metric);

		if (text_equal(cells->items[i].name, name))
			plot_add_point(series, json_get_number(cell->settings, load->knob), chart_value(cell, metric),
			               &interval);
	}
	qsort(series->points, series->count, sizeof(*series->points), compare_x);
}

static struct plot *by_load(const struct report_input *input, const struct metric *metric, const char *name)
{
	const struct load *load = find_load(input);
	struct chart_cells cells;
	struct plot *plot;
	char *plot_name, *title, *what;

	if (load == NULL)
		return NULL;
	cells = chart_cells_of(input, (const char *const[]){load->knob, NULL});
	what = text_format("%s by %s", metric->title, load->knob);
	title = chart_title(what, chart_cells_names(&cells));
	plot_name = text_format("%s-by-%s", name, load->knob);
	plot = plot_new(plot_name, title);
	plot_set_axis(&plot->x, load->knob, load->unit, load->scale);
	plot_set_axis(&plot->y, metric->title, metric->unit, PLOT_LINEAR);
	plot->y.from_zero = true;
	for (size_t i = 0; i < cells.count && plot->series_count < CHART_SERIES_MAX; i++)
		if (chart_cells_begins(&cells, i))
			add_line(plot, &cells, i, load, metric->name);
	chart_cells_release(&cells);
	free(plot_name);
	free(title);
	free(what);
	return plot;
}

/* The speed of the first cell that has one: of recordings and embeddings it is not tokens/s. */
static const struct metric *speed_of(const struct report_input *input)
{
	for (size_t run = 0; run < input->count; run++)
		for (size_t i = 0; i < input->runs[run].summary->cell_count; i++) {
			const struct metric_summary *speed = cell_summary_speed(&input->runs[run].summary->cells[i]);

			if (speed != NULL && speed->values.n > 0)
				return speed->metric;
		}
	return metric_find("output_tokens_per_s");
}

struct plot *chart_speed_by_load(const struct report_input *input, size_t number)
{
	const struct metric *speed = number == 0 ? speed_of(input) : NULL;
	bool tokens = speed != NULL && strcmp(speed->name, "output_tokens_per_s") == 0;

	return speed != NULL ? by_load(input, speed, tokens ? "tokens" : speed->name) : NULL;
}

struct plot *chart_duration_by_load(const struct report_input *input, size_t number)
{
	return number == 0 ? by_load(input, metric_find("duration_s"), "duration") : NULL;
}

/* A bar for each cell that differs, or a line where the load varies. */
struct plot *chart_tokens_per_joule(const struct report_input *input, size_t number)
{
	static const char *const axes[] = {NULL};
	const struct metric *metric = metric_find("tokens_per_j");
	struct plot_series *series;
	struct chart_cells cells;
	struct plot *plot;

	if (number > 0 || metric == NULL)
		return NULL;
	if (find_load(input) != NULL)
		return by_load(input, metric, "tokens-per-joule");
	cells = chart_cells_of(input, axes);
	plot = plot_new("tokens-per-joule", metric->title);
	plot_set_axis(&plot->x, NULL, NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, metric->title, metric->unit, PLOT_LINEAR);
	series = plot_add_series(plot, PLOT_BARS, NULL);
	for (size_t i = 0; i < cells.count; i++) {
		const struct chart_cell *item = &cells.items[i];
		const char *name = item->name[0] != '\0' ? item->name : cells_model(item->cell);

		plot_add_point(series, (double)plot_category(&plot->x, name), chart_value(item->cell, metric->name),
		               NULL);
	}
	chart_cells_release(&cells);
	return plot;
}
