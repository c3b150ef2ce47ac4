#include "report/chart_cells.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/cells.h"

enum { HIDDEN_MAX = 16 };

static const char *const load_knobs[] = {"parallel", "concurrency", "rate", "requests"};
enum { LOAD_KNOBS = sizeof(load_knobs) / sizeof(load_knobs[0]) };

const char *chart_load_knob(const struct report_input *input)
{
	for (size_t i = 0; i < LOAD_KNOBS; i++)
		for (size_t run = 0; run < input->count; run++)
			if (cells_vary(input->runs[run].summary, load_knobs[i]))
				return load_knobs[i];
	return NULL;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* The first cell that has its value of the axis. */
static const struct cell_summary *first_with(const struct summary *summary, const char *axis, double value)
{
	const struct cell_summary *cell = summary->cells;

	while (!same_number(json_get_number(cell->settings, axis), value))
		cell++;
	return cell;
}

/* Whether the knob has one value for each value of the axis: then it tells no cells apart that the axis does not. */
static bool follows(const struct report_input *input, const char *axis, const char *knob)
{
	for (size_t run = 0; run < input->count; run++) {
		const struct summary *summary = input->runs[run].summary;

		for (size_t i = 0; i < summary->cell_count; i++) {
			const struct json *settings = summary->cells[i].settings;
			const struct cell_summary *first = first_with(summary, axis, json_get_number(settings, axis));

			if (!same_number(json_get_number(settings, knob), json_get_number(first->settings, knob)))
				return false;
		}
	}
	return true;
}

/* What stands in no name; NULL-terminated. */
static void hide(const struct report_input *input, const char *const axes[], const char *hidden[HIDDEN_MAX])
{
	const char *load = axes[0] != NULL ? axes[0] : chart_load_knob(input);
	size_t count = 0;

	hidden[count++] = "model";
	for (size_t i = 0; axes[i] != NULL; i++)
		hidden[count++] = axes[i];
	for (size_t i = 0; i < LOAD_KNOBS && load != NULL; i++)
		if (!text_equal(load_knobs[i], load) && follows(input, load, load_knobs[i]))
			hidden[count++] = load_knobs[i];
	hidden[count] = NULL;
	assert(count < HIDDEN_MAX);
}

static bool models_vary(const struct report_input *input)
{
	const char *first = NULL;

	for (size_t run = 0; run < input->count; run++)
		for (size_t i = 0; i < input->runs[run].summary->cell_count; i++) {
			const char *model = cells_model(&input->runs[run].summary->cells[i]);

			first = first != NULL ? first : model;
			if (!text_equal(first, model))
				return true;
		}
	return false;
}

void chart_add_run(const struct report_input *input, size_t run, struct text *into)
{
	const char *title = input->runs[run].summary->title;
	size_t same = 0, place = 0;

	for (size_t i = 0; i < input->count; i++) {
		same += text_equal(input->runs[i].summary->title, title);
		place += i <= run && text_equal(input->runs[i].summary->title, title);
	}
	text_add(into, title != NULL ? title : "run");
	if (same > 1)
		text_addf(into, " #%zu", place);
}

static void add_part(struct text *into, const char *part)
{
	if (part[0] != '\0')
		text_addf(into, "%s%s", into->size > 0 ? ", " : "", part);
}

static char *name_of(const struct report_input *input, size_t run, const char *model, const char *difference)
{
	struct text name = {0};

	if (input->count > 1)
		chart_add_run(input, run, &name);
	add_part(&name, model);
	add_part(&name, difference);
	return text_take(&name);
}

struct chart_cells chart_cells_of(const struct report_input *input, const char *const axes[])
{
	const char *hidden[HIDDEN_MAX];
	bool with_model = models_vary(input);
	struct chart_cells cells = {0};
	size_t capacity = 0;

	hide(input, axes, hidden);
	for (size_t run = 0; run < input->count; run++) {
		const struct summary *summary = input->runs[run].summary;
		char **differences = cells_differences(summary, hidden);

		for (size_t i = 0; i < summary->cell_count; i++) {
			const struct cell_summary *cell = &summary->cells[i];

			cells.items = memory_grow(cells.items, &capacity, cells.count, sizeof(*cells.items));
			cells.items[cells.count++] = (struct chart_cell){
			    cell, run, i, name_of(input, run, with_model ? cells_model(cell) : "", differences[i])};
		}
		cells_free_differences(summary, differences);
	}
	return cells;
}

void chart_cells_release(struct chart_cells *cells)
{
	for (size_t i = 0; i < cells->count; i++)
		free(cells->items[i].name);
	free(cells->items);
	*cells = (struct chart_cells){0};
}

bool chart_cells_begins(const struct chart_cells *cells, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (text_equal(cells->items[i].name, cells->items[cell].name))
			return false;
	return true;
}

size_t chart_cells_names(const struct chart_cells *cells)
{
	size_t names = 0;

	for (size_t i = 0; i < cells->count; i++)
		names += chart_cells_begins(cells, i);
	return names;
}

char *chart_title(const char *what, size_t series_count)
{
	if (series_count > CHART_SERIES_MAX)
		return text_format("%s (%d of %zu)", what, CHART_SERIES_MAX, series_count);
	return memory_string(what);
}

double chart_value(const struct cell_summary *cell, const char *metric)
{
	return cell->status == CELL_DONE ? cells_median(cell, metric) : NAN;
}

const char *chart_name(const char *name)
{
	return name[0] != '\0' ? name : NULL;
}
