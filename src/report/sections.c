#include "report/sections.h"

#include <math.h>

#include "report/cells.h"
#include "report/markdown.h"

static double median(const struct distribution *values)
{
	return values->p50;
}

static double p99(const struct distribution *values)
{
	return values->p99;
}

static const struct column {
	const char *title;
	const char *metric;
	double (*pick)(const struct distribution *values);
	int decimals;
} columns[] = {
    {"Output tokens/s", "output_tokens_per_s", median, 1},
    {"Requests/s", "requests_per_s", median, 2},
    {"TTFT p50 (ms)", "ttft_ms", median, 1},
    {"TTFT p99 (ms)", "ttft_ms", p99, 1},
    {"ITL p50 (ms)", "itl_ms", median, 2},
    {"ITL p99 (ms)", "itl_ms", p99, 2},
    {"TPOT p50 (ms)", "tpot_ms", median, 2},
    {"E2E p50 (ms)", "e2e_ms", median, 1},
    {"Send lag p99 (ms)", "send_lag_ms", p99, 3},
    {"Model load (s)", "model_load_s", median, 2},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

static void add_head(struct text *into)
{
	text_add(into, "## Latency and throughput\n\n| Model | Cell |");
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		text_addf(into, " %s |", columns[i].title);
	text_add(into, "\n|----|----|");
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		text_add(into, "----:|");
	text_add_char(into, '\n');
}

static void add_row(const struct cell_summary *cell, const char *difference, struct text *into)
{
	text_add(into, "| ");
	markdown_add_cell(into, cells_model(cell));
	text_add(into, " | ");
	markdown_add_cell(into, difference);
	text_add(into, " |");
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		text_add_char(into, ' ');
		markdown_add_number(into, cells_metric(cell, columns[i].metric, columns[i].pick), columns[i].decimals);
		text_add(into, " |");
	}
	text_add_char(into, '\n');
}

static void add_definitions(struct text *into)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		const struct metric *metric = metric_find(columns[i].metric);

		if (i > 0 && text_equal(columns[i].metric, columns[i - 1].metric))
			continue;
		text_addf(into, "- **%s**: %s\n", metric->title, metric->definition);
	}
	text_add_char(into, '\n');
}

void report_add_figures(const struct summary *summary, struct text *into)
{
	static const char *const hidden[] = {"model", NULL};
	char **differences = cells_differences(summary, hidden);
	bool any = false;

	for (size_t i = 0; i < summary->cell_count; i++) {
		if (summary->cells[i].ok <= 0)
			continue;
		if (!any)
			add_head(into);
		any = true;
		add_row(&summary->cells[i], differences[i], into);
	}
	cells_free_differences(summary, differences);
	if (any) {
		text_add_char(into, '\n');
		add_definitions(into);
	}
}

static void add_server(const struct server_facts *server, struct text *into)
{
	text_add(into, "- Server: ");
	markdown_add_line(into, server->name ? server->name : "unknown");
	if (server->version != NULL) {
		text_add(into, ", version ");
		markdown_add_line(into, server->version);
	}
	if (server->command != NULL) {
		text_add(into, ", started by `");
		markdown_add_line(into, server->command);
		text_add_char(into, '`');
	} else {
		text_add(into, ", already running");
	}
	text_add(into, ".\n");
	if (server->simulated != NULL) {
		text_add(into, "- **Simulated**: these are figures of a model of a machine, not of a machine: ");
		markdown_add_line(into, server->simulated);
		text_add(into, ".\n");
	}
}

static void add_machine(const struct json *host, struct text *into)
{
	static const char *const keys[] = {"title", "model", "system", "system_version", "architecture"};
	bool any = false;

	text_add(into, "- Machine: ");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = json_get_string(host, keys[i]);

		if (value == NULL)
			continue;
		text_add(into, any ? ", " : "");
		markdown_add_line(into, value);
		any = true;
	}
	text_add(into, any ? ".\n" : "unknown.\n");
}

static void add_unfinished(const struct summary *summary, struct text *into)
{
	size_t unfinished = 0;

	for (size_t i = 0; i < summary->cell_count; i++)
		unfinished += summary->cells[i].status == CELL_UNFINISHED;
	if (unfinished > 0)
		text_addf(into, "- **Unfinished**: %zu of %zu cells were not measured to their end.\n", unfinished,
		          summary->cell_count);
}

void report_add_provenance(const struct summary *summary, struct text *into)
{
	const char *definition = json_get_string(summary->host, "memory_definition");

	text_add(into, "## How this was measured\n\n");
	text_addf(into, "- Tool: llmbench %s; from %s to %s.\n", summary->tool_version ? summary->tool_version : "",
	          summary->started_utc ? summary->started_utc : "unknown",
	          summary->finished_utc ? summary->finished_utc : "(not finished)");
	if (summary->load_engine != NULL) {
		text_add(into, "- Stamps: ");
		markdown_add_line(into, summary->load_engine);
		text_add(into, ".\n");
	}
	add_machine(summary->host, into);
	for (size_t i = 0; i < summary->server_count; i++)
		add_server(&summary->servers[i], into);
	text_add(into, "- Duration: from the first request's due time to the last reply's end.\n");
	if (definition != NULL) {
		text_add(into, "- Memory Usage: the highest from loading the model to the last reply; ");
		markdown_add_line(into, definition);
		text_add(into, ".\n");
	}
	add_unfinished(summary, into);
}
