/* The values of each knob, checked against its row of cell_fields[]. */
#include <stdlib.h>

#include "base/memory.h"
#include "plan/draft.h"

const char *draft_canonical(struct draft *draft, const char *source, const struct yaml *node,
                            const struct cell_field *field, const char *value)
{
	struct text problem = {0}, canonical = {0};
	struct cell scratch;
	bool good;

	cell_reset(&scratch);
	good = cell_field_read(field, &scratch, value, &problem);
	if (good)
		cell_field_add_value(field, &scratch, &canonical);
	else
		draft_fail(draft, source, node, "%s cannot be %s; it is %s", field->name, draft_quote(draft, value),
		           text_string(&problem));
	text_release(&problem);
	if (good)
		return draft_keep(draft, text_take(&canonical));
	text_release(&canonical);
	return NULL;
}

/* A map of scalars as it would stand on one line, kept: "{ttft_ms: 500, tpot_ms: 50}". */
static const char *inline_map(struct draft *draft, const struct yaml *map)
{
	struct text text = {0};

	for (size_t i = 0; i < map->count; i++)
		text_addf(&text, "%s%s: %s", i == 0 ? "{" : ", ", map->keys[i]->text,
		          map->items[i]->text ? map->items[i]->text : "");
	text_add(&text, map->count > 0 ? "}" : "{}");
	return draft_keep(draft, text_take(&text));
}

static bool is_map(const struct cell_field *field)
{
	return field->type == CELL_LIMITS || field->type == CELL_LENGTHS;
}

/* So that comparing all values of a list with each other takes no time that anyone notices. */
#define VALUE_LIMIT 10000

static bool add_value(struct draft *draft, const struct setting *setting, const struct yaml *node, struct axis *axis)
{
	struct text allowed = {0};
	const char *value, *canonical;

	cell_field_add_allowed(axis->field, &allowed);
	if (is_map(axis->field) && node->kind == YAML_MAP)
		value = inline_map(draft, node);
	else
		value = draft_scalar(draft, setting->source, node, axis->name, text_string(&allowed));
	text_release(&allowed);
	if (value == NULL)
		return false;
	canonical = draft_canonical(draft, setting->source, node, axis->field, value);
	if (canonical == NULL)
		return false;
	/* Two equal cells would have one name and overwrite each other's results. */
	for (size_t i = 0; i < axis->count; i++) {
		if (text_equal(axis->values[i], canonical))
			return draft_fail(draft, setting->source, node, "%s has %s twice", axis->name,
			                  draft_quote(draft, canonical));
	}
	axis->values[axis->count++] = canonical;
	return true;
}

static bool read_knob(struct draft *draft, const struct setting *setting, struct axis *axis)
{
	const struct yaml *node = setting->node;

	if (node->kind != YAML_LIST) {
		axis->values = memory_new(1, sizeof(*axis->values));
		return add_value(draft, setting, node, axis);
	}
	if (node->count == 0)
		return draft_fail(draft, setting->source, node, "an empty list makes no cells");
	if (node->count > VALUE_LIMIT)
		return draft_fail(draft, setting->source, node, "more than %d values", VALUE_LIMIT);
	axis->values = memory_new(node->count, sizeof(*axis->values));
	for (size_t i = 0; i < node->count; i++) {
		if (!add_value(draft, setting, node->items[i], axis))
			return false;
	}
	return true;
}

const struct axis *draft_axis(const struct draft *draft, const char *knob)
{
	for (size_t i = 0; i < draft->axis_count; i++)
		if (text_equal(draft->axes[i].name, knob))
			return &draft->axes[i];
	return NULL;
}

static void add_plan_axis(struct plan *plan, const struct axis *axis)
{
	if (axis->count > 1)
		plan->axes[plan->axis_count++] = axis->name;
}

bool draft_read_axes(struct draft *draft)
{
	struct plan *plan = draft->plan;

	draft->axes = memory_new(draft->setting_count, sizeof(*draft->axes));
	plan->axes = memory_new(draft->setting_count, sizeof(*plan->axes));
	for (size_t i = 0; i < draft->setting_count; i++) {
		const struct setting *setting = &draft->settings[i];
		struct axis *axis = &draft->axes[draft->axis_count];

		*axis = (struct axis){.field = setting->field};
		if (setting->field != NULL)
			axis->name = setting->field->name;
		else if (text_equal(setting->key, "server"))
			*axis = (struct axis){.name = "server", .count = plan->server_count};
		else if (text_equal(setting->key, "profile"))
			*axis = (struct axis){.name = "profile", .count = plan->memory->profile_count};
		else
			continue;
		draft->axis_count++;
		if (setting->field != NULL && !read_knob(draft, setting, axis))
			return false;
		add_plan_axis(plan, axis);
	}
	if (draft_find(draft, "model") == NULL)
		return draft_fail(draft, draft->source, NULL,
		                  "no model; name one or more, such as \"model: llama3.2\"");
	return true;
}
