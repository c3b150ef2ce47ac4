/*
 * Seed 000's report. The tables hold results only: what changes from run to
 * run without meaning anything (time, versions) stands under them.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "document/markdown.h"
#include "report/cells.h"
#include "report/report.h"
#include "report/sections.h"

/* Settings that have a column or a heading; any other one that varies gets a heading of its own. */
static const char *const shown[] = {"server", "model", "queue_size", "context_size", "requests", "parallel", NULL};

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
static void add_duration(const struct cell_summary *cell, struct text *into)
{
	if (isnan(cell->duration_s) || cell->status == CELL_FAILED)
		text_add(into, cell->errors == JSON_UNKNOWN ? "" : "n/a");
	else
		text_addf(into, "%.*f", cell->duration_s < 9.95 ? 1 : 0, cell->duration_s);
}

static void separate(struct text *notes)
{
	if (notes->size > 0)
		text_add(notes, "; ");
}

static void add_memory(const struct summary *summary, const struct cell_summary *cell, struct text *notes)
{
	const struct memory_summary *memory = &cell->memory;

	if (memory->system_peak_bytes == JSON_UNKNOWN || memory->total_bytes == JSON_UNKNOWN)
		return;
	text_add(notes, "Memory Usage: ");
	units_add_gi(notes, memory->system_peak_bytes);
	text_add_char(notes, '/');
	units_add_gi(notes, memory->total_bytes);
	for (size_t i = 0; i < summary->note_count; i++) {
		int64_t change = memory->system_peak_bytes - memory->baseline_bytes;

		if (!text_equal(summary->notes[i], "change") || memory->baseline_bytes == JSON_UNKNOWN)
			continue;
		text_addf(notes, "; Change from Idle: %s", change < 0 ? "-" : "+");
		units_add_gi(notes, change < 0 ? -change : change);
	}
}

static void add_runners(const struct cell_summary *cell, struct text *notes)
{
	int64_t runners = json_get_integer(cell->settings, "parallel");

	if (runners == JSON_UNKNOWN)
		text_add(notes, "Could not run.");
	else
		text_addf(notes, "Could not run %lld runner%s.", (long long)runners, runners == 1 ? "" : "s");
}

static void add_notes(const struct summary *summary, const struct cell_summary *cell, struct text *into)
{
	struct text notes = {0};

	switch (cell->status) {
	case CELL_DONE:
		add_memory(summary, cell, &notes);
		break;
	case CELL_FAILED:
		/* The seed's words for one server; of several, which one cannot be had and why is the result. */
		if (cell->server_words == NULL && cell->sent <= 0 && !compares_servers(summary))
			add_runners(cell, &notes);
		else if (cell->server_words == NULL && cell->reason != NULL)
			text_add(&notes, cell->reason);
		break;
	case CELL_SKIPPED:
		text_add(&notes, cell->reason ? cell->reason : "skipped");
		break;
	case CELL_UNFINISHED:
		break;
	}
	if (cell->server_words != NULL) {
		separate(&notes);
		text_add(&notes, cell->server_words);
	}
	for (size_t i = 0; i < cell->flag_count; i++) {
		if (!report_is_noted(cell->flags[i]))
			continue;
		separate(&notes);
		text_add(&notes, cell->flags[i]);
	}
	markdown_add_cell(into, text_string(&notes));
	text_release(&notes);
}

static void add_row(const struct summary *summary, const struct cell_summary *cell, struct text *into)
{
	static const char *const columns[] = {"queue_size", "context_size", "requests", "parallel"};

	text_add(into, "| ");
	if (compares_servers(summary)) {
		struct text name = {0};

		cells_add_setting(cell, "server", &name);
		markdown_add_cell(into, text_string(&name));
		text_add(into, " | ");
		text_release(&name);
	}
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		cells_add_setting(cell, columns[i], into);
		text_add(into, " | ");
	}
	add_duration(cell, into);
	text_add(into, " | ");
	if (cell->errors != JSON_UNKNOWN)
		text_addf(into, "%lld", (long long)cell->errors);
	text_add(into, " | ");
	add_notes(summary, cell, into);
	text_add(into, " |\n");
}

/* Rows of one model that differ only in the columns of the table. */
static void add_table(const struct summary *summary, char **differences, size_t first, struct text *into)
{
	if (differences[first][0] != '\0') {
		text_add(into, "### ");
		markdown_add_line(into, differences[first]);
		text_add(into, "\n\n");
	}
	text_addf(into,
	          "%s| Queue Size | Context Size | Requests | Number of Parallel Model Requests Allowed | "
	          "Duration (Seconds) | Errors | Notes |\n%s|----|----|----|----|----|----|----|\n",
	          compares_servers(summary) ? "| Framework " : "", compares_servers(summary) ? "|----" : "");
	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first) && text_equal(differences[i], differences[first]))
			add_row(summary, &summary->cells[i], into);
	text_add_char(into, '\n');
}

/* What is known of the model's file: its size where all servers have one of that size, the first block. */
static void collect_facts(const struct summary *summary, const char *model, int64_t *size_bytes, const char **block)
{
	bool differ = false;

	*size_bytes = JSON_UNKNOWN;
	*block = NULL;
	for (size_t i = 0; i < summary->model_count; i++) {
		const struct model_facts *facts = &summary->models[i];

		if (!text_equal(facts->name, model))
			continue;
		if (*block == NULL)
			*block = facts->block;
		if (facts->size_bytes == JSON_UNKNOWN)
			continue;
		differ = differ || (*size_bytes != JSON_UNKNOWN && *size_bytes != facts->size_bytes);
		*size_bytes = facts->size_bytes;
	}
	if (differ)
		*size_bytes = JSON_UNKNOWN;
}

static void add_model_heading(const struct summary *summary, const char *model, struct text *into)
{
	const char *block;
	int64_t size_bytes;

	collect_facts(summary, model, &size_bytes, &block);
	text_add(into, "## Model: ");
	markdown_add_line(into, model);
	if (size_bytes != JSON_UNKNOWN) {
		text_add(into, " (");
		units_add_gb(into, size_bytes);
		text_add_char(into, ')');
	}
	text_add(into, "\n\n");
	if (block != NULL) {
		markdown_add_fence(into, block);
		text_add_char(into, '\n');
	}
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

static void add_model(const struct summary *summary, char **differences, size_t first, struct text *into)
{
	add_model_heading(summary, cells_model(&summary->cells[first]), into);
	for (size_t i = first; i < summary->cell_count; i++)
		if (same_model(summary, i, first) && is_first(summary, differences, i))
			add_table(summary, differences, i, into);
}

void report_sweep_markdown(const struct summary *summary, struct text *into)
{
	char **differences = cells_differences(summary, shown);

	text_add(into, "# ");
	markdown_add_line(into, summary->title ? summary->title : "");
	text_add(into, "\n\n");
	for (size_t i = 0; i < summary->cell_count; i++)
		if (is_first(summary, NULL, i))
			add_model(summary, differences, i, into);
	cells_free_differences(summary, differences);
	report_add_figures(summary, into);
	report_add_anchor(summary, into);
	report_add_flags(summary, into);
	report_add_queue(summary, into);
	report_add_provenance(summary, into);
}
