/* Which charts a report has, what is in them, and their places in documents and Markdown. */
#include "report/charts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "core/trace.h"
#include "report/chart_cells.h"
#include "tap.h"

static void set_metric(struct cell_summary *cell, const char *name, double value, double half)
{
	for (size_t i = 0; i < metric_count; i++)
		if (strcmp(metrics[i].name, name) == 0) {
			cell->metrics[i].values =
			    (struct distribution){3, value, value, value, value, value, value, value};
			cell->metrics[i].interval = (struct interval){value - half, value + half};
		}
}

static void add_cell(struct summary *summary, const char *model, int64_t context, int64_t parallel, double rate)
{
	struct cell_summary *into;
	struct cell cell;

	summary->cells = memory_resize(summary->cells, summary->cell_count + 1, sizeof(*summary->cells));
	into = &summary->cells[summary->cell_count];
	cell_reset(&cell);
	cell.model = model;
	cell.context_size = context;
	cell.parallel = cell.concurrency = parallel;
	*into = (struct cell_summary){0};
	cell_summary_init(into);
	into->id = text_format("%zu", summary->cell_count++);
	into->settings = cell_settings(&cell);
	into->status = isnan(rate) ? CELL_FAILED : CELL_DONE;
	set_metric(into, "output_tokens_per_s", isnan(rate) ? 1 : rate, 2);
	set_metric(into, "duration_s", 1000 / rate, 1);
	set_metric(into, "decode_tokens_per_s", rate / (double)parallel, 1);
}

static void add_model(struct summary *summary, const char *name, int64_t size_bytes)
{
	summary->models = memory_resize(summary->models, summary->model_count + 1, sizeof(*summary->models));
	summary->models[summary->model_count] = (struct model_facts){0};
	model_facts_reset(&summary->models[summary->model_count]);
	summary->models[summary->model_count].name = memory_string(name);
	summary->models[summary->model_count++].size_bytes = size_bytes;
}

/* The figures of a machine: two models, four settings each, from the highest parallel down; one of them failed. */
static struct summary machine(const char *title, double bandwidth_gb_per_s)
{
	struct summary summary = {.title = memory_string(title), .host = json_new_object()};

	json_set_number(summary.host, "memory_bandwidth_bytes_per_s", bandwidth_gb_per_s * 1e9);
	for (int64_t parallel = 8; parallel >= 1; parallel /= 2)
		add_cell(&summary, "llama3.2", 2048, parallel, 40 + 10 * (double)parallel);
	for (int64_t parallel = 8; parallel >= 1; parallel /= 2)
		add_cell(&summary, "mistral", 2048, parallel, parallel == 4 ? NAN : 20 + 5 * (double)parallel);
	add_model(&summary, "llama3.2", 2000000000);
	add_model(&summary, "mistral", 4100000000);
	return summary;
}

static struct report_input input_of(const struct report_run *runs, size_t count)
{
	return (struct report_input){.runs = runs, .count = count, .options.chart_stem = "m4"};
}

/* "120 [118, 122]@8 …" of a series; gaps are "–". */
static char *values_of(const struct plot_series *series)
{
	struct text text = {0};

	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];

		text_addf(&text, "%s%g:", i > 0 ? " " : "", point->x);
		if (isnan(point->y))
			text_add(&text, "–");
		else
			text_addf(&text, "%g", point->y);
	}
	return text_take(&text);
}

static void is_series(const struct plot_series *series, const char *name, const char *want)
{
	char *values = values_of(series);

	is_text(series->name, name, "the series' name");
	is_text(values, want, want);
	free(values);
}

static void test_by_load(void)
{
	struct summary summary = machine("Apple M4", NAN);
	const struct report_run run = {&summary, NULL};
	const struct report_input input = input_of(&run, 1);
	struct plot *plot = chart_speed_by_load(&input, 0);

	is_text(plot->name, "tokens-by-parallel", "speed has the name of what varies");
	is_text(plot->title, "Output tokens/s by parallel", "and its title");
	is_int(plot->series_count, 2, "a line for each model; concurrency follows parallel and tells none apart");
	is_series(&plot->series[0], "llama3.2", "1:50 2:60 4:80 8:120");
	is_series(&plot->series[1], "mistral", "1:25 2:30 4:– 8:60");
	is_real(plot->series[0].points[3].interval.low, 118, 1e-9, "with the interval");
	plot_free(plot);
	plot = chart_duration_by_load(&input, 0);
	is_text(plot->name, "duration-by-parallel", "duration, too");
	is_series(&plot->series[0], "llama3.2", "1:20 2:16.6667 4:12.5 8:8.33333");
	plot_free(plot);
	ok(chart_speed_by_load(&input, 1) == NULL && chart_duration_by_load(&input, 1) == NULL, "one of each");
	plot = chart_tokens_per_joule(&input, 0);
	ok(plot == NULL || plot_is_empty(plot), "no energy, no such chart");
	plot_free(plot);
	for (size_t i = 0; i < summary.cell_count; i++)
		set_metric(&summary.cells[i], "tokens_per_j", 2.5, 0);
	plot = chart_tokens_per_joule(&input, 0);
	ok(plot != NULL && !plot_is_empty(plot), "but where the machine tells it");
	plot_free(plot);
	summary_release(&summary);
}

static void test_one_cell(void)
{
	struct summary summary = {.title = memory_string("one")};
	const struct report_run run = {&summary, NULL};
	const struct report_input input = input_of(&run, 1);
	struct document document = {0};

	add_cell(&summary, "llama3.2", 2048, 1, 50);
	charts_add(&input, &document);
	is_int(document.count, 0, "where nothing varies and nothing was traced there is no section");
	document_release(&document);
	summary_release(&summary);
}

static void test_heat(void)
{
	struct summary summary = {.title = memory_string("contexts")};
	const struct report_run run = {&summary, NULL};
	const struct report_input input = input_of(&run, 1);
	struct plot *plot;

	for (int64_t context = 8192; context >= 2048; context /= 2)
		for (int64_t parallel = 1; parallel <= 16; parallel *= 4)
			if (context * parallel < 65536)
				add_cell(&summary, "llama3.2", context, parallel,
				         context == 4096 && parallel == 4 ? NAN : (double)(context / 1024 * parallel));
	add_cell(&summary, "phi 4:x", 2048, 1, 7);
	plot = chart_context_by_parallel(&input, 0);
	is_text(plot->name, "context-by-parallel-llama3-2", "a map for each model");
	is_int(plot->x.category_count, 3, "columns");
	is_text(plot->x.categories[2], "16", "ascending");
	is_text(plot->y.categories[0], "2048", "rows, too");
	is_real(plot->heat[0 * 3 + 2], 8, 1e-9, "parallel 1, context 8192");
	ok(isnan(plot->heat[1 * 3 + 1]), "what failed is missing");
	ok(isnan(plot->heat[2 * 3 + 1]) && isnan(plot->heat[2 * 3 + 2]), "what was not run, too");
	plot_free(plot);
	plot = chart_context_by_parallel(&input, 1);
	is_text(plot->name, "context-by-parallel-phi-4-x", "the other model");
	plot_free(plot);
	ok(chart_context_by_parallel(&input, 2) == NULL, "and no more");
	summary_release(&summary);
}

static void test_size(void)
{
	struct summary m4 = machine("Apple M4", 120), slow = machine("Old one", 30), silent = machine("Silent", NAN);
	const struct report_run runs[] = {{&m4, NULL}, {&slow, NULL}, {&silent, NULL}};
	const struct report_input one = input_of(&runs[2], 1), known = input_of(runs, 1), all = input_of(runs, 3);
	struct plot *plot = chart_speed_by_size(&one, 0);

	is_int(plot->series_count, 1, "bandwidth unknown: no roofline");
	is_series(&plot->series[0], NULL, "2:50 4.1:25");
	is_text(plot->series[0].points[1].label, "mistral", "each with its name");
	plot_free(plot);
	ok(chart_speed_by_bandwidth(&one, 0) == NULL, "nor a chart by bandwidth");
	plot = chart_speed_by_size(&known, 0);
	is_int(plot->series_count, 2, "bandwidth known");
	ok(plot->series[1].kind == PLOT_GUIDE && plot->series[1].tone == 0, "a roofline in the machine's colour");
	is_series(&plot->series[1], "120 GB/s / size", "2:60 4.1:29.2683");
	plot_free(plot);
	ok(chart_speed_by_bandwidth(&known, 0) == NULL, "one machine shows nothing by bandwidth");
	plot = chart_speed_by_bandwidth(&all, 0);
	is_int(plot->series_count, 4, "two models, two lines");
	is_series(&plot->series[0], "llama3.2", "120:50 30:50");
	is_text(plot->series[0].points[1].label, "Old one", "named by machine");
	is_series(&plot->series[3], "bandwidth / 4.1 GB", "30:7.31707 120:29.2683");
	plot_free(plot);
	summary_release(&m4);
	summary_release(&slow);
	summary_release(&silent);
}

/* --- Over time --- */

static struct trace trace_of(size_t cells)
{
	struct trace trace = {.request_count = 10 * cells, .sample_count = 5 * cells};

	trace.requests = memory_new(trace.request_count, sizeof(*trace.requests));
	trace.samples = memory_new(trace.sample_count, sizeof(*trace.samples));
	for (size_t i = 0; i < trace.request_count; i++)
		trace.requests[i] = (struct trace_request){i / 10, (double)i, (double)(10 + i % 10),
		                                           i % 10 == 3 ? NAN : 5, (double)(100 + i % 10)};
	for (size_t i = 0; i < trace.sample_count; i++) {
		trace.samples[i] =
		    (struct trace_sample){.cell = i / 5, .at_s = 2 * (double)i, .phase = (enum phase)(i % 5)};
		for (int f = 0; f < TRACE_FIGURE_COUNT; f++)
			trace.samples[i].figures[f] = f == TRACE_USED ? (double)(i % 5 + 1) : NAN;
	}
	return trace;
}

/* Of ten requests two failed: no time is long enough for them. */
static void test_failed_requests(void)
{
	struct summary summary = machine("Apple M4", NAN);
	struct trace trace = trace_of(summary.cell_count);
	const struct report_run run = {&summary, &trace};
	const struct report_input input = input_of(&run, 1);
	struct plot *plot;
	size_t failed = 0;

	for (size_t i = 0; i < trace.request_count && failed < 2; i++)
		if (trace.requests[i].cell == 0 && trace.requests[i].ttft_ms > 17) {
			trace.requests[i].ttft_ms = NAN;
			failed++;
		}
	plot = chart_ttft_distribution(&input, 0);
	is_series(&plot->series[0], "llama3.2, parallel 8", "10:10 11:20 12:30 13:40 14:50 15:60 16:70 17:80");
	plot_free(plot);
	trace_release(&trace);
	summary_release(&summary);
}

static void test_over_time(void)
{
	struct summary summary = machine("Apple M4", NAN);
	struct trace trace = trace_of(summary.cell_count);
	const struct report_run runs[] = {{&summary, &trace}, {&summary, &trace}};
	const struct report_input input = input_of(runs, 1), two = input_of(runs, 2);
	struct plot *plot = chart_ttft_distribution(&input, 0);

	is_int(plot->series_count, 8, "a line for each cell");
	is_series(&plot->series[0], "llama3.2, parallel 8",
	          "10:10 11:20 12:30 13:40 14:50 15:60 16:70 17:80 18:90 19:100");
	is_int(plot->x.scale, PLOT_LINEAR, "linear where the range is narrow");
	plot_free(plot);
	plot = chart_e2e_distribution(&two, 0);
	is_int(plot->series_count, CHART_SERIES_MAX, "of sixteen cells eight");
	is_text(plot->title, "E2E: share of requests within a time (8 of 16)", "as it says");
	ok(strstr(plot->series[0].name, "Apple M4 #1, ") != NULL &&
	       strstr(plot->series[7].name, "Apple M4 #2, ") != NULL,
	   "the first and the last among them");
	plot_free(plot);
	plot = chart_itl_over_time(&input, 0);
	is_int(plot->series_count, 2, "a colour for each model");
	is_int(plot->series[0].count, 36, "requests without a gap are none of its points");
	plot_free(plot);
	plot = chart_memory_over_time(&input, 0);
	is_int(plot->series_count, 1, "a line of what was measured");
	is_int(plot->band_count, 16, "each loading and measuring");
	is_text(plot->bands[0].label, "loading", "in their order");
	is_real(plot->bands[0].from, 2, 1e-9, "from its first sample");
	is_real(plot->bands[0].to, 4, 1e-9, "to the first of the next phase");
	is_int(plot->series[0].count, 47, "and a gap between cells");
	plot_free(plot);
	plot = chart_power_over_time(&input, 0);
	ok(plot_is_empty(plot), "no power, no chart");
	plot_free(plot);
	for (size_t i = 0; i < trace.sample_count; i++)
		trace.samples[i].at_s *= 200;
	plot = chart_memory_over_time(&two, 0);
	is_text(plot->x.unit, "h", "a long run is told in hours");
	is_int(plot->band_count, 0, "phases of two runs would lie over each other");
	plot_free(plot);
	trace_release(&trace);
	summary_release(&summary);
}

/* --- In reports --- */

static void test_section(void)
{
	struct summary summary = machine("Apple M4", NAN);
	struct trace trace = trace_of(summary.cell_count);
	struct text with = {0}, without = {0}, again = {0};
	struct files files = {0}, none = {0};
	struct trace nothing = {0};

	report_sweep_markdown(&summary, &trace, "m 4", &with, &files);
	ok(strstr(text_string(&with),
	          "\n## Charts\n\n![Output tokens/s by parallel](m%204-tokens-by-parallel.svg)\n\n"
	          "![Duration by parallel](m%204-duration-by-parallel.svg)\n\n![TTFT: share") != NULL,
	   "a section with an image for each");
	is_int(files.count, 8, "and a file for each");
	is_text(files.items[0].name, "m 4-tokens-by-parallel.svg", "of its name");
	ok(text_starts_with(text_string(&files.items[0].bytes), "<svg xmlns="), "that is an SVG");
	report_sweep_markdown(&summary, NULL, NULL, &without, &none);
	ok(strstr(text_string(&without), "Charts") == NULL && none.count == 0, "no stem: no charts");
	report_sweep_markdown(&summary, &nothing, "m4", &again, &none);
	is_int(none.count, 3, "nothing traced: those of figures alone");
	text_release(&with);
	text_release(&without);
	text_release(&again);
	files_release(&files);
	files_release(&none);
	trace_release(&trace);
	summary_release(&summary);
}

static struct plot *dot(const char *name, const char *title)
{
	struct plot *plot = plot_new(name, title);

	plot_add_point(plot_add_series(plot, PLOT_POINTS, NULL), 1, 1, NULL);
	return plot;
}

static void test_document(void)
{
	struct document document = {.chart_stem = "r"};
	struct text markdown = {0};

	ok(document_chart(&document, dot("a", "A [b](c) `d` \\ <e>")), "a chart");
	ok(document_chart(&document, dot("a", "again")), "another of its name");
	ok(!document_chart(&document, plot_new("b", "empty")) && !document_chart(&document, NULL),
	   "an empty one is none");
	is_text(document_chart_at(&document, 0)->file, "r-a.svg", "its file");
	is_text(document_chart_at(&document, 1)->file, "r-a-2.svg", "names are unique");
	ok(document_chart_at(&document, 2) == NULL, "no third one");
	document_write_markdown(&document, &markdown);
	is_text(text_string(&markdown), "![A \\[b\\](c) \\`d\\` \\\\ \\<e>](r-a.svg)\n\n![again](r-a-2.svg)\n",
	        "a title cannot end its image");
	text_release(&markdown);
	document_release(&document);
}

int main(void)
{
	test_by_load();
	test_one_cell();
	test_heat();
	test_size();
	test_failed_requests();
	test_over_time();
	test_section();
	test_document();
	return tap_done();
}
