#include "report/cells.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

const char *cells_model(const struct cell_summary *cell)
{
	const char *model = json_get_string(cell->settings, "model");

	return model ? model : "";
}

int64_t cells_model_size(const struct summary *summary, const char *model)
{
	int64_t size_bytes = JSON_UNKNOWN;

	for (size_t i = 0; i < summary->model_count; i++) {
		const struct model_facts *facts = &summary->models[i];

		if (!text_equal(facts->name, model) || facts->size_bytes == JSON_UNKNOWN)
			continue;
		if (size_bytes != JSON_UNKNOWN && size_bytes != facts->size_bytes)
			return JSON_UNKNOWN;
		size_bytes = facts->size_bytes;
	}
	return size_bytes;
}

/* As it stands in the matrix: {mean: 512, spread: 128}. */
static void add_map(const struct json *map, struct text *into)
{
	const char *before = "{";

	for (const struct json *item = json_first(map); item != NULL; item = json_next(item)) {
		text_addf(into, "%s%s: ", before, json_key(item));
		json_add_to(into, item);
		before = ", ";
	}
	text_add_char(into, '}');
}

static void add_value(const struct json *value, struct text *into)
{
	if (json_as_string(value) != NULL)
		text_add(into, json_as_string(value));
	else if (json_is_object(value))
		add_map(value, into);
	else if (value != NULL)
		json_add_to(into, value);
}

void cells_add_setting(const struct cell_summary *cell, const char *knob, struct text *into)
{
	add_value(json_get(cell->settings, knob), into);
}

void cells_add_cell(const struct cell_summary *cell, const char *knob, struct table *table)
{
	struct text value = {0};

	cells_add_setting(cell, knob, &value);
	inline_add(table_cell(table, json_get_number(cell->settings, knob)), text_string(&value));
	text_release(&value);
}

static bool same_setting(const struct cell_summary *a, const struct cell_summary *b, const char *setting)
{
	struct text left = {0}, right = {0};
	bool same;

	cells_add_setting(a, setting, &left);
	cells_add_setting(b, setting, &right);
	same = text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return same;
}

bool cells_vary(const struct summary *summary, const char *setting)
{
	for (size_t i = 1; i < summary->cell_count; i++)
		if (!same_setting(&summary->cells[0], &summary->cells[i], setting))
			return true;
	return false;
}

static bool is_hidden(const char *setting, const char *const hidden[])
{
	for (size_t i = 0; hidden[i] != NULL; i++)
		if (text_equal(setting, hidden[i]))
			return true;
	return false;
}

static void add_difference(const struct cell_summary *cell, const char *setting, struct text *into)
{
	struct text value = {0};

	cells_add_setting(cell, setting, &value);
	text_addf(into, "%s%s %s", into->size > 0 ? ", " : "", setting, value.size > 0 ? text_string(&value) : "unset");
	text_release(&value);
}

char **cells_differences(const struct summary *summary, const char *const hidden[])
{
	struct text *texts = memory_new(summary->cell_count, sizeof(*texts));
	char **differences = memory_new(summary->cell_count, sizeof(*differences));
	const struct json *settings = summary->cell_count > 0 ? summary->cells[0].settings : NULL;

	for (const struct json *setting = json_first(settings); setting != NULL; setting = json_next(setting)) {
		if (is_hidden(json_key(setting), hidden) || !cells_vary(summary, json_key(setting)))
			continue;
		for (size_t i = 0; i < summary->cell_count; i++)
			add_difference(&summary->cells[i], json_key(setting), &texts[i]);
	}
	for (size_t i = 0; i < summary->cell_count; i++)
		differences[i] = text_take(&texts[i]);
	free(texts);
	return differences;
}

void cells_free_differences(const struct summary *summary, char **differences)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		free(differences[i]);
	free(differences);
}

double cells_metric(const struct cell_summary *cell, const char *metric, double (*pick)(const struct distribution *))
{
	const struct metric *wanted = metric_find(metric);

	for (size_t i = 0; i < metric_count; i++)
		if (cell->metrics != NULL && cell->metrics[i].metric == wanted && cell->metrics[i].values.n > 0)
			return pick(&cell->metrics[i].values);
	return NAN;
}

static double median(const struct distribution *values)
{
	return values->p50;
}

double cells_median(const struct cell_summary *cell, const char *metric)
{
	return cells_metric(cell, metric, median);
}

struct table *cells_table(struct document *into)
{
	struct table *table = document_table(into);

	table_column(table, "Model");
	table_column(table, "Cell");
	return table;
}

void cells_row(const struct cell_summary *cell, const char *difference, struct table *table)
{
	table_row(table);
	table_cell_text(table, cells_model(cell));
	table_cell_text(table, difference);
}

void cells_define(const char *metric, struct document *into)
{
	const struct metric *wanted = metric_find(metric);
	struct text *item = document_item(into);

	text_addf(item, STRONG("%s") ": ", wanted->title);
	inline_add_sentence(item, wanted->definition);
}

struct interval cells_interval(const struct cell_summary *cell, const char *metric)
{
	const struct metric *wanted = metric_find(metric);

	for (size_t i = 0; i < metric_count; i++)
		if (cell->metrics != NULL && cell->metrics[i].metric == wanted)
			return cell->metrics[i].interval;
	return interval_of(NULL, 0);
}
