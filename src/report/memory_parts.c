/* Predicted against measured: what a file, a loaded model and the memory that was used have to do with each other. */
#include <math.h>

#include "core/memory_account.h"

#include "base/units.h"
#include "report/cells.h"
#include "report/models.h"
#include "report/sections.h"

static bool is_predicted(const struct cell_summary *cell)
{
	return cell->predicted.total_bytes != JSON_UNKNOWN;
}

static void add_gi(int64_t bytes, struct table *table)
{
	struct text *into = table_cell(table, bytes == JSON_UNKNOWN ? NAN : (double)bytes);

	if (bytes == JSON_UNKNOWN)
		text_add(into, "–");
	else if (bytes < 0)
		text_add(into, "-");
	if (bytes != JSON_UNKNOWN)
		units_add_gi(into, bytes < 0 ? -bytes : bytes);
}

static void add_row(const struct summary *summary, size_t i, const char *difference, struct table *table)
{
	const struct cell_summary *cell = &summary->cells[i];
	struct memory_account account = memory_account_of(cell, models_of_cell(summary, cell));
	int64_t predicted = cell->predicted.total_bytes;
	const int64_t figures[] = {
	    account.loaded_bytes,  account.weights_bytes,     account.kv_bytes,
	    account.compute_bytes, account.unexplained_bytes, predicted,
	    account.used_bytes,
	};

	cells_row(cell, difference, table);
	models_add_size(table_cell(table, account.file_bytes == JSON_UNKNOWN ? NAN : (double)account.file_bytes),
	                account.file_bytes);
	for (size_t f = 0; f < sizeof(figures) / sizeof(figures[0]); f++)
		add_gi(figures[f], table);
	table_cell_text(table, account.used_what != NULL ? account.used_what : "");
}

static void add_definitions(struct document *into)
{
	text_add(
	    document_paragraph(into),
	    "On disk is the model's file; loaded is what the server says that it takes, which servers estimate before "
	    "they load it. Weights, KV cache and compute buffers are computed from the model's shape; reserve is what "
	    "the server counts beyond them. Predicted is their sum, with what a Mac's GPU driver counts beside. Used "
	    "was measured.");
}

void report_add_memory_parts(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	static const char *const titles[] = {"On disk", "Loaded",  "Weights",   "KV cache",
	                                     "Compute", "Reserve", "Predicted", "Used"};
	char **differences;
	struct table *table;
	bool any = false;

	for (size_t i = 0; i < summary->cell_count; i++)
		any = any || is_predicted(&summary->cells[i]);
	if (!any)
		return;
	text_add(document_heading(into, 2), "Where the memory goes");
	table = cells_table(into);
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_number_column(table, titles[i]);
	table_column(table, "Used is");
	differences = cells_differences(summary, hidden);
	for (size_t i = 0; i < summary->cell_count; i++)
		if (is_predicted(&summary->cells[i]))
			add_row(summary, i, differences[i], table);
	cells_free_differences(summary, differences);
	add_definitions(into);
}
