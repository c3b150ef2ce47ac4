/* The cells of a plan as points, and the order that tells most of them. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "plan/forecast.h"
#include "plan/informative.h"
#include "plan/plan.h"

/* --- Axes of numbers --- */

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* How far each value is from the smallest one, by rank. */
static void add_axis(const struct plan *plan, const struct cell_field *field, size_t axis,
                     struct informative_point *points)
{
	double *values = memory_new(plan->cell_count, sizeof(*values));
	size_t distinct = 0;

	for (size_t i = 0; i < plan->cell_count; i++)
		values[i] = cell_field_number(field, &plan->cells[i]);
	qsort(values, plan->cell_count, sizeof(*values), by_value);
	for (size_t i = 0; i < plan->cell_count; i++)
		if (i == 0 || values[i] > values[distinct - 1])
			values[distinct++] = values[i];
	for (size_t i = 0; i < plan->cell_count; i++) {
		double value = cell_field_number(field, &plan->cells[i]);
		const double *place = bsearch(&value, values, distinct, sizeof(*values), by_value);

		points[i].at[axis] = distinct > 1 ? (double)(place - values) / (double)(distinct - 1) : 0;
	}
	free(values);
}

static bool is_of_numbers(const struct plan *plan, const struct cell_field *field)
{
	for (size_t i = 0; i < plan->cell_count; i++)
		if (isnan(cell_field_number(field, &plan->cells[i])))
			return false;
	return true;
}

/* --- Series: cells that have everything else in common --- */

struct cell_series {
	const char *model;
	char *words; /* owned; all other values of axes that are no numbers */
};

static size_t find_series(struct cell_series *series, size_t *count, const char *model, char *words)
{
	for (size_t i = 0; i < *count; i++) {
		if (!text_equal(series[i].model, model) || !text_equal(series[i].words, words))
			continue;
		free(words);
		return i;
	}
	series[*count] = (struct cell_series){model, words};
	return (*count)++;
}

static size_t find_model(const struct cell_series *series, const char *model)
{
	size_t i = 0;

	while (!text_equal(series[i].model, model))
		i++;
	return i;
}

static char *words_of(const struct cell *cell, const struct cell_field *const *fields, size_t count)
{
	struct text words = {0};

	text_addf(&words, "%s", cell->server->name);
	text_add_char(&words, '\n');
	text_add(&words, cell->profile_name != NULL ? cell->profile_name : "");
	for (size_t i = 0; i < count; i++) {
		text_add_char(&words, '\n');
		cell_field_add_value(fields[i], cell, &words);
	}
	return text_take(&words);
}

static void set_series(const struct plan *plan, const struct cell_field *const *fields, size_t field_count,
                       struct informative_point *points)
{
	struct cell_series *series = memory_new(plan->cell_count, sizeof(*series));
	size_t count = 0;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[i];

		points[i].series = find_series(series, &count, cell->model, words_of(cell, fields, field_count));
		points[i].model = find_model(series, cell->model);
	}
	for (size_t i = 0; i < count; i++)
		free(series[i].words);
	free(series);
}

/* --- All of it --- */

static struct informative_point *points_of(const struct plan *plan, const struct summary *earlier)
{
	struct informative_point *points = memory_new(plan->cell_count, sizeof(*points));
	const struct cell_field **words = memory_new(plan->axis_count + 1, sizeof(*words));
	size_t axes = 0, word_count = 0;

	for (size_t i = 0; i < plan->axis_count; i++) {
		const struct cell_field *field = cell_field_find(plan->axes[i]);

		if (field == NULL)
			continue; /* server or profile */
		if (axes < INFORMATIVE_AXES && is_of_numbers(plan, field))
			add_axis(plan, field, axes++, points);
		else
			words[word_count++] = field;
	}
	set_series(plan, words, word_count, points);
	for (size_t i = 0; i < plan->cell_count; i++)
		points[i].cost_s = forecast_time(&plan->cells[i], earlier).seconds;
	free(words);
	return points;
}

void plan_order_informative(struct plan *plan, const struct summary *earlier)
{
	struct informative_point *points;

	if (plan->order != PLAN_INFORMATIVE)
		return;
	points = points_of(plan, earlier);
	informative_order(points, plan->cell_count, (double)plan->budget_ns / (double)NS_PER_S, plan->sequence);
	free(points);
}
