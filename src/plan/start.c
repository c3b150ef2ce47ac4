/*
 * Starts of managed servers: every command line is split and filled when the
 * plan is made, so that its mistakes are told before anything is started.
 */
#include "plan/start.h"

#include <stdlib.h>

#include "base/memory.h"
#include "plan/draft.h"
#include "target/target.h"

void start_values_make(const struct cell *cell, int port, struct start_values *values)
{
	static const char *const names[START_NUMBERS] = {"port", "parallel", "context_size", "context_total",
	                                                 "queue_size"};
	const int64_t numbers[START_NUMBERS] = {port, cell->parallel, cell->context_size,
	                                        cell->context_size * cell->parallel, cell->queue_size};

	*values = (struct start_values){0};
	for (size_t i = 0; i < START_NUMBERS; i++) {
		if (numbers[i] != CELL_UNSET)
			values->numbers[i] = text_format("%lld", (long long)numbers[i]);
		values->list[i] = (struct placeholder){names[i], values->numbers[i]};
	}
	values->list[START_NUMBERS] = (struct placeholder){"model", cell_server_model(cell)};
}

void start_values_release(struct start_values *values)
{
	for (size_t i = 0; i < START_NUMBERS; i++)
		free(values->numbers[i]);
	*values = (struct start_values){0};
}

struct environment start_variables(const struct cell *cell)
{
	const struct environment *sources[] = {&cell->server->environment, cell->profile};
	struct environment environment = {0};

	for (size_t s = 0; s < sizeof(sources) / sizeof(sources[0]); s++)
		for (size_t i = 0; sources[s] != NULL && i < sources[s]->count; i++)
			environment_set(&environment, sources[s]->variables[i].name, sources[s]->variables[i].value);
	return environment;
}

/* Where a server's key stands: in --set, in the file, or, when it has none there, the server itself. */
static const struct yaml *place_of(const struct draft *draft, const struct server_settings *server, const char *key,
                                   const char **source)
{
	const struct setting *setting = draft_find(draft, "server");
	const struct yaml *map = setting != NULL ? setting->node : NULL;

	for (size_t i = draft->server_setting_count; i > 0; i--) {
		if (text_equal(draft->server_settings[i - 1].key, key)) {
			*source = draft->server_settings[i - 1].source;
			return NULL;
		}
	}
	*source = setting != NULL ? setting->source : draft->source;
	if (map != NULL && map->kind == YAML_LIST)
		map = map->items[server - draft->plan->servers];
	return yaml_get(map, key) != NULL ? yaml_get(map, key) : map;
}

/* Told in the words of base/command_line.h. */
static bool refuse(struct draft *draft, const struct cell *cell, const char *key, struct failure *why)
{
	const char *source;
	const struct yaml *node = place_of(draft, cell->server, key, &source);

	draft_fail(draft, source, node, "%s: %s", key, why->message);
	failure_release(why);
	return false;
}

static bool check_line(struct draft *draft, const struct cell *cell, const struct start_values *values)
{
	struct failure why = {0};
	struct text filled = {0};
	size_t count;
	char **arguments = command_line_split(cell->server->start, &count, &why);

	for (size_t i = 0; arguments != NULL && i < count && !failure_is_set(&why); i++)
		command_line_fill(arguments[i], values->list, &filled, &why);
	text_release(&filled);
	command_line_free(arguments);
	return !failure_is_set(&why) || refuse(draft, cell, "start", &why);
}

static bool check_variables(struct draft *draft, const struct cell *cell, const struct start_values *values)
{
	struct environment environment = start_variables(cell);
	struct failure why = {0};
	struct text filled = {0};

	for (size_t i = 0; i < environment.count && !failure_is_set(&why); i++)
		command_line_fill(environment.variables[i].value, values->list, &filled, &why);
	text_release(&filled);
	environment_release(&environment);
	return !failure_is_set(&why) || refuse(draft, cell, "env", &why);
}

/* By the adapter's variables: some servers learn their port from them. */
static bool adapter_tells_port(const struct cell *cell)
{
	const struct target *target = cell->server->adapter != NULL ? target_find(cell->server->adapter) : NULL;
	struct environment one = {0}, other = {0};
	bool told = false;

	if (target == NULL)
		return false;
	target->environment(cell, 1, &one);
	target->environment(cell, 2, &other);
	for (size_t i = 0; i < one.count && !told; i++)
		told = !text_equal(one.variables[i].value, environment_get(&other, one.variables[i].name));
	environment_release(&one);
	environment_release(&other);
	return told;
}

static bool check_port(struct draft *draft, const struct cell *cell)
{
	const char *source;
	const struct yaml *node = place_of(draft, cell->server, "start", &source);

	if (cell_start_mentions(cell, "port") || adapter_tells_port(cell))
		return true;
	return draft_fail(draft, source, node,
	                  "start has no {port}, so this server would not know where to listen; write it where the "
	                  "port belongs, such as --port {port}");
}

static const struct axis *find_axis(const struct draft *draft, const char *name)
{
	for (size_t i = 0; i < draft->axis_count; i++)
		if (text_equal(draft->axes[i].name, name))
			return &draft->axes[i];
	return NULL;
}

/* A name in `models` that is no model of the matrix does nothing, so it is told. */
static void check_models(struct draft *draft, const struct server_settings *server)
{
	const struct axis *axis = find_axis(draft, "model");
	const char *source;
	const struct yaml *node = place_of(draft, server, "models", &source);

	for (size_t i = 0; axis != NULL && i < server->models.count; i++) {
		const char *name = server->models.variables[i].name;
		struct text_guess guess = {.word = name};
		bool found = false;

		for (size_t v = 0; v < axis->count && !found; v++) {
			found = text_equal(axis->values[v], name);
			text_guess_offer(&guess, axis->values[v], axis->values[v]);
		}
		if (!found)
			draft_warn(draft, source, node, "models: %s is no model of the matrix%s%s%s",
			           draft_quote(draft, name), guess.nearest ? " (did you mean \"" : "",
			           guess.nearest ? guess.nearest : "", guess.nearest ? "\"?)" : "");
	}
}

bool draft_check_starts(struct draft *draft)
{
	const struct plan *plan = draft->plan;
	bool good = true;

	for (size_t i = 0; i < plan->server_count; i++)
		check_models(draft, &plan->servers[i]);
	for (size_t i = 0; i < plan->cell_count && good; i++) {
		const struct cell *cell = &plan->cells[i];
		struct start_values values;

		if (cell->server->start == NULL)
			continue;
		start_values_make(cell, 1, &values);
		good = check_line(draft, cell, &values) && check_variables(draft, cell, &values) &&
		       check_port(draft, cell);
		start_values_release(&values);
	}
	return good;
}
