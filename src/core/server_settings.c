#include "core/server_settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

static struct variable *find(const struct environment *environment, const char *name)
{
	for (size_t i = 0; i < environment->count; i++)
		if (strcmp(environment->variables[i].name, name) == 0)
			return &environment->variables[i];
	return NULL;
}

void environment_set(struct environment *environment, const char *name, const char *value)
{
	struct variable *variable = find(environment, name);
	char *copy = memory_string(value); /* before the old one goes: it may be the same */

	if (variable != NULL) {
		free(variable->value);
		variable->value = copy;
		return;
	}
	environment->variables =
	    memory_resize(environment->variables, environment->count + 1, sizeof(*environment->variables));
	environment->variables[environment->count++] = (struct variable){memory_string(name), copy};
}

const char *environment_get(const struct environment *environment, const char *name)
{
	const struct variable *variable = find(environment, name);

	return variable != NULL ? variable->value : NULL;
}

void environment_release(struct environment *environment)
{
	for (size_t i = 0; i < environment->count; i++) {
		free(environment->variables[i].name);
		free(environment->variables[i].value);
	}
	free(environment->variables);
	*environment = (struct environment){0};
}

void server_settings_release(struct server_settings *settings)
{
	free(settings->name);
	free(settings->adapter);
	free(settings->kind);
	free(settings->url);
	free(settings->start);
	free(settings->api_key_env);
	free(settings->api_key);
	free(settings->ca_file);
	environment_release(&settings->environment);
	environment_release(&settings->models);
	*settings = (struct server_settings){0};
}

struct access server_access(const struct server_settings *settings, const char *base_url)
{
	return (struct access){base_url, settings->api_key, settings->ca_file};
}

bool environment_is_secret(const char *name)
{
	static const char *const parts[] = {"KEY", "TOKEN", "SECRET", "PASSWORD", "AUTH", "CREDENTIAL"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (const char *at = name; *at != '\0'; at++)
			if (strncasecmp(at, parts[i], strlen(parts[i])) == 0)
				return true;
	return false;
}

struct json *environment_json(const struct environment *environment)
{
	struct json *json = json_new_object();

	for (size_t i = 0; i < environment->count; i++)
		json_set_string(json, environment->variables[i].name,
		                environment_is_secret(environment->variables[i].name)
		                    ? "(hidden)"
		                    : environment->variables[i].value);
	return json;
}
