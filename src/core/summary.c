#include "core/summary.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

const char *cell_status_name(enum cell_status status)
{
	switch (status) {
	case CELL_DONE:
		return "done";
	case CELL_FAILED:
		return "failed";
	case CELL_SKIPPED:
		return "skipped";
	case CELL_UNFINISHED:
		break;
	}
	return "unfinished";
}

void cell_summary_init(struct cell_summary *cell)
{
	*cell = (struct cell_summary){
	    .status = CELL_UNFINISHED,
	    .duration_s = NAN,
	    .errors = JSON_UNKNOWN,
	    .metrics = memory_new(metric_count, sizeof(*cell->metrics)),
	    .memory = memory_summary_of(NULL, 0),
	};
	for (size_t i = 0; i < metric_count; i++)
		cell->metrics[i] = (struct metric_summary){&metrics[i], distribution_of(NULL, 0)};
}

void cell_summary_release(struct cell_summary *cell)
{
	free(cell->id);
	json_free(cell->settings);
	free(cell->reason);
	free(cell->server_words);
	free(cell->metrics);
	for (size_t i = 0; i < cell->flag_count; i++)
		free(cell->flags[i]);
	free(cell->flags);
	*cell = (struct cell_summary){0};
}

void cell_summary_set(struct cell_summary *cell, const char *metric, double value)
{
	const struct metric *row = metric_find(metric);

	assert(row != NULL && row->scope == METRIC_CELL);
	cell->metrics[row - metrics].values = distribution_of(&value, isnan(value) ? 0 : 1);
}

void cell_summary_add_flag(struct cell_summary *cell, const char *format, ...)
{
	struct text flag = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&flag, format, arguments);
	va_end(arguments);
	cell->flags = memory_resize(cell->flags, cell->flag_count + 1, sizeof(*cell->flags));
	cell->flags[cell->flag_count++] = text_take(&flag);
}

static void count_outcomes(struct cell_summary *cell, const struct record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cell->outcomes[records[i].outcome]++;
		cell->retries += records[i].retries;
	}
	cell->sent = (int64_t)count;
	cell->ok = cell->outcomes[OUTCOME_OK];
	cell->failed = cell->sent - cell->ok;
	cell->errors = cell->failed;
}

static double wall_s(const struct record *records, size_t count)
{
	int64_t first_ns = INT64_MAX, last_ns = TIME_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		/* One that was cancelled before a place was free for it was never due. */
		if (records[i].due_ns != TIME_UNKNOWN && records[i].due_ns < first_ns)
			first_ns = records[i].due_ns;
		if (records[i].done_ns > last_ns)
			last_ns = records[i].done_ns;
	}
	if (first_ns == INT64_MAX || last_ns == TIME_UNKNOWN)
		return NAN;
	return (double)(last_ns - first_ns) / (double)NS_PER_S;
}

/* The records of the next trial: those that begin at `records` and have its number. */
static struct trial next_trial(const struct record *records, size_t count)
{
	struct trial trial = {.records = records};

	while (trial.count < count && records[trial.count].trial == records[0].trial)
		trial.count++;
	trial.wall_s = wall_s(records, trial.count);
	return trial;
}

static struct distribution over_requests(const struct metric *metric, const struct record *records, size_t count)
{
	struct series series = {0};
	struct distribution result;

	for (size_t i = 0; i < count; i++)
		if (records[i].outcome == OUTCOME_OK)
			metric->request(&records[i], &series);
	result = distribution_of(series.values, series.count);
	series_release(&series);
	return result;
}

static struct distribution over_trials(const struct metric *metric, const struct record *records, size_t count)
{
	struct series series = {0};
	struct distribution result;

	for (size_t i = 0; i < count;) {
		struct trial trial = next_trial(&records[i], count - i);

		series_add(&series, metric->trial(&trial));
		i += trial.count;
	}
	result = distribution_over_trials(series.values, series.count);
	series_release(&series);
	return result;
}

void cell_summary_add_records(struct cell_summary *cell, const struct record *records, size_t count)
{
	assert(cell->sent == 0);
	if (count == 0)
		return; /* it never came to it: errors are unknown, not 0 */
	count_outcomes(cell, records, count);
	for (size_t i = 0; i < metric_count; i++) {
		const struct metric *metric = &metrics[i];

		switch (metric->scope) {
		case METRIC_REQUEST:
			cell->metrics[i].values = over_requests(metric, records, count);
			break;
		case METRIC_TRIAL:
			cell->metrics[i].values = over_trials(metric, records, count);
			break;
		case METRIC_CELL:
			break;
		}
	}
	cell->duration_s = cell->metrics[metric_find("duration_s") - metrics].values.p50;
}

void summary_release(struct summary *summary)
{
	for (size_t i = 0; i < summary->note_count; i++)
		free(summary->notes[i]);
	for (size_t i = 0; i < summary->server_count; i++)
		server_facts_release(&summary->servers[i]);
	for (size_t i = 0; i < summary->model_count; i++)
		model_facts_release(&summary->models[i]);
	for (size_t i = 0; i < summary->cell_count; i++)
		cell_summary_release(&summary->cells[i]);
	free(summary->name);
	free(summary->title);
	json_free(summary->host);
	free(summary->started_utc);
	free(summary->finished_utc);
	free(summary->tool_version);
	free(summary->load_engine);
	free(summary->notes);
	free(summary->servers);
	free(summary->models);
	free(summary->cells);
	*summary = (struct summary){0};
}
