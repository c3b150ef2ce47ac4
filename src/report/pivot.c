#include "report/pivot.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/cells.h"

static double figure_of(const struct point *point, const struct metric *metric)
{
	return point->cell->status == CELL_DONE ? cells_median(point->cell, metric->name) : NAN;
}

/* --- The metric --- */

static bool is_known(const struct points *points, const struct metric *metric)
{
	for (size_t i = 0; i < points->count; i++)
		if (!isnan(figure_of(&points->items[i], metric)))
			return true;
	return false;
}

static const struct metric *usual_metric(const struct points *points)
{
	static const char *const usual[] = {"decode_tokens_per_s", "output_tokens_per_s", "rtfx", "inputs_per_s"};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (is_known(points, metric_find(usual[i])))
			return metric_find(usual[i]);
	return metric_find(usual[0]);
}

static void no_such_metric(const char *name, struct failure *failure)
{
	struct text_guess guess = {.word = name};

	for (size_t i = 0; i < metric_count; i++)
		text_guess_offer(&guess, metrics[i].name, metrics[i].name);
	if (guess.nearest != NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "--metric: no metric \"%s\" (did you mean \"%s\"?)", name,
		            guess.nearest);
	else
		failure_set(failure, STATUS_USER_MISTAKE, "--metric: no metric \"%s\" (`llmbench help` lists them)",
		            name);
}

static bool not_measured(const struct points *points, const char *name, struct failure *failure)
{
	struct text known = {0};

	for (size_t i = 0; i < metric_count; i++)
		if (is_known(points, &metrics[i]))
			text_addf(&known, "%s%s", known.size > 0 ? ", " : "", metrics[i].name);
	failure_set(failure, STATUS_USER_MISTAKE, "--metric %s: no cell of these runs has it%s%s", name,
	            known.size > 0 ? "; they have " : "", text_string(&known));
	text_release(&known);
	return false;
}

static bool choose_metric(const struct report_options *options, struct pivot *into, struct failure *failure)
{
	const char *name = options->metric;

	into->metric = name != NULL ? metric_find(name) : usual_metric(&into->points);
	if (into->metric == NULL) {
		no_such_metric(name, failure);
		return false;
	}
	if (name != NULL && !is_known(&into->points, into->metric))
		return not_measured(&into->points, name, failure);
	if (options->mark_best != REPORT_BEST_NONE && into->metric->better == METRIC_NEUTRAL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--mark-best: of %s neither more nor less is better; leave it out, or name another "
		                   "--metric",
		                   into->metric->name);
	if (options->intervals && into->metric->scope != METRIC_TRIAL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--intervals: %s is no figure of trials, so it has none; --metric "
		                   "output_tokens_per_s has",
		                   into->metric->name);
	return true;
}

/* --- The axes --- */

static const char *first_free(const char *const usual[], const struct fields *taken)
{
	while (usual[1] != NULL && fields_have(taken, usual[0]))
		usual++;
	return usual[0];
}

static bool read_axes(const struct report_options *options, struct pivot *into, struct failure *failure)
{
	static const char *const usual_rows[] = {"machine", "model", "server", NULL};
	static const char *const usual_columns[] = {"model", "machine", "server", NULL};

	if (options->rows != NULL && !fields_read("--rows", options->rows, &into->rows, failure))
		return false;
	if (options->columns != NULL && !fields_read("--columns", options->columns, &into->columns, failure))
		return false;
	if (options->rows == NULL)
		fields_add(&into->rows, first_free(usual_rows, &into->columns));
	if (options->columns == NULL)
		fields_add(&into->columns, first_free(usual_columns, &into->rows));
	for (size_t i = 0; i < into->columns.count; i++)
		if (fields_have(&into->rows, into->columns.names[i]))
			return failure_set(failure, STATUS_USER_MISTAKE, "%s is both in --rows and in --columns",
			                   into->columns.names[i]);
	return true;
}

/* Of the axes those in which a cell and the same one measured again differ. */
static struct fields axes_of_runs(const struct pivot *pivot)
{
	static const char *const words[] = {"title", "run"};
	struct fields axes = {0};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (fields_have(&pivot->rows, words[i]) || fields_have(&pivot->columns, words[i]))
			fields_add(&axes, words[i]);
	return axes;
}

/* A string for each point, equal where the values of the fields are. */
static char **keys_of(const struct points *points, const struct fields *fields)
{
	char **keys = memory_new(points->count, sizeof(*keys));

	for (size_t i = 0; i < points->count; i++) {
		struct text key = {0};

		for (size_t f = 0; f < fields->count; f++) {
			point_add_field(&points->items[i], fields->names[f], &key);
			text_add_char(&key, '\n');
		}
		keys[i] = text_take(&key);
	}
	return keys;
}

static void free_keys(const struct points *points, char **keys)
{
	for (size_t i = 0; i < points->count; i++)
		free(keys[i]);
	free(keys);
}

/* The first other cell that shares the place of an earlier one; `fields` gets what those of all places differ in. */
static const struct point *find_shared(const struct pivot *pivot, struct fields *fields)
{
	const struct points *points = &pivot->points;
	char **rows = keys_of(points, &pivot->rows), **columns = keys_of(points, &pivot->columns);
	const struct point *shared = NULL;

	for (size_t i = 0; i < points->count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!text_equal(rows[i], rows[j]) || !text_equal(columns[i], columns[j]))
				continue;
			points_add_differences(&points->items[j], &points->items[i], fields);
			if (shared == NULL)
				shared = &points->items[i];
			break;
		}
	}
	free_keys(points, rows);
	free_keys(points, columns);
	return shared;
}

static bool refuse_shared(const struct pivot *pivot, const struct point *place, const struct fields *fields,
                          struct failure *failure)
{
	struct text where = {0}, names = {0}, cure = {0};

	fields_add_values(&pivot->rows, place, &where);
	text_add(&where, " and ");
	fields_add_values(&pivot->columns, place, &where);
	fields_add_names(fields, &names);
	for (size_t i = 0; i < pivot->rows.count + fields->count; i++)
		text_addf(&cure, "%s%s", i > 0 ? "," : "",
		          i < pivot->rows.count ? pivot->rows.names[i] : fields->names[i - pivot->rows.count]);
	failure_set(failure, STATUS_USER_MISTAKE,
	            "several cells fall in one place of the grid (%s): they differ in %s; add that: --rows %s",
	            text_string(&where), fields->count > 0 ? text_string(&names) : "settings of another version",
	            text_string(&cure));
	text_release(&where);
	text_release(&names);
	text_release(&cure);
	return false;
}

/* Where cells would share a place, what they differ in goes to the axis that the user left open. */
static bool part_cells(const struct report_options *options, struct pivot *into, struct failure *failure)
{
	struct fields fields = {0}, left = {0};
	const struct point *shared = find_shared(into, &fields);

	for (size_t i = 0; i < fields.count; i++) {
		if (options->rows == NULL)
			fields_add(&into->rows, fields.names[i]);
		else if (options->columns == NULL)
			fields_add(&into->columns, fields.names[i]);
	}
	if (shared != NULL && options->rows != NULL && options->columns != NULL)
		return refuse_shared(into, shared, &fields, failure);
	shared = find_shared(into, &left);
	return shared == NULL || refuse_shared(into, shared, &left, failure);
}

/* --- The places --- */

/* The index of each point's key among the different keys, in order; `firsts` gets the first point of each. */
static size_t *index_keys(const struct points *points, const struct fields *fields, const struct point **firsts,
                          size_t *count)
{
	char **keys = keys_of(points, fields);
	size_t *indices = memory_new(points->count, sizeof(*indices));

	*count = 0;
	for (size_t i = 0; i < points->count; i++) {
		size_t earlier = 0;

		while (!text_equal(keys[earlier], keys[i]))
			earlier++;
		indices[i] = earlier < i ? indices[earlier] : *count;
		if (earlier == i)
			firsts[(*count)++] = &points->items[i];
	}
	free_keys(points, keys);
	return indices;
}

static void lay_out(struct pivot *into)
{
	const struct points *points = &into->points;
	size_t *rows, *columns;

	into->row_points = memory_new(points->count, sizeof(const struct point *));
	into->column_points = memory_new(points->count, sizeof(const struct point *));
	rows = index_keys(points, &into->rows, into->row_points, &into->row_count);
	columns = index_keys(points, &into->columns, into->column_points, &into->column_count);
	into->places = memory_new(into->row_count * into->column_count, sizeof(const struct point *));
	for (size_t i = 0; i < points->count; i++)
		into->places[rows[i] * into->column_count + columns[i]] = &points->items[i];
	free(rows);
	free(columns);
}

bool pivot_make(const struct report_input *input, struct pivot *into, struct failure *failure)
{
	struct fields axes;

	*into = (struct pivot){0};
	if (!read_axes(&input->options, into, failure))
		return false;
	axes = axes_of_runs(into);
	points_collect(input, &axes, &into->points);
	if (into->points.count == 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "these runs have no cells");
	if (!choose_metric(&input->options, into, failure) || !part_cells(&input->options, into, failure))
		return false;
	lay_out(into);
	return true;
}

void pivot_release(struct pivot *pivot)
{
	points_release(&pivot->points);
	free(pivot->row_points);
	free(pivot->column_points);
	free(pivot->places);
	*pivot = (struct pivot){0};
}

const struct point *pivot_at(const struct pivot *pivot, size_t row, size_t column)
{
	return pivot->places[row * pivot->column_count + column];
}

enum place_kind pivot_kind(const struct pivot *pivot, const struct point *place)
{
	if (place == NULL)
		return PLACE_EMPTY;
	switch (place->cell->status) {
	case CELL_DONE:
		return isnan(figure_of(place, pivot->metric)) ? PLACE_UNKNOWN : PLACE_KNOWN;
	case CELL_FAILED:
		return PLACE_FAILED;
	case CELL_SKIPPED:
	case CELL_UNFINISHED:
		break;
	}
	return PLACE_EMPTY;
}

double pivot_value(const struct pivot *pivot, const struct point *place)
{
	return place != NULL ? figure_of(place, pivot->metric) : NAN;
}

/* --- The best --- */

/* Positive: a is better; an unknown one is neither. */
static int rank(const struct metric *metric, double a, double b)
{
	int sign = metric->better == METRIC_HIGHER ? 1 : metric->better == METRIC_LOWER ? -1 : 0;

	return sign * ((a > b) - (a < b));
}

/* Where requests failed others had less to do: it is shown, but is no rival. */
static double ranked_value(const struct pivot *pivot, const struct point *place)
{
	return place != NULL && place->cell->failed == 0 ? pivot_value(pivot, place) : NAN;
}

/* Among `count` places from `from` on, each `step` further. */
static bool is_best(const struct pivot *pivot, const struct point *place, size_t from, size_t step, size_t count)
{
	double value = ranked_value(pivot, place);
	bool any_worse = false;

	for (size_t i = 0; i < count; i++) {
		int order = rank(pivot->metric, value, ranked_value(pivot, pivot->places[from + i * step]));

		if (order < 0)
			return false;
		any_worse = any_worse || order > 0;
	}
	return any_worse;
}

bool pivot_is_best_of_row(const struct pivot *pivot, size_t row, size_t column)
{
	return is_best(pivot, pivot_at(pivot, row, column), row * pivot->column_count, 1, pivot->column_count);
}

bool pivot_is_best_of_column(const struct pivot *pivot, size_t row, size_t column)
{
	return is_best(pivot, pivot_at(pivot, row, column), column, pivot->column_count, pivot->row_count);
}
