/* What spoils figures, or would have: checks over all cells, and the cures of what was raised. */
#include <math.h>

#include "core/flag.h"
#include "machine/conditions.h"
#include "report/guide.h"

enum { CHECK_NAMES = 8 };

/*
 * A check looks at flags of cells (flags[]) or at what was noticed of the
 * machine (condition_rules[]), by their names. That of the client looks also at
 * what bounds a cell: of a simulated server there is no flag about it.
 */
enum check_kind { OF_CELL, OF_CLIENT, OF_MACHINE };

static const struct check {
	const char *title;
	enum check_kind kind;
	const char *names[CHECK_NAMES]; /* NULL: no more */
} checks[] = {
    {"Settings as asked",
     OF_CELL,
     {"context-differs", "parallel-differs", "gpu-layers-differ", "flash-attention-differs", "kv-cache-type-differs",
      "not-loaded", "no-such-variable", "not-settable"}},
    {"Whole prompts and answers", OF_CELL, {"prompt-cut", "context-shift", "stream-truncated"}},
    {"No reload while measuring", OF_CELL, {"reload"}},
    {"Steady trials", OF_CELL, {"drift", "outliers", "slow-first-trial", "until-not-reached"}},
    {"llmbench fast enough", OF_CLIENT, {"client-bound", "rate-not-sent"}},
    {"Machine cool", OF_MACHINE, {"warm", "hot", "heated", "throttled"}},
    {"Machine calm", OF_MACHINE, {"other_load", "heavy_other_load", "steal"}},
    {"Full power",
     OF_MACHINE,
     {"on_battery", "power_source_changed", "low_power_mode", "low_power_mode_changed", "governor", "governor_changed",
      "energy_preference", "energy_preference_changed"}},
    {"Memory sufficient",
     OF_MACHINE,
     {"swap_grew", "swapped_in", "memory_stalled", "memory_pressure", "memory_pressure_rose"}},
};
enum { CHECK_COUNT = sizeof(checks) / sizeof(checks[0]) };

static const struct json *condition_flag(const struct point *point, const char *rule)
{
	const struct json *raised = json_get(point->cell->conditions, "flags");

	for (const struct json *flag = json_first(raised); flag != NULL; flag = json_next(flag))
		if (text_equal(json_get_string(flag, "rule"), rule))
			return flag;
	return NULL;
}

static const char *flag_text(const struct point *point, const struct flag *flag)
{
	for (size_t i = 0; i < point->cell->flag_count; i++)
		if (flag_of_text(point->cell->flags[i]) == flag)
			return point->cell->flags[i];
	return NULL;
}

/* Figures of a simulated device do not depend on how the machine fares that simulates it. */
static bool was_checked(const struct point *point, const struct check *check)
{
	if (check->kind == OF_MACHINE)
		return point->cell->conditions != NULL && !point_is_simulated(point);
	return point->cell->sent > 0;
}

static bool is_raised(const struct point *point, const struct check *check)
{
	if (check->kind == OF_CLIENT && point->cell->client.bounds != 0)
		return true;
	for (size_t i = 0; i < CHECK_NAMES && check->names[i] != NULL; i++)
		if (check->kind == OF_MACHINE ? condition_flag(point, check->names[i]) != NULL
		                              : flag_text(point, flag_find(check->names[i])) != NULL)
			return true;
	return false;
}

static void add_result(const struct guide *guide, const struct check *check, struct text *into)
{
	size_t checked = 0, raised = 0;

	for (size_t i = 0; i < guide->points.count; i++) {
		if (!was_checked(&guide->points.items[i], check))
			continue;
		checked++;
		raised += is_raised(&guide->points.items[i], check);
	}
	if (checked == 0)
		text_add(into, "not known");
	else if (raised == 0)
		text_addf(into, "yes, in %zu cell%s", checked, checked == 1 ? "" : "s");
	else
		text_addf(into, STRONG("no") ", in %zu of %zu cell%s", raised, checked, checked == 1 ? "" : "s");
}

static void add_requests(const struct guide *guide, struct text *into)
{
	int64_t sent = 0, failed = 0;
	size_t cells = 0;

	for (size_t i = 0; i < guide->points.count; i++) {
		sent += guide->points.items[i].cell->sent;
		failed += guide->points.items[i].cell->failed;
		cells += guide->points.items[i].cell->status == CELL_FAILED;
	}
	if (failed == 0 && cells == 0)
		text_addf(into, "yes, %lld requests", (long long)sent);
	else
		text_addf(into, STRONG("no") ", %lld of %lld requests and %zu of %zu cells failed", (long long)failed,
		          (long long)sent, cells, guide->points.count);
}

void guide_add_health(const struct guide *guide, struct document *into)
{
	struct table *table;

	text_add(document_heading(into, 3), "Health Monitoring");
	table = document_table(into);
	table_column(table, "Check");
	table_column(table, "Result");
	table_row(table);
	table_cell_text(table, "No errors");
	add_requests(guide, table_cell(table, NAN));
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		table_row(table);
		table_cell_text(table, checks[i].title);
		add_result(guide, &checks[i], table_cell(table, NAN));
	}
}

/* --- Troubleshooting --- */

/* "**partly-on-gpu** (7 cells, the first in these words): " in a new step. */
static struct text *add_trouble(const char *name, size_t count, struct document *into)
{
	struct text *step = document_step(into);

	text_addf(step, STRONG("%s") " (%zu cell%s): ", name, count, count == 1 ? "" : "s, the first in these words");
	return step;
}

/* One step for a flag that was raised: how often, in the first one's words, and its cure. */
static bool add_flag(const struct guide *guide, const struct flag *flag, struct document *into)
{
	const char *words = NULL;
	size_t count = 0;
	struct text *step;

	for (size_t i = 0; i < guide->points.count; i++) {
		const char *text = flag_text(&guide->points.items[i], flag);

		count += text != NULL;
		words = words != NULL ? words : text;
	}
	if (count == 0)
		return false;
	step = add_trouble(flag->name, count, into);
	inline_add(step, words);
	text_add(step, ". Cure: ");
	inline_add_sentence(step, flag->cure);
	return true;
}

static bool add_rule(const struct guide *guide, const struct condition_rule *rule, struct document *into)
{
	const struct json *first = NULL;
	size_t count = 0;
	struct text *step;

	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		const struct json *flag = point_is_simulated(point) ? NULL : condition_flag(point, rule->name);

		count += flag != NULL;
		first = first != NULL ? first : flag;
	}
	if (count == 0)
		return false;
	step = add_trouble(rule->name, count, into);
	inline_add(step, json_get_string(first, "words"));
	text_add(step, ". Cure: ");
	inline_add_sentence(step, rule->cure);
	text_add_char(step, '.');
	return true;
}

void guide_add_troubles(const struct guide *guide, struct document *into)
{
	bool any = false;

	text_add(document_heading(into, 3), "Performance Troubleshooting");
	for (size_t i = 0; i < flag_count; i++)
		any = add_flag(guide, &flags[i], into) || any;
	for (size_t i = 0; i < condition_rule_count; i++)
		any = add_rule(guide, &condition_rules[i], into) || any;
	if (!any)
		text_add(document_paragraph(into), "Nothing was raised that needs a cure.");
}
