#include "report/guide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/cells.h"
#include "report/figure.h"

/* --- The baseline --- */

static bool has_value(const struct points *points, const char *field, const char *value)
{
	for (size_t i = 0; i < points->count; i++) {
		char *has = point_field(&points->items[i], field);
		bool same = text_equal(has, value);

		free(has);
		if (same)
			return true;
	}
	return false;
}

static bool no_such_value(const struct points *points, const char *field, const char *value, struct failure *failure)
{
	struct text values = {0};

	for (size_t i = 0; i < points->count; i++) {
		char *has = point_field(&points->items[i], field);
		size_t earlier = 0;

		while (!points_agree(&points->items[earlier], &points->items[i], field))
			earlier++;
		if (earlier == i)
			text_addf(&values, "%s%s", values.size > 0 ? ", " : "", *has != '\0' ? has : "\"\" (unset)");
		free(has);
	}
	failure_set(failure, STATUS_USER_MISTAKE, "--baseline: no cell of these runs has %s \"%s\"; they have %s",
	            field, value, text_string(&values));
	text_release(&values);
	return false;
}

static bool read_baseline(const char *option, struct guide *into, struct failure *failure)
{
	const char *equals = strchr(option, '=');
	struct fields fields;
	char *name;
	bool good;

	if (equals == NULL || equals == option)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--baseline %s: this is not FIELD=VALUE, such as profile=default", option);
	name = memory_copy(option, (size_t)(equals - option));
	good = fields_read("--baseline", name, &fields, failure);
	free(name);
	if (!good)
		return false;
	if (fields.count != 1 || text_equal(fields.names[0], "title") || text_equal(fields.names[0], "run"))
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--baseline: one of machine, server, profile and the knobs, not %s", option);
	into->field = fields.names[0];
	into->value = memory_string(equals + 1);
	return has_value(&into->points, into->field, into->value) ||
	       no_such_value(&into->points, into->field, into->value, failure);
}

/* The first profile, machine or server, where there are several. */
static void choose_baseline(struct guide *into)
{
	static const char *const usual[] = {"profile", "machine", "server"};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (!points_vary(&into->points, usual[i]))
			continue;
		into->field = usual[i];
		into->value = point_field(&into->points.items[0], usual[i]);
		return;
	}
}

static void find_bases(struct guide *into)
{
	const struct points *points = &into->points;
	char **keys = memory_new(points->count, sizeof(*keys));
	bool *is_base = memory_new(points->count, sizeof(*is_base));

	into->bases = memory_new(points->count, sizeof(const struct point *));
	for (size_t i = 0; into->field != NULL && i < points->count; i++) {
		char *value = point_field(&points->items[i], into->field);

		keys[i] = point_identity_without(&points->items[i], into->field);
		is_base[i] = text_equal(value, into->value);
		free(value);
	}
	for (size_t i = 0; into->field != NULL && i < points->count; i++)
		for (size_t j = 0; !is_base[i] && into->bases[i] == NULL && j < points->count; j++)
			if (is_base[j] && text_equal(keys[j], keys[i]))
				into->bases[i] = &points->items[j];
	for (size_t i = 0; i < points->count; i++)
		free(keys[i]);
	free(keys);
	free(is_base);
}

/* --- The whole --- */

static void find_others(struct guide *into)
{
	struct fields all = {0};

	for (size_t i = 1; i < into->points.count; i++)
		points_add_differences(&into->points.items[0], &into->points.items[i], &all);
	for (size_t i = 0; i < all.count; i++)
		if (!text_equal(all.names[i], "model") && !text_equal(all.names[i], "machine") &&
		    !text_equal(all.names[i], "profile"))
			fields_add(&into->others, all.names[i]);
}

bool guide_make(const struct report_input *input, struct guide *into, struct failure *failure)
{
	*into = (struct guide){.options = &input->options};
	points_collect(input, &(struct fields){0}, &into->points);
	if (into->points.count == 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "these runs have no cells");
	if (input->options.baseline == NULL)
		choose_baseline(into);
	else if (!read_baseline(input->options.baseline, into, failure))
		return false;
	for (size_t i = 0; i < into->points.count; i++)
		into->has_profiles |= json_get_string(into->points.items[i].cell->settings, "profile") != NULL;
	find_bases(into);
	find_others(into);
	return true;
}

void guide_release(struct guide *guide)
{
	points_release(&guide->points);
	free(guide->value);
	free(guide->bases);
	*guide = (struct guide){0};
}

/* --- Words of its tables --- */

static const struct metric_summary *speed_of(const struct point *point)
{
	const struct metric *wanted = metric_find(GUIDE_METRIC);

	if (point == NULL || point->cell->status != CELL_DONE)
		return NULL;
	for (size_t i = 0; i < metric_count; i++)
		if (point->cell->metrics[i].metric == wanted && point->cell->metrics[i].trials != NULL)
			return &point->cell->metrics[i];
	return NULL;
}

struct comparison guide_compare(const struct point *base, const struct point *now)
{
	const struct metric_summary *before = speed_of(base), *after = speed_of(now);

	if (before == NULL || after == NULL)
		return comparison_of(NULL, 0, NULL, 0);
	return comparison_of(before->trials, before->values.n, after->trials, after->values.n);
}

void guide_add_label(const struct guide *guide, const struct point *point, struct text *into)
{
	struct text machine = {0};
	const char *profile = json_get_string(point->cell->settings, "profile");

	point_add_machine(point, &machine);
	text_add(into, STRONG_ON);
	inline_add(into, text_string(&machine));
	text_add(into, STRONG_OFF);
	text_release(&machine);
	if (guide->has_profiles) {
		text_add(into, ", ");
		inline_add(into, profile != NULL ? profile : "no profile");
	}
	for (size_t i = 0; i < guide->others.count; i++) {
		char *value = point_field(point, guide->others.names[i]);

		text_addf(into, ", %s ", guide->others.names[i]);
		inline_add(into, *value != '\0' ? value : "unset");
		free(value);
	}
}

/* With its sign, unless it is rounded to 0. */
static void add_signed(double value, const struct interval *interval, struct text *into)
{
	struct text size = {0};

	figure_add_value(&size, fabs(value), interval, 1);
	if (strpbrk(text_string(&size), "123456789") != NULL)
		text_add_char(into, value < 0 ? '-' : '+');
	text_add(into, text_string(&size));
	text_release(&size);
}

void guide_add_change(const struct comparison *comparison, struct text *into)
{
	const struct interval *interval = &comparison->interval;

	add_signed(comparison->change_pct, interval, into);
	if (isnan(comparison->change_pct))
		return;
	text_add_char(into, '%');
	if (isnan(interval->low))
		return;
	text_add(into, " [");
	add_signed(interval->low, interval, into);
	text_add(into, ", ");
	add_signed(interval->high, interval, into);
	text_add_char(into, ']');
}
