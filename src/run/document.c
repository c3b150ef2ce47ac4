#include "machine/identity.h"
#include "run/session.h"

static struct json *models_json(const struct environment *models)
{
	struct json *json = json_new_object();

	for (size_t i = 0; i < models->count; i++)
		json_set_string(json, models->variables[i].name, models->variables[i].value);
	return json;
}

static const struct server_facts *facts_of(const struct summary *summary, const char *name)
{
	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, name))
			return &summary->servers[i];
	return NULL;
}

/* The settings; adapter and kind also when they were found by asking. */
static struct json *server_json(const struct summary *summary, const struct server_settings *settings)
{
	const struct server_facts *facts = facts_of(summary, settings->name);
	struct json *json = json_new_object();

	json_set_string(json, "name", settings->name);
	json_set_string(json, "adapter", facts ? facts->adapter : settings->adapter);
	json_set_string(json, "kind", facts ? facts->kind : settings->kind);
	json_set_string(json, "version", facts ? facts->version : NULL);
	json_set_string(json, "url", settings->url);
	json_set_string(json, "start", settings->start);
	if (settings->api_key_env != NULL)
		json_set_string(json, "api_key_env", settings->api_key_env);
	if (settings->ca_file != NULL)
		json_set_string(json, "ca_file", settings->ca_file);
	json_set(json, "env", environment_json(&settings->environment));
	json_set(json, "models", models_json(&settings->models));
	return json;
}

static struct json *resumed_json(const struct summary *summary)
{
	struct json *json = json_new_list();

	for (size_t i = 0; i < summary->resumed_count; i++)
		json_append_string(json, summary->resumed_utc[i]);
	return json;
}

struct json *run_document(const struct session *session)
{
	const struct plan *plan = session->plan;
	const struct summary *summary = session->summary;
	struct json *json = json_new_object();
	struct json *servers = json_new_list();
	struct json *axes = json_new_list();
	int64_t now_ns = clock_now_ns();

	for (size_t i = 0; i < plan->server_count; i++)
		json_append(servers, server_json(summary, &plan->servers[i]));
	for (size_t i = 0; i < plan->axis_count; i++)
		json_append_string(axes, plan->axes[i]);
	json_set_string(json, "schema", "llmbench.run/1");
	json_set_string(json, "tool_version", session->options->version);
	json_set_string(json, "load_engine", summary->load_engine);
	json_set_string(json, "started_utc", summary->started_utc);
	json_set_string(json, "finished_utc", summary->finished_utc);
	if (summary->resumed_count > 0)
		json_set(json, "resumed_utc", resumed_json(summary));
	/* Stamps of records and samples count from here, on the monotonic clock of this boot. */
	json_set_integer(json, "origin_monotonic_ns", session->origin_ns);
	/* The same instant on the wall clock, for who goes on with the run after another boot. */
	json_set_integer(json, "origin_wall_us", session->origin_wall_ns / NS_PER_US);
	/* Of all processes that measured it, for its budget; and the stamp since when what is measured adds to it. */
	json_set_number(json, "spent_s", (double)(session->spent_ns + now_ns - session->began_ns) / (double)NS_PER_S);
	json_set_integer(json, "spent_until_ns", now_ns - session->origin_ns);
	json_set(json, "host", json_copy(summary->host));
	json_set(json, "servers", servers);
	json_set(json, "axes", axes);
	json_set(json, "datasets", json_copy(summary->datasets));
	json_set_integer(json, "cells", (int64_t)plan->cell_count);
	json_set_string(json, "matrix_path", plan->path);
	json_set_string(json, "matrix", plan->source);
	return json;
}
