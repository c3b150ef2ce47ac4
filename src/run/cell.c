#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"
#include "base/url.h"
#include "core/machine_summary.h"
#include "core/until.h"
#include "machine/listener.h"
#include "machine/memory.h"
#include "run/power.h"
#include "run/session.h"

void cell_begin(const struct cell *cell, const char *suffix, struct cell_summary *into)
{
	struct text id = {0};

	cell_summary_init(into);
	cell_add_id(cell, &id);
	text_add(&id, suffix);
	into->id = text_take(&id);
	into->settings = cell_settings(cell);
	into->status = CELL_UNFINISHED;
}

void cell_begin_unvisited(const struct cell *cell, struct cell_summary *into)
{
	cell_begin(cell, "", into);
	into->reason = memory_string("the sweep did not come to it");
}

struct cell_work cell_work_of(const struct cell *cell, struct cell_summary *into)
{
	return (struct cell_work){
	    .cell = cell,
	    .into = into,
	    .records.id = into->id,
	    .core_share = NAN,
	    .oom_kills = machine_oom_kills(""),
	};
}

/* A visit for all trials that finds some of them done goes on with an earlier one, which was cut short. */
static bool goes_on(const struct cell_work *work, int64_t trials)
{
	return trials == 0 && work->trials > 0;
}

static bool is_over_time(const struct session *session)
{
	return session->cell_until_ns != 0 && clock_now_ns() >= session->cell_until_ns;
}

/* first: it is the load that the cell's figure is of. */
static bool load_model(struct session *session, const struct cell *cell, bool first, struct cell_summary *into,
                       struct problem *problem)
{
	struct exchange asked = {0};
	bool good;

	evidence_loading(session);
	good = backend_ask(session, TARGET_LOAD, cell, session_within_cell(session, cell->load_timeout_ns), &asked,
	                   problem);

	if (good && first && asked.done_ns != TIME_UNKNOWN) {
		into->load = summary_next_load(session->summary, into);
		cell_summary_set(into, "model_load_s", (double)(asked.done_ns - asked.sent_ns) / (double)NS_PER_S);
	}
	exchange_release(&asked);
	return good;
}

static void enter(const struct session *session, enum phase phase)
{
	if (session->sampler != NULL)
		sampler_enter(session->sampler, phase);
}

/* The first answer with text, and what was asked: both are the same in each run of the matrix, up to the server. */
static void keep_answer(const struct session *session, struct cell_work *work)
{
	struct ask ask = {0};

	for (size_t i = 0; i < work->records.count && work->into->sample.text == NULL; i++) {
		const struct record *record = &work->records.records[i];

		if (record->outcome != OUTCOME_OK || record->text == NULL || *record->text == '\0')
			continue;
		workload_ask(&session->workload, record->trial, record->request, &ask);
		answer_set(&work->into->sample, ask.input.prompt, record->text,
		           (double)(record->done_ns - record->due_ns) / (double)NS_PER_S);
	}
	ask_release(&ask);
}

static bool has_power(struct session *session, struct cell_work *work)
{
	if (power_check(session, work->cell))
		return true;
	free(work->into->reason);
	work->into->reason = memory_string("the machine ran on battery");
	return false;
}

/* Requests that were given up, from this one on: who did not answer them may not answer the next ones either. */
static bool any_given_up(const struct trial_records *records, size_t first)
{
	for (size_t i = first; i < records->count; i++)
		if (records->records[i].outcome == OUTCOME_TIMEOUT || records->records[i].outcome == OUTCOME_CANCELLED)
			return true;
	return false;
}

/* One trial; of a cell that is measured in one visit also its line, and whether that was the last one. */
static bool run_trial(struct session *session, struct cell_work *work, bool only_visit)
{
	size_t first = work->records.count;
	bool good = trial_run(session, work);

	work->over_time = is_over_time(session) && (cell_wants_visit(work) || any_given_up(&work->records, first));
	if (!good || !only_visit || !cell_wants_visit(work))
		return good;
	good = journal_trial(session, work);
	if (!session_stopped(session))
		leave_cell(session, work);
	return good;
}

/* Up to the first measured request; false: the sweep cannot go on. */
static bool prepare(struct session *session, struct cell_work *work, bool first)
{
	struct problem problem = {0};
	bool good;

	enter(session, PHASE_LOADING);
	session_step(session, SWEEP_LOADING);
	if (!load_model(session, work->cell, first, work->into, &problem)) {
		work->over_time = is_over_time(session);
		conclude_failed_start(session, work, "loading the model", &problem);
		return true;
	}
	enter(session, PHASE_LOADED);
	evidence_ask(session, work->cell, work->into);
	session_step(session, SWEEP_WARMING);
	fit_workload(session, work);
	good = trial_warm(session, work->cell);
	work->over_time = is_over_time(session);
	return good;
}

/* Loads the model, warms up and measures; false: the sweep cannot go on. */
static bool measure(struct session *session, struct cell_work *work, int64_t trials)
{
	struct scraper *scraper;
	size_t before = work->records.count;
	bool good = prepare(session, work, !goes_on(work, trials));

	if (work->failed)
		return good;
	evidence_measuring(session);
	scraper = scrape_begin(session, work);
	enter(session, PHASE_MEASURING);
	session->progress.step = SWEEP_MEASURING;
	session->core_share = NAN;
	for (int64_t trial = 0;
	     good && (trials == 0 || trial < trials) && !session_stopped(session) && cell_wants_visit(work); trial++)
		good = (trial == 0 || has_power(session, work)) && run_trial(session, work, trials == 0);
	enter(session, PHASE_AFTER);
	good = scrape_end(session, work, scraper) && good;
	work->core_share = fmax(work->core_share, session->core_share);
	keep_answer(session, work);
	conclude_visit(session, work, before);
	if (!cell_wants_visit(work))
		evidence_flag(session, work->cell, &work->records, work->into);
	return good;
}

static bool keep_samples(struct session *session, const struct sampler_result *result, struct cell_work *work)
{
	struct json *host = session->summary->host;
	bool stored = true;

	if (result->definition != NULL && json_get(host, "memory_definition") == NULL)
		json_set_string(host, "memory_definition", result->definition);
	for (size_t i = 0; result->sensors != NULL && i < sensor_count(); i++)
		if (result->sensors[i].only_edges)
			cell_summary_add_flag(work->into,
			                      "reading the %s took over 20 ms twice: sampled only between phases",
			                      result->sensors[i].name);
	if (result->cpu_ns != JSON_UNKNOWN && result->wall_ns > 0)
		cell_summary_set(work->into, "sampler_cpu_pct", 100 * (double)result->cpu_ns / (double)result->wall_ns);
	work->used_without_files = result->used_without_files;
	work->samples = memory_resize(work->samples, work->sample_count + result->count + 1, sizeof(*work->samples));
	for (size_t i = 0; i < result->count; i++)
		work->samples[work->sample_count++] = result->samples[i];
	for (size_t i = 0; i < result->count && stored; i++)
		stored = store_add_sample(session->store,
		                          sample_json(&result->samples[i], work->into->id, session->origin_ns),
		                          session->failure);
	return stored;
}

bool cell_wants_visit(const struct cell_work *work)
{
	const struct trial_records *records = &work->records;

	return !work->failed && !work->over_time && work->left == NULL && work->death.size == 0 &&
	       work->left_out <= TRIALS_LEFT_OUT_MAX &&
	       cell_wants_trial(work->cell, records->records, records->count, work->trials - work->left_out);
}

bool cell_is_interrupted(const struct session *session, const struct cell_work *work)
{
	return session_stopped(session) && (work->cut_short || cell_wants_visit(work));
}

/* 0: it is not on this machine, or not visible. */
static int64_t pid_of_server(const struct backend *backend)
{
	int port;

	if (backend->server != NULL)
		return server_pid(backend->server);
	port = url_loopback_port(backend->base_url);
	return port > 0 ? machine_listener_pid(port) : 0;
}

/* Cooling down, and what a server takes to start, are not of the cell's time. */
static bool measure_in_time(struct session *session, struct cell_work *work, int64_t trials)
{
	int64_t begin_ns = clock_now_ns(), limit_ns = work->cell->cell_timeout_ns, before = work->trials;
	bool good;

	session->cell_until_ns = limit_ns > 0 ? begin_ns + limit_ns - work->spent_ns : 0;
	good = measure(session, work, trials);
	work->spent_ns += clock_now_ns() - begin_ns;
	session->since_anchor += work->repeat == 0 && work->trials > before;
	return good;
}

bool cell_visit(struct session *session, struct cell_work *work, int64_t trials)
{
	struct watch *watch = NULL;
	struct sampler_result samples;
	struct problem problem = {0};
	size_t before = work->records.count;
	bool good;

	free(work->into->reason);
	work->into->reason = NULL;
	if (!backend_bring(session, work->cell, &problem)) {
		conclude_failed_start(session, work, "bringing the server up", &problem);
		return !failure_is_set(session->failure);
	}
	if (!resume_check(session, work->cell))
		return false;
	free(work->into->reason);
	work->into->reason = NULL;
	if (!has_power(session, work))
		return false;
	if (!goes_on(work, trials))
		cell_summary_set(work->into, "server_start_s", session->backend.start_s);
	if (session->options->sample)
		predict_bandwidth(session, work->cell);
	conditions_begin(session, work);
	if (session->options->sample) {
		const struct sensor_context context = {
		    .simulated_file = session_server(session, work->cell)->memory_file,
		    .server_pid = pid_of_server(&session->backend),
		};

		watch = watch_open("");
		session->sampler = sampler_start(&context, work->cell->sample_interval_ns, watch, WATCH_INTERVAL_NS);
	}
	good = measure_in_time(session, work, trials);
	samples = sampler_stop(session->sampler);
	watch_close(watch);
	conditions_finish(session, work, &samples);
	session->sampler = NULL;
	good = keep_samples(session, &samples, work) && good;
	sampler_result_release(&samples);
	/* A server that hangs is stopped and started anew; one that is not ours must show that it answers. */
	if (work->unserved || any_given_up(&work->records, before))
		backend_drop(session);
	good = good && !failure_is_set(session->failure);
	return good && (trials == 0 || journal_trial(session, work));
}

/* Memory that the seed's column does not show. */
static void flag_mapped_weights(const struct cell_work *work)
{
	int64_t files_bytes, with_bytes;
	struct text files = {0}, with = {0};

	if (!work->used_without_files ||
	    !machine_has_mapped_weights(work->samples, work->sample_count, &files_bytes, &with_bytes))
		return;
	work->into->memory.system_with_files_bytes = with_bytes;
	units_add_gi(&files, files_bytes);
	units_add_gi(&with, with_bytes);
	cell_summary_add_flag(work->into, "%s of mapped files are not in Memory Usage: %s with them",
	                      text_string(&files), text_string(&with));
	text_release(&files);
	text_release(&with);
}

/* Of what was answered; unknown where one of the answers has no count. */
static int64_t output_tokens(const struct trial_records *records)
{
	int64_t sum = 0;

	for (size_t i = 0; i < records->count; i++) {
		if (records->records[i].outcome != OUTCOME_OK)
			continue;
		if (records->records[i].output_tokens == JSON_UNKNOWN)
			return JSON_UNKNOWN;
		sum += records->records[i].output_tokens;
	}
	return sum;
}

static void add_samples(const struct cell_work *work)
{
	const struct trial_records *records = &work->records;
	struct stages stages = stages_of(records->records, records->count);
	bool whole =
	    work->left_out == 0 && machine_covers(work->samples, work->sample_count, records->records, records->count);

	cell_summary_add_samples(work->into, work->samples, work->sample_count, &stages, output_tokens(records), whole);
	stages_release(&stages);
}

void cell_end(struct session *session, struct cell_work *work)
{
	conditions_end(session, work);
	conclude_cell(session, work);
	floor_check(session, work);
	scrape_conclude(work);
	add_samples(work);
	flag_mapped_weights(work);
	predict_memory(session, work->cell, work->into);
	cell_work_release(work);
}

bool cell_so_far(const struct cell_work *work, struct cell_summary *row)
{
	const struct trial_records *records = &work->records;
	struct cell_work so_far = *work;
	struct json *json;
	bool good;

	if (work->cell == NULL || records->count == 0)
		return false;
	json = cell_summary_json(work->into);
	cell_summary_init(row);
	good = cell_summary_parse(json, row);
	json_free(json);
	if (!good) {
		cell_summary_release(row);
		return false;
	}
	so_far.into = row;
	cell_summary_add_records(row, records->records, records->count);
	add_samples(&so_far);
	free(row->reason);
	row->reason = text_format("%lld of %lld trials so far", (long long)(work->trials - work->left_out),
	                          (long long)cell_trials_most(work->cell));
	return true;
}

void cell_work_release(struct cell_work *work)
{
	trial_records_release(&work->records);
	server_polls_release(&work->polls);
	text_release(&work->death);
	free(work->telling);
	free(work->left);
	free(work->samples);
	work->telling = NULL;
	work->left = NULL;
	work->samples = NULL;
}
