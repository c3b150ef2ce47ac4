/* Each profile: its variables, those that do nothing, and what was measured under it. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"
#include "core/figure.h"
#include "plan/plan.h"
#include "report/cells.h"
#include "report/figure.h"
#include "report/guide.h"
#include "report/models.h"

static const char *profile_of(const struct point *point)
{
	return json_get_string(point->cell->settings, "profile");
}

static bool has_profile(const struct point *point, const char *profile)
{
	return text_equal(profile_of(point), profile);
}

/* --- Its variables --- */

/* Text of a block of code, in which a line ends a line: so names and values are masked before. */
static void add_variables(const struct json *variables, const char *profile, struct document *into)
{
	struct text *code = document_code_in(into, "yaml");

	text_add(code, "# ");
	inline_add(code, profile);
	text_add_char(code, '\n');
	for (const struct json *variable = json_first(variables); variable != NULL; variable = json_next(variable)) {
		inline_add(code, json_key(variable));
		text_add_char(code, '=');
		inline_add(code, json_as_string(variable));
		text_add_char(code, '\n');
	}
}

static bool is_of_ollama(const struct point *point)
{
	const struct server_facts *server = models_server(point->summary, point->cell);

	return server != NULL && text_equal(server->adapter, "ollama");
}

/* What is overridden by a knob was not compared, whatever the profile says. */
static void add_overridden(const struct point *point, const char *variable, const char *knob, struct document *into)
{
	char *value = point_field(point, knob);

	if (*value != '\0') {
		struct text *item = document_item(into);

		text_addf(item, STRONG("Overridden") ": %s by the knob %s, which is ", variable, knob);
		inline_add(item, value);
		text_add_char(item, '.');
	}
	free(value);
}

static void add_doubt(const char *variable, struct document *into)
{
	char *doubt = plan_variable_doubt(variable);

	if (doubt != NULL) {
		struct text *item = document_item(into);

		text_add(item,
		         plan_variable_is_imaginary(variable) ? STRONG("Does nothing") ": " : STRONG("Doubtful") ": ");
		inline_add(item, doubt);
		text_add_char(item, '.');
	}
	free(doubt);
}

static void add_doubts(const struct point *point, const struct json *variables, struct document *into)
{
	for (const struct json *variable = json_first(variables); variable != NULL; variable = json_next(variable)) {
		const char *knob = plan_variable_knob(json_key(variable));

		if (knob != NULL)
			add_overridden(point, json_key(variable), knob, into);
		else
			add_doubt(json_key(variable), into);
	}
}

/* --- What was measured under it --- */

/*
 * The profile that is faster than each other one of its group, with 95 % confidence and by more than runs of the same
 * thing differ, and under which no request failed; NULL: there is none.
 */
static const char *winner_of(const struct guide *guide, const char *const *groups, size_t place)
{
	const struct points *points = &guide->points;

	for (size_t i = 0; i < points->count; i++) {
		bool wins = text_equal(groups[i], groups[place]);
		size_t others = 0;

		for (size_t j = 0; wins && j < points->count; j++) {
			struct comparison change;

			if (i == j || !text_equal(groups[j], groups[i]))
				continue;
			change = guide_compare(&points->items[j], &points->items[i]);
			others++;
			wins = points->items[j].cell->status == CELL_FAILED ||
			       (change.interval.low > 0 && change.change_pct >= COMPARISON_SMALL_PCT);
		}
		if (wins && others > 0 && points->items[i].cell->status == CELL_DONE &&
		    points->items[i].cell->failed == 0)
			return profile_of(&points->items[i]);
	}
	return NULL;
}

/* Models and machines on which it is the fastest profile. */
static void add_best_for(const struct guide *guide, const char *const *groups, const char *profile,
                         struct document *into)
{
	struct text *item = document_item(into);
	bool any = false;

	text_add(item, STRONG("Best For") ": ");
	if (!points_vary(&guide->points, "profile")) {
		text_add(item, "no other profile was measured.");
		return;
	}
	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		struct text machine = {0};

		if (!has_profile(point, profile) || !text_equal(winner_of(guide, groups, i), profile))
			continue;
		point_add_machine(point, &machine);
		text_add(item, any ? "; " : "");
		inline_add(item, cells_model(point->cell));
		text_add(item, " on ");
		inline_add(item, text_string(&machine));
		text_release(&machine);
		any = true;
	}
	text_add(item,
	         any ? ": faster there than each other profile, with 95 % confidence."
	             : "nothing in particular: nowhere is it faster than each other profile with 95 % confidence.");
}

static void add_memory(const struct guide *guide, const char *profile, struct document *into)
{
	const struct point *fullest = NULL;
	struct text *item = document_item(into);
	double most = NAN;

	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		const struct memory_summary *memory = &point->cell->memory;

		if (!has_profile(point, profile) || memory->system_peak_bytes == JSON_UNKNOWN ||
		    memory->total_bytes == JSON_UNKNOWN || memory->total_bytes <= 0)
			continue;
		if (most >= (double)memory->system_peak_bytes / (double)memory->total_bytes)
			continue;
		most = (double)memory->system_peak_bytes / (double)memory->total_bytes;
		fullest = point;
	}
	text_add(item, STRONG("Memory Efficiency") ": ");
	if (fullest == NULL) {
		text_add(item, "not measured.");
		return;
	}
	text_addf(item, "at most %.0f%% of ", 100 * most);
	units_add_gb(item, fullest->cell->memory.total_bytes);
	text_add(item, " in use, by ");
	inline_add(item, cells_model(fullest->cell));
	text_add(item, " on ");
	guide_add_label(guide, fullest, item);
	text_add_char(item, '.');
}

/* Each different word of the conditions' part once, of the profile's cells on real machines. */
static void add_words(const struct guide *guide, const char *profile, const char *part, const char *key,
                      struct text *into)
{
	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		const char *word = json_get_string(json_get(point->cell->conditions, part), key);
		bool first = word != NULL && has_profile(point, profile) && !point_is_simulated(point);

		for (size_t j = 0; first && j < i; j++) {
			const struct point *earlier = &guide->points.items[j];

			first = !has_profile(earlier, profile) || point_is_simulated(earlier) ||
			        !text_equal(json_get_string(json_get(earlier->cell->conditions, part), key), word);
		}
		if (!first)
			continue;
		text_add(into, into->size > 0 ? ", " : "");
		inline_add(into, word);
	}
}

/* NAN: of no cell. */
static double hottest_c(const struct guide *guide, const char *profile)
{
	double hottest = NAN;

	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];

		if (has_profile(point, profile) && !point_is_simulated(point))
			hottest = fmax(
			    hottest, json_get_number(json_get(point->cell->conditions, "worst"), "cpu_temperature_c"));
	}
	return hottest;
}

static void add_thermal(const struct guide *guide, const char *profile, struct document *into)
{
	struct text *item = document_item(into), states = {0};
	double hottest = hottest_c(guide, profile);

	add_words(guide, profile, "worst", "thermal_state", &states);
	text_add(item, STRONG("Thermal Profile") ": ");
	if (states.size == 0 && isnan(hottest))
		text_add(item, "not known");
	if (states.size > 0)
		text_addf(item, "%s at worst", text_string(&states));
	if (!isnan(hottest))
		text_addf(item, "%sthe CPU at most %.0f °C", states.size > 0 ? ", " : "", hottest);
	text_add_char(item, '.');
	text_release(&states);
}

/* Tokens per joule: the least and the most of the profile's cells, and of what the energy is. */
static void add_energy(const struct guide *guide, const char *profile, struct text *into)
{
	const char *source = NULL;
	double least = NAN, most = NAN;

	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		double figure = cells_median(point->cell, "tokens_per_j");

		if (!has_profile(point, profile) || point_is_simulated(point) || isnan(figure))
			continue;
		least = fmin(least, figure);
		most = fmax(most, figure);
		source = json_get_string(point->cell->machine, "energy_source");
	}
	if (isnan(most)) {
		text_add(into, "energy was not measured");
		return;
	}
	figure_add_rounded(into, least, figure_usual_decimals(least));
	if (most > least) {
		text_add(into, " to ");
		figure_add_rounded(into, most, figure_usual_decimals(most));
	}
	text_add(into, " tokens per joule, energy of the ");
	inline_add(into, source != NULL ? source : "machine");
}

static void add_power(const struct guide *guide, const char *profile, struct document *into)
{
	struct text *item = document_item(into), sources = {0}, modes = {0};

	add_words(guide, profile, "worst", "power_source", &sources);
	add_words(guide, profile, "worst", "low_power_mode", &modes);
	text_add(item, STRONG("Power Consumption") ": ");
	add_energy(guide, profile, item);
	text_addf(item, "; power source %s, low-power mode %s.", sources.size > 0 ? text_string(&sources) : "not known",
	          modes.size > 0 ? text_string(&modes) : "not known");
	text_release(&sources);
	text_release(&modes);
}

static void add_profile(const struct guide *guide, const char *const *groups, const struct point *first,
                        struct document *into)
{
	const char *profile = profile_of(first);
	const struct json *variables = json_get(first->summary->profiles, profile);
	struct text *heading = document_heading(into, 4);

	inline_add(heading, profile);
	text_add(heading, " Configuration");
	if (first->summary->profiles == NULL)
		text_add(document_paragraph(into), "Its variables were not kept by the version that measured it.");
	else
		add_variables(variables, profile, into);
	if (is_of_ollama(first))
		add_doubts(first, variables, into);
	text_add(document_paragraph(into), STRONG("Performance Characteristics:"));
	add_best_for(guide, groups, profile, into);
	add_memory(guide, profile, into);
	add_thermal(guide, profile, into);
	add_power(guide, profile, into);
}

void guide_add_profiles(const struct guide *guide, struct document *into)
{
	const struct points *points = &guide->points;
	char **groups;

	text_add(document_heading(into, 3), "Profiles");
	if (!guide->has_profiles) {
		text_add(document_paragraph(into),
		         "None was measured: " CODE("profile") " in a matrix names sets of "
		                                               "variables of the server's environment to compare.");
		return;
	}
	groups = memory_new(points->count, sizeof(*groups));
	for (size_t i = 0; i < points->count; i++)
		groups[i] = point_identity_without(&points->items[i], "profile");
	for (size_t i = 0; i < points->count; i++) {
		size_t earlier = 0;

		while (!has_profile(&points->items[earlier], profile_of(&points->items[i])))
			earlier++;
		if (earlier == i && profile_of(&points->items[i]) != NULL)
			add_profile(guide, (const char *const *)groups, &points->items[i], into);
	}
	for (size_t i = 0; i < points->count; i++)
		free(groups[i]);
	free(groups);
}
