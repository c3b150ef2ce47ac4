/*
 * Seed 000's report. The tables hold results only: what changes from run to
 * run without meaning anything (time, versions) stands under them.
 */
#include <math.h>

#include "base/units.h"
#include "report/cells.h"
#include "report/charts.h"
#include "report/sections.h"
#include "report/styles.h"

/* Settings that have a column or a heading; any other one that varies gets a heading of its own. */
static const char *const shown[] = {"server", "model", "queue_size", "context_size", "requests", "parallel", NULL};

/* Seed 000 aligns numbers like words. */
static const struct {
	const char *knob, *title;
} columns[] = {
    {"queue_size", "Queue Size"},
    {"context_size", "Context Size"},
    {"requests", "Requests"},
    {"parallel", "Number of Parallel Model Requests Allowed"},
};

/* Several servers are compared in one table, with a column of frameworks before the others. */
static bool compares_servers(const struct summary *summary)
{
	return cells_vary(summary, "server");
}

static bool same_model(const struct summary *summary, size_t a, size_t b)
{
	return text_equal(cells_model(&summary->cells[a]), cells_model(&summary->cells[b]));
}

/* A failed cell has no duration that could be compared, even where some of its requests were answered. */
static void add_duration(const struct cell_summary *cell, struct table *table)
{
	bool known = !isnan(cell->duration_s) && cell->status != CELL_FAILED;

	if (known)
		table_cell_number(table, cell->duration_s, cell->duration_s < 9.95 ? 1 : 0);
	else
		table_cell_text(table, cell->errors == JSON_UNKNOWN ? "" : "n/a");
}

static void add_row(const struct summary *summary, const struct cell_summary *cell, struct table *table)
{
	table_row(table);
	if (compares_servers(summary))
		cells_add_cell(cell, "server", table);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		cells_add_cell(cell, columns[i].knob, table);
	add_duration(cell, table);
	if (cell->errors == JSON_UNKNOWN)
		table_cell_text(table, NULL);
	else
		table_cell_number(table, (double)cell->errors, 0);
	report_add_notes(summary, cell, table);
}

/* Rows of one model that differ only in the columns of the table. */
static void add_table(const struct summary *summary, char **differences, size_t first, struct document *into)
{
	struct table *table;

	if (differences[first][0] != '\0')
		inline_add(document_heading(into, 3), differences[first]);
	table = document_table(into);
	if (compares_servers(summary))
		table_column(table, "Framework");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_column(table, columns[i].title);
	table_column(table, "Duration (Seconds)");
	table_column(table, "Errors");
	table_column(table, "Notes");
	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first) && text_equal(differences[i], differences[first]))
			add_row(summary, &summary->cells[i], table);
}

/* What one of the servers prints of the model; NULL unknown. */
static const char *model_block(const struct summary *summary, const char *model)
{
	for (size_t i = 0; i < summary->model_count; i++)
		if (text_equal(summary->models[i].name, model) && summary->models[i].block != NULL)
			return summary->models[i].block;
	return NULL;
}

static void add_model_heading(const struct summary *summary, const char *model, struct document *into)
{
	struct text *heading = document_heading(into, 2);
	const char *block = model_block(summary, model);
	int64_t size_bytes = cells_model_size(summary, model);

	text_add(heading, "Model: ");
	inline_add(heading, model);
	if (size_bytes != JSON_UNKNOWN) {
		text_add(heading, " (");
		units_add_gb(heading, size_bytes);
		text_add_char(heading, ')');
	}
	if (block != NULL)
		text_add(document_code(into), block);
}

/* True when no earlier cell has the same model (and, with `differences`, the same other settings). */
static bool is_first(const struct summary *summary, char **differences, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (same_model(summary, i, cell) &&
		    (differences == NULL || text_equal(differences[i], differences[cell])))
			return false;
	return true;
}

static void add_model(const struct summary *summary, char **differences, size_t first, struct document *into)
{
	add_model_heading(summary, cells_model(&summary->cells[first]), into);
	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first) && is_first(summary, differences, i))
			add_table(summary, differences, i, into);
}

static void add_run(const struct report_input *input, size_t run, struct document *into)
{
	const struct report_input only = {&input->runs[run], 1, input->options};
	const struct summary *summary = input->runs[run].summary;
	char **differences = cells_differences(summary, shown);

	inline_add(document_heading(into, 1), summary->title);
	for (size_t i = 0; i < summary->cell_count; i++)
		if (is_first(summary, NULL, i))
			add_model(summary, differences, i, into);
	cells_free_differences(summary, differences);
	report_add_figures(summary, into);
	report_add_machine(summary, into);
	report_add_roofline(summary, into);
	report_add_memory_parts(summary, into);
	charts_add(&only, into);
	report_add_anchor(summary, into);
	report_add_flags(summary, into);
	report_add_queue(summary, into);
	report_add_provenance(summary, into);
}

bool style_sweep(const struct report_input *input, struct document *into, struct failure *failure)
{
	(void)failure;
	for (size_t i = 0; i < input->count; i++)
		add_run(input, i, into);
	return true;
}
