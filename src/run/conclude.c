/* What a cell came to: its status, the reason, and what that says of other cells. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"
#include "core/until.h"
#include "machine/memory.h"
#include "run/prune.h"
#include "run/session.h"

static const int64_t death_patience_ns = 300 * NS_PER_MS;

static bool any_ok(const struct trial_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		if (records->records[i].outcome == OUTCOME_OK)
			return true;
	return false;
}

/* Of a failed cell: nothing came back for any of its requests. */
static bool none_answered(const struct cell_summary *cell)
{
	int64_t silent = cell->outcomes[OUTCOME_CONNECT] + cell->outcomes[OUTCOME_TIMEOUT] +
	                 cell->outcomes[OUTCOME_TRANSFER] + cell->outcomes[OUTCOME_CANCELLED];

	return cell->sent > 0 && silent == cell->sent;
}

static enum cell_cause cause_of(const struct cell_work *work)
{
	const struct cell_summary *into = work->into;
	int64_t kills = machine_oom_kills("");
	const struct failure_signs signs = {
	    .words = into->server_words,
	    .reason = into->reason,
	    .oom_kills =
		kills == JSON_UNKNOWN || work->oom_kills == JSON_UNKNOWN ? JSON_UNKNOWN : kills - work->oom_kills,
	    .over_time = work->over_time,
	    .none_ok = !any_ok(&work->records),
	    .server_failed = work->unserved || work->death.size > 0 || none_answered(into),
	};

	return prune_cause(&signs);
}

/* What ends the sweep is the reason where the cell has none of its own. */
static const char *reason_of(const struct session *session, const struct problem *problem)
{
	if (problem->reason != NULL)
		return problem->reason;
	return failure_is_set(session->failure) ? session->failure->message : "no reason is known";
}

void conclude_failed_start(struct session *session, struct cell_work *work, const char *doing, struct problem *problem)
{
	struct cell_summary *into = work->into;

	work->failed = true;
	into->status = session_stopped(session) ? CELL_UNFINISHED : CELL_FAILED;
	into->reason = text_format("%s: %s", doing, reason_of(session, problem));
	if (into->status == CELL_FAILED) {
		into->server_words = backend_telling(session, problem->words);
		if (problem->answered)
			into->errors = 1;
		if (into->server_words == NULL)
			into->server_words = memory_string(problem->words);
		work->unserved = !problem->answered && !problem->refused;
		into->cause = cause_of(work);
	}
	problem_release(problem);
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

void conclude_trial(const struct session *session, struct cell_work *work, const struct record *records, size_t count)
{
	if (!session_stopped(session) && work->death.size == 0)
		add_death(session, records_any_failed(records, count), &work->death);
}

void conclude_visit(struct session *session, struct cell_work *work, size_t first)
{
	bool failed = records_any_failed(work->records.records + first, work->records.count - first);

	/* Now: after the visits of others this may be another server, with another log. */
	if (failed) {
		free(work->telling);
		work->telling = backend_telling(session, commonest_error(&work->records));
	}
	if (!cell_is_interrupted(session, work) && work->death.size == 0)
		add_death(session, failed, &work->death);
}

static void add_failures(const struct cell_work *work, struct text *reason)
{
	const struct cell_summary *into = work->into;
	const char *words = commonest_error(&work->records);

	text_addf(reason, "%lld of %lld requests failed%s%s", (long long)into->failed, (long long)into->sent,
	          words ? ": " : "", words ? words : "");
}

/* It has fewer trials than it wants. */
static void flag_cut(const struct cell_work *work)
{
	int64_t trials = work->trials - work->left_out;
	struct text limit = {0};

	if (work->left == NULL &&
	    !(work->over_time && cell_wants_trial(work->cell, work->records.records, work->records.count, trials)))
		return;
	if (work->left == NULL)
		units_add_duration(&limit, work->cell->cell_timeout_ns);
	cell_summary_add_flag(work->into, "ended after %lld of %lld trials: %s%s", (long long)trials,
	                      (long long)cell_trials_most(work->cell),
	                      work->left != NULL ? work->left : "it took longer than its cell_timeout of ",
	                      text_string(&limit));
	text_release(&limit);
}

void conclude_cell(struct session *session, const struct cell_work *work)
{
	struct cell_summary *into = work->into;
	struct text reason = {0};

	cell_summary_add_records(into, work->records.records, work->records.count);
	if (into->reason != NULL)
		return; /* it failed before its load, or before one of several */
	if (cell_is_interrupted(session, work)) {
		into->status = CELL_UNFINISHED;
		into->reason = memory_string("interrupted");
		return;
	}
	/* Done: a request succeeded and the server outlived them all. */
	text_add(&reason, text_string(&work->death));
	into->status = into->ok > 0 && reason.size == 0 ? CELL_DONE : CELL_FAILED;
	if (into->failed > 0) {
		into->server_words = memory_string(work->telling);
		add_failures(work, &reason);
	} else if (into->sent == 0 && work->over_time) {
		text_add(&reason, "its cell_timeout was up before its first measured request");
	} else if (into->sent == 0 && work->left_out > 0) {
		text_add(&reason, "each of its trials was disturbed");
	}
	if (reason.size > 0)
		into->reason = text_take(&reason);
	text_release(&reason);
	if (into->retries > 0)
		cell_summary_add_flag(into, "%lld connects were refused and tried again", (long long)into->retries);
	cell_summary_add_trial_flags(into);
	flag_cut(work);
	into->cause = work->left != NULL ? work->left_cause : cause_of(work);
}
