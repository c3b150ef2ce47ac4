#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"
#include "base/url.h"
#include "core/machine_summary.h"
#include "core/until.h"
#include "machine/listener.h"
#include "run/session.h"

static const int64_t death_patience_ns = 300 * NS_PER_MS;

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
	return (struct cell_work){.cell = cell, .into = into, .records.id = into->id, .core_share = NAN};
}

/* The cell could not be brought to its first request; `doing` says what failed. */
static void fail_before_load(const struct session *session, const char *doing, struct cell_summary *into,
                             struct problem *problem)
{
	into->status = session_stopped(session) ? CELL_UNFINISHED : CELL_FAILED;
	into->reason = text_format("%s: %s", doing, problem->reason ? problem->reason : "no reason is known");
	if (into->status == CELL_FAILED) {
		into->server_words = backend_telling(session, problem->words);
		if (problem->answered)
			into->errors = 1;
		if (into->server_words == NULL)
			into->server_words = memory_string(problem->words);
	}
	problem_release(problem);
}

/* A visit for all trials that finds some of them done goes on with an earlier one, which was cut short. */
static bool goes_on(const struct cell_work *work, int64_t trials)
{
	return trials == 0 && work->trials > 0;
}

/* first: it is the load that the cell's figure is of. */
static bool load_model(struct session *session, const struct cell *cell, bool first, struct cell_summary *into,
                       struct problem *problem)
{
	struct exchange asked = {0};
	bool good;

	evidence_loading(session);
	good = backend_ask(session, TARGET_LOAD, cell, cell->load_timeout_ns, &asked, problem);

	if (good && first && asked.done_ns != TIME_UNKNOWN) {
		into->load = summary_next_load(session->summary, into);
		cell_summary_set(into, "model_load_s", (double)(asked.done_ns - asked.sent_ns) / (double)NS_PER_S);
	}
	exchange_release(&asked);
	return good;
}

/* The words of the error that most requests ended with stand for all of them. */
static const char *commonest_error(const struct trial_records *records)
{
	const char *commonest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < records->count; i++) {
		size_t same = 0;

		if (records->records[i].outcome == OUTCOME_OK || records->records[i].error == NULL ||
		    (i > 0 && text_equal(records->records[i].error, records->records[i - 1].error)))
			continue;
		for (size_t j = i; j < records->count; j++)
			same += records->records[j].outcome != OUTCOME_OK &&
			        text_equal(records->records[j].error, records->records[i].error);
		if (same > most) {
			most = same;
			commonest = records->records[i].error;
		}
	}
	return commonest;
}

/*
 * "the server ended (killed by signal 9): ", or nothing while it lives or is
 * not ours. Its connections break a moment before its end is known, so there
 * is some patience when requests failed.
 */
static void add_death(const struct session *session, bool requests_failed, struct text *reason)
{
	int64_t until_ns = clock_now_ns() + (requests_failed ? death_patience_ns : 0);
	struct text how = {0};
	bool alive = true;

	if (session->backend.server == NULL)
		return;
	while ((alive = server_is_alive(session->backend.server, &how)) && clock_now_ns() < until_ns)
		clock_sleep_until(clock_now_ns() + 5 * NS_PER_MS);
	if (!alive)
		text_addf(reason, "the server ended (%s): ", text_string(&how));
	text_release(&how);
}

/* Its last trial may have come to its end all the same. */
static bool is_interrupted(const struct session *session, const struct cell_work *work)
{
	return session_stopped(session) && (work->cut_short || cell_wants_visit(work));
}

/* A cell is done when a request succeeded and the server outlived them all. */
static void conclude(struct session *session, const struct cell_work *work)
{
	const struct trial_records *records = &work->records;
	struct cell_summary *into = work->into;
	struct text reason = {0};

	cell_summary_add_records(into, records->records, records->count);
	if (into->reason != NULL)
		return; /* it failed before its load, or before one of several */
	if (is_interrupted(session, work)) {
		into->status = CELL_UNFINISHED;
		into->reason = memory_string("interrupted");
		return;
	}
	text_add(&reason, text_string(&work->death));
	if (records->count == 0 && work->left_out > 0)
		text_add(&reason, "each of its trials was disturbed");
	into->status = into->ok > 0 && reason.size == 0 ? CELL_DONE : CELL_FAILED;
	if (into->failed > 0) {
		const char *words = commonest_error(records);

		into->server_words = memory_string(work->telling);
		text_addf(&reason, "%lld of %lld requests failed%s%s", (long long)into->failed, (long long)into->sent,
		          words ? ": " : "", words ? words : "");
	}
	if (reason.size > 0)
		into->reason = text_take(&reason);
	text_release(&reason);
	if (into->retries > 0)
		cell_summary_add_flag(into, "%lld connects were refused and tried again", (long long)into->retries);
	cell_summary_add_trial_flags(into);
}

static void enter(const struct session *session, enum phase phase)
{
	if (session->sampler != NULL)
		sampler_enter(session->sampler, phase);
}

static bool any_failed(const struct trial_records *records, size_t from)
{
	for (size_t i = from; i < records->count; i++)
		if (records->records[i].outcome != OUTCOME_OK)
			return true;
	return false;
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

/* Loads the model, warms up and measures; false: the sweep cannot go on. */
static bool measure(struct session *session, struct cell_work *work, int64_t trials)
{
	const struct cell *cell = work->cell;
	struct problem problem = {0};
	struct scraper *scraper;
	size_t before = work->records.count;
	bool good = true;

	enter(session, PHASE_LOADING);
	session_step(session, SWEEP_LOADING);
	if (!load_model(session, cell, !goes_on(work, trials), work->into, &problem)) {
		fail_before_load(session, "loading the model", work->into, &problem);
		work->failed = true;
		return true;
	}
	enter(session, PHASE_LOADED);
	evidence_ask(session, cell, work->into);
	session_step(session, SWEEP_WARMING);
	fit_workload(session, work);
	good = trial_warm(session, cell);
	evidence_measuring(session);
	scraper = scrape_begin(session, work);
	enter(session, PHASE_MEASURING);
	session->progress.step = SWEEP_MEASURING;
	session->core_share = NAN;
	for (int64_t trial = 0;
	     good && (trials == 0 || trial < trials) && !session_stopped(session) && cell_wants_visit(work); trial++)
		good = (trial == 0 || has_power(session, work)) && trial_run(session, work) &&
		       (trials != 0 || !cell_wants_visit(work) || journal_trial(session, work));
	enter(session, PHASE_AFTER);
	good = scrape_end(session, work, scraper) && good;
	work->core_share = fmax(work->core_share, session->core_share);
	keep_answer(session, work);
	/* Now: after the visits of others this may be another server, with another log. */
	if (any_failed(&work->records, before)) {
		free(work->telling);
		work->telling = backend_telling(session, commonest_error(&work->records));
	}
	if (!is_interrupted(session, work) && work->death.size == 0)
		add_death(session, any_failed(&work->records, before), &work->death);
	if (!cell_wants_visit(work))
		evidence_flag(session, cell, &work->records, work->into);
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

	return !work->failed && work->left_out <= TRIALS_LEFT_OUT_MAX &&
	       cell_wants_trial(work->cell, records->records, records->count, work->trials - work->left_out);
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

bool cell_visit(struct session *session, struct cell_work *work, int64_t trials)
{
	struct watch *watch = NULL;
	struct sampler_result samples;
	struct problem problem = {0};
	bool good;

	free(work->into->reason);
	work->into->reason = NULL;
	if (!backend_bring(session, work->cell, &problem)) {
		fail_before_load(session, "bringing the server up", work->into, &problem);
		work->failed = true;
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
	good = measure(session, work, trials);
	samples = sampler_stop(session->sampler);
	watch_close(watch);
	conditions_finish(session, work, &samples);
	session->sampler = NULL;
	good = keep_samples(session, &samples, work) && good;
	sampler_result_release(&samples);
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
	struct stages stages = stages_of(work->records.records, work->records.count);

	cell_summary_add_samples(work->into, work->samples, work->sample_count, &stages, output_tokens(&work->records));
	stages_release(&stages);
}

void cell_end(struct session *session, struct cell_work *work)
{
	conditions_end(session, work);
	conclude(session, work);
	floor_check(session, work);
	scrape_conclude(work);
	add_samples(work);
	flag_mapped_weights(work);
	predict_memory(session, work->cell, work->into);
	cell_work_release(work);
}

void cell_work_release(struct cell_work *work)
{
	trial_records_release(&work->records);
	server_polls_release(&work->polls);
	text_release(&work->death);
	free(work->telling);
	free(work->samples);
	work->telling = NULL;
	work->samples = NULL;
}
