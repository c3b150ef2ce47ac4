#include "report/sections.h"

#include <math.h>

#include "base/units.h"
#include "report/cells.h"
#include "report/figure.h"
#include "report/hosts.h"

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
	const char *only_with; /* shown when a cell of the summary knows this metric; NULL: always */
} columns[] = {
    {"Output tokens/s", "output_tokens_per_s", median, 1, NULL},
    {"Requests/s", "requests_per_s", median, 2, NULL},
    {"TTFT p50 (ms)", "ttft_ms", median, 1, NULL},
    {"TTFT p99 (ms)", "ttft_ms", p99, 1, NULL},
    {"ITL p50 (ms)", "itl_ms", median, 2, NULL},
    {"ITL p99 (ms)", "itl_ms", p99, 2, NULL},
    {"TPOT p50 (ms)", "tpot_ms", median, 2, NULL},
    {"E2E p50 (ms)", "e2e_ms", median, 1, NULL},
    {"Send lag p99 (ms)", "send_lag_ms", p99, 3, NULL},
    {"Asked (requests/s)", "asked_rate_rps", median, 2, "asked_rate_rps"},
    {"Achieved (requests/s)", "achieved_rate_rps", median, 2, "asked_rate_rps"},
    {"Late", "late_requests", median, 0, "asked_rate_rps"},
    {"Unsent", "unsent_requests", median, 0, "asked_rate_rps"},
    {"TTFT from sent p50 (ms)", "ttft_from_sent_ms", median, 1, "asked_rate_rps"},
    {"TTFT from sent p99 (ms)", "ttft_from_sent_ms", p99, 1, "asked_rate_rps"},
    {"E2E from sent p50 (ms)", "e2e_from_sent_ms", median, 1, "asked_rate_rps"},
    {"Goodput (requests/s)", "goodput_rps", median, 2, "slo_met_pct"},
    {"SLO met (%)", "slo_met_pct", median, 1, "slo_met_pct"},
    {"RTF p50", "rtf", median, 4, "rtf"},
    {"RTF p99", "rtf", p99, 4, "rtf"},
    {"RTFx", "rtfx", median, 2, "rtf"},
    {"Audio (s)", "audio_s", median, 2, "rtf"},
    {"Inputs/s", "inputs_per_s", median, 2, "inputs_per_s"},
    {"Input tokens/s", "input_tokens_per_s", median, 1, "inputs_per_s"},
    {"Dimensions", "dimensions", median, 0, "inputs_per_s"},
    {"Model load (s)", "model_load_s", median, 2, NULL},
};
enum { COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]) };

static bool is_known(const struct summary *summary, const char *metric)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		if (!isnan(cells_metric(&summary->cells[i], metric, median)))
			return true;
	return false;
}

/* Found once: it looks at all cells. */
struct shown {
	bool column[COLUMN_COUNT];
};

static struct shown find_shown(const struct summary *summary)
{
	struct shown shown;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		shown.column[i] = columns[i].only_with == NULL || is_known(summary, columns[i].only_with);
	return shown;
}

static void add_columns(const struct shown *shown, struct table *table)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (shown->column[i])
			table_number_column(table, columns[i].title);
}

static void add_row(const struct cell_summary *cell, const char *difference, const struct shown *shown,
                    struct table *table)
{
	cells_row(cell, difference, table);
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		const struct column *column = &columns[i];
		const struct interval interval = cells_interval(cell, column->metric);
		double figure = cells_metric(cell, column->metric, column->pick);

		if (shown->column[i])
			figure_add(table_cell(table, figure), figure, &interval, column->decimals);
	}
}

static bool has_intervals(const struct summary *summary)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		for (size_t c = 0; c < COLUMN_COUNT; c++)
			if (!isnan(cells_interval(&summary->cells[i], columns[c].metric).low))
				return true;
	return false;
}

static void add_definitions(const struct summary *summary, const struct shown *shown, struct document *into)
{
	if (has_intervals(summary))
		text_add(document_item(into),
		         STRONG("[low, high]") ": the 95 % confidence interval of the mean over trials (Student's t); "
		                               "the figure before it is the median over trials, and both have the "
		                               "digits that half the interval's width supports: two of its own.");
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (shown->column[i] && (i == 0 || !text_equal(columns[i].metric, columns[i - 1].metric)))
			cells_define(columns[i].metric, into);
}

void report_add_figures(const struct summary *summary, struct document *into)
{
	static const char *const hidden[] = {"model", NULL};
	char **differences = cells_differences(summary, hidden);
	const struct shown shown = find_shown(summary);
	struct table *table = NULL;

	for (size_t i = 0; i < summary->cell_count; i++) {
		if (summary->cells[i].ok <= 0)
			continue;
		if (table == NULL) {
			text_add(document_heading(into, 2), "Latency and throughput");
			table = cells_table(into);
			add_columns(&shown, table);
		}
		add_row(&summary->cells[i], differences[i], &shown, table);
	}
	cells_free_differences(summary, differences);
	if (table != NULL)
		add_definitions(summary, &shown, into);
}

/* Where its name or file there is another one than the matrix's. */
static void add_models(const struct summary *summary, const struct server_facts *server, struct text *into)
{
	for (size_t i = 0; i < summary->model_count; i++) {
		const struct model_facts *model = &summary->models[i];

		if (!text_equal(model->server, server->name) || model->full_name == NULL)
			continue;
		text_add(into, "; model ");
		inline_add(into, model->name);
		if (!text_equal(model->full_name, model->name)) {
			text_add(into, " is ");
			inline_add(into, model->full_name);
		}
		if (model->size_bytes != JSON_UNKNOWN) {
			text_add(into, ", ");
			units_add_gb(into, model->size_bytes);
		}
	}
}

static void add_simulated(const struct summary *summary, const struct server_facts *server, struct text *into)
{
	text_add(into, STRONG("Simulated") ": these are figures of a model of a machine, not of a machine: ");
	inline_add(into, server->simulated);
	if (summary->server_count > 1) {
		text_add(into, " (");
		inline_add(into, server->name);
		text_add_char(into, ')');
	}
	text_add_char(into, '.');
}

static void add_server(const struct summary *summary, const struct server_facts *server, struct text *into)
{
	text_add(into, "Server: ");
	inline_add(into, server->name ? server->name : "unknown");
	if (server->kind != NULL && !text_equal(server->kind, server->name)) {
		text_add(into, ", a ");
		inline_add(into, server->kind);
	}
	if (server->version != NULL) {
		text_add(into, ", version ");
		inline_add(into, server->version);
	}
	if (server->command != NULL) {
		text_add(into, ", started by " CODE_ON);
		inline_add(into, server->command);
		text_add(into, CODE_OFF);
	} else {
		text_add(into, ", already running");
	}
	if (summary->server_count > 1)
		add_models(summary, server, into);
	text_add_char(into, '.');
}

static void add_machine(const struct json *host, struct text *into)
{
	static const char *const keys[] = {"title", "gpu", "model", "system", "system_version", "architecture"};
	bool any = false;

	text_add(into, "Machine: ");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = text_equal(keys[i], "gpu") ? host_gpu(host) : json_get_string(host, keys[i]);

		if (value == NULL)
			continue;
		text_add(into, any ? ", " : "");
		inline_add(into, value);
		any = true;
	}
	text_add(into, any ? "." : "unknown.");
}

static void add_tool(const struct summary *summary, struct text *into)
{
	text_add(into, "Tool: llmbench ");
	inline_add(into, summary->tool_version);
	text_add(into, "; from ");
	inline_add(into, summary->started_utc ? summary->started_utc : "unknown");
	text_add(into, " to ");
	inline_add(into, summary->finished_utc ? summary->finished_utc : "(not finished)");
	text_add_char(into, '.');
	if (summary->resumed_count == 0)
		return;
	if (summary->resumed_count == 1)
		text_add(into, " It was interrupted and resumed at ");
	else
		text_addf(into, " It was interrupted and resumed %zu times, the last time at ", summary->resumed_count);
	inline_add(into, summary->resumed_utc[summary->resumed_count - 1]);
	text_add_char(into, '.');
}

/* Of simulated devices alone it is of no interest. */
static void add_sleep(const struct summary *summary, struct document *into)
{
	const char *why = json_get_string(summary->host, "sleep_why");
	size_t real = 0;
	struct text *item;

	for (size_t i = 0; i < summary->server_count; i++)
		real += summary->servers[i].simulated == NULL;
	if (json_get(summary->host, "sleep_prevented") == NULL || real == 0)
		return;
	item = document_item(into);
	if (json_get_bool(summary->host, "sleep_prevented", false)) {
		text_add(item, "Sleep of the machine was prevented.");
		return;
	}
	text_add(item, "Sleep of the machine was not prevented: ");
	inline_add_sentence(item, why != NULL ? why : "unknown");
	text_add_char(item, '.');
}

/* "before words." */
static void add_words(const char *before, const char *words, struct document *into)
{
	struct text *item;

	if (words == NULL)
		return;
	item = document_item(into);
	text_add(item, before);
	inline_add(item, words);
	text_add_char(item, '.');
}

static void add_unfinished(const struct summary *summary, struct document *into)
{
	size_t unfinished = 0;

	for (size_t i = 0; i < summary->cell_count; i++)
		unfinished += summary->cells[i].status == CELL_UNFINISHED;
	if (unfinished > 0)
		text_addf(document_item(into),
		          STRONG("Unfinished") ": %zu of %zu cells were not measured to their end.", unfinished,
		          summary->cell_count);
}

static double count_of(const struct distribution *values)
{
	return (double)values->n;
}

/* Asked for, or come to by `until`. */
static bool has_several_trials(const struct cell_summary *cell)
{
	return json_get_integer(cell->settings, "trials") > 1 || cells_metric(cell, "duration_s", count_of) > 1;
}

static void add_duration(const struct summary *summary, struct text *into)
{
	bool several = false;

	for (size_t i = 0; i < summary->cell_count; i++)
		several = several || has_several_trials(&summary->cells[i]);
	text_add(into, "Duration: from the first request's due time to the last reply's end");
	if (several)
		text_add(into, ", the median over a cell's trials; Requests: of one trial; Errors: of all trials");
	text_add_char(into, '.');
}

void report_add_provenance(const struct summary *summary, struct document *into)
{
	text_add(document_heading(into, 2), "How this was measured");
	add_tool(summary, document_item(into));
	add_words("Stamps: ", summary->load_engine, into);
	add_machine(summary->host, document_item(into));
	add_sleep(summary, into);
	for (size_t i = 0; i < summary->server_count; i++) {
		add_server(summary, &summary->servers[i], document_item(into));
		if (summary->servers[i].simulated != NULL)
			add_simulated(summary, &summary->servers[i], document_item(into));
	}
	add_duration(summary, document_item(into));
	add_words("Memory Usage: the highest from loading the model to the last reply; ",
	          json_get_string(summary->host, "memory_definition"), into);
	report_add_conditions(summary, into);
	report_add_error_floor(summary, into);
	add_unfinished(summary, into);
}
