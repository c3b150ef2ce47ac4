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

static double median(const struct distribution *values)
{
	return values->p50;
}

static bool is_known(const struct cell_summary *cell)
{
	return !isnan(cells_metric(cell, "expected_decode_tokens_per_s", median));
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

void report_add_roofline(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	struct table *table = NULL;
	char **differences = cells_differences(summary, hidden);

	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];

		if (!is_known(cell))
			continue;
		if (table == NULL) {
			text_add(document_heading(into, 2), "Decode and memory bandwidth");
			table = document_table(into);
			table_column(table, "Model");
			table_column(table, "Cell");
			for (size_t c = 0; c < COLUMN_COUNT; c++)
				table_number_column(table, columns[c].title);
		}
		table_row(table);
		table_cell_text(table, cells_model(cell));
		table_cell_text(table, differences[i]);
		for (size_t c = 0; c < COLUMN_COUNT; c++)
			table_cell_number(table, cells_metric(cell, columns[c].metric, median), columns[c].decimals);
	}
	for (size_t c = 0; c < COLUMN_COUNT && table != NULL; c++) {
		const struct metric *metric = metric_find(columns[c].metric);
		struct text *item = document_item(into);

		text_addf(item, STRONG("%s") ": ", metric->title);
		inline_add_sentence(item, metric->definition);
	}
	if (table != NULL)
		add_source(summary->host, into);
	cells_free_differences(summary, differences);
}
