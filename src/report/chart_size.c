/*
 * Speed of models and machines. To make a token a decoder reads all weights
 * once, so a single stream cannot decode faster than memory bandwidth / model
 * size: that is the roofline. Several streams share a reading of the weights,
 * and so the rate is that of one request (decode_tokens_per_s), the best of a
 * model's cells.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/cells.h"
#include "report/chart_cells.h"
#include "report/charts.h"

static const char speed[] = "decode_tokens_per_s";

/* The first cell of each model of a run. */
static bool begins_model(const struct summary *summary, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (text_equal(cells_model(&summary->cells[i]), cells_model(&summary->cells[cell])))
			return false;
	return true;
}

static double best_speed(const struct summary *summary, const char *model)
{
	double best = NAN;

	for (size_t i = 0; i < summary->cell_count; i++)
		if (text_equal(cells_model(&summary->cells[i]), model))
			best = fmax(best, chart_value(&summary->cells[i], speed));
	return best;
}

/* NAN where it is unknown, or differs between servers. */
static double size_gb(const struct summary *summary, const char *model)
{
	int64_t size = cells_model_size(summary, model);

	return size == JSON_UNKNOWN || size <= 0 ? NAN : (double)size / 1e9;
}

/* What processors read says nothing of a GPU. */
static double bandwidth_gb_per_s(const struct summary *summary)
{
	const char *gpu = json_get_string(summary->host, "gpu");
	const char *source = json_get_string(summary->host, "memory_bandwidth_source");
	double of_gpu = json_get_number(summary->host, "gpu_bandwidth_bytes_per_s");

	if (!isnan(of_gpu))
		return of_gpu / 1e9;
	if (gpu != NULL && source != NULL && text_starts_with(source, "measured"))
		return NAN;
	return json_get_number(summary->host, "memory_bandwidth_bytes_per_s") / 1e9;
}

/* --- Against size --- */

static struct plot_series *add_run(struct plot *plot, const struct report_input *input, size_t run)
{
	const struct summary *summary = input->runs[run].summary;
	struct plot_series *series;
	struct text name = {0};

	if (input->count > 1 || !isnan(bandwidth_gb_per_s(summary)))
		chart_add_run(input, run, &name);
	series = plot_add_series(plot, PLOT_POINTS, chart_name(text_string(&name)));
	text_release(&name);
	for (size_t i = 0; i < summary->cell_count; i++) {
		const char *model = cells_model(&summary->cells[i]);

		if (begins_model(summary, i))
			plot_add_point(series, size_gb(summary, model), best_speed(summary, model), NULL)->label =
			    memory_string(model);
	}
	return series;
}

static void add_roofline(struct plot *plot, const struct summary *summary, size_t tone, double low_gb, double high_gb)
{
	double bandwidth = bandwidth_gb_per_s(summary);
	struct plot_series *guide;
	char *name;

	if (isnan(bandwidth) || !(high_gb > low_gb))
		return;
	name = text_format("%.0f GB/s / size", bandwidth);
	guide = plot_add_series(plot, PLOT_GUIDE, name);
	guide->tone = tone;
	plot_add_point(guide, low_gb, bandwidth / low_gb, NULL);
	plot_add_point(guide, high_gb, bandwidth / high_gb, NULL);
	free(name);
}

struct plot *chart_speed_by_size(const struct report_input *input, size_t number)
{
	double low = INFINITY, high = 0;
	struct plot *plot;

	if (number > 0)
		return NULL;
	plot = plot_new("speed-by-size", "Decode rate by model size");
	plot_set_axis(&plot->x, "model size", "GB", PLOT_LOG10);
	plot_set_axis(&plot->y, "decode rate", "tokens/s", PLOT_LOG10);
	for (size_t run = 0; run < input->count && run < CHART_SERIES_MAX; run++) {
		const struct plot_series *series = add_run(plot, input, run);

		for (size_t i = 0; i < series->count; i++) {
			if (isnan(series->points[i].x) || isnan(series->points[i].y))
				continue;
			low = fmin(low, series->points[i].x);
			high = fmax(high, series->points[i].x);
		}
	}
	/* One size is no relation. */
	if (!(high > low)) {
		plot_free(plot);
		return NULL;
	}
	for (size_t run = 0; run < input->count && run < CHART_SERIES_MAX; run++)
		add_roofline(plot, input->runs[run].summary, run, low, high);
	return plot;
}

/* --- Against bandwidth --- */

static struct plot_series *series_of(struct plot *plot, const char *model)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (text_equal(plot->series[i].name, model))
			return &plot->series[i];
	return plot_add_series(plot, PLOT_POINTS, model);
}

static void add_machine(struct plot *plot, const struct report_input *input, size_t run)
{
	const struct summary *summary = input->runs[run].summary;
	double bandwidth = bandwidth_gb_per_s(summary);

	for (size_t i = 0; i < summary->cell_count && !isnan(bandwidth); i++) {
		const char *model = cells_model(&summary->cells[i]);
		struct text name = {0};

		if (!begins_model(summary, i))
			continue;
		chart_add_run(input, run, &name);
		plot_add_point(series_of(plot, model), bandwidth, best_speed(summary, model), NULL)->label =
		    text_take(&name);
	}
}

static void add_size_line(struct plot *plot, const struct report_input *input, size_t tone, double low, double high)
{
	char *model = memory_string(plot->series[tone].name);
	double size = NAN;

	for (size_t run = 0; run < input->count && isnan(size); run++)
		size = size_gb(input->runs[run].summary, model);
	if (!isnan(size)) {
		char *name = text_format("bandwidth / %.1f GB", size);
		struct plot_series *guide = plot_add_series(plot, PLOT_GUIDE, name);

		guide->tone = tone;
		plot_add_point(guide, low, low / size, NULL);
		plot_add_point(guide, high, high / size, NULL);
		free(name);
	}
	free(model);
}

struct plot *chart_speed_by_bandwidth(const struct report_input *input, size_t number)
{
	double low = INFINITY, high = 0;
	struct plot *plot;
	size_t models;

	if (number > 0)
		return NULL;
	plot = plot_new("speed-by-bandwidth", "Decode rate by memory bandwidth");
	plot_set_axis(&plot->x, "memory bandwidth", "GB/s", PLOT_LOG10);
	plot_set_axis(&plot->y, "decode rate", "tokens/s", PLOT_LOG10);
	for (size_t run = 0; run < input->count; run++) {
		double bandwidth = bandwidth_gb_per_s(input->runs[run].summary);

		add_machine(plot, input, run);
		low = isnan(bandwidth) ? low : fmin(low, bandwidth);
		high = isnan(bandwidth) ? high : fmax(high, bandwidth);
	}
	if (!(high > low)) {
		plot_free(plot);
		return NULL;
	}
	models = plot->series_count;
	for (size_t i = 0; i < models && i < CHART_SERIES_MAX; i++)
		add_size_line(plot, input, i, low, high);
	return plot;
}
