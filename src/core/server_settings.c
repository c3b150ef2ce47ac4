#include "core/server_settings.h"

#include <stdlib.h>
#include <string.h>

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
	environment_release(&settings->environment);
	environment_release(&settings->models);
	*settings = (struct server_settings){0};
}
