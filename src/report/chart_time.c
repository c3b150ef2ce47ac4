/*
 * What changes in the course of a run: latencies of its requests, and what the
 * machine was seen to do. Time counts from the run's beginning.
 */
#include <math.h>
#include <stdlib.h>

#include "core/trace.h"
#include "report/cells.h"
#include "report/chart_cells.h"
#include "report/charts.h"

enum { POINTS_MAX = 600, SAMPLES_MAX = 240 }; /* of a chart; of a line */

/* --- Time --- */

static const struct unit {
	double seconds;
	const char *name;
	double from_s; /* used for runs of this length */
} units[] = {{3600, "h", 3 * 3600}, {60, "min", 600}, {1, "s", 0}};

static double length_of(const struct report_input *input)
{
	double length = 0;

	for (size_t run = 0; run < input->count; run++) {
		const struct trace *trace = input->runs[run].trace;

		if (trace != NULL && trace->request_count > 0)
			length = fmax(length, trace->requests[trace->request_count - 1].due_s);
		if (trace != NULL && trace->sample_count > 0)
			length = fmax(length, trace->samples[trace->sample_count - 1].at_s);
	}
	return length;
}

static const struct unit *unit_of(const struct report_input *input)
{
	const struct unit *unit = units;
	double length = length_of(input);

	while (length < unit->from_s)
		unit++;
	return unit;
}

/* --- Requests --- */

static double ttft_ms(const struct trace_request *request)
{
	return request->ttft_ms;
}

static double itl_ms(const struct trace_request *request)
{
	return request->itl_ms;
}

/* Everything but what model it is: cells of one model follow each other in time. */
static const char *model_of(const struct report_input *input, size_t run, size_t cell)
{
	return cells_model(&input->runs[run].summary->cells[cell]);
}

static struct plot_series *series_of(struct plot *plot, const char *name)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (text_equal(plot->series[i].name, name))
			return &plot->series[i];
	return plot_add_series(plot, PLOT_POINTS, name);
}

static void add_requests(struct plot *plot, const struct report_input *input, size_t run, size_t every,
                         const struct unit *unit, double (*pick)(const struct trace_request *))
{
	const struct trace *trace = input->runs[run].trace;

	for (size_t i = 0; trace != NULL && i < trace->request_count; i += every) {
		const struct trace_request *request = &trace->requests[i];
		struct text name = {0};

		if (isnan(pick(request)))
			continue;
		if (input->count > 1) {
			chart_add_run(input, run, &name);
			text_add(&name, ", ");
		}
		text_add(&name, model_of(input, run, request->cell));
		plot_add_point(series_of(plot, text_string(&name)), request->due_s / unit->seconds, pick(request),
		               NULL);
		text_release(&name);
	}
}

static struct plot *requests_over_time(const struct report_input *input, const char *name, const char *metric,
                                       double (*pick)(const struct trace_request *))
{
	const struct unit *unit = unit_of(input);
	size_t count = 0;
	char *title = text_format("%s over the course of the run", metric_find(metric)->title);
	struct plot *plot = plot_new(name, title);

	plot_set_axis(&plot->x, "time", unit->name, PLOT_LINEAR);
	plot_set_axis(&plot->y, metric_find(metric)->title, "ms", PLOT_LINEAR);
	plot->y.from_zero = true;
	for (size_t run = 0; run < input->count; run++)
		count += input->runs[run].trace != NULL ? input->runs[run].trace->request_count : 0;
	for (size_t run = 0; run < input->count; run++)
		add_requests(plot, input, run, count / POINTS_MAX + 1, unit, pick);
	free(title);
	return plot;
}

struct plot *chart_ttft_over_time(const struct report_input *input, size_t number)
{
	return number == 0 ? requests_over_time(input, "ttft-over-time", "ttft_ms", ttft_ms) : NULL;
}

struct plot *chart_itl_over_time(const struct report_input *input, size_t number)
{
	return number == 0 ? requests_over_time(input, "itl-over-time", "itl_ms", itl_ms) : NULL;
}

/* --- Samples --- */

struct line {
	enum trace_figure figure;
	const char *name;
};

/* So many samples are one point, the largest of them: peaks stay. Between cells nobody looked: the line has a gap. */
static void add_samples(struct plot *plot, const struct trace *trace, const struct line *line, const char *name,
                        const struct unit *unit)
{
	struct plot_series *series = plot_add_series(plot, PLOT_LINE, name);
	size_t every = trace->sample_count / SAMPLES_MAX + 1;

	for (size_t i = 0, end; i < trace->sample_count; i = end) {
		size_t peak = i;

		for (end = i; end < trace->sample_count && end < i + every &&
		              trace->samples[end].cell == trace->samples[i].cell;)
			end++;
		if (i > 0 && trace->samples[i - 1].cell != trace->samples[i].cell)
			plot_add_point(series, trace->samples[i].at_s / unit->seconds, NAN, NULL);

		for (size_t k = i; k < end; k++)
			if (!(trace->samples[k].figures[line->figure] <= trace->samples[peak].figures[line->figure]) &&
			    !isnan(trace->samples[k].figures[line->figure]))
				peak = k;
		plot_add_point(series, trace->samples[peak].at_s / unit->seconds,
		               trace->samples[peak].figures[line->figure], NULL);
	}
}

static bool is_known(const struct trace *trace, enum trace_figure figure)
{
	for (size_t i = 0; i < trace->sample_count; i++)
		if (!isnan(trace->samples[i].figures[figure]))
			return true;
	return false;
}

/* From the first sample of a phase to the first of the next one. */
static void add_phases(struct plot *plot, const struct trace *trace, const struct unit *unit)
{
	for (size_t i = 0, end; i < trace->sample_count; i = end) {
		const struct trace_sample *first = &trace->samples[i];

		for (end = i; end < trace->sample_count && trace->samples[end].phase == first->phase &&
		              trace->samples[end].cell == first->cell;)
			end++;
		if (first->phase == PHASE_LOADING || first->phase == PHASE_MEASURING)
			plot_add_band(plot, first->at_s / unit->seconds,
			              trace->samples[end < trace->sample_count ? end : end - 1].at_s / unit->seconds,
			              phase_name(first->phase));
	}
}

static char *line_name(const struct report_input *input, size_t run, const char *what)
{
	struct text name = {0};

	if (input->count > 1) {
		chart_add_run(input, run, &name);
		text_add(&name, ", ");
	}
	text_add(&name, what);
	return text_take(&name);
}

static struct plot *samples_over_time(const struct report_input *input, struct plot *plot, const struct line *lines,
                                      size_t count)
{
	const struct unit *unit = unit_of(input);

	plot_set_axis(&plot->x, "time", unit->name, PLOT_LINEAR);
	plot->y.from_zero = true;
	for (size_t run = 0; run < input->count; run++)
		for (size_t i = 0; i < count; i++) {
			const struct trace *trace = input->runs[run].trace;
			char *name;

			if (trace == NULL || !is_known(trace, lines[i].figure) ||
			    plot->series_count == CHART_SERIES_MAX)
				continue;
			name = line_name(input, run, lines[i].name);
			add_samples(plot, trace, &lines[i], name, unit);
			free(name);
		}
	/* Phases of several runs would lie over each other. */
	if (input->count == 1 && input->runs[0].trace != NULL)
		add_phases(plot, input->runs[0].trace, unit);
	return plot;
}

struct plot *chart_memory_over_time(const struct report_input *input, size_t number)
{
	static const struct line lines[] = {
	    {TRACE_USED, "system, used"},
	    {TRACE_SERVER, "server, resident"},
	    {TRACE_FOOTPRINT, "server, footprint"},
	    {TRACE_GPU_USED, "GPU, allocated"},
	};
	struct plot *plot;

	if (number > 0)
		return NULL;
	plot = plot_new("memory-over-time", "Memory over the course of the run");
	plot_set_axis(&plot->y, "memory", "GiB", PLOT_LINEAR);
	return samples_over_time(input, plot, lines, sizeof(lines) / sizeof(lines[0]));
}

struct plot *chart_gpu_over_time(const struct report_input *input, size_t number)
{
	static const struct line lines[] = {{TRACE_GPU_BUSY, "GPU, busy"}};
	struct plot *plot;

	if (number > 0)
		return NULL;
	plot = plot_new("gpu-over-time", "GPU over the course of the run");
	plot_set_axis(&plot->y, "busy", "%", PLOT_LINEAR);
	return samples_over_time(input, plot, lines, sizeof(lines) / sizeof(lines[0]));
}

struct plot *chart_power_over_time(const struct report_input *input, size_t number)
{
	static const struct line lines[] = {{TRACE_SYSTEM_POWER, "system"}, {TRACE_GPU_POWER, "GPU"}};
	struct plot *plot;

	if (number > 0)
		return NULL;
	plot = plot_new("power-over-time", "Power over the course of the run");
	plot_set_axis(&plot->y, "power", "W", PLOT_LINEAR);
	return samples_over_time(input, plot, lines, sizeof(lines) / sizeof(lines[0]));
}
