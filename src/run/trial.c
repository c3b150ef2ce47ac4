#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/schedule.h"
#include "run/session.h"

/* Memory that is made ready before a load; more is taken as it is needed. */
#define EXPECTED_MOST ((size_t)64 << 20)

static const int64_t progress_interval_ns = 250 * NS_PER_MS;

/* Readings of two clocks are no closer than this when the machine is busy; nobody sleeps for less. */
static const int64_t slept_least_ns = 100 * NS_PER_MS;

/* What was asked for, for the records. */
struct asked {
	int64_t turn, input_tokens, output_tokens;
};

/* Of a trial from 1; 0 is the warm-up. */
static struct request *make_requests(struct session *session, const struct cell *cell, int trial, size_t count,
                                     struct asked *asked)
{
	struct request *requests = memory_new(count, sizeof(*requests));
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	struct plan_media media = {0};
	struct ask ask = {0};

	for (size_t i = 0; i < count; i++) {
		if (trial == 0)
			workload_warm(&session->workload, i, &ask);
		else
			workload_ask(&session->workload, trial, i, &ask);
		plan_add_media(session->plan, cell, session->workload.salt, trial, i, &media, &ask.input);
		session->backend.target->encode(cell, &endpoint, &ask.input, &requests[i]);
		requests[i].due_ns = ask.due_ns;
		requests[i].after = ask.after;
		asked[i] = (struct asked){ask.turn, ask.input_tokens, ask.output_tokens};
	}
	ask_release(&ask);
	plan_media_release(&media);
	return requests;
}

static void free_requests(struct request *requests, size_t count)
{
	for (size_t i = 0; i < count; i++)
		request_release(&requests[i]);
	free(requests);
}

/* By rate: of requests that come after no other one. A trace has its own. */
static void set_arrivals(const struct cell *cell, int trial, struct request *requests, size_t count)
{
	int64_t *due_ns;
	size_t next = 0;

	if (cell->rate_rps == CELL_UNSET_REAL)
		return;
	due_ns = memory_new(count, sizeof(*due_ns));
	/* Each trial has arrivals of its own; the same matrix has the same ones in each run. */
	schedule_arrivals(due_ns, count, cell->rate_rps, (enum cell_arrival)cell->arrival,
	                  (uint64_t)cell->seed + (uint64_t)trial);
	for (size_t i = 0; i < count; i++)
		if (requests[i].after == 0)
			requests[i].due_ns = due_ns[next++];
	free(due_ns);
}

/* Once, and only where there is something to wait for. */
static void tell_stop(struct session *session, const struct load_progress *load)
{
	if (session->stop_told || !session_stopped(session) || load->in_flight == 0)
		return;
	session->stop_told = true;
	session_warn(session, "stopping when the requests in flight have ended (%zu); a second signal ends them now",
	             load->in_flight);
}

/* Text events a second since the last report: what a person sees as speed now, not a result. */
static void on_load_progress(void *context, const struct load_progress *load)
{
	struct session *session = context;
	int64_t now_ns = clock_now_ns();

	if (session->chunks_at_ns != 0 && now_ns > session->chunks_at_ns)
		session->progress.tokens_per_s = (double)(load->chunks - session->chunks_seen) * (double)NS_PER_S /
		                                 (double)(now_ns - session->chunks_at_ns);
	session->chunks_at_ns = now_ns;
	session->chunks_seen = load->chunks;
	session->progress.load = *load;
	if (session->progress.step == SWEEP_MEASURING)
		tell_stop(session, load);
	session_step(session, session->progress.step);
}

static void on_load_ended(void *context, size_t request)
{
	struct session *session = context;

	if (session->decoding != NULL)
		decoding_ended(session->decoding, request);
}

/*
 * What the replies of a load may come to, so that memory for them is there: a
 * token is a line of about 130 bytes at the servers that say most with it. At
 * most, because a model may stop early and untouched memory costs nothing.
 */
static size_t expected_bytes(const struct cell *cell, size_t count)
{
	double bytes = (double)count * (1024 + 130 * (double)cell->output_tokens);

	return bytes < (double)EXPECTED_MOST ? (size_t)bytes : EXPECTED_MOST;
}

static bool run_load(struct session *session, const struct cell *cell, const struct request *requests, size_t count,
                     bool drain, struct exchange *exchanges)
{
	const struct access access = server_access(cell->server, session->backend.base_url);
	const struct load_options options = {
	    .access = &access,
	    .in_flight = cell_in_flight(cell),
	    .timeout_ns = cell->timeout_ns,
	    .idle_timeout_ns = cell->idle_timeout_ns,
	    .deadline_ns = session->cell_until_ns,
	    .stop = session->options->stop,
	    .drain = drain,
	    .memory = session->replies,
	    .expected_bytes = expected_bytes(cell, count),
	    .on_progress = on_load_progress,
	    .on_ended = on_load_ended,
	    .context = session,
	    .progress_interval_ns = progress_interval_ns,
	};

	session->chunks_at_ns = 0;
	session->chunks_seen = 0;
	return load_run(requests, count, &options, exchanges, session->failure);
}

static void note_core_share(struct session *session)
{
	const struct load_progress *load = &session->progress.load;

	if (load->elapsed_ns > 0)
		session->core_share = fmax(session->core_share, (double)load->cpu_ns / (double)load->elapsed_ns);
}

/* --- What a trial is worth --- */

/* Why the figures of the trial would be wrong, in a few words; nothing when they are not. */
static void add_disturbance(const struct load_progress *load, struct text *why)
{
	if (load->slept_ns >= slept_least_ns)
		text_addf(why, "the machine slept for %.1f s", (double)load->slept_ns / (double)NS_PER_S);
	else if (load->stood_still_ns > 0)
		text_addf(why, "llmbench stood still for %.1f s", (double)load->stood_still_ns / (double)NS_PER_S);
}

/* How many were not cancelled, when the user has stopped it before its end. */
static void add_cut(struct cell_work *work, const struct record *records, size_t count, struct text *why)
{
	size_t ended = 0;

	for (size_t i = 0; i < count; i++)
		ended += records[i].outcome != OUTCOME_CANCELLED;
	if (ended == count)
		return;
	work->cut_short = true;
	text_addf(why, "interrupted after %zu of %zu requests", ended, count);
}

/* Adds nothing when all is well. True: the trial is to be left out. */
static bool judge(const struct session *session, struct cell_work *work, const struct record *records, size_t count,
                  struct text *why)
{
	bool disturbed;

	add_disturbance(&session->progress.load, why);
	disturbed = why->size > 0;
	if (session_stopped(session) && !disturbed)
		add_cut(work, records, count, why);
	/* A trial that ended its server, and with it the cell, tells of its end whatever else came between. */
	if (work->death.size > 0)
		return false;
	/* What there is of a first trial is better than nothing. */
	return disturbed || (work->cut_short && work->records.count > 0);
}

static bool store_record(struct session *session, const struct cell_work *work, const struct record *record,
                         const char *left_out)
{
	struct json *json = record_json(record, work->records.id, session->origin_ns);

	if (left_out != NULL)
		json_set_string(json, "left_out", left_out);
	return store_add_record(session->store, json, session->failure);
}

/* Takes the records; a full disk ends the sweep, but the summary has all that was measured. */
static bool keep(struct session *session, struct cell_work *work, struct record *records, size_t count)
{
	struct trial_records *into = &work->records;
	struct text why = {0};
	bool left_out = judge(session, work, records, count, &why), good = true;

	for (size_t i = 0; i < count; i++) {
		good = store_record(session, work, &records[i], left_out ? text_string(&why) : NULL) && good;
		if (left_out) {
			record_release(&records[i]);
			continue;
		}
		into->records = memory_grow(into->records, &into->capacity, into->count, sizeof(*into->records));
		into->records[into->count++] = records[i];
	}
	work->left_out += left_out;
	if (why.size > 0)
		cell_summary_add_flag(work->into, "trial %lld %s%s", (long long)work->trials,
		                      left_out ? "left out: " : "", text_string(&why));
	text_release(&why);
	return good;
}

/* What the replies do not tell. */
static void complete(const struct session *session, const struct cell_work *work, const struct asked *asked,
                     struct record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		records[i].request = i;
		records[i].trial = (int)work->trials;
		records[i].audio_ns = plan_audio_ns(session->plan, work->cell);
		records[i].turn = asked[i].turn;
		records[i].asked_input_tokens = asked[i].input_tokens;
		records[i].asked_output_tokens = asked[i].output_tokens;
	}
}

bool trial_run(struct session *session, struct cell_work *work)
{
	const struct cell *cell = work->cell;
	size_t count = (size_t)cell->requests;
	int trial = (int)++work->trials;
	struct asked *asked = memory_new(count, sizeof(*asked));
	struct request *requests = make_requests(session, cell, trial, count, asked);
	struct exchange *exchanges = memory_new(count, sizeof(*exchanges));
	struct record *records;
	bool good;

	set_arrivals(cell, trial, requests, count);
	session->progress.trial = trial;
	session->decoding = decoding_begin(session, cell, exchanges, count);
	good = run_load(session, cell, requests, count, true, exchanges);
	note_core_share(session);
	good = decoding_finish(session->decoding, good ? count : 0, &records, session->failure) && good;
	session->decoding = NULL;
	if (good) {
		complete(session, work, asked, records, count);
		conclude_trial(session, work, records, count);
		good = keep(session, work, records, count);
	}
	free(records);
	for (size_t i = 0; i < count; i++)
		exchange_release(&exchanges[i]);
	free(exchanges);
	free_requests(requests, count);
	free(asked);
	return good;
}

bool trial_warm(struct session *session, const struct cell *cell)
{
	size_t count = (size_t)cell->warmup;
	struct request *requests;
	struct exchange *exchanges;
	struct asked *asked;
	bool good;

	if (count == 0)
		return true;
	asked = memory_new(count, sizeof(*asked));
	requests = make_requests(session, cell, 0, count, asked);
	exchanges = memory_new(count, sizeof(*exchanges));
	good = run_load(session, cell, requests, count, false, exchanges);
	for (size_t i = 0; i < count; i++)
		exchange_release(&exchanges[i]);
	free(exchanges);
	free_requests(requests, count);
	free(asked);
	return good;
}

bool records_any_failed(const struct record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (records[i].outcome != OUTCOME_OK)
			return true;
	return false;
}

void trial_records_release(struct trial_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		record_release(&records->records[i]);
	free(records->records);
	*records = (struct trial_records){0};
}
