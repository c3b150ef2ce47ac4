/*
 * What the machine did while cells were measured: processors, GPU, power, heat;
 * and memory by phase against the idle baseline. Only what it told is shown.
 */
#include <math.h>

#include "core/machine_summary.h"
#include "report/cells.h"
#include "report/sections.h"

/* While requests ran. */
static const struct column {
	const char *title;
	const char *metric;
	int decimals;
} columns[] = {
    {"CPU (%)", "cpu_pct", 0},
    {"Server CPU (%)", "server_cpu_pct", 0},
    {"Client CPU (%)", "client_cpu_pct", 1},
    {"CPU power (W)", "cpu_power_w", 1},
    {"CPU (°C)", "cpu_temperature_c", 0},
    {"GPU busy (%)", "gpu_busy_pct", 0},
    {"Server GPU (%)", "server_gpu_pct", 0},
    {"GPU power (W)", "gpu_power_w", 1},
    {"GPU (°C)", "gpu_temperature_c", 0},
    {"GPU throttled (%)", "gpu_throttled_pct", 0},
    {"System power (W)", "system_power_w", 1},
    {"Energy (J)", "energy_j", 1},
    {"Tokens/J", "tokens_per_j", 3},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

/* Memory by phase. */
static const struct place {
	const char *title;
	enum phase phase;
	const char *figure;
	const char *which;
} places[] = {
    {"Used, idle (GiB)", PHASE_IDLE, "used_bytes", "last"},
    {"Used, loaded (GiB)", PHASE_LOADED, "used_bytes", "peak"},
    {"Used, measuring (GiB)", PHASE_MEASURING, "used_bytes", "peak"},
    {"Used, after (GiB)", PHASE_AFTER, "used_bytes", "last"},
    {"Server, loaded (GiB)", PHASE_LOADED, "server_resident_bytes", "peak"},
    {"Server, measuring (GiB)", PHASE_MEASURING, "server_resident_bytes", "peak"},
    {"of it mapped files (GiB)", PHASE_MEASURING, "server_file_bytes", "peak"},
    {"Server footprint, measuring (GiB)", PHASE_MEASURING, "server_footprint_bytes", "peak"},
    {"GPU, idle (GiB)", PHASE_IDLE, "gpu_used_bytes", "last"},
    {"GPU, loaded (GiB)", PHASE_LOADED, "gpu_used_bytes", "peak"},
    {"GPU, measuring (GiB)", PHASE_MEASURING, "gpu_used_bytes", "peak"},
};
enum { PLACE_COUNT = sizeof(places) / sizeof(places[0]) };

/* What is shown, found once: it looks at all cells. */
struct shown {
	bool column[COLUMN_COUNT], place[PLACE_COUNT];
	bool any; /* of the columns: a simulated device tells nothing but used memory, which the tables above have */
};

static double gib_of(const struct cell_summary *cell, const struct place *place)
{
	const struct json *phase = json_get(json_get(cell->machine, "phases"), phase_name(place->phase));
	int64_t bytes = json_get_integer(json_get(phase, place->figure), place->which);

	return bytes != JSON_UNKNOWN ? (double)bytes / (double)(INT64_C(1) << 30) : NAN;
}

static void find_shown(const struct summary *summary, struct shown *shown)
{
	*shown = (struct shown){0};
	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];

		for (size_t c = 0; c < COLUMN_COUNT; c++)
			shown->column[c] |= !isnan(cells_median(cell, columns[c].metric));
		for (size_t p = 0; p < PLACE_COUNT; p++)
			shown->place[p] |= !isnan(gib_of(cell, &places[p]));
	}
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		shown->any |= shown->column[c];
}

/* What energy was counted of; cells of one run have the same sensors, so the first that knows stands for all. */
static const char *energy_source(const struct summary *summary)
{
	for (size_t i = 0; i < summary->cell_count; i++) {
		const char *source = json_get_string(summary->cells[i].machine, "energy_source");

		if (source != NULL)
			return source;
	}
	return NULL;
}

static void add_definitions(const struct summary *summary, const struct shown *shown, struct document *into)
{
	const char *source = energy_source(summary);

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (shown->column[i])
			cells_define(columns[i].metric, into);
	if (source != NULL)
		text_addf(document_item(into), "Energy here is that of the %s.",
		          text_equal(source, "system") ? "whole machine"
		          : text_equal(source, "gpu")  ? "GPUs alone"
		          : text_equal(source, "cpu")  ? "CPU packages alone"
		                                       : "GPUs and CPU packages");
}

static void add_activity(const struct summary *summary, char **differences, const struct shown *shown,
                         struct document *into)
{
	struct table *table = cells_table(into);

	for (size_t c = 0; c < COLUMN_COUNT; c++)
		if (shown->column[c])
			table_number_column(table, columns[c].title);
	for (size_t i = 0; i < summary->cell_count; i++) {
		if (summary->cells[i].machine == NULL)
			continue;
		cells_row(&summary->cells[i], differences[i], table);
		for (size_t c = 0; c < COLUMN_COUNT; c++)
			if (shown->column[c])
				table_cell_number(table, cells_median(&summary->cells[i], columns[c].metric),
				                  columns[c].decimals);
	}
	add_definitions(summary, shown, into);
}

/* clang-format off */
static const char memory_words[] =
    STRONG("Used") ": of the whole system, as under provenance; "
    STRONG("Server") ": resident memory of its processes; "
    STRONG("GPU") ": what the driver has allocated, for all programs. Idle is before the model is loaded, after is when "
    "the cell was measured, both by the last sample of their phase; the others are the highest samples of theirs.";
/* clang-format on */

static void add_memory(const struct summary *summary, char **differences, const struct shown *shown,
                       struct document *into)
{
	struct table *table;

	text_add(document_heading(into, 3), "Memory by phase");
	table = cells_table(into);
	for (size_t p = 0; p < PLACE_COUNT; p++)
		if (shown->place[p])
			table_number_column(table, places[p].title);
	for (size_t i = 0; i < summary->cell_count; i++) {
		if (summary->cells[i].machine == NULL)
			continue;
		cells_row(&summary->cells[i], differences[i], table);
		for (size_t p = 0; p < PLACE_COUNT; p++)
			if (shown->place[p])
				table_cell_number(table, gib_of(&summary->cells[i], &places[p]), 3);
	}
	text_add(document_item(into), memory_words);
}

void report_add_machine(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	struct shown shown;
	char **differences;

	find_shown(summary, &shown);
	if (!shown.any)
		return;
	differences = cells_differences(summary, hidden);
	text_add(document_heading(into, 2), "Machine");
	add_activity(summary, differences, &shown, into);
	add_memory(summary, differences, &shown, into);
	report_add_stages(summary, differences, into);
	cells_free_differences(summary, differences);
}
