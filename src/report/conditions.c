/*
 * What the conditions of the machine do to the whole report, told once: the
 * cells of a run mostly have the same ones. Reads the JSON of
 * cell_conditions_json().
 */
#include "machine/conditions.h"

#include "report/sections.h"

static const struct json *flag_of(const struct cell_summary *cell, const char *rule)
{
	const struct json *flags = json_get(cell->conditions, "flags");

	for (const struct json *flag = json_first(flags); flag != NULL; flag = json_next(flag))
		if (text_equal(json_get_string(flag, "rule"), rule))
			return flag;
	return NULL;
}

/* One line for a rule that fired in some cells, in the words of the first of them. */
static bool add_rule(const struct summary *summary, const char *rule, size_t told, struct document *into)
{
	const struct json *first = NULL;
	struct text *item;
	size_t count = 0;

	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct json *flag = flag_of(&summary->cells[i], rule);

		count += flag != NULL;
		if (first == NULL)
			first = flag;
	}
	if (first == NULL)
		return false;
	item = document_item(into);
	text_add(item, STRONG("Conditions") ": ");
	inline_add(item, json_get_string(first, "words"));
	text_addf(item, " (%zu of %zu cells%s): ", count, told, count > 1 ? ", the first in these words" : "");
	inline_add_sentence(item, json_get_string(first, "cure"));
	text_add_char(item, '.');
	return true;
}

static bool is_told(const struct summary *summary, const char *part, const char *key)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		if (json_get(json_get(summary->cells[i].conditions, part), key) != NULL)
			return true;
	return false;
}

/* What is not known has raised no flag, but may still be bad. */
static void add_unknown(const struct summary *summary, struct document *into)
{
	static const struct {
		const char *part, *key, *name;
	} conditions[] = {
	    {"start", "power_source", "power source"},
	    {"start", "thermal_state", "thermal state"},
	    {"during", "other_cpu_pct", "load of other programs"},
	    {"start", "swap_used_bytes", "swap"},
	};
	struct text *item = NULL;

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		if (is_told(summary, conditions[i].part, conditions[i].key))
			continue;
		if (item != NULL)
			text_add(item, ", ");
		else
			text_add(item = document_item(into), "Conditions that are not known: ");
		text_add(item, conditions[i].name);
	}
	if (item != NULL)
		text_add_char(item, '.');
}

/* A cell that was looked at only in its beginning may have been hot later. */
static void add_given_up(const struct summary *summary, struct document *into)
{
	size_t count = 0;

	for (size_t i = 0; i < summary->cell_count; i++)
		count += json_get_bool(json_get(summary->cells[i].conditions, "worst"), "gave_up", false);
	if (count > 0)
		text_addf(document_item(into),
		          "Conditions within %zu cell%s were not watched to the end: two looks took over 20 ms.", count,
		          count == 1 ? "" : "s");
}

void report_add_conditions(const struct summary *summary, struct document *into)
{
	size_t told = 0;
	bool any = false;

	for (size_t i = 0; i < summary->cell_count; i++)
		told += summary->cells[i].conditions != NULL;
	if (told == 0)
		return;
	for (size_t i = 0; i < condition_rule_count; i++)
		any = add_rule(summary, condition_rules[i].name, told, into) || any;
	if (!any)
		text_add(document_item(into), "Conditions: nothing that spoils figures was seen on this machine.");
	add_given_up(summary, into);
	add_unknown(summary, into);
}
