/* Which cells stay: `except` and --only. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/draft.h"

/* A knob, server or profile with the values that it may have, as cell_field_add_value writes them. */
struct condition {
	const char *name;
	const struct cell_field *field; /* NULL: server or profile, by name */
	const char **values;
	size_t count;
};

static const char *const others[] = {"server", "profile", NULL};

static void release(struct condition *conditions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(conditions[i].values);
	free(conditions);
}

static void add_value_of(const struct condition *condition, const struct cell *cell, struct text *text)
{
	if (condition->field != NULL)
		cell_field_add_value(condition->field, cell, text);
	else if (text_equal(condition->name, "server"))
		text_add(text, cell->server->name);
	else if (cell->profile_name != NULL)
		text_add(text, cell->profile_name);
}

static bool holds(const struct condition *condition, const struct cell *cell)
{
	struct text value = {0};
	bool found = false;

	add_value_of(condition, cell, &value);
	for (size_t i = 0; i < condition->count && !found; i++)
		found = text_equal(text_string(&value), condition->values[i]);
	text_release(&value);
	return found;
}

static bool all_hold(const struct condition *conditions, size_t count, const struct cell *cell)
{
	for (size_t i = 0; i < count; i++) {
		if (!holds(&conditions[i], cell))
			return false;
	}
	return true;
}

static bool read_name(struct draft *draft, const char *source, const struct yaml *node, const char *word,
                      struct condition *condition)
{
	condition->field = NULL;
	condition->name = text_equal(word, "server") ? "server" : text_equal(word, "profile") ? "profile" : NULL;
	if (condition->name != NULL)
		return true;
	condition->field = draft_find_knob(draft, source, node, word, others);
	if (condition->field == NULL)
		return false;
	condition->name = condition->field->name;
	return true;
}

static bool add_value(struct draft *draft, const char *source, const struct yaml *node, const char *value,
                      struct condition *condition)
{
	const char *kept = condition->field != NULL ? draft_canonical(draft, source, node, condition->field, value)
	                                            : draft_keep(draft, memory_string(value));

	if (kept == NULL)
		return false;
	condition->values = memory_resize(condition->values, condition->count + 1, sizeof(*condition->values));
	condition->values[condition->count++] = kept;
	return true;
}

static bool read_values(struct draft *draft, const char *source, const struct yaml *node, struct condition *condition)
{
	size_t count = node->kind == YAML_LIST ? node->count : 1;

	if (count == 0)
		return draft_fail(draft, source, node, "an empty list matches nothing");
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = node->kind == YAML_LIST ? node->items[i] : node;
		const char *value = draft_scalar(draft, source, item, condition->name, "a value or a list of values");

		if (value == NULL || !add_value(draft, source, item, value, condition))
			return false;
	}
	return true;
}

/* Marks the cells that match all pairs of one map of `except`. */
static bool mark_excepted(struct draft *draft, const char *source, const struct yaml *map, bool *excepted)
{
	struct plan *plan = draft->plan;
	struct condition *conditions;
	bool good = true, matched = false;

	if (map->kind != YAML_MAP || map->count == 0)
		return draft_fail(draft, source, map,
		                  "except is a list of maps, such as [{model: mistral, parallel: 64}]");
	conditions = memory_new(map->count, sizeof(*conditions));
	for (size_t i = 0; good && i < map->count; i++)
		good = read_name(draft, source, map->keys[i], map->keys[i]->text, &conditions[i]) &&
		       read_values(draft, source, map->items[i], &conditions[i]);
	for (size_t i = 0; good && i < plan->cell_count; i++) {
		if (all_hold(conditions, map->count, &plan->cells[i]))
			excepted[i] = matched = true;
	}
	release(conditions, map->count);
	if (good && !matched)
		draft_warn(draft, source, map, "except matches no cell");
	return good;
}

/* Removes the cells that are marked and numbers the others anew. */
static void remove_cells(struct plan *plan, const bool *marked)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->cell_count; i++) {
		if (marked[i])
			continue;
		plan->cells[kept] = plan->cells[i];
		plan->cells[kept].index = kept;
		kept++;
	}
	plan->cell_count = kept;
}

bool draft_except_cells(struct draft *draft)
{
	const struct setting *setting = draft_find(draft, "except");
	struct plan *plan = draft->plan;
	const struct yaml *node;
	bool *excepted, good = true;
	size_t count;

	if (setting == NULL)
		return true;
	node = setting->node;
	count = node->kind == YAML_LIST ? node->count : 1;
	excepted = memory_new(plan->cell_count, sizeof(*excepted));
	for (size_t i = 0; good && i < count; i++)
		good = mark_excepted(draft, setting->source, node->kind == YAML_LIST ? node->items[i] : node, excepted);
	if (good)
		remove_cells(plan, excepted);
	free(excepted);
	if (good && plan->cell_count == 0)
		return draft_fail(draft, setting->source, node, "no cell is left: except takes them all");
	return good;
}

/* The values that cells have, as a list for a message; cut when it is long. The caller frees it. */
static char *values_of_cells(const struct plan *plan, const struct condition *condition)
{
	struct text text = {0}, value = {0};
	struct condition seen = {.name = condition->name, .field = condition->field};
	char **values = memory_new(plan->cell_count, sizeof(*values));

	seen.values = (const char **)values;
	for (size_t i = 0; i < plan->cell_count && text.size < 200; i++) {
		if (holds(&seen, &plan->cells[i]))
			continue;
		text_clear(&value);
		add_value_of(condition, &plan->cells[i], &value);
		values[seen.count++] = memory_string(text_string(&value));
		text_add(&text, seen.count > 1 ? ", " : "");
		text_add_masked(&text, text_string(&value), value.size);
	}
	for (size_t i = 0; i < seen.count; i++)
		free(values[i]);
	free(values);
	text_release(&value);
	return text_take(&text);
}

/* One --only: joins the condition of its knob, or adds one. */
static bool read_only(struct draft *draft, const char *option, const char *source, struct condition *conditions,
                      size_t *count)
{
	const char *equals = strchr(option, '=');
	struct condition condition = {0};
	const char *word;

	if (equals == NULL || equals == option)
		return draft_fail(draft, source, NULL, "this is not KEY=VALUE");
	word = draft_keep(draft, memory_copy(option, (size_t)(equals - option)));
	if (!read_name(draft, source, NULL, word, &condition))
		return false;
	for (size_t i = 0; i < *count; i++) {
		if (text_equal(conditions[i].name, condition.name))
			return add_value(draft, source, NULL, equals + 1, &conditions[i]);
	}
	conditions[*count] = condition;
	return add_value(draft, source, NULL, equals + 1, &conditions[(*count)++]);
}

static bool any_holds(const struct plan *plan, const struct condition *condition)
{
	for (size_t i = 0; i < plan->cell_count; i++) {
		if (holds(condition, &plan->cells[i]))
			return true;
	}
	return false;
}

/* Tells values that no cell has: a failure when they leave nothing, else a warning. */
static bool check_only(struct draft *draft, const struct condition *condition)
{
	for (size_t i = 0; i < condition->count; i++) {
		struct condition one = {condition->name, condition->field, &condition->values[i], 1};
		const char *value = draft_quote(draft, one.values[0]), *there;

		if (any_holds(draft->plan, &one))
			continue;
		there = draft_keep(draft, values_of_cells(draft->plan, condition));
		if (*there == '\0')
			there = "none";
		if (!any_holds(draft->plan, condition))
			return failure_set(draft->failure, STATUS_USER_MISTAKE,
			                   "no cell is left: none has %s %s; there is %s", one.name, value, there);
		draft_warn(draft, "--only", NULL, "no cell has %s %s; there is %s", one.name, value, there);
	}
	return true;
}

static void keep_matching(struct plan *plan, const struct condition *conditions, size_t count)
{
	bool *marked = memory_new(plan->cell_count, sizeof(*marked));

	for (size_t i = 0; i < plan->cell_count; i++)
		marked[i] = !all_hold(conditions, count, &plan->cells[i]);
	remove_cells(plan, marked);
	free(marked);
}

bool draft_keep_only(struct draft *draft, const struct plan_options *options)
{
	size_t count = 0, before = draft->plan->cell_count;
	struct condition *conditions;
	bool good = true;

	if (options == NULL || options->only_count == 0)
		return true;
	conditions = memory_new(options->only_count, sizeof(*conditions));
	for (size_t i = 0; good && i < options->only_count; i++) {
		struct text source = {0};

		text_add(&source, "--only ");
		text_add_masked(&source, options->only[i], strlen(options->only[i]));
		good = read_only(draft, options->only[i], draft_keep(draft, text_take(&source)), conditions, &count);
	}
	for (size_t i = 0; good && i < count; i++)
		good = check_only(draft, &conditions[i]);
	if (good)
		keep_matching(draft->plan, conditions, count);
	draft->plan->narrowed = draft->plan->cell_count < before;
	release(conditions, count);
	if (good && draft->plan->cell_count == 0)
		return failure_set(draft->failure, STATUS_USER_MISTAKE, "no cell is left: none matches every --only");
	return good;
}
