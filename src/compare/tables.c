#include "compare/tables.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "document/document.h"

/* --- Values --- */

struct number {
	double value;
	double step; /* of its last digit */
	bool whole;
	size_t length; /* in bytes; 0: there is none here */
};

/* Decimal digits with at most one point between them; what stands behind a letter or digit is a name's. */
static struct number number_at(const char *start, const char *at)
{
	struct number number = {0, 1, true, 0};
	bool in_name = at > start && (isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '.');

	if (in_name || !isdigit((unsigned char)*at))
		return number;
	for (; isdigit((unsigned char)at[number.length]) ||
	       (number.whole && at[number.length] == '.' && isdigit((unsigned char)at[number.length + 1]));
	     number.length++) {
		if (at[number.length] == '.') {
			number.whole = false;
			continue;
		}
		number.step *= number.whole ? 1 : 0.1;
		number.value = number.whole ? 10 * number.value + (at[number.length] - '0')
		                            : number.value + number.step * (at[number.length] - '0');
	}
	return number;
}

/*
 * What "3590 [3420, 3710]" is rounded to: figures with an interval have two
 * digits of half its width (core/figure.h), of which rounding may have made one
 * less than ten. 0: it has none, or decimals that tell.
 */
static double rounded_to(const char *cell)
{
	struct number value = number_at(cell, cell), low, high;
	const char *at = cell + value.length;
	double step = 1, most;

	if (value.length == 0 || !text_starts_with(at, " ["))
		return 0;
	low = number_at(cell, at + 2);
	at += 2 + low.length;
	if (!text_starts_with(at, ", "))
		return 0;
	high = number_at(cell, at + 2);
	if (low.length == 0 || strcmp(at + 2 + high.length, "]") != 0 || !value.whole || !low.whole || !high.whole)
		return 0;
	most = (high.value - low.value) / 2 / 9;
	while (10 * step <= most && fmod(value.value, 10 * step) == 0 && fmod(low.value, 10 * step) == 0 &&
	       fmod(high.value, 10 * step) == 0)
		step *= 10;
	return step;
}

/* Half of the last digit of each may have been rounded away. */
static bool same_number(const struct number *a, const struct number *b)
{
	double apart = fabs(a->value - b->value);

	if (a->whole && b->whole && (a->value < 10 || b->value < 10))
		return apart == 0;
	return apart <= (a->step + b->step) / 2 * (1 + 1e-9);
}

bool tables_same_value(const char *a, const char *b)
{
	double left_step = rounded_to(a), right_step = rounded_to(b);
	const char *left = a, *right = b;

	while (*left != '\0' || *right != '\0') {
		struct number first = number_at(a, left), second = number_at(b, right);

		if (first.length > 0 && second.length > 0) {
			first.step = fmax(first.step, left_step);
			second.step = fmax(second.step, right_step);
			if (!same_number(&first, &second))
				return false;
			left += first.length;
			right += second.length;
		} else if (*left++ != *right++) {
			return false;
		}
	}
	return true;
}

/* "413", "425 [410, 439]": a number alone, or with its interval; else unknown. */
static double figure_of(const char *value)
{
	struct number number = number_at(value, value);
	const char *rest = value + number.length;

	return number.length > 0 && (*rest == '\0' || text_starts_with(rest, " [")) ? number.value : NAN;
}

static double change_pct(const char *base, const char *now)
{
	double before = figure_of(base);

	return before > 0 ? 100 * (figure_of(now) / before - 1) : NAN;
}

/* --- Differences --- */

static void add(struct tables_result *result, const struct tables_table *table, const char *row, const char *column,
                const char *base, const char *now)
{
	result->differences = memory_resize(result->differences, result->count + 1, sizeof(*result->differences));
	result->differences[result->count++] = (struct tables_difference){
	    .section = table->section,
	    .row = row,
	    .column = column,
	    .base = base,
	    .now = now,
	    .change_pct = base && now ? change_pct(base, now) : NAN,
	};
}

/* The same name for the n-th time: n such items of the other side are passed over. SIZE_MAX: it has none. */
static size_t partner(char *const *names, size_t count, char *const *own, size_t index)
{
	size_t before = 0;

	for (size_t i = 0; i < index; i++)
		before += strcmp(own[i], own[index]) == 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], own[index]) == 0 && before-- == 0)
			return i;
	return SIZE_MAX;
}

static bool is_count(const char *title)
{
	static const char *const titles[] = {"Errors", "Late", "Unsent", "Waiting max", "Waited", "Refused"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(titles[i], title) == 0)
			return true;
	return false;
}

static bool same_cell(const char *title, const char *base, const char *now)
{
	return is_count(title) ? strcmp(base, now) == 0 : tables_same_value(base, now);
}

static void compare_row(struct tables_result *result, const struct tables_table *base, size_t row,
                        const struct tables_table *now, size_t now_row)
{
	for (size_t i = 0; i < base->columns; i++) {
		size_t column = partner(now->titles, now->columns, base->titles, i);
		const char *before = base->cells[row * base->columns + i], *after;

		if (column == SIZE_MAX)
			continue;
		after = now->cells[now_row * now->columns + column];
		result->compared++;
		if (!same_cell(base->titles[i], before, after))
			add(result, base, base->keys[row], base->titles[i], before, after);
	}
}

static void compare_table(struct tables_result *result, const struct tables_table *base, const struct tables_table *now)
{
	for (size_t i = 0; i < base->columns; i++)
		if (partner(now->titles, now->columns, base->titles, i) == SIZE_MAX)
			add(result, base, NULL, base->titles[i], "", NULL);
	for (size_t i = 0; i < now->columns; i++)
		if (partner(base->titles, base->columns, now->titles, i) == SIZE_MAX)
			add(result, base, NULL, now->titles[i], NULL, "");
	for (size_t i = 0; i < base->rows; i++) {
		size_t row = partner(now->keys, now->rows, base->keys, i);

		if (row == SIZE_MAX)
			add(result, base, base->keys[i], NULL, "", NULL);
		else
			compare_row(result, base, i, now, row);
	}
	for (size_t i = 0; i < now->rows; i++)
		if (partner(base->keys, base->rows, now->keys, i) == SIZE_MAX)
			add(result, base, now->keys[i], NULL, NULL, "");
}

static char **sections_of(const struct tables *tables)
{
	char **sections = memory_new(tables->count, sizeof(*sections));

	for (size_t i = 0; i < tables->count; i++)
		sections[i] = tables->tables[i].section;
	return sections;
}

void tables_compare(const struct tables *base, const struct tables *now, struct tables_result *result)
{
	char **base_sections = sections_of(base), **now_sections = sections_of(now);

	*result = (struct tables_result){0};
	for (size_t i = 0; i < base->count; i++) {
		size_t table = partner(now_sections, now->count, base_sections, i);

		if (table == SIZE_MAX)
			add(result, &base->tables[i], NULL, NULL, "", NULL);
		else
			compare_table(result, &base->tables[i], &now->tables[table]);
	}
	for (size_t i = 0; i < now->count; i++)
		if (partner(base_sections, base->count, now_sections, i) == SIZE_MAX)
			add(result, &now->tables[i], NULL, NULL, NULL, "");
	result->status = result->count == 0      ? STATUS_DONE
	                 : result->compared == 0 ? STATUS_NOT_COMPARABLE
	                                         : STATUS_CELLS_FAILED;
	free(base_sections);
	free(now_sections);
}

void tables_result_release(struct tables_result *result)
{
	free(result->differences);
	*result = (struct tables_result){0};
}

/* --- What is told --- */

/* A whole row, column or table has no value: that it is there. */
static void add_value(struct table *table, const struct tables_difference *difference, const char *value)
{
	bool whole = difference->row == NULL || difference->column == NULL;

	table_cell_text(table, value == NULL ? "not there" : whole ? "there" : value);
}

void tables_document(const struct tables_result *result, struct document *into)
{
	struct text *text;
	struct table *table;

	text_add(document_heading(into, 1), "Comparison of tables");
	text = document_paragraph(into);
	text_addf(text, STRONG_ON "%s" STRONG_OFF ". %zu values are in both, %zu difference%s beyond rounding.",
	          result->status == STATUS_DONE             ? "no difference"
	          : result->status == STATUS_NOT_COMPARABLE ? "not comparable: no value is in both"
	                                                    : "different",
	          result->compared, result->count, result->count == 1 ? "" : "s");
	text_add(text, " Tables have no trials: whether a difference is more than noise, only two runs tell.");
	if (result->count == 0)
		return;
	table = document_table(into);
	table_column(table, "Table");
	table_column(table, "Row");
	table_column(table, "Column");
	table_column(table, "BASE");
	table_column(table, "NEW");
	table_number_column(table, "Change (%)");
	for (size_t i = 0; i < result->count; i++) {
		const struct tables_difference *difference = &result->differences[i];

		table_row(table);
		table_cell_text(table, difference->section);
		table_cell_text(table, difference->row);
		table_cell_text(table, difference->column);
		add_value(table, difference, difference->base);
		add_value(table, difference, difference->now);
		if (isnan(difference->change_pct))
			table_cell_number(table, NAN, 0);
		else
			text_addf(table_cell(table, difference->change_pct), "%+.1f", difference->change_pct);
	}
}

struct json *tables_json(const struct tables_result *result)
{
	struct json *json = json_new_object(), *list = json_new_list();

	for (size_t i = 0; i < result->count; i++) {
		const struct tables_difference *difference = &result->differences[i];
		struct json *item = json_new_object();

		json_set_string(item, "table", difference->section);
		json_set_string(item, "row", difference->row);
		json_set_string(item, "column", difference->column);
		json_set_string(item, "base", difference->base);
		json_set_string(item, "new", difference->now);
		json_set_number(item, "change_pct", difference->change_pct);
		json_append(list, item);
	}
	json_set_string(json, "schema", "llmbench.table_comparison/1");
	json_set_integer(json, "status", result->status);
	json_set_integer(json, "compared", (int64_t)result->compared);
	json_set(json, "differences", list);
	return json;
}
