/*
 * What waited, and in which order it was served; what the server said of its
 * own queue. Reads the JSON of queue_json() and server_polls_json().
 */
#include <math.h>

#include "report/cells.h"
#include "report/sections.h"

enum { RANGES_SHOWN = 3, PARTS = 10 };

static const struct json *path(const struct json *json, const char *first, const char *second)
{
	return json_get(json_get(json, first), second);
}

static double refused(const struct cell_summary *cell)
{
	const struct json *counts = path(cell->queue, "overload", "refused");

	return json_get_number(counts, "busy") + json_get_number(counts, "error_in_200");
}

/* Where nothing could be served out of order, nothing was refused, and the server is silent, there is no queue. */
static bool is_shown(const struct cell_summary *cell)
{
	return cell->queue != NULL && (json_as_number(path(cell->queue, "order", "pairs")) > 0 || refused(cell) > 0 ||
	                               cell->server_metrics != NULL);
}

static bool has_server(const struct summary *summary)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		if (is_shown(&summary->cells[i]) && summary->cells[i].server_metrics != NULL)
			return true;
	return false;
}

static void add_refused(const struct cell_summary *cell, struct table *table)
{
	const struct json *positions = json_get(path(cell->queue, "overload", "refused"), "positions");
	struct text *into = table_cell(table, refused(cell));
	size_t count = json_count(positions);

	inline_add_number(into, refused(cell), 0);
	for (size_t i = 0; i < count && i < RANGES_SHOWN; i++) {
		const struct json *range = json_at(positions, i);
		long long first = (long long)json_as_integer(json_at(range, 0));
		long long last = (long long)json_as_integer(json_at(range, 1));

		text_addf(into, "%s%lld", i == 0 ? " (arrivals " : ", ", first);
		if (last > first)
			text_addf(into, "-%lld", last);
	}
	if (count > RANGES_SHOWN)
		text_addf(into, ", and %zu more ranges", count - RANGES_SHOWN);
	text_add(into, count > 0 ? ")" : "");
}

static void add_order(const struct json *order, struct table *table)
{
	bool known = json_get(order, "fifo") != NULL;

	table_cell_number(table, 100 * json_get_number(order, "inverted_share"), 1);
	table_cell_text(table, !known ? "–" : json_get_bool(order, "fifo", false) ? "yes" : "no");
}

static void add_server(const struct json *told, struct table *table)
{
	table_cell_number(table, json_as_number(path(told, "queue_depth", "mean")), 1);
	table_cell_number(table, json_as_number(path(told, "queue_depth", "max")), 0);
	table_cell_number(table, json_as_number(path(told, "queue_depth_seen", "max")), 0);
	table_cell_number(table, json_as_number(path(told, "running", "max")), 0);
	table_cell_number(table, 100 * json_as_number(path(told, "kv_used_share", "max")), 1);
	table_cell_number(table, json_get_number(told, "generated_tokens"), 0);
}

static void add_row(const struct cell_summary *cell, const char *difference, bool server, struct table *table)
{
	cells_row(cell, difference, table);
	table_cell_number(table, json_as_number(path(cell->queue, "waiting", "mean")), 1);
	table_cell_number(table, json_as_number(path(cell->queue, "waiting", "max")), 0);
	table_cell_number(table, json_as_number(json_get(path(cell->queue, "overload", "waited"), "requests")), 0);
	add_order(json_get(cell->queue, "order"), table);
	table_cell_number(table, json_get_number(cell->queue, "fairness_index"), 3);
	add_refused(cell, table);
	if (server)
		add_server(cell->server_metrics, table);
}

static void add_table(const struct summary *summary, char **differences, struct table *table)
{
	static const struct {
		void (*add)(struct table *table, const char *title);
		const char *title;
		bool of_server;
	} columns[] = {
	    {table_column, "Model", false},
	    {table_column, "Cell", false},
	    {table_number_column, "Waiting mean", false},
	    {table_number_column, "Waiting max", false},
	    {table_number_column, "Waited", false},
	    {table_number_column, "Out of order (%)", false},
	    {table_column, "First in, first out", false},
	    {table_number_column, "Fairness", false},
	    {table_column, "Refused", false},
	    {table_number_column, "Server: queue mean", true},
	    {table_number_column, "queue max", true},
	    {table_number_column, "seen then", true},
	    {table_number_column, "running max", true},
	    {table_number_column, "KV cache max (%)", true},
	    {table_number_column, "tokens", true},
	};
	bool server = has_server(summary);

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (server || !columns[i].of_server)
			columns[i].add(table, columns[i].title);
	for (size_t i = 0; i < summary->cell_count; i++)
		if (is_shown(&summary->cells[i]))
			add_row(&summary->cells[i], differences[i], server, table);
}

/* A row of the ten parts, when one of them has more than nothing. */
static void add_parts(const struct cell_summary *cell, const char *difference, const char *title, const char *key,
                      int decimals, struct table *table)
{
	const struct json *part = json_first(json_get(cell->queue, "arrivals"));
	bool any = false;

	for (const struct json *each = part; each != NULL; each = json_next(each))
		any = any || json_get_number(each, key) > 0;
	if (!any)
		return;
	cells_row(cell, difference, table);
	table_cell_text(table, title);
	for (size_t i = 0; i < PARTS && part != NULL; i++, part = json_next(part))
		table_cell_number(table, json_get_number(part, key), decimals);
}

static void add_arrivals(const struct summary *summary, char **differences, struct table *table)
{
	static const char *const titles[PARTS] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};

	table_column(table, "Figure");
	for (size_t i = 0; i < PARTS; i++)
		table_number_column(table, titles[i]);
	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];

		if (!is_shown(cell))
			continue;
		add_parts(cell, differences[i], "Queue wait p50 (ms)", "queue_wait_p50_ms", 1, table);
		add_parts(cell, differences[i], "TTFT p50 (ms)", "ttft_p50_ms", 1, table);
		add_parts(cell, differences[i], "Refused", "refused", 0, table);
	}
}

static void add_definitions(const struct summary *summary, struct document *into)
{
	static const struct {
		const char *word, *meaning;
		bool of_server;
	} definitions[] = {
	    {"Waiting",
	     "requests that were sent and whose header has not come, by llmbench's clock; the mean is over time. "
	     "Servers that send the header with the first token have those in it that they prefill.",
	     false},
	    {"Waited",
	     "successful requests of all trials with a queue wait above 10 ms, where the server tells it "
	     "(`llmbench help server_queue_wait_ms`).",
	     false},
	    {"Out of order",
	     "share of the pairs of requests of which the second came while the first was waiting, and was begun "
	     "first, "
	     "by more than 1 ms. They came in the order in which llmbench sent them. A request is begun when its queue "
	     "wait is over, or, where that is not known, with its first text. Requests of a burst change places on "
	     "their "
	     "way to the queue, so first in, first out is told of those that came 10 ms apart, where ten pairs did: "
	     "yes "
	     "up to 5 %, no from 25 %, else not known.",
	     false},
	    {"Fairness",
	     "Jain's index (Σx)² / (n·Σx²) of the requests' decode rates, (output tokens - 1) / (last - first text), "
	     "mean over trials: 1 when all are equal, 1/n when one has everything.",
	     false},
	    {"Refused",
	     "by status 503 or 429, or by an error instead of text in a reply that began with 200; and at which places "
	     "in the order of arrival, in any of the trials.",
	     false},
	    {"Server",
	     "its own metrics, read once a second or as metrics_interval says while requests were measured: requests "
	     "it "
	     "counts as waiting, those that llmbench saw waiting at the same instants (maximum), running, use of its "
	     "KV "
	     "cache, and the tokens it generated by its own counter.",
	     true},
	};

	for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
		struct text *item;

		if (definitions[i].of_server && !has_server(summary))
			continue;
		item = document_item(into);
		text_addf(item, STRONG("%s") ": ", definitions[i].word);
		inline_add_sentence(item, definitions[i].meaning);
	}
}

void report_add_queue(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	char **differences;
	bool any = false;

	for (size_t i = 0; i < summary->cell_count; i++)
		any = any || is_shown(&summary->cells[i]);
	if (!any)
		return;
	differences = cells_differences(summary, hidden);
	text_add(document_heading(into, 2), "Queue");
	add_table(summary, differences, document_table(into));
	text_add(document_paragraph(into), "By tenths of the requests, in the order in which they came:");
	add_arrivals(summary, differences, cells_table(into));
	add_definitions(summary, into);
	cells_free_differences(summary, differences);
}
