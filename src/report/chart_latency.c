/*
 * Which share of the requests had a latency of at most so much. Of all
 * requests: one that failed never came, and its line ends below 100 %.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/trace.h"
#include "report/chart_cells.h"
#include "report/charts.h"

enum { STEPS = 50 };    /* of a line */
#define WIDE_RANGE 30.0 /* from here on the axis is logarithmic */

static double ttft_ms(const struct trace_request *request)
{
	return request->ttft_ms;
}

static double e2e_ms(const struct trace_request *request)
{
	return request->e2e_ms;
}

static int compare_values(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Of one cell, ascending; `count` values that the caller frees, of `all` requests. */
static double *collect(const struct trace *trace, size_t cell, double (*pick)(const struct trace_request *),
                       size_t *count, size_t *all)
{
	double *values = memory_new(TRACE_REQUESTS_MAX, sizeof(*values));

	*count = *all = 0;
	for (size_t i = 0; i < trace->request_count; i++) {
		double value = pick(&trace->requests[i]);

		if (trace->requests[i].cell != cell || *all == TRACE_REQUESTS_MAX)
			continue;
		(*all)++;
		if (!isnan(value))
			values[(*count)++] = value;
	}
	qsort(values, *count, sizeof(*values), compare_values);
	return values;
}

/* A step at each value, or at each fiftieth of them. */
static void add_line(struct plot *plot, const char *name, const double *values, size_t count, size_t all)
{
	struct plot_series *series = plot_add_series(plot, PLOT_STEPS, chart_name(name));
	size_t steps = count < STEPS ? count : STEPS;

	for (size_t i = 1; i <= steps; i++) {
		size_t rank = (i * count + steps - 1) / steps; /* nearest rank */

		plot_add_point(series, values[rank - 1], 100.0 * (double)rank / (double)all, NULL);
	}
}

/* Where there are more cells than lines can be told apart, so many of them, evenly: the first and the last among them.
 */
static bool is_picked(size_t nth, size_t of)
{
	size_t most = CHART_SERIES_MAX;

	if (of <= most)
		return true;
	for (size_t i = 0; i < most; i++)
		if (i * (of - 1) / (most - 1) == nth)
			return true;
	return false;
}

/* Which of the cells have a value. The caller frees it. */
static bool *mark_known(const struct report_input *input, const struct chart_cells *cells,
                        double (*pick)(const struct trace_request *))
{
	bool *known = memory_new(cells->count, sizeof(*known)), *of_run = known;

	for (size_t run = 0; run < input->count; run++) {
		const struct trace *trace = input->runs[run].trace;

		for (size_t i = 0; trace != NULL && i < trace->request_count; i++)
			if (!isnan(pick(&trace->requests[i])))
				of_run[trace->requests[i].cell] = true;
		of_run += input->runs[run].summary->cell_count;
	}
	return known;
}

/* The picked ones of the cells that have values. */
static void add_lines(struct plot *plot, const struct report_input *input, const struct chart_cells *cells,
                      const bool *known, size_t known_count, double (*pick)(const struct trace_request *))
{
	size_t nth = 0;

	for (size_t i = 0; i < cells->count; i++) {
		const struct chart_cell *cell = &cells->items[i];
		size_t count, all;
		double *values;

		if (!known[i] || !is_picked(nth++, known_count))
			continue;
		values = collect(input->runs[cell->run].trace, cell->index, pick, &count, &all);
		add_line(plot, cell->name, values, count, all);
		free(values);
	}
}

static void set_scale(struct plot *plot)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *series = &plot->series[i];

		low = fmin(low, series->points[0].x);
		high = fmax(high, series->points[series->count - 1].x);
	}
	if (low > 0 && high / low >= WIDE_RANGE)
		plot->x.scale = PLOT_LOG10;
}

static struct plot *distribution(const struct report_input *input, const char *name, const char *metric,
                                 double (*pick)(const struct trace_request *))
{
	static const char *const axes[] = {NULL};
	struct chart_cells cells = chart_cells_of(input, axes);
	bool *known = mark_known(input, &cells, pick);
	size_t known_count = 0;
	struct plot *plot;
	char *what, *title;

	for (size_t i = 0; i < cells.count; i++)
		known_count += known[i];
	what = text_format("%s: share of requests within a time", metric_find(metric)->title);
	title = chart_title(what, known_count);
	plot = plot_new(name, title);
	plot_set_axis(&plot->x, metric_find(metric)->title, "ms", PLOT_LINEAR);
	plot_set_axis(&plot->y, "requests", "%", PLOT_LINEAR);
	plot->y.from_zero = true;
	add_lines(plot, input, &cells, known, known_count, pick);
	set_scale(plot);
	chart_cells_release(&cells);
	free(known);
	free(what);
	free(title);
	return plot;
}

struct plot *chart_ttft_distribution(const struct report_input *input, size_t number)
{
	return number == 0 ? distribution(input, "ttft-distribution", "ttft_ms", ttft_ms) : NULL;
}

struct plot *chart_e2e_distribution(const struct report_input *input, size_t number)
{
	return number == 0 ? distribution(input, "e2e-distribution", "e2e_ms", e2e_ms) : NULL;
}
