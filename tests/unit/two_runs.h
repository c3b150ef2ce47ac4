/*
 * Two runs to compare, made of numbers: cells of one model that differ in `parallel`.
 */
#ifndef TWO_RUNS_H
#define TWO_RUNS_H

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/compare.h"
#include "document/document.h"
#include "noise.h"
#include "tap.h"

__attribute__((unused)) static struct metric_summary *figure_of(struct cell_summary *cell, const char *metric)
{
	return &cell->metrics[metric_find(metric) - metrics];
}

/* Takes a figure's values of all trials. */
static void set_trials(struct cell_summary *cell, const char *metric, const double *values, size_t count)
{
	struct metric_summary *figure = figure_of(cell, metric);
	double *copy = memory_new(count, sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	figure->values = distribution_over_trials(copy, count);
	figure->interval = interval_of(values, count);
	memcpy(copy, values, count * sizeof(*copy));
	free(figure->trials);
	figure->trials = copy;
}

/* Requests of which each trial has the value as p50, and twice it as p99. */
static void set_requests(struct cell_summary *cell, const char *metric, const double *values, size_t count)
{
	struct metric_summary *figure = figure_of(cell, metric);
	double *copy = memory_new(count, sizeof(*copy));

	memcpy(copy, values, count * sizeof(*copy));
	figure->values = distribution_over_trials(copy, count);
	free(copy);
	free(figure->by_trial);
	figure->by_trial = memory_new(count, sizeof(*figure->by_trial));
	figure->by_trial_count = count;
	for (size_t i = 0; i < count; i++)
		figure->by_trial[i] = (struct distribution){16,        values[i],       values[i],     values[i],
		                                            values[i], 1.5 * values[i], 2 * values[i], 2 * values[i]};
}

/* How a run is drawn. */
struct drawn {
	size_t cells, trials;
	double cv;      /* of the speed of trials */
	double ratio;   /* of the speed, to 100 tokens/s and the latencies that go with it */
	size_t changed; /* so many cells have it, the others 1 */
};

/* Trials are slow or fast as a whole; latencies have some noise of their own beside. */
static void draw_cell(struct cell_summary *cell, const struct drawn *drawn, double ratio, uint64_t *state)
{
	static const char *const latencies[] = {"ttft_ms", "itl_ms", "tpot_ms", "e2e_ms"};
	double speed[32], slowness[32], values[32];

	for (size_t i = 0; i < drawn->trials; i++) {
		speed[i] = 100 * ratio * (1 + drawn->cv * normal(state));
		slowness[i] = 100 / speed[i];
	}
	set_trials(cell, "output_tokens_per_s", speed, drawn->trials);
	set_trials(cell, "duration_s", slowness, drawn->trials);
	for (size_t i = 0; i < sizeof(latencies) / sizeof(latencies[0]); i++) {
		for (size_t j = 0; j < drawn->trials; j++)
			values[j] = 50 * slowness[j] * exp(2 * drawn->cv * normal(state));
		set_requests(cell, latencies[i], values, drawn->trials);
	}
}

static struct summary draw_run(const struct drawn *drawn, uint64_t *state)
{
	static const char host[] = "{\"title\":\"Apple M4\",\"memory_bytes\":17179869184,\"system_version\":\"15.5\","
				   "\"gpu\":\"Apple M4\",\"gpu_cores\":8}";
	struct summary run = {
	    .name = memory_string("m4"),
	    .title = memory_string("Apple M4"),
	    .started_utc = memory_string("2026-11-21T06:19:00Z"),
	    .finished_utc = memory_string("2026-11-21T07:19:00Z"),
	    .tool_version = memory_string("1.0"),
	    .load_engine = memory_string("libcurl/8.1, epoll, kernel stamps"),
	    .host = json_parse(host, strlen(host)),
	    .servers = memory_new(1, sizeof(struct server_facts)),
	    .server_count = 1,
	    .models = memory_new(1, sizeof(struct model_facts)),
	    .model_count = 1,
	    .cells = memory_new(drawn->cells, sizeof(struct cell_summary)),
	    .cell_count = drawn->cells,
	};
	const struct server_settings server = {.name = (char[]){"ollama"}};

	run.servers[0].name = memory_string("ollama");
	run.servers[0].adapter = memory_string("ollama");
	run.servers[0].kind = memory_string("ollama");
	run.servers[0].version = memory_string("0.24.0");
	model_facts_reset(&run.models[0]);
	run.models[0].name = memory_string("llama3.2");
	run.models[0].digest = memory_string("a80c4f17acd5");
	for (size_t i = 0; i < drawn->cells; i++) {
		struct cell settings;

		cell_reset(&settings);
		settings.model = "llama3.2";
		settings.server = &server;
		settings.parallel = (int64_t)i + 1;
		settings.trials = (int64_t)drawn->trials;
		cell_summary_init(&run.cells[i]);
		run.cells[i].id = text_format("%012zu", i);
		run.cells[i].settings = cell_settings(&settings);
		run.cells[i].status = CELL_DONE;
		run.cells[i].errors = 0;
		draw_cell(&run.cells[i], drawn, i < drawn->changed ? drawn->ratio : 1, state);
	}
	return run;
}

/* Replaces a setting of a cell. */
__attribute__((unused)) static void change_setting(struct cell_summary *cell, const char *knob, const char *value)
{
	struct json *changed = json_new_object();

	for (const struct json *item = json_first(cell->settings); item != NULL; item = json_next(item)) {
		if (text_equal(json_key(item), knob))
			json_set_string(changed, knob, value);
		else
			json_set(changed, json_key(item), json_copy(item));
	}
	json_free(cell->settings);
	cell->settings = changed;
}

struct setup {
	struct summary base, now;
	struct compare_options options;
	struct compare_result result;
};

__attribute__((unused)) static void set_up(struct setup *setup, const struct drawn *base, const struct drawn *now)
{
	uint64_t state = 7;

	*setup = (struct setup){.options.margin_pct = COMPARE_MARGIN_PCT};
	setup->base = draw_run(base, &state);
	setup->now = draw_run(now, &state);
}

__attribute__((unused)) static enum status compare(struct setup *setup)
{
	compare_runs(&setup->base, &setup->now, &setup->options, &setup->result);
	return setup->result.status;
}

__attribute__((unused)) static char *markdown_of(const struct setup *setup)
{
	struct document document = {0};
	struct text text = {0};

	compare_document(&setup->result, &document);
	document_write_markdown(&document, &text);
	document_release(&document);
	return text_take(&text);
}

__attribute__((unused)) static void tear_down(struct setup *setup)
{
	compare_release(&setup->result);
	summary_release(&setup->base);
	summary_release(&setup->now);
}

__attribute__((unused)) static void replace(char **text, const char *with)
{
	free(*text);
	*text = memory_string(with);
}

#endif
