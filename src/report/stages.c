/*
 * What the machine did while only prompts were computed, and while only text
 * was written: by the samples that were taken then.
 */
#include "core/stages.h"

#include <math.h>

#include "report/cells.h"
#include "report/sections.h"

#define PER_GIB (1.0 / (1 << 30))

/* By a counter, as a rate; else by a gauge. A counter that stands still meanwhile does not work. */
static const struct column {
	const char *title;
	const char *counter;
	double counter_scale;
	const char *gauge, *which;
	double gauge_scale;
	int decimals;
} columns[] = {
    {"Server CPU (%)", "server_cpu_ns", 1e-7, NULL, NULL, 0, 0},
    {"CPU power (W)", "cpu_energy_uj", 1e-6, NULL, NULL, 0, 1},
    {"GPU busy (%)", NULL, 0, "gpu_busy_pct", "mean", 1, 0},
    {"GPU power (W)", "gpu_energy_uj", 1e-6, "gpu_power_mw", "mean", 1e-3, 1},
    {"System power (W)", NULL, 0, "system_power_mw", "mean", 1e-3, 1},
    {"Used (GiB)", NULL, 0, "used_bytes", "peak", PER_GIB, 3},
    {"Server (GiB)", NULL, 0, "server_resident_bytes", "peak", PER_GIB, 3},
    {"GPU (GiB)", NULL, 0, "gpu_used_bytes", "peak", PER_GIB, 3},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

static const struct json *figures_of(const struct cell_summary *cell, enum stage stage)
{
	return json_get(json_get(cell->machine, "phases"), stage_name(stage));
}

static double value_of(const struct json *figures, const struct column *column)
{
	const struct json *counter = column->counter != NULL ? json_get(figures, column->counter) : NULL;
	double rate = json_get_number(counter, "grown") / json_get_number(counter, "over_s");

	if (rate > 0)
		return rate * column->counter_scale;
	return column->gauge != NULL
	           ? json_get_number(json_get(figures, column->gauge), column->which) * column->gauge_scale
	           : NAN;
}

/* Returns whether there is any; shown: the columns. */
static bool find_shown(const struct summary *summary, bool shown[COLUMN_COUNT])
{
	bool any = false;

	for (size_t i = 0; i < summary->cell_count; i++)
		for (int stage = 0; stage < STAGE_COUNT; stage++) {
			const struct json *figures = figures_of(&summary->cells[i], (enum stage)stage);

			for (size_t c = 0; c < COLUMN_COUNT; c++)
				shown[c] |= !isnan(value_of(figures, &columns[c]));
			any |= figures != NULL;
		}
	return any;
}

static void add_row(const struct cell_summary *cell, const char *difference, enum stage stage,
                    const bool shown[COLUMN_COUNT], struct table *table)
{
	const struct json *figures = figures_of(cell, stage);

	cells_row(cell, difference, table);
	table_cell_text(table, stage_name(stage));
	table_cell_number(table, figures != NULL ? json_get_number(figures, "samples") : 0, 0);
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		if (shown[c])
			table_cell_number(table, value_of(figures, &columns[c]), columns[c].decimals);
}

void report_add_stages(const struct summary *summary, char **differences, struct document *into)
{
	bool shown[COLUMN_COUNT] = {false};
	struct table *table;

	if (!find_shown(summary, shown))
		return;
	text_add(document_heading(into, 3), "Prefill and decode");
	table = cells_table(into);
	table_column(table, "Stage");
	table_number_column(table, "Samples");
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		if (shown[c])
			table_number_column(table, columns[c].title);
	for (size_t i = 0; i < summary->cell_count; i++)
		for (int stage = 0; summary->cells[i].machine != NULL && stage < STAGE_COUNT; stage++)
			add_row(&summary->cells[i], differences[i], (enum stage)stage, shown, table);
	text_add(
	    document_item(into),
	    STRONG("Prefill") ": samples that were taken while only prompts were computed; " STRONG(
		"decode") ": while only text was written, by the replies of all requests. Those of both at once are in "
			  "neither, and a stage between two samples has none. Memory is the highest of them; power and "
			  "GPU are means of those before which the stage had lasted a second, and CPU is between two "
			  "samples of one stage.");
}
