/* Environment variables: a server's `env`, and `profile`. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/draft.h"

/* A variable whose knob is unset does what it says: a profile may compare it. */
static bool is_doubtful(const struct draft *draft, const char *name)
{
	const char *knob = plan_variable_knob(name);

	return knob == NULL || draft_find(draft, knob) != NULL || cell_field_find(knob)->fallback != NULL;
}

bool draft_read_variable(struct draft *draft, const char *source, const struct yaml *place, const char *name,
                         const struct yaml *value, struct environment *environment)
{
	const char *text;
	char *doubt;

	if (*name == '\0' || strchr(name, '=') != NULL)
		return draft_fail(draft, source, place, "%s cannot be the name of a variable",
		                  draft_quote(draft, name));
	text = draft_scalar(draft, source, value, name, "text; \"\" is the empty text");
	if (text == NULL)
		return false;
	environment_set(environment, name, text);
	if (environment_is_secret(name) && !access_hide_value(draft, source, name, value))
		return false;
	doubt = is_doubtful(draft, name) ? plan_variable_doubt(name) : NULL;
	if (doubt != NULL)
		draft_warn(draft, source, place, "%s", doubt);
	free(doubt);
	return true;
}

bool draft_read_environment(struct draft *draft, const char *source, const struct yaml *map,
                            struct environment *environment)
{
	if (map->kind != YAML_MAP)
		return draft_fail(draft, source, map, "variables are a map, such as {OLLAMA_DEBUG: 1}");
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml *name = map->keys[i];

		if (!draft_read_variable(draft, source, name, name->text, map->items[i], environment))
			return false;
	}
	return true;
}

bool draft_read_profiles(struct draft *draft)
{
	struct plan_memory *memory = draft->plan->memory;
	const struct setting *setting = draft_find(draft, "profile");
	const struct yaml *map;

	if (setting == NULL)
		return true;
	map = setting->node;
	if (map->kind != YAML_MAP)
		return draft_fail(draft, setting->source, map,
		                  "profile is a map of names to maps of variables, such as {debug: {OLLAMA_DEBUG: 1}}");
	if (map->count == 0)
		return draft_fail(draft, setting->source, map, "an empty map makes no cells");
	/* Never grown: cells point into it. */
	memory->profiles = memory_new(map->count, sizeof(*memory->profiles));
	for (size_t i = 0; i < map->count; i++) {
		struct profile *profile = &memory->profiles[memory->profile_count++];

		profile->name = draft_keep(draft, memory_string(map->keys[i]->text));
		if (!draft_read_environment(draft, setting->source, map->items[i], &profile->environment))
			return false;
	}
	for (size_t i = 0; i < draft->plan->server_count; i++) {
		if (draft->plan->servers[i].start == NULL)
			draft_warn(draft, setting->source, map,
			           "profile changes nothing for a server that runs already (%s)",
			           draft->plan->servers[i].url);
	}
	return true;
}

struct json *plan_profiles_json(const struct plan *plan)
{
	const struct plan_memory *memory = plan->memory;
	struct json *json = json_new_object();

	for (size_t i = 0; memory != NULL && i < memory->profile_count; i++)
		json_set(json, memory->profiles[i].name, environment_json(&memory->profiles[i].environment));
	return json;
}
