/*
 * A comparison as JSON: llmbench.comparison/1.
 */
#include <math.h>

#include "compare/compare.h"

static struct json *run_json(const struct summary *summary)
{
	struct json *json = json_new_object();

	json_set_string(json, "name", summary->name);
	json_set_string(json, "title", summary->title);
	json_set_string(json, "started_utc", summary->started_utc);
	json_set_string(json, "finished_utc", summary->finished_utc);
	json_set_string(json, "tool_version", summary->tool_version);
	return json;
}

static struct json *differences_json(const struct compare_result *result)
{
	struct json *list = json_new_list();

	for (size_t i = 0; i < result->difference_count; i++) {
		const struct compare_difference *difference = &result->differences[i];
		struct json *json = json_new_object();

		json_set_string(json, "part", compare_part_word(difference->part));
		json_set_string(json, "what", difference->what);
		json_set_string(json, "base", difference->base);
		json_set_string(json, "new", difference->now);
		json_set_bool(json, "allowed", difference->allowed);
		json_append(list, json);
	}
	return list;
}

static struct json *gates_json(const struct compare_result *result)
{
	struct json *list = json_new_list();

	for (size_t i = 0; i < result->gate_count; i++) {
		const struct compare_gate *gate = &result->gates[i];
		struct json *json = json_new_object();

		json_set_string(json, "rule", gate->rule->text);
		json_set_string(json, "cell", result->pairs[gate->pair].now->id);
		json_set_string(json, "state", gate_state_word(gate->state));
		json_set_number(json, "value", gate->value);
		json_set_number(json, "low", gate->interval.low);
		json_set_number(json, "high", gate->interval.high);
		json_append(list, json);
	}
	return list;
}

static struct json *figure_json(const struct compare_figure *figure)
{
	const struct comparison *comparison = &figure->comparison;
	struct json *json = json_new_object();

	json_set_string(json, "metric", figure->metric->name);
	json_set_string(json, "statistic", figure->statistic ? figure->statistic->name : NULL);
	json_set_bool(json, "main", figure->main);
	json_set_string(json, "test", comparison->zeros ? COMPARISON_TEST_ZEROS : COMPARISON_TEST);
	json_set_number(json, "base", comparison->base);
	json_set_number(json, "new", comparison->now);
	json_set_integer(json, "base_trials", (int64_t)comparison->base_trials);
	json_set_integer(json, "new_trials", (int64_t)comparison->now_trials);
	json_set_number(json, "change_pct", comparison->change_pct);
	json_set_number(json, "low_pct", comparison->interval.low);
	json_set_number(json, "high_pct", comparison->interval.high);
	json_set_number(json, "p", comparison->p);
	json_set_number(json, "corrected_p", figure->corrected_p);
	json_set_string(json, "verdict", compare_verdict_word(figure->verdict));
	json_set_string(json, "reason", figure->reason);
	return json;
}

static struct json *cells_json(const struct compare_result *result)
{
	struct json *list = json_new_list();

	for (size_t i = 0; i < result->pair_count; i++) {
		const struct compare_pair *pair = &result->pairs[i];
		struct json *json = json_new_object(), *figures = json_new_list();

		json_set_string(json, "name", pair->name);
		json_set_string(json, "base_id", pair->base->id);
		json_set_string(json, "new_id", pair->now->id);
		json_set_string(json, "base_status", cell_status_name(pair->base->status));
		json_set_string(json, "new_status", cell_status_name(pair->now->status));
		json_set_integer(json, "base_errors", pair->base->errors);
		json_set_integer(json, "new_errors", pair->now->errors);
		json_set_bool(json, "failed", pair->failed);
		json_set_bool(json, "more_errors", pair->more_errors);
		json_set_bool(json, "unfinished", pair->unfinished);
		for (size_t j = 0; j < pair->figure_count; j++)
			json_append(figures, figure_json(&result->figures[pair->first_figure + j]));
		json_set(json, "figures", figures);
		json_append(list, json);
	}
	return list;
}

static struct json *lonely_json(const struct compare_result *result)
{
	struct json *list = json_new_list();

	for (size_t i = 0; i < result->lonely_count; i++) {
		struct json *json = json_new_object();

		json_set_string(json, "run", result->lonely[i].of_base ? "base" : "new");
		json_set_string(json, "id", result->lonely[i].cell->id);
		json_set_string(json, "name", result->lonely[i].name);
		json_append(list, json);
	}
	return list;
}

struct json *compare_json(const struct compare_result *result)
{
	struct json *json = json_new_object(), *warnings = json_new_list();

	for (size_t i = 0; i < result->warning_count; i++)
		json_append_string(warnings, result->warnings[i]);
	json_set_string(json, "schema", "llmbench.comparison/1");
	json_set_string(json, "outcome", compare_outcome(result));
	json_set_integer(json, "status", result->status);
	json_set(json, "base", run_json(result->base));
	json_set(json, "new", run_json(result->now));
	json_set_string(json, "test", COMPARISON_TEST);
	json_set_string(json, "correction", "benjamini_hochberg");
	json_set_number(json, "level", COMPARE_LEVEL);
	json_set_number(json, "main_level", COMPARE_MAIN_LEVEL);
	json_set_number(json, "margin_pct", result->options.margin_pct);
	json_set(json, "differences", differences_json(result));
	json_set(json, "gates", gates_json(result));
	json_set(json, "cells", cells_json(result));
	json_set(json, "unmatched", lonely_json(result));
	json_set(json, "warnings", warnings);
	return json;
}
