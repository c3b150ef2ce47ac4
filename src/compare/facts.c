/*
 * What both runs were measured on and with.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/parts.h"

static void warn_version(struct compare_result *result, const char *what, const char *key)
{
	const char *base = json_get_string(result->base->host, key), *now = json_get_string(result->now->host, key);

	if (!text_equal(base, now))
		compare_warn(result, "another version of %s: %s, then %s", what, base ? base : "unknown",
		             now ? now : "unknown");
}

/* What makes another machine; versions of its system and driver are told, but change too often to make one. */
static void check_machine(struct compare_result *result)
{
	static const char *const keys[] = {"title",          "model",         "system",     "architecture",
	                                   "physical_cores", "logical_cores", "gpu",        "gpu_cores",
	                                   "memory_bytes",   "translated",    "virtualized"};
	const struct json *base = result->base->host, *now = result->now->host;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct text left = {0}, right = {0};

		json_add_to(&left, json_get(base, keys[i]));
		json_add_to(&right, json_get(now, keys[i]));
		if (json_get(base, keys[i]) != NULL && json_get(now, keys[i]) != NULL)
			compare_add_difference(result, COMPARE_MACHINE, keys[i], text_string(&left),
			                       text_string(&right));
		text_release(&left);
		text_release(&right);
	}
	if (json_get_string(base, "title") == NULL || json_get_string(now, "title") == NULL)
		compare_warn(result, "it is not known on which machine one of the runs was measured");
	if ((json_get(base, "gpu") == NULL) != (json_get(now, "gpu") == NULL))
		compare_warn(result, "the GPU of one of the runs is not known");
	warn_version(result, "the system", "system_version");
	warn_version(result, "the GPU's driver", "gpu_driver");
}

/* "kernel stamps": the last part of what the load engine says of itself. */
static const char *stamps_of(const struct summary *summary)
{
	const char *comma = summary->load_engine ? strrchr(summary->load_engine, ',') : NULL;

	return comma ? comma + 1 + strspn(comma + 1, " ") : NULL;
}

static const struct server_facts *server_of(const struct summary *summary, const struct cell_summary *cell)
{
	const char *name = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, name))
			return &summary->servers[i];
	return summary->server_count == 1 ? &summary->servers[0] : NULL;
}

static const char *or_none(const char *value)
{
	return value ? value : "none: a real server";
}

/* The two servers were those of an earlier pair, too. */
static bool is_again(const struct compare_result *result, size_t pair)
{
	const struct compare_pair *now = &result->pairs[pair];

	for (size_t i = 0; i < pair; i++)
		if (server_of(result->base, result->pairs[i].base) == server_of(result->base, now->base) &&
		    server_of(result->now, result->pairs[i].now) == server_of(result->now, now->now))
			return true;
	return false;
}

/* How it was started is told: a path or a port in it makes no other server. */
static void check_server(struct compare_result *result, size_t index)
{
	const struct compare_pair *pair = &result->pairs[index];
	const struct server_facts *base = server_of(result->base, pair->base), *now = server_of(result->now, pair->now);

	if (base == NULL || now == NULL || is_again(result, index))
		return;
	compare_add_difference(result, COMPARE_MACHINE, "simulated device", or_none(base->simulated),
	                       or_none(now->simulated));
	compare_add_difference(result, COMPARE_SERVER, "kind of server", base->kind, now->kind);
	compare_add_difference(result, COMPARE_SERVER, "version of the server", base->version, now->version);
	compare_add_difference(result, COMPARE_SERVER, "who counts the tokens", base->adapter, now->adapter);
	if (base->command != NULL && now->command != NULL && !text_equal(base->command, now->command))
		compare_warn(result, "the server was started by another command: %s, then %s", base->command,
		             now->command);
}

static void check_variable(struct compare_result *result, const char *profile, const char *name)
{
	char *what = text_format("%s of profile %s", name, profile);
	struct text base = {0}, now = {0};

	compare_add_value(json_get(json_get(result->base->profiles, profile), name), &base);
	compare_add_value(json_get(json_get(result->now->profiles, profile), name), &now);
	compare_add_difference(result, COMPARE_SETTINGS, what, text_string(&base), text_string(&now));
	free(what);
	text_release(&base);
	text_release(&now);
}

/* Cells are matched by their profile's name: it must set the same, in any order. */
static void check_profile(struct compare_result *result, const struct compare_pair *pair)
{
	const char *name = json_get_string(pair->base->settings, "profile");
	const struct json *base, *now;

	if (name == NULL || !text_equal(name, json_get_string(pair->now->settings, "profile")))
		return;
	base = json_get(result->base->profiles, name);
	now = json_get(result->now->profiles, name);
	if (!json_is_object(base) || !json_is_object(now))
		return;
	for (const struct json *item = json_first(base); item != NULL; item = json_next(item))
		check_variable(result, name, json_key(item));
	for (const struct json *item = json_first(now); item != NULL; item = json_next(item))
		check_variable(result, name, json_key(item));
}

static const struct model_facts *model_of(const struct summary *summary, const struct cell_summary *cell)
{
	const char *name = json_get_string(cell->settings, "model"),
		   *server = json_get_string(cell->settings, "server");

	for (size_t i = 0; i < summary->model_count; i++) {
		const struct model_facts *facts = &summary->models[i];

		if (text_equal(facts->name, name) &&
		    (facts->server == NULL || server == NULL || text_equal(facts->server, server)))
			return facts;
	}
	return NULL;
}

static void check_model(struct compare_result *result, const struct compare_pair *pair)
{
	const struct model_facts *base = model_of(result->base, pair->base), *now = model_of(result->now, pair->now);
	char *what;

	if (base == NULL || now == NULL)
		return;
	what = text_format("digest of %s", now->name);
	compare_add_difference(result, COMPARE_MODEL, what, base->digest, now->digest);
	if ((base->digest == NULL || now->digest == NULL) && base->size_bytes != now->size_bytes)
		compare_warn(result, "%s has another size on disk, or an unknown one, and no digest is known",
		             now->name);
	free(what);
}

/* All that is known of a data set but where the file lies. */
static char *described(const struct json *dataset)
{
	struct text text = {0};

	for (const struct json *item = json_first(dataset); item != NULL; item = json_next(item)) {
		if (text_equal(json_key(item), "path"))
			continue;
		text_addf(&text, "%s%s ", text.size > 0 ? ", " : "", json_key(item));
		json_add_to(&text, item);
	}
	return text_take(&text);
}

static void check_datasets(struct compare_result *result)
{
	const struct json *base = result->base->datasets, *now = result->now->datasets;

	for (size_t i = 0; i < json_count(base) && i < json_count(now) && json_is_list(base) && json_is_list(now);
	     i++) {
		char *left = described(json_at(base, i)), *right = described(json_at(now, i));

		compare_add_difference(result, COMPARE_PROMPT, "data set", left, right);
		free(left);
		free(right);
	}
}

/* Answers of other lengths make other durations, whatever the speed. */
static void check_lengths(struct compare_result *result, const struct compare_pair *pair)
{
	size_t row = (size_t)(metric_find("output_tokens") - metrics);
	double base = pair->base->metrics[row].values.mean, now = pair->now->metrics[row].values.mean;

	if (fabs(now - base) > COMPARISON_SMALL_PCT / 100 * base)
		compare_warn(result, "%s: answers had %.4g tokens on average, then %.4g: durations depend on it",
		             pair->name, base, now);
}

void compare_check_facts(struct compare_result *result)
{
	check_machine(result);
	for (size_t i = 0; i < result->pair_count; i++)
		check_server(result, i);
	for (size_t i = 0; i < result->pair_count; i++)
		check_profile(result, &result->pairs[i]);
	for (size_t i = 0; i < result->pair_count; i++)
		check_model(result, &result->pairs[i]);
	check_datasets(result);
	compare_add_difference(result, COMPARE_TOOL, "stamps", stamps_of(result->base), stamps_of(result->now));
	for (size_t i = 0; i < result->pair_count; i++)
		check_lengths(result, &result->pairs[i]);
}
