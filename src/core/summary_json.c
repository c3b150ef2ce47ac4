/*
 * The summary as JSON. summary_parse.c is its mirror: a key that is written
 * here is read there.
 */
#include <assert.h>
#include <math.h>

#include "core/anchor.h"
#include "core/summary.h"

/* {"mean": [of each trial, in order], "p50": …} */
static struct json *by_trial_json(const struct metric_summary *metric)
{
	struct json *json = json_new_object();

	for (const struct distribution_statistic *row = distribution_statistics; row->name != NULL; row++) {
		struct json *values = json_new_list();

		for (size_t i = 0; i < metric->by_trial_count; i++)
			json_append_number(values, distribution_get(&metric->by_trial[i], row));
		json_set(json, row->name, values);
	}
	return json;
}

static struct json *requests_json(const struct metric_summary *metric)
{
	const struct distribution *values = &metric->values;
	struct json *json = json_new_object();

	json_set_integer(json, "n", (int64_t)values->n);
	json_set_number(json, "mean", values->mean);
	json_set_number(json, "min", values->min);
	json_set_number(json, "p50", values->p50);
	json_set_number(json, "p90", values->p90);
	json_set_number(json, "p95", values->p95);
	json_set_number(json, "p99", values->p99);
	json_set_number(json, "max", values->max);
	json_set(json, "by_trial", metric->by_trial_count > 0 ? by_trial_json(metric) : NULL);
	return json;
}

static struct json *trials_json(const struct metric_summary *metric)
{
	struct json *json = json_new_object(), *values = json_new_list();

	json_set_number(json, "median", metric->values.p50);
	json_set_number(json, "low", metric->interval.low);
	json_set_number(json, "high", metric->interval.high);
	json_set_integer(json, "trials", (int64_t)metric->values.n);
	json_set_string(json, "interval", isnan(metric->interval.low) ? NULL : INTERVAL_NAME);
	for (size_t i = 0; metric->trials != NULL && i < metric->values.n; i++)
		json_append_number(values, metric->trials[i]);
	json_set(json, "values", values);
	return json;
}

static struct json *metrics_json(const struct cell_summary *cell)
{
	struct json *json = json_new_object();

	for (size_t i = 0; i < metric_count; i++) {
		const struct metric_summary *summary = &cell->metrics[i];

		assert(summary->metric == &metrics[i]);
		switch (metrics[i].scope) {
		case METRIC_REQUEST:
			json_set(json, metrics[i].name, requests_json(summary));
			break;
		case METRIC_TRIAL:
			json_set(json, metrics[i].name, trials_json(summary));
			break;
		case METRIC_CELL:
			json_set_number(json, metrics[i].name, summary->values.p50);
			break;
		}
	}
	return json;
}

static struct json *counts_json(const struct cell_summary *cell)
{
	struct json *json = json_new_object();

	json_set_integer(json, "sent", cell->sent);
	json_set_integer(json, "ok", cell->ok);
	json_set_integer(json, "failed", cell->failed);
	return json;
}

static struct json *outcomes_json(const struct cell_summary *cell)
{
	struct json *json = json_new_object();

	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (cell->outcomes[i] != 0)
			json_set_integer(json, outcome_name((enum outcome)i), cell->outcomes[i]);
	return json;
}

static struct json *memory_json(const struct cell_summary *cell)
{
	const struct memory_summary *memory = &cell->memory;
	struct json *json = json_new_object();

	json_set_integer(json, "total_bytes", memory->total_bytes);
	json_set_integer(json, "baseline_bytes", memory->baseline_bytes);
	json_set_integer(json, "system_peak_bytes", memory->system_peak_bytes);
	json_set_integer(json, "system_mean_bytes", memory->system_mean_bytes);
	if (memory->system_with_files_bytes != JSON_UNKNOWN)
		json_set_integer(json, "system_with_files_bytes", memory->system_with_files_bytes);
	json_set_integer(json, "server_peak_bytes", memory->server_peak_bytes);
	json_set_integer(json, "gpu_peak_bytes", memory->gpu_peak_bytes);
	json_set_integer(json, "loaded_bytes", cell->loaded_bytes);
	json_set_integer(json, "predicted_bytes", cell->predicted.total_bytes);
	json_set(json, "predicted", memory_prediction_json(&cell->predicted));
	json_set_integer(json, "samples", (int64_t)memory->samples);
	json_set_integer(json, "stale_samples", (int64_t)memory->stale_samples);
	return json;
}

static struct json *strings_json(char *const *strings, size_t count)
{
	struct json *json = json_new_list();

	for (size_t i = 0; i < count; i++)
		json_append_string(json, strings[i]);
	return json;
}

static void set_cell(struct json *json, const struct cell_summary *cell)
{
	json_set_string(json, "id", cell->id);
	json_set(json, "settings", json_copy(cell->settings));
	json_set_string(json, "status", cell_status_name(cell->status));
	json_set_string(json, "reason", cell->reason);
	json_set_string(json, "cause", cell_cause_name(cell->cause));
	json_set_string(json, "server_words", cell->server_words);
	json_set_number(json, "duration_s", cell->duration_s);
	json_set_integer(json, "errors", cell->errors);
	json_set(json, "requests", counts_json(cell));
	json_set(json, "outcomes", outcomes_json(cell));
	json_set_integer(json, "retries", cell->retries);
	json_set_string(json, "load", load_kind_name(cell->load));
	json_set(json, "metrics", metrics_json(cell));
	json_set(json, "memory", memory_json(cell));
	json_set(json, "conditions", json_copy(cell->conditions));
	json_set(json, "machine", json_copy(cell->machine));
	json_set(json, "queue", json_copy(cell->queue));
	json_set(json, "server_metrics", json_copy(cell->server_metrics));
	client_check_set_json(json, &cell->client);
	json_set(json, "sample", answer_json(&cell->sample));
	json_set(json, "flags", strings_json(cell->flags, cell->flag_count));
}

struct json *cell_summary_json(const struct cell_summary *cell)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.cell/1");
	set_cell(json, cell);
	return json;
}

struct json *cell_summary_trial_json(const struct cell_summary *cell, int64_t trial, int64_t at_ns)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.trial/1");
	json_set_integer(json, "trial", trial);
	json_set_integer(json, "at_ns", at_ns);
	set_cell(json, cell);
	return json;
}

static void set_repeat(struct json *json, const struct summary *summary, size_t repeat)
{
	json_set_integer(json, "repeat", (int64_t)repeat + 1);
	json_set_number(json, "since_start_s", summary->repeats[repeat].since_start_s);
	set_cell(json, &summary->repeats[repeat].cell);
}

struct json *anchor_repeat_json(const struct summary *summary, size_t repeat)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "llmbench.anchor/1");
	set_repeat(json, summary, repeat);
	return json;
}

static struct json *drift_json(const struct anchor_drift *drift)
{
	struct json *json = json_new_object();

	json_set_integer(json, "repeats", (int64_t)drift->repeats);
	json_set_number(json, "span_s", drift->span_s);
	json_set_number(json, "pct_per_hour", drift->pct_per_hour);
	json_set_number(json, "low", drift->interval.low);
	json_set_number(json, "high", drift->interval.high);
	json_set_string(json, "interval", isnan(drift->interval.low) ? NULL : INTERVAL_NAME);
	json_set_number(json, "span_pct", drift->span_pct);
	return json;
}

/* NULL: the sweep has none. */
static struct json *anchor_json(const struct summary *summary)
{
	struct anchor_drift drift = anchor_drift_of(summary);
	struct json *json, *flags = json_new_list(), *repeats = json_new_list();
	struct text flag = {0};

	anchor_add_flag(&drift, &flag);
	if (flag.size > 0)
		json_append_string(flags, text_string(&flag));
	text_release(&flag);
	for (size_t i = 0; i < summary->repeat_count; i++) {
		struct json *repeat = json_new_object();

		set_repeat(repeat, summary, i);
		json_append(repeats, repeat);
	}
	json = json_new_object();
	json_set_string(json, "cell", summary->cells[0].id);
	json_set_integer(json, "every", summary->anchor_every);
	json_set_string(json, "metric", ANCHOR_METRIC);
	json_set(json, "drift", drift_json(&drift));
	json_set(json, "flags", flags);
	json_set(json, "repeats", repeats);
	return json;
}

static void set_servers(struct json *json, const struct summary *summary)
{
	struct json *servers;

	json_set(json, "server", summary->server_count > 0 ? server_facts_json(&summary->servers[0]) : NULL);
	if (summary->server_count < 2)
		return;
	servers = json_new_list();
	for (size_t i = 0; i < summary->server_count; i++)
		json_append(servers, server_facts_json(&summary->servers[i]));
	json_set(json, "servers", servers);
}

struct json *summary_json(const struct summary *summary)
{
	struct json *json = json_new_object(), *models = json_new_list(), *cells = json_new_list();

	for (size_t i = 0; i < summary->model_count; i++)
		json_append(models, model_facts_json(&summary->models[i]));
	for (size_t i = 0; i < summary->cell_count; i++) {
		struct json *cell = json_new_object();

		set_cell(cell, &summary->cells[i]);
		json_append(cells, cell);
	}
	json_set_string(json, "schema", "llmbench.summary/1");
	json_set_string(json, "name", summary->name);
	json_set_string(json, "title", summary->title);
	json_set_string(json, "started_utc", summary->started_utc);
	json_set_string(json, "finished_utc", summary->finished_utc);
	if (summary->resumed_count > 0)
		json_set(json, "resumed_utc", strings_json(summary->resumed_utc, summary->resumed_count));
	json_set_string(json, "tool_version", summary->tool_version);
	json_set_string(json, "load_engine", summary->load_engine);
	json_set(json, "host", json_copy(summary->host));
	set_servers(json, summary);
	json_set(json, "models", models);
	json_set(json, "datasets", json_copy(summary->datasets));
	json_set(json, "profiles", json_copy(summary->profiles));
	json_set(json, "notes", strings_json(summary->notes, summary->note_count));
	json_set(json, "anchor", summary->anchor_every > 0 ? anchor_json(summary) : NULL);
	json_set(json, "cells", cells);
	return json;
}
