/*
 * Seed 002's table: machines × models and one figure in each place, or any
 * other two axes. What has no figure says why under the table.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/cells.h"
#include "report/figure.h"
#include "report/pivot.h"
#include "report/runs.h"
#include "report/sections.h"
#include "report/styles.h"

/* The seed's first column is called by what its rows are; a knob by its name. */
static const char *title_of(const char *field)
{
	for (const struct point_word *word = point_words; word->name != NULL; word++)
		if (text_equal(word->name, field))
			return word->title;
	return field;
}

/* "m4-16g, llama3.2" */
static void add_place(const struct pivot *pivot, size_t row, size_t column, struct text *into)
{
	struct text place = {0};

	fields_add_values(&pivot->rows, pivot->row_points[row], &place);
	text_add(&place, ", ");
	fields_add_values(&pivot->columns, pivot->column_points[column], &place);
	inline_add(into, text_string(&place));
	text_release(&place);
}

/* --- The table --- */

static void add_head(const struct pivot *pivot, struct table *table)
{
	for (size_t i = 0; i < pivot->rows.count; i++)
		table_column(table, title_of(pivot->rows.names[i]));
	for (size_t i = 0; i < pivot->column_count; i++) {
		struct text values = {0}, title = {0};

		fields_add_values(&pivot->columns, pivot->column_points[i], &values);
		inline_add(&title, text_string(&values));
		table_number_column(table, text_string(&title));
		text_release(&values);
		text_release(&title);
	}
}

static void add_figure(const struct pivot *pivot, const struct report_options *options, const struct point *place,
                       struct text *into)
{
	const struct interval interval = cells_interval(place->cell, pivot->metric->name);
	double value = pivot_value(pivot, place);

	if (options->intervals)
		figure_add(into, value, &interval, figure_usual_decimals(value));
	else
		figure_add_value(into, value, &interval, figure_usual_decimals(value));
}

static bool is_marked(const struct pivot *pivot, enum report_best best, size_t row, size_t column)
{
	switch (best) {
	case REPORT_BEST_NONE:
		break;
	case REPORT_BEST_ROW:
		return pivot_is_best_of_row(pivot, row, column);
	case REPORT_BEST_COLUMN:
		return pivot_is_best_of_column(pivot, row, column);
	case REPORT_BEST_BOTH:
		return pivot_is_best_of_row(pivot, row, column) || pivot_is_best_of_column(pivot, row, column);
	}
	return false;
}

static void add_cell(const struct pivot *pivot, const struct report_options *options, size_t row, size_t column,
                     struct table *table)
{
	const struct point *place = pivot_at(pivot, row, column);
	struct text *text = table_cell(table, pivot_value(pivot, place));
	bool marked;

	switch (pivot_kind(pivot, place)) {
	case PLACE_EMPTY:
		break;
	case PLACE_FAILED:
		text_add_char(text, '-');
		break;
	case PLACE_UNKNOWN:
		text_add(text, "–");
		break;
	case PLACE_KNOWN:
		marked = is_marked(pivot, options->mark_best, row, column);
		text_add(text, marked ? STRONG_ON : "");
		add_figure(pivot, options, place, text);
		text_add(text, marked ? STRONG_OFF : "");
		break;
	}
}

static void add_table(const struct pivot *pivot, const struct report_options *options, struct document *into)
{
	struct table *table = document_table(into);

	add_head(pivot, table);
	for (size_t row = 0; row < pivot->row_count; row++) {
		table_row(table);
		for (size_t i = 0; i < pivot->rows.count; i++) {
			char *value = point_field(pivot->row_points[row], pivot->rows.names[i]);

			table_cell_text(table, value);
			free(value);
		}
		for (size_t column = 0; column < pivot->column_count; column++)
			add_cell(pivot, options, row, column, table);
	}
}

/* --- What the figures are --- */

static const char *statistic(const struct metric *metric)
{
	switch (metric->scope) {
	case METRIC_REQUEST:
		return ", p50 over all requests of a cell";
	case METRIC_TRIAL:
		return ", median over the trials of a cell";
	case METRIC_CELL:
		break;
	}
	return ", of a cell";
}

static void add_caption(const struct pivot *pivot, const struct report_options *options, struct document *into)
{
	static const char *const marks[] = {
	    [REPORT_BEST_NONE] = "",
	    [REPORT_BEST_ROW] = " Bold: the best of its row.",
	    [REPORT_BEST_COLUMN] = " Bold: the best of its column.",
	    [REPORT_BEST_BOTH] = " Bold: the best of its row, or of its column.",
	};
	const struct metric *metric = pivot->metric;
	struct text *text = document_paragraph(into);

	text_addf(text, STRONG("%s") " in %s%s. ", metric->title, metric->unit, statistic(metric));
	inline_add_sentence(text, metric->definition);
	text_add(text, marks[options->mark_best]);
	if (options->intervals)
		text_add(text, " [low, high]: the 95 % confidence interval of the mean over trials (Student's t).");
}

static size_t count_kind(const struct pivot *pivot, enum place_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < pivot->row_count * pivot->column_count; i++)
		count += pivot_kind(pivot, pivot->places[i]) == kind;
	return count;
}

static void add_legend(const struct pivot *pivot, struct document *into)
{
	struct text legend = {0};

	if (count_kind(pivot, PLACE_FAILED) > 0)
		text_add(&legend, CODE("-") ": it failed, see below. ");
	if (count_kind(pivot, PLACE_UNKNOWN) > 0)
		text_addf(&legend, CODE("–") ": measured, but its %s is unknown. ", pivot->metric->name);
	if (count_kind(pivot, PLACE_EMPTY) > 0)
		text_add(&legend, "Empty: not run. ");
	if (legend.size > 0)
		text_add_bytes(document_paragraph(into), text_string(&legend), legend.size - 1);
	text_release(&legend);
}

/* --- Under the table --- */

static void add_reasons(const struct pivot *pivot, struct document *into)
{
	if (count_kind(pivot, PLACE_FAILED) == 0)
		return;
	text_add(document_heading(into, 2), "What failed");
	for (size_t row = 0; row < pivot->row_count; row++)
		for (size_t column = 0; column < pivot->column_count; column++) {
			const struct point *place = pivot_at(pivot, row, column);
			struct text *item;

			if (pivot_kind(pivot, place) != PLACE_FAILED)
				continue;
			item = document_item(into);
			text_add(item, STRONG_ON);
			add_place(pivot, row, column, item);
			text_add(item, STRONG_OFF ": ");
			inline_add(item, point_reason(place));
		}
}

static void add_care(const struct pivot *pivot, size_t row, size_t column, const char *words, bool *any,
                     struct document *into)
{
	struct text *item;

	if (!*any)
		text_add(document_heading(into, 2), "Read these with care");
	*any = true;
	item = document_item(into);
	text_add(item, STRONG_ON);
	add_place(pivot, row, column, item);
	text_add(item, STRONG_OFF ": ");
	inline_add(item, words);
}

static void add_noted(const struct pivot *pivot, size_t row, size_t column, bool *any, struct document *into)
{
	const struct point *place = pivot_at(pivot, row, column);

	if (pivot_kind(pivot, place) != PLACE_KNOWN)
		return;
	if (place->cell->failed > 0 && place->cell->reason != NULL)
		add_care(pivot, row, column, place->cell->reason, any, into);
	for (size_t i = 0; i < place->cell->flag_count; i++)
		if (report_is_noted(place->cell->flags[i]))
			add_care(pivot, row, column, place->cell->flags[i], any, into);
}

/* Requests that failed, and flags that would stand in the Notes of a cell's row. */
static void add_warnings(const struct pivot *pivot, struct document *into)
{
	bool any = false;

	for (size_t row = 0; row < pivot->row_count; row++)
		for (size_t column = 0; column < pivot->column_count; column++)
			add_noted(pivot, row, column, &any, into);
}

/* Each value of the field once, in order. */
static void add_values(const struct points *points, const char *field, struct text *into)
{
	for (size_t i = 0; i < points->count; i++) {
		char *value = point_field(&points->items[i], field);
		size_t earlier = 0;

		while (!points_agree(&points->items[earlier], &points->items[i], field))
			earlier++;
		if (earlier == i) {
			text_add(into, i > 0 ? ", " : " ");
			inline_add(into, *value != '\0' ? value : "unset");
		}
		free(value);
	}
}

/* Figures in different places may still differ by more than what the axes say. */
static void add_other_settings(const struct pivot *pivot, struct document *into)
{
	const struct points *points = &pivot->points;
	struct fields fields = {0};
	struct text *item;

	for (size_t i = 1; i < points->count; i++)
		points_add_differences(&points->items[0], &points->items[i], &fields);
	for (size_t i = 0; i < fields.count; i++) {
		if (fields_have(&pivot->rows, fields.names[i]) || fields_have(&pivot->columns, fields.names[i]))
			continue;
		item = document_item(into);
		text_addf(item, STRONG("Cells also differ in %s") ":", fields.names[i]);
		add_values(points, fields.names[i], item);
		text_add_char(item, '.');
	}
}

static void add_superseded(const struct points *points, struct document *into)
{
	if (points->superseded > 0)
		text_addf(document_item(into),
		          "%zu cell%s measured more than once on one machine: the newest run counts.",
		          points->superseded, points->superseded == 1 ? " was" : "s were");
}

static void add_title(const struct pivot *pivot, struct document *into)
{
	struct text *heading = document_heading(into, 1), names = {0};

	if (!points_vary(&pivot->points, "title")) {
		inline_add(heading, pivot->points.items[0].summary->title);
		return;
	}
	fields_add_names(&pivot->rows, &names);
	text_add(&names, " × ");
	fields_add_names(&pivot->columns, &names);
	text_addf(heading, "%s: %s", pivot->metric->title, text_string(&names));
	text_release(&names);
}

bool style_grid(const struct report_input *input, struct document *into, struct failure *failure)
{
	struct pivot pivot;
	bool good = pivot_make(input, &pivot, failure);

	if (good) {
		add_title(&pivot, into);
		add_caption(&pivot, &input->options, into);
		add_table(&pivot, &input->options, into);
		add_legend(&pivot, into);
		add_reasons(&pivot, into);
		add_warnings(&pivot, into);
		text_add(document_heading(into, 2), "How this was measured");
		add_other_settings(&pivot, into);
		add_superseded(&pivot.points, into);
		runs_add_files(&pivot.points, into);
		runs_add(input, into);
	}
	pivot_release(&pivot);
	return good;
}
