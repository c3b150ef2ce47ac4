#include "core/summary.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/slo.h"

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

const char *cell_cause_name(enum cell_cause cause)
{
	static const char *const names[] = {
#define X(symbol, name) [symbol] = (name),
	    CELL_CAUSES(X)
#undef X
	};

	return names[cause];
}

void cell_summary_init(struct cell_summary *cell)
{
	*cell = (struct cell_summary){
	    .status = CELL_UNFINISHED,
	    .duration_s = NAN,
	    .errors = JSON_UNKNOWN,
	    .metrics = memory_new(metric_count, sizeof(*cell->metrics)),
	    .memory = memory_summary_of(NULL, 0),
	    .loaded_bytes = JSON_UNKNOWN,
	};
	memory_prediction_reset(&cell->predicted);
	client_check_reset(&cell->client);
	for (size_t i = 0; i < metric_count; i++)
		cell->metrics[i] = (struct metric_summary){
		    .metric = &metrics[i],
		    .values = distribution_of(NULL, 0),
		    .interval = interval_of(NULL, 0),
		};
}

static void metric_summary_release(struct metric_summary *metric)
{
	free(metric->trials);
	free(metric->by_trial);
}

void cell_summary_release(struct cell_summary *cell)
{
	free(cell->id);
	json_free(cell->settings);
	free(cell->reason);
	free(cell->server_words);
	for (size_t i = 0; cell->metrics != NULL && i < metric_count; i++)
		metric_summary_release(&cell->metrics[i]);
	free(cell->metrics);
	json_free(cell->conditions);
	json_free(cell->machine);
	json_free(cell->queue);
	json_free(cell->server_metrics);
	answer_release(&cell->sample);
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

static bool has_flag(const struct cell_summary *cell, const char *flag)
{
	for (size_t i = 0; i < cell->flag_count; i++)
		if (text_equal(cell->flags[i], flag))
			return true;
	return false;
}

void cell_summary_add_flag(struct cell_summary *cell, const char *format, ...)
{
	struct text flag = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&flag, format, arguments);
	va_end(arguments);
	if (!has_flag(cell, text_string(&flag))) {
		cell->flags = memory_resize(cell->flags, cell->flag_count + 1, sizeof(*cell->flags));
		cell->flags[cell->flag_count++] = text_take(&flag);
	}
	text_release(&flag);
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

static struct distribution of_requests(const struct metric *metric, const struct record *records, size_t count)
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

static void over_requests(struct metric_summary *into, const struct record *records, size_t count)
{
	size_t capacity = 0;

	into->values = of_requests(into->metric, records, count);
	for (size_t i = 0, trial; i < count; i += trial) {
		struct distribution values;

		trial = next_trial(&records[i], count - i).count;
		values = of_requests(into->metric, &records[i], trial);
		if (values.n == 0)
			continue;
		into->by_trial = memory_grow(into->by_trial, &capacity, into->by_trial_count, sizeof(values));
		into->by_trial[into->by_trial_count++] = values;
	}
}

bool cell_summary_is_open_loop(const struct cell_summary *cell)
{
	return !isnan(json_get_number(cell->settings, "rate")) || json_get_string(cell->settings, "trace") != NULL;
}

/* What the settings of the cell say of all its trials. */
struct conditions {
	bool open_loop, limited;
	struct slo slo;
};

static struct conditions conditions_of(const struct cell_summary *cell)
{
	struct conditions conditions = {.open_loop = cell_summary_is_open_loop(cell)};

	conditions.limited = slo_of_json(json_get(cell->settings, "slo"), &conditions.slo);
	return conditions;
}

static void over_trials(struct metric_summary *into, const struct conditions *conditions, const struct record *records,
                        size_t count)
{
	struct series series = {0};

	for (size_t i = 0; i < count;) {
		struct trial trial = next_trial(&records[i], count - i);

		trial.open_loop = conditions->open_loop;
		trial.slo = conditions->limited ? &conditions->slo : NULL;
		series_add(&series, into->metric->trial(&trial));
		i += trial.count;
	}
	into->interval = interval_of(series.values, series.count);
	if (text_equal(into->metric->unit, "%") && into->interval.high > 100)
		into->interval.high = 100;
	into->trials = memory_new(series.count, sizeof(*into->trials));
	for (size_t i = 0; i < series.count; i++)
		into->trials[i] = series.values[i];
	into->values = distribution_over_trials(series.values, series.count);
	series_release(&series);
}

/* Later than this is late: what a latency from due may hold of llmbench's own making. */
static const int64_t late_ns = NS_PER_MS;

static void count_sending(struct cell_summary *cell, const struct record *records, size_t count)
{
	size_t late = 0, unsent = 0;

	for (size_t i = 0; i < count; i++) {
		if (records[i].sent_ns == TIME_UNKNOWN)
			unsent++;
		else
			late += records[i].sent_ns - records[i].due_ns > late_ns;
	}
	cell_summary_set(cell, "late_requests", (double)late);
	cell_summary_set(cell, "unsent_requests", (double)unsent);
}

void cell_summary_add_records(struct cell_summary *cell, const struct record *records, size_t count)
{
	const struct conditions conditions = conditions_of(cell);

	assert(cell->sent == 0);
	if (count == 0)
		return; /* it never came to it: errors are unknown, not 0 */
	count_outcomes(cell, records, count);
	for (size_t i = 0; i < metric_count; i++) {
		const struct metric *metric = &metrics[i];

		switch (metric->scope) {
		case METRIC_REQUEST:
			over_requests(&cell->metrics[i], records, count);
			break;
		case METRIC_TRIAL:
			over_trials(&cell->metrics[i], &conditions, records, count);
			break;
		case METRIC_CELL:
			break;
		}
	}
	if (conditions.open_loop)
		count_sending(cell, records, count);
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
	for (size_t i = 0; i < summary->repeat_count; i++)
		cell_summary_release(&summary->repeats[i].cell);
	free(summary->repeats);
	free(summary->name);
	free(summary->title);
	json_free(summary->host);
	json_free(summary->datasets);
	json_free(summary->profiles);
	free(summary->started_utc);
	free(summary->finished_utc);
	for (size_t i = 0; i < summary->resumed_count; i++)
		free(summary->resumed_utc[i]);
	free(summary->resumed_utc);
	free(summary->tool_version);
	free(summary->load_engine);
	free(summary->notes);
	free(summary->servers);
	free(summary->models);
	free(summary->cells);
	*summary = (struct summary){0};
}
