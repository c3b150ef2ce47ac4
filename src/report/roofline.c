/*
 * The roof over decoding: what the memory's bandwidth allows, beside what was
 * measured.
 */
#include <math.h>

#include "report/cells.h"
#include "report/sections.h"

static const struct column {
	const char *title, *metric;
	int decimals;
} columns[] = {
    {"Expected (tokens/s)", "expected_decode_tokens_per_s", 1},
    {"Decode p50 (tokens/s)", "decode_tokens_per_s", 1},
    {"MBU (%)", "mbu_pct", 1},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

static bool is_known(const struct cell_summary *cell)
{
	return !isnan(cells_median(cell, "expected_decode_tokens_per_s"));
}

static void add_source(const struct json *host, struct document *into)
{
	double of_gpu = json_get_number(host, "gpu_bandwidth_bytes_per_s");
	double of_memory = json_get_number(host, "memory_bandwidth_bytes_per_s");
	const char *source = json_get_string(host, "memory_bandwidth_source");
	struct text *item;

	if (!isnan(of_gpu))
		text_addf(
		    document_item(into),
		    STRONG("Bandwidth of the GPU") ": %.1f GB/s, by its driver: the largest clock on all of the bus.",
		    of_gpu / 1e9);
	if (isnan(of_memory) || source == NULL)
		return;
	item = document_item(into);
	text_addf(item, STRONG("Bandwidth of the memory") ": %.1f GB/s, ", of_memory / 1e9);
	inline_add(item, source);
	text_add(item, ".");
}

static struct table *begin_table(struct document *into)
{
	struct table *table;

	text_add(document_heading(into, 2), "Decode and memory bandwidth");
	table = cells_table(into);
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		table_number_column(table, columns[c].title);
	return table;
}

static void add_row(const struct cell_summary *cell, const char *difference, struct table *table)
{
	cells_row(cell, difference, table);
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		table_cell_number(table, cells_median(cell, columns[c].metric), columns[c].decimals);
}

void report_add_roofline(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	struct table *table = NULL;
	char **differences = cells_differences(summary, hidden);

	for (size_t i = 0; i < summary->cell_count; i++) {
		if (!is_known(&summary->cells[i]))
			continue;
		if (table == NULL)
			table = begin_table(into);
		add_row(&summary->cells[i], differences[i], table);
	}
	cells_free_differences(summary, differences);
	if (table == NULL)
		return;
	for (size_t c = 0; c < COLUMN_COUNT; c++)
		cells_define(columns[c].metric, into);
	add_source(summary->host, into);
}
