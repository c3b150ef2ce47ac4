/*
 * The mirror of summary_json.c. What is absent is unknown; unknown keys,
 * metrics and outcomes are passed over, so that a summary of a newer llmbench
 * with the same schema can be read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/summary.h"

static char *string_of(const struct json *object, const char *key)
{
	return memory_string(json_get_string(object, key));
}

/* Counts are never negative; an unknown one is 0. */
static int64_t count_of(const struct json *object, const char *key)
{
	int64_t count = json_get_integer(object, key);

	return count < 0 ? 0 : count;
}

static char **strings_of(const struct json *list, size_t *count)
{
	char **strings = memory_new(json_count(list), sizeof(*strings));

	*count = 0;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
		if (json_as_string(item) != NULL)
			strings[(*count)++] = memory_string(json_as_string(item));
	return strings;
}

static struct distribution requests_of(const struct json *json)
{
	return (struct distribution){
	    .n = (size_t)count_of(json, "n"),
	    .mean = json_get_number(json, "mean"),
	    .min = json_get_number(json, "min"),
	    .p50 = json_get_number(json, "p50"),
	    .p90 = json_get_number(json, "p90"),
	    .p95 = json_get_number(json, "p95"),
	    .p99 = json_get_number(json, "p99"),
	    .max = json_get_number(json, "max"),
	};
}

/* Sets one statistic of each trial; false: the list does not have a number for each. */
static bool parse_statistic(const struct json *list, const struct distribution_statistic *row,
                            struct metric_summary *into)
{
	double *value;
	size_t i = 0;

	if (!json_is_list(list) || json_count(list) != into->by_trial_count)
		return false;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		value = (double *)((char *)&into->by_trial[i++] + row->offset);
		*value = json_as_number(item);
		if (isnan(*value))
			return false;
	}
	return true;
}

/* All statistics of all trials, or nothing. */
static void parse_by_trial(const struct json *json, struct metric_summary *into)
{
	bool good = true;

	into->by_trial_count = json_count(json_first(json));
	into->by_trial = memory_new(into->by_trial_count, sizeof(*into->by_trial));
	for (size_t i = 0; i < into->by_trial_count; i++)
		into->by_trial[i] = distribution_of(NULL, 0);
	for (const struct distribution_statistic *row = distribution_statistics; row->name != NULL && good; row++)
		good = parse_statistic(json_get(json, row->name), row, into);
	if (good && into->by_trial_count > 0)
		return;
	free(into->by_trial);
	into->by_trial = NULL;
	into->by_trial_count = 0;
}

/* NULL: the list does not have `wanted` numbers, or none are. */
static double *numbers_of(const struct json *list, size_t wanted)
{
	double *numbers;
	size_t count = 0;

	if (!json_is_list(list) || json_count(list) != wanted || wanted == 0)
		return NULL;
	numbers = memory_new(wanted, sizeof(*numbers));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
		if (!isnan(json_as_number(item)))
			numbers[count++] = json_as_number(item);
	if (count == wanted)
		return numbers;
	free(numbers);
	return NULL;
}

/* One by another name is none that we know, and half of one is none. */
static struct interval interval_of_json(const struct json *json)
{
	struct interval interval = {json_get_number(json, "low"), json_get_number(json, "high")};

	if (!text_equal(json_get_string(json, "interval"), INTERVAL_NAME) || isnan(interval.low) ||
	    isnan(interval.high))
		interval = (struct interval){NAN, NAN};
	return interval;
}

static void parse_trials(const struct json *json, struct metric_summary *into)
{
	into->values = distribution_of(NULL, 0);
	into->values.n = (size_t)count_of(json, "trials");
	into->values.p50 = json_get_number(json, "median");
	into->trials = numbers_of(json_get(json, "values"), into->values.n);
	into->interval = interval_of_json(json);
}

static void parse_metrics(const struct json *json, struct cell_summary *cell)
{
	for (size_t i = 0; i < metric_count; i++) {
		const struct metric *metric = &metrics[i];

		switch (metric->scope) {
		case METRIC_REQUEST:
			cell->metrics[i].values = requests_of(json_get(json, metric->name));
			parse_by_trial(json_get(json_get(json, metric->name), "by_trial"), &cell->metrics[i]);
			break;
		case METRIC_TRIAL:
			parse_trials(json_get(json, metric->name), &cell->metrics[i]);
			break;
		case METRIC_CELL:
			cell_summary_set(cell, metric->name, json_get_number(json, metric->name));
			break;
		}
	}
}

static struct memory_summary memory_of(const struct json *json)
{
	return (struct memory_summary){
	    .total_bytes = json_get_integer(json, "total_bytes"),
	    .baseline_bytes = json_get_integer(json, "baseline_bytes"),
	    .system_peak_bytes = json_get_integer(json, "system_peak_bytes"),
	    .system_mean_bytes = json_get_integer(json, "system_mean_bytes"),
	    .system_with_files_bytes = json_get_integer(json, "system_with_files_bytes"),
	    .server_peak_bytes = json_get_integer(json, "server_peak_bytes"),
	    .gpu_peak_bytes = json_get_integer(json, "gpu_peak_bytes"),
	    .samples = (size_t)count_of(json, "samples"),
	    .stale_samples = (size_t)count_of(json, "stale_samples"),
	};
}

static bool parse_status(const char *name, enum cell_status *status)
{
	for (int i = CELL_DONE; i <= CELL_UNFINISHED; i++) {
		if (text_equal(name, cell_status_name((enum cell_status)i))) {
			*status = (enum cell_status)i;
			return true;
		}
	}
	return false;
}

static enum load_kind load_kind_of(const char *name)
{
	for (int i = LOAD_COLD; i <= LOAD_WARM; i++)
		if (text_equal(name, load_kind_name((enum load_kind)i)))
			return (enum load_kind)i;
	return LOAD_UNKNOWN;
}

/* A run of an earlier version has none. */
static enum cell_cause cause_of(const char *name)
{
	for (int i = CAUSE_NONE + 1; i <= CAUSE_BUDGET; i++)
		if (text_equal(name, cell_cause_name((enum cell_cause)i)))
			return (enum cell_cause)i;
	return CAUSE_NONE;
}

bool cell_summary_parse(const struct json *json, struct cell_summary *cell)
{
	const struct json *settings = json_get(json, "settings");
	const struct json *requests = json_get(json, "requests");
	const struct json *outcomes = json_get(json, "outcomes");
	const struct json *memory = json_get(json, "memory");

	if (!json_is_object(settings) || json_get_string(json, "id") == NULL ||
	    !parse_status(json_get_string(json, "status"), &cell->status))
		return false;
	cell->id = string_of(json, "id");
	cell->settings = json_copy(settings);
	cell->reason = string_of(json, "reason");
	cell->cause = cause_of(json_get_string(json, "cause"));
	cell->server_words = string_of(json, "server_words");
	cell->duration_s = json_get_number(json, "duration_s");
	cell->errors = json_get_integer(json, "errors");
	cell->sent = count_of(requests, "sent");
	cell->ok = count_of(requests, "ok");
	cell->failed = count_of(requests, "failed");
	for (int i = 0; i < OUTCOME_COUNT; i++)
		cell->outcomes[i] = count_of(outcomes, outcome_name((enum outcome)i));
	cell->retries = count_of(json, "retries");
	cell->load = load_kind_of(json_get_string(json, "load"));
	parse_metrics(json_get(json, "metrics"), cell);
	cell->memory = memory_of(memory);
	cell->loaded_bytes = json_get_integer(memory, "loaded_bytes");
	memory_prediction_parse(json_get(memory, "predicted"), &cell->predicted);
	cell->conditions = json_copy(json_get(json, "conditions"));
	cell->machine = json_copy(json_get(json, "machine"));
	cell->queue = json_copy(json_get(json, "queue"));
	cell->server_metrics = json_copy(json_get(json, "server_metrics"));
	client_check_parse(json, &cell->client);
	cell->sample = answer_parse(json_get(json, "sample"));
	cell->flags = strings_of(json_get(json, "flags"), &cell->flag_count);
	return true;
}

static bool parse_cells(const struct json *list, struct summary *summary)
{
	if (!json_is_list(list))
		return false;
	summary->cells = memory_new(json_count(list), sizeof(*summary->cells));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		struct cell_summary *cell = &summary->cells[summary->cell_count++];

		cell_summary_init(cell);
		if (!cell_summary_parse(item, cell))
			return false;
	}
	return true;
}

/* What its repeats say of a drift is computed again. */
static bool parse_anchor(const struct json *anchor, struct summary *summary)
{
	const struct json *list = json_get(anchor, "repeats");

	summary->anchor_every = count_of(anchor, "every");
	summary->repeats = memory_new(json_count(list), sizeof(*summary->repeats));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		struct anchor_repeat *repeat = &summary->repeats[summary->repeat_count++];

		cell_summary_init(&repeat->cell);
		repeat->since_start_s = json_get_number(item, "since_start_s");
		if (!cell_summary_parse(item, &repeat->cell))
			return false;
	}
	return summary->anchor_every == 0 || summary->cell_count > 0;
}

static void parse_servers(const struct json *json, struct summary *summary)
{
	const struct json *servers = json_get(json, "servers");

	if (servers == NULL && json_get(json, "server") == NULL)
		return;
	summary->servers = memory_new(json_count(servers) + 1, sizeof(*summary->servers));
	if (servers == NULL)
		summary->servers[summary->server_count++] = server_facts_parse(json_get(json, "server"));
	for (const struct json *item = json_first(servers); item != NULL; item = json_next(item))
		summary->servers[summary->server_count++] = server_facts_parse(item);
}

/* False when a model has no name. */
static bool parse_models(const struct json *list, struct summary *summary)
{
	bool good = true;

	summary->models = memory_new(json_count(list), sizeof(*summary->models));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		summary->models[summary->model_count++] = model_facts_parse(item);
		good = good && json_get_string(item, "name") != NULL;
	}
	return good;
}

bool summary_parse(const struct json *json, struct summary *summary)
{
	*summary = (struct summary){0};
	if (!text_equal(json_get_string(json, "schema"), "llmbench.summary/1") ||
	    !parse_cells(json_get(json, "cells"), summary) || !parse_anchor(json_get(json, "anchor"), summary) ||
	    !parse_models(json_get(json, "models"), summary)) {
		summary_release(summary);
		return false;
	}
	summary->name = string_of(json, "name");
	summary->title = string_of(json, "title");
	summary->started_utc = string_of(json, "started_utc");
	summary->finished_utc = string_of(json, "finished_utc");
	summary->resumed_utc = strings_of(json_get(json, "resumed_utc"), &summary->resumed_count);
	summary->tool_version = string_of(json, "tool_version");
	summary->load_engine = string_of(json, "load_engine");
	summary->host = json_copy(json_get(json, "host"));
	parse_servers(json, summary);
	summary->datasets = json_copy(json_get(json, "datasets"));
	summary->profiles = json_copy(json_get(json, "profiles"));
	summary->notes = strings_of(json_get(json, "notes"), &summary->note_count);
	return true;
}
