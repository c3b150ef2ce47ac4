/*
 * Runs made of figures, for tests of reports: a row for each cell. What is 0
 * in a row was not measured, unless the test says otherwise.
 */
#ifndef REPORT_RUNS_H
#define REPORT_RUNS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/summary.h"
#include "report/report.h"

#define GIB ((int64_t)1 << 30)

struct run_row {
	const char *model;
	const char *server; /* NULL: "ollama" */
	const char *task;   /* NULL: text */
	int64_t parallel;   /* 0: 1 */
	enum cell_status status;
	double load_s, ttft_ms, e2e_ms, tpot_ms, rtf;
	double speed, half; /* output tokens/s, of embeddings inputs/s; half of its interval, 0: it has none */
	int64_t trials;     /* 0: 3 */
	int64_t baseline_bytes, peak_bytes, total_bytes;
	int64_t with_files_bytes; /* 0: unknown */
	int64_t failed;           /* requests */
	const char *reason, *flag, *answer;
	bool zeros; /* every figure above is a measured 0 where it is 0 */
};

__attribute__((unused)) static void run_set(const struct run_row *row, struct cell_summary *cell, const char *name,
                                            double value, double half, size_t n)
{
	struct metric_summary *metric = &cell->metrics[metric_find(name) - metrics];

	if (value == 0 && !row->zeros)
		return;
	metric->values = (struct distribution){n, value, value, value, value, value, value, value};
	if (half > 0)
		metric->interval = (struct interval){value - half, value + half};
}

__attribute__((unused)) static struct json *run_settings(const struct run_row *row)
{
	struct server_settings server = {.name = (char *)(row->server ? row->server : "ollama")};
	struct cell cell;
	struct text problem = {0};

	cell_reset(&cell);
	cell.model = row->model;
	cell.server = &server;
	cell.parallel = row->parallel > 0 ? row->parallel : 1;
	if (row->task != NULL)
		cell_field_read(cell_field_find("task"), &cell, row->task, &problem);
	text_release(&problem);
	return cell_settings(&cell);
}

__attribute__((unused)) static void run_fill(const struct run_row *row, size_t place, struct cell_summary *cell)
{
	size_t trials = (size_t)(row->trials > 0 ? row->trials : 3);
	bool embeds = text_equal(row->task, "embed");

	cell_summary_init(cell);
	cell->id = text_format("%012zu", place);
	cell->settings = run_settings(row);
	cell->status = row->status;
	cell->ok = row->status == CELL_DONE ? 4 : 0;
	cell->failed = row->failed;
	cell->sent = cell->ok + cell->failed;
	cell->reason = memory_string(row->reason);
	if (row->load_s > 0 || row->zeros)
		cell_summary_set(cell, "model_load_s", row->load_s);
	run_set(row, cell, "ttft_ms", row->ttft_ms, 0, 4);
	run_set(row, cell, "e2e_ms", row->e2e_ms, 0, 4);
	run_set(row, cell, "tpot_ms", row->tpot_ms, 0, 4);
	run_set(row, cell, "rtf", row->rtf, 0, 4);
	run_set(row, cell, embeds ? "inputs_per_s" : "output_tokens_per_s", row->speed, row->half, trials);
	if (row->peak_bytes > 0 || row->zeros) {
		cell->memory.baseline_bytes = row->baseline_bytes;
		cell->memory.system_peak_bytes = row->peak_bytes;
		if (row->with_files_bytes > 0)
			cell->memory.system_with_files_bytes = row->with_files_bytes;
		cell->memory.total_bytes = row->total_bytes > 0 ? row->total_bytes : 16 * GIB;
	}
	if (row->flag != NULL)
		cell_summary_add_flag(cell, "%s", row->flag);
	if (row->answer != NULL)
		answer_set(&cell->sample, "why?", row->answer, 0.61);
}

/* Facts of each model on each server that occurs; a simulated server has " at " in its `simulated`. */
__attribute__((unused)) static void run_add_facts(const struct run_row *row, struct summary *run)
{
	const char *server = row->server ? row->server : "ollama";
	bool had = false;

	for (size_t i = 0; i < run->server_count; i++)
		had = had || text_equal(run->servers[i].name, server);
	if (!had)
		run->servers[run->server_count++] =
		    (struct server_facts){.name = memory_string(server), .version = memory_string("1.0")};
	had = false;
	for (size_t i = 0; i < run->model_count; i++)
		had = had || (text_equal(run->models[i].name, row->model) && text_equal(run->models[i].server, server));
	if (had)
		return;
	model_facts_reset(&run->models[run->model_count]);
	run->models[run->model_count].name = memory_string(row->model);
	run->models[run->model_count++].server = memory_string(server);
}

__attribute__((unused)) static struct summary run_of(const char *title, const struct run_row *rows, size_t count)
{
	struct summary run = {
	    .name = memory_string("run"),
	    .title = memory_string(title),
	    .host = json_new_object(),
	    .started_utc = memory_string("2026-11-28T10:00:00Z"),
	    .finished_utc = memory_string("2026-11-28T11:00:00Z"),
	    .tool_version = memory_string("1.0"),
	    .cells = memory_new(count, sizeof(*run.cells)),
	    .cell_count = count,
	    .servers = memory_new(count, sizeof(*run.servers)),
	    .models = memory_new(count, sizeof(*run.models)),
	};

	json_set_string(run.host, "title", "Apple M4");
	for (size_t i = 0; i < count; i++) {
		run_fill(&rows[i], i, &run.cells[i]);
		run_add_facts(&rows[i], &run);
	}
	return run;
}

#define RUN_OF(title, rows) run_of(title, rows, sizeof(rows) / sizeof((rows)[0]))

#endif
