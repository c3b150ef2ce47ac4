/*
 * What a reader must know before trusting a comparison.
 */
#include <string.h>

#include "compare/parts.h"
#include "core/anchor.h"

static bool has_flag(const struct cell_summary *cell, const char *flag)
{
	for (size_t i = 0; i < cell->flag_count; i++)
		if (text_equal(cell->flags[i], flag))
			return true;
	return false;
}

static void warn_flags(struct compare_result *result, const struct compare_pair *pair, bool of_base)
{
	const struct cell_summary *cell = of_base ? pair->base : pair->now, *other = of_base ? pair->now : pair->base;

	for (size_t i = 0; i < cell->flag_count; i++)
		if (!has_flag(other, cell->flags[i]))
			compare_warn(result, "%s: only in %s: %s", pair->name, of_base ? "BASE" : "NEW",
			             cell->flags[i]);
}

/* The words of a rule of conditions in a cell; NULL: all is well. */
static const char *words_of(const struct cell_summary *cell, const char *rule)
{
	const struct json *flags = json_get(cell->conditions, "flags");

	for (const struct json *flag = json_first(flags); flag != NULL; flag = json_next(flag))
		if (text_equal(json_get_string(flag, "rule"), rule))
			return json_get_string(flag, "words");
	return NULL;
}

/* The cells of one run in which a rule holds, told with the words of the first. */
static void warn_rule(struct compare_result *result, const char *rule, bool of_base)
{
	const char *words = NULL;
	size_t count = 0;

	for (size_t i = 0; i < result->pair_count; i++) {
		const struct cell_summary *cell = of_base ? result->pairs[i].base : result->pairs[i].now;
		const char *found = words_of(cell, rule);

		words = words ? words : found;
		count += found != NULL;
	}
	if (count > 0)
		compare_warn(result, "%s, %zu of %zu cells: %s", of_base ? "BASE" : "NEW", count, result->pair_count,
		             words);
}

static bool told_before(const struct compare_result *result, size_t pair, bool of_base, const char *rule)
{
	for (size_t i = 0; i < pair; i++)
		if (words_of(of_base ? result->pairs[i].base : result->pairs[i].now, rule) != NULL)
			return true;
	return false;
}

static void warn_conditions(struct compare_result *result, bool of_base)
{
	for (size_t i = 0; i < result->pair_count; i++) {
		const struct cell_summary *cell = of_base ? result->pairs[i].base : result->pairs[i].now;
		const struct json *flags = json_get(cell->conditions, "flags");

		for (const struct json *flag = json_first(flags); flag != NULL; flag = json_next(flag)) {
			const char *rule = json_get_string(flag, "rule");

			if (rule != NULL && json_get_string(flag, "words") != NULL &&
			    !told_before(result, i, of_base, rule))
				warn_rule(result, rule, of_base);
		}
	}
}

static void warn_drift(struct compare_result *result, const struct summary *summary, const char *run)
{
	struct anchor_drift drift = anchor_drift_of(summary);
	struct text words = {0};

	anchor_add_flag(&drift, &words);
	if (words.size > 0)
		compare_warn(result, "%s: %s", run, text_string(&words));
	text_release(&words);
}

void compare_check_conditions(struct compare_result *result)
{
	warn_conditions(result, true);
	warn_conditions(result, false);
	warn_drift(result, result->base, "BASE");
	warn_drift(result, result->now, "NEW");
	for (size_t i = 0; i < result->pair_count; i++) {
		warn_flags(result, &result->pairs[i], true);
		warn_flags(result, &result->pairs[i], false);
	}
}
