/* The anchor's repeats: what they say of the machine, beside the tables of cells. */
#include "core/anchor.h"

#include <math.h>
#include <stdlib.h>

#include "report/cells.h"
#include "report/figure.h"
#include "report/sections.h"

/* What the machine tells of heat; of a simulated device it means nothing. */
static const struct column {
	const char *title, *part, *key;
} columns[] = {
    {"CPU at most (°C)", "worst", "cpu_temperature_c"},
    {"Thermal state, worst", "worst", "thermal_state"},
    {"Slowed for heat (times)", "during", "throttles"},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

static const struct json *value_of(const struct anchor_repeat *repeat, const struct column *column)
{
	return json_get(json_get(repeat->cell.conditions, column->part), column->key);
}

static bool is_simulated(const struct summary *summary)
{
	const char *name = json_get_string(summary->cells[0].settings, "server");

	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, name))
			return summary->servers[i].simulated != NULL;
	return false;
}

/* Known of one of the repeats at least. */
static bool is_shown(const struct summary *summary, const struct column *column)
{
	for (size_t i = 0; i < summary->repeat_count; i++)
		if (value_of(&summary->repeats[i], column) != NULL)
			return !is_simulated(summary);
	return false;
}

/* "1:02:05" */
static void add_clock(struct text *into, double seconds)
{
	bool known = seconds >= 0 && seconds < 1e9; /* 30 years */
	long whole = known ? (long)seconds : 0;

	if (known)
		text_addf(into, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
	else
		text_add(into, "–");
}

static void add_conditions(const struct summary *summary, const struct anchor_repeat *repeat, struct table *table)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		const struct json *value = value_of(repeat, &columns[i]);

		if (!is_shown(summary, &columns[i]))
			continue;
		if (json_as_string(value) != NULL)
			table_cell_text(table, json_as_string(value));
		else
			table_cell_number(table, json_as_number(value), 0);
	}
}

/* Why it is not done, and what the row of a cell would say of it. */
static void add_notes(const struct anchor_repeat *repeat, struct table *table)
{
	const struct cell_summary *cell = &repeat->cell;
	struct text notes = {0};

	if (cell->reason != NULL)
		text_addf(&notes, "%s: %s", cell_status_name(cell->status), cell->reason);
	for (size_t i = 0; i < cell->flag_count; i++)
		if (report_is_noted(cell->flags[i]))
			text_addf(&notes, "%s%s", notes.size > 0 ? "; " : "", cell->flags[i]);
	table_cell_text(table, text_string(&notes));
	text_release(&notes);
}

static void add_row(const struct summary *summary, size_t index, struct table *table)
{
	const struct anchor_repeat *repeat = &summary->repeats[index];
	const struct cell_summary *cell = &repeat->cell;
	const struct interval interval = cells_interval(cell, ANCHOR_METRIC);
	double figure = anchor_figure(repeat), change_pct = anchor_change_pct(summary, repeat);
	double duration_s = cell->status == CELL_DONE ? cell->duration_s : NAN;

	table_row(table);
	table_cell_number(table, (double)(index + 1), 0);
	add_clock(table_cell(table, repeat->since_start_s), repeat->since_start_s);
	figure_add(table_cell(table, figure), figure, &interval, 1);
	if (isnan(change_pct))
		table_cell_number(table, change_pct, 1);
	else
		text_addf(table_cell(table, change_pct), "%+.1f", change_pct);
	table_cell_number(table, cells_median(cell, "ttft_ms"), 1);
	table_cell_number(table, duration_s, duration_s < 9.95 ? 1 : 0);
	add_conditions(summary, repeat, table);
	add_notes(repeat, table);
}

static void add_introduction(const struct summary *summary, struct text *into)
{
	static const char *const hidden[] = {NULL};
	char **differences = cells_differences(summary, hidden);
	bool varies = summary->cell_count > 0 && differences[0][0] != '\0';

	text_addf(into, "The first cell%s", varies ? " (" : "");
	inline_add(into, varies ? differences[0] : "");
	text_addf(
	    into,
	    "%s, measured again between the others (" CODE("anchor: %lld") "); its repeats are in no other table.",
	    varies ? ")" : "", (long long)summary->anchor_every);
	cells_free_differences(summary, differences);
}

static void add_table(const struct summary *summary, struct table *table)
{
	static const char *const titles[] = {"Repeat",     "Since start",   "Output tokens/s",
	                                     "Change (%)", "TTFT p50 (ms)", "Duration (Seconds)"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_number_column(table, titles[i]);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (is_shown(summary, &columns[i]))
			table_number_column(table, columns[i].title);
	table_column(table, "Notes");
	for (size_t i = 0; i < summary->repeat_count; i++)
		add_row(summary, i, table);
}

static void add_drift(const struct anchor_drift *drift, struct text *into)
{
	if (isnan(drift->pct_per_hour)) {
		text_addf(into,
		          STRONG("Drift") ": not known; it needs %d repeats that are done, at different times, and "
		                          "there are %zu.",
		          ANCHOR_REPEATS_MIN, drift->repeats);
		return;
	}
	text_addf(into,
	          STRONG("Drift") ": output tokens/s %+.3g %% per hour, 95 %% confidence interval [%+.3g, %+.3g]: the "
	                          "slope of the least-squares line through %zu repeats over ",
	          drift->pct_per_hour, drift->interval.low, drift->interval.high, drift->repeats);
	add_clock(into, drift->span_s);
	text_addf(into, ", in %% of their mean; %+.1f %% over that time%s.", drift->span_pct,
	          drift->flagged ? ": see anchor-drift under Flags" : "");
}

void report_add_anchor(const struct summary *summary, struct document *into)
{
	struct anchor_drift drift = anchor_drift_of(summary);

	if (summary->repeat_count == 0)
		return;
	text_add(document_heading(into, 2), "Anchor");
	add_introduction(summary, document_paragraph(into));
	add_table(summary, document_table(into));
	text_add(document_item(into), STRONG("Change") ": of output tokens/s against the first repeat.");
	add_drift(&drift, document_item(into));
}
