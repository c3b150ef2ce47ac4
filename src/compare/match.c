/*
 * Which cell of one run is which of the other.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "compare/parts.h"

static enum compare_part part_of(const char *knob)
{
	const struct cell_field *field = cell_field_find(knob);

	if (text_equal(knob, "model"))
		return COMPARE_MODEL;
	if (text_equal(knob, "server"))
		return COMPARE_SERVER;
	return field != NULL && field->part == CELL_PART_PROMPT ? COMPARE_PROMPT : COMPARE_SETTINGS;
}

/* A knob of a newer llmbench counts. */
static bool counts(const char *knob)
{
	const struct cell_field *field = cell_field_find(knob);

	return field == NULL || field->part != CELL_PART_MEASURING;
}

void compare_add_value(const struct json *value, struct text *into)
{
	if (value == NULL)
		text_add(into, "unset");
	else if (json_as_string(value) != NULL)
		text_add(into, json_as_string(value));
	else
		json_add_to(into, value);
}

/* The knob is of either run: one of them may not know it. */
static void add_value(const struct cell_summary *cell, const char *knob, struct text *into)
{
	compare_add_value(json_get(cell->settings, knob), into);
}

static bool same_value(const struct cell_summary *a, const struct cell_summary *b, const char *knob)
{
	struct text left = {0}, right = {0};
	bool same;

	add_value(a, knob, &left);
	add_value(b, knob, &right);
	same = text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return same;
}

static bool is_constant(const struct summary *summary, const char *knob)
{
	for (size_t i = 1; i < summary->cell_count; i++)
		if (!same_value(&summary->cells[0], &summary->cells[i], knob))
			return false;
	return true;
}

/* The knobs of both runs, in the order of their settings; borrowed. */
struct knobs {
	const char **names;
	size_t count;
};

static void add_knobs(const struct summary *summary, struct knobs *knobs)
{
	const struct json *settings = summary->cell_count > 0 ? summary->cells[0].settings : NULL;

	knobs->names = memory_resize(knobs->names, knobs->count + json_count(settings) + 1, sizeof(*knobs->names));
	for (const struct json *knob = json_first(settings); knob != NULL; knob = json_next(knob)) {
		bool known = !counts(json_key(knob));

		for (size_t i = 0; i < knobs->count && !known; i++)
			known = text_equal(knobs->names[i], json_key(knob));
		if (!known)
			knobs->names[knobs->count++] = json_key(knob);
	}
}

/*
 * Leaves the knobs that cells are matched by. One that has another value in
 * each run, but one only, is a difference; and where that is allowed, cells are
 * matched without it.
 */
static void tell_constants(struct compare_result *result, struct knobs *knobs)
{
	size_t kept = 0;

	for (size_t i = 0; i < knobs->count; i++) {
		const char *knob = knobs->names[i];
		enum compare_part part = part_of(knob);
		bool constant = is_constant(result->base, knob) && is_constant(result->now, knob);
		struct text base = {0}, now = {0};

		if (constant) {
			add_value(&result->base->cells[0], knob, &base);
			add_value(&result->now->cells[0], knob, &now);
			compare_add_difference(result, part, knob, text_string(&base), text_string(&now));
		}
		if (!constant || !result->options.allowed[part])
			knobs->names[kept++] = knob;
		text_release(&base);
		text_release(&now);
	}
	knobs->count = kept;
}

/* All values of the knobs, as JSON: no two keys are equal by accident. */
static char *key_of(const struct cell_summary *cell, const struct knobs *knobs)
{
	struct json *list = json_new_list();
	struct text key = {0};

	for (size_t i = 0; i < knobs->count; i++) {
		const struct json *value = json_get(cell->settings, knobs->names[i]);

		json_append(list, value ? json_copy(value) : NULL);
	}
	json_add_to(&key, list);
	json_free(list);
	return text_take(&key);
}

static char **keys_of(const struct summary *summary, const struct knobs *knobs)
{
	char **keys = memory_new(summary->cell_count, sizeof(*keys));

	for (size_t i = 0; i < summary->cell_count; i++)
		keys[i] = key_of(&summary->cells[i], knobs);
	return keys;
}

static struct knobs varying_of(const struct summary *summary, const struct knobs *knobs)
{
	struct knobs varying = {memory_new(knobs->count, sizeof(*varying.names)), 0};

	for (size_t i = 0; i < knobs->count; i++)
		if (!is_constant(summary, knobs->names[i]))
			varying.names[varying.count++] = knobs->names[i];
	return varying;
}

/* "mistral, parallel 4": the knobs that vary in its run; the model where none does. */
static char *name_of(const struct cell_summary *cell, const struct knobs *varying)
{
	struct text name = {0};

	for (size_t i = 0; i < varying->count; i++) {
		const char *knob = varying->names[i];

		text_add(&name, name.size > 0 ? ", " : "");
		if (!text_equal(knob, "model") && !text_equal(knob, "server"))
			text_addf(&name, "%s ", knob);
		add_value(cell, knob, &name);
	}
	if (name.size == 0)
		add_value(cell, "model", &name);
	return text_take(&name);
}

static void add_pair(struct compare_result *result, const struct cell_summary *base, const struct cell_summary *now,
                     char *name)
{
	struct compare_pair *pair;

	result->pairs = memory_resize(result->pairs, result->pair_count + 1, sizeof(*result->pairs));
	pair = &result->pairs[result->pair_count++];
	*pair = (struct compare_pair){.base = base, .now = now, .name = name};
	if (base->status != CELL_DONE)
		return;
	/* For want of time it is not known what it would have come to. */
	pair->unfinished =
	    now->status == CELL_UNFINISHED || (now->status == CELL_SKIPPED && now->cause == CAUSE_BUDGET);
	pair->failed = !pair->unfinished && now->status != CELL_DONE;
	pair->more_errors = now->status == CELL_DONE && base->errors != JSON_UNKNOWN && now->errors > base->errors;
}

static void add_lonely(struct compare_result *result, const struct cell_summary *cell, char *name, bool of_base)
{
	result->lonely = memory_resize(result->lonely, result->lonely_count + 1, sizeof(*result->lonely));
	result->lonely[result->lonely_count++] = (struct compare_lonely){cell, name, of_base};
}

/* A cell has one partner: where two are alike but for what does not count, the first is paired with the first. */
static void pair_up(struct compare_result *result, char **base_keys, char **now_keys, const struct knobs *knobs)
{
	const struct summary *base = result->base, *now = result->now;
	struct knobs base_varying = varying_of(base, knobs), now_varying = varying_of(now, knobs);
	bool *taken = memory_new(now->cell_count, sizeof(*taken));

	for (size_t i = 0; i < base->cell_count; i++) {
		char *name = name_of(&base->cells[i], &base_varying);
		size_t j = 0;

		while (j < now->cell_count && (taken[j] || !text_equal(base_keys[i], now_keys[j])))
			j++;
		if (j < now->cell_count) {
			taken[j] = true;
			add_pair(result, &base->cells[i], &now->cells[j], name);
		} else {
			add_lonely(result, &base->cells[i], name, true);
		}
	}
	for (size_t j = 0; j < now->cell_count; j++)
		if (!taken[j])
			add_lonely(result, &now->cells[j], name_of(&now->cells[j], &now_varying), false);
	free(taken);
	free(base_varying.names);
	free(now_varying.names);
}

static void free_keys(char **keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(keys[i]);
	free(keys);
}

void compare_match(struct compare_result *result)
{
	struct knobs knobs = {0};
	char **base_keys, **now_keys;

	add_knobs(result->base, &knobs);
	add_knobs(result->now, &knobs);
	if (result->base->cell_count > 0 && result->now->cell_count > 0)
		tell_constants(result, &knobs);
	base_keys = keys_of(result->base, &knobs);
	now_keys = keys_of(result->now, &knobs);
	pair_up(result, base_keys, now_keys, &knobs);
	free_keys(base_keys, result->base->cell_count);
	free_keys(now_keys, result->now->cell_count);
	free(knobs.names);
}
