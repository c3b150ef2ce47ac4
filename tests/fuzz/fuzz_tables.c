/*
 * Markdown tables of two reports: what is read is a rectangle, tables equal
 * themselves, what differs one way differs the other way, and the comparison
 * can be written down.
 */
#include <stdlib.h>
#include <string.h>

#include "compare/tables.h"
#include "document/document.h"
#include "fuzz.h"

enum { SIZE_MAX_BYTES = 1 << 15 };

static bool read_tables(const struct feed *feed, struct tables *tables)
{
	struct failure failure = {0};
	bool good = tables_read(feed->bytes, feed->size, "a.md", tables, &failure);

	if (!good) {
		must(failure.status == STATUS_USER_MISTAKE, "a file without tables is the user's mistake");
		must(fuzz_is_shown_safely(failure.message, false), "the message is safe to show");
		must(tables->count == 0, "tables that cannot be read are none");
	}
	failure_release(&failure);
	return good;
}

static void check_rectangles(const struct tables *tables)
{
	size_t rows = 0;

	must(tables->count > 0 && tables->rows <= TABLES_ROWS_MAX, "tables are within their limits");
	for (size_t i = 0; i < tables->count; i++) {
		const struct tables_table *table = &tables->tables[i];

		must(table->columns > 0 && table->columns <= TABLES_COLUMNS_MAX, "columns are within their limit");
		for (size_t k = 0; k < table->columns * table->rows; k++)
			must(table->cells[k] != NULL, "a table is a rectangle");
		for (size_t k = 0; k < table->rows; k++)
			must(table->keys[k] != NULL, "a row has a key");
		rows += table->rows;
	}
	must(rows <= tables->rows, "rows are counted");
}

static void check_written(const struct tables_result *result)
{
	struct document document = {0};
	struct text text = {0};
	char *line;

	tables_document(result, &document);
	document_write_markdown(&document, &text);
	must(fuzz_is_shown_safely(text_string(&text), true), "a comparison is safe to show");
	document_release(&document);
	text_release(&text);
	line = fuzz_line(tables_json(result));
	must(strchr(line, '\n') == NULL, "a comparison is one line of JSON");
	free(line);
}

static void check_pair(const struct tables *base, const struct tables *now)
{
	struct tables_result there, back;

	tables_compare(base, now, &there);
	tables_compare(now, base, &back);
	must(there.compared == back.compared, "as many values are in both, whichever is first");
	must(there.count == back.count, "as much differs, whichever is first");
	must((there.status == STATUS_DONE) == (back.status == STATUS_DONE), "no difference is none either way");
	must((there.status == STATUS_DONE) == (there.count == 0) || there.status == STATUS_NOT_COMPARABLE,
	     "the status tells whether there is a difference");
	check_written(&there);
	tables_result_release(&there);
	tables_result_release(&back);
}

static void check_itself(const struct tables *tables)
{
	struct tables_result result;

	tables_compare(tables, tables, &result);
	must(result.status == STATUS_DONE && result.count == 0, "tables equal themselves");
	tables_result_release(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size), first;
	struct tables base = {0}, now = {0};
	bool has_base, has_now;

	if (size > SIZE_MAX_BYTES)
		return 0;
	first = feed_part(&feed, "=====");
	has_base = read_tables(&first, &base);
	has_now = read_tables(&feed, &now);
	if (has_base) {
		check_rectangles(&base);
		check_itself(&base);
	}
	if (has_now)
		check_rectangles(&now);
	if (has_base && has_now)
		check_pair(&base, &now);
	tables_release(&base);
	tables_release(&now);
	return 0;
}
