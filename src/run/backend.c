#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/session.h"

enum { LOG_TAIL_BYTES = 65536 };

static const int64_t question_ns = 60 * NS_PER_S;
static const int64_t unload_limit_ns = 60 * NS_PER_S;
static const int64_t unload_pause_ns = 20 * NS_PER_MS;

bool backend_ask(struct session *session, enum target_question question, const struct cell *cell, int64_t timeout_ns,
                 struct exchange *asked, struct problem *problem)
{
	const struct target *target = session->backend.target;
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	const struct access access = server_access(cell->server, session->backend.base_url);
	struct request request = {0};
	struct text why = {0};
	bool good;

	*asked = (struct exchange){.sent_ns = TIME_UNKNOWN, .header_ns = TIME_UNKNOWN, .done_ns = TIME_UNKNOWN};
	if (!target->ask(question, cell, &endpoint, &request))
		return true;
	if (!load_one(&request, &access, timeout_ns, session->options->stop, asked))
		failure_set(session->failure, STATUS_CANNOT_GO_ON, "%s", asked->detail);
	good = target->answer(question, cell, asked, session_server(session, cell), session_model(session, cell), &why);
	if (!good) {
		problem->answered = asked->transport == TRANSPORT_COMPLETE;
		if (problem->answered) {
			free(problem->words);
			problem->words = memory_string(text_string(&why));
		}
		problem_set(problem, text_take(&why));
	}
	text_release(&why);
	request_release(&request);
	return good;
}

/* A question of which only the facts are wanted. */
static bool ask(struct session *session, enum target_question question, const struct cell *cell,
                struct problem *problem)
{
	struct exchange exchange = {0};
	bool good = backend_ask(session, question, cell, question_ns, &exchange, problem);

	exchange_release(&exchange);
	return good;
}

void backend_drop(struct session *session)
{
	struct backend *backend = &session->backend;

	server_stop(backend->server, session_hurried(session) ? 0 : BACKEND_STOP_GRACE_MS);
	free(backend->base_url);
	*backend = (struct backend){0};
}

char *backend_telling(const struct session *session, const char *words)
{
	struct text log = {0};
	char *telling = NULL;

	if (session->backend.server != NULL)
		server_log_tail(session->backend.server, LOG_TAIL_BYTES, &log);
	if (session->backend.target != NULL)
		telling = session->backend.target->telling(words, text_string(&log));
	text_release(&log);
	return telling;
}

/* Whether this server, as it was started for `cell`, is the one that `other` will be sent to. */
static bool will_serve(const struct session *session, const struct cell *cell, const struct cell *other)
{
	if (other->server != cell->server)
		return false;
	/* One of several servers that lacks a model fails the cells of that model only. */
	if (session->plan->server_count > 1 || cell_start_mentions(cell, "model"))
		return text_equal(other->model, cell->model);
	return true;
}

/* The models of all cells that this server will run; a missing one is told before anything is measured. */
static bool check_models(struct session *session, const struct cell *cell, struct problem *problem,
                         struct failure *failure)
{
	const struct plan *plan = session->plan;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *other = &plan->cells[i];
		struct model_facts *model = session_model(session, other);

		if (!will_serve(session, cell, other) || (model->full_name != NULL && !model->remembered))
			continue;
		model->remembered = false;
		if (!ask(session, TARGET_MODELS, other, problem)) {
			if (problem->answered)
				return failure_set(failure, STATUS_USER_MISTAKE, "%s", problem->reason);
			return false;
		}
		if (!ask(session, TARGET_MODEL, other, problem)) {
			session_warn(session, "%s: no description of the model: %s", other->model, problem->reason);
			problem_release(problem);
		}
	}
	return true;
}

static bool can_unload(struct session *session, const struct cell *cell)
{
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	struct request request = {0};
	bool can = session->backend.target->ask(TARGET_UNLOAD, cell, &endpoint, &request);

	request_release(&request);
	return can;
}

/* Empties the server's memory of the cell's model and waits until it is gone, so that each cell begins from the same
 * state. */
static bool unload(struct session *session, const struct cell *cell, struct problem *problem)
{
	int64_t deadline_ns = clock_now_ns() + unload_limit_ns;

	if (!ask(session, TARGET_LOADED, cell, problem))
		return false;
	if (session_model(session, cell)->loaded_bytes == JSON_UNKNOWN)
		return true;
	if (!ask(session, TARGET_UNLOAD, cell, problem))
		return false;
	while (clock_now_ns() < deadline_ns && !session_stopped(session)) {
		if (!ask(session, TARGET_LOADED, cell, problem))
			return false;
		if (session_model(session, cell)->loaded_bytes == JSON_UNKNOWN)
			return true;
		clock_sleep_until(clock_now_ns() + unload_pause_ns);
	}
	session_warn(session, "%s is still loaded a minute after it was asked to go", cell->model);
	return true;
}

static bool is_usable(struct session *session, const struct cell *cell)
{
	const struct backend *backend = &session->backend;

	if (backend->cell == NULL || backend->cell->server != cell->server)
		return false;
	/* What it is asked by goes by the task. */
	if (backend->target->can != NULL && !backend->target->can(cell_task(cell)))
		return false;
	return backend->server == NULL ||
	       (cell_same_start(backend->cell, cell) && server_is_alive(backend->server, NULL));
}

/*
 * Nothing can be measured on the only server, so the sweep ends; of several
 * servers one that cannot be had fails its own cells.
 */
static void give_up(struct session *session, struct problem *problem, struct failure *failure)
{
	if (!failure_is_set(failure))
		return;
	if (session->plan->server_count > 1)
		problem_set(problem, memory_string(failure->message));
	else
		failure_set(session->failure, failure->status, "%s", failure->message);
	failure_release(failure);
}

/* The plan has checked it for servers whose adapter it knew; this one may have been recognized just now. */
static bool check_task(const struct session *session, const struct cell *cell, struct problem *problem)
{
	const struct target *target = session->backend.target;
	struct text task = {0};

	if (target->can == NULL || target->can(cell_task(cell)))
		return true;
	cell_field_add_value(cell_field_find("task"), cell, &task);
	problem_set(problem, text_format("task %s cannot be asked of adapter %s",
	                                 task.size > 0 ? text_string(&task) : "text", target->name));
	problem->words = memory_string(problem->reason); /* what stands in the row */
	problem->refused = true;
	text_release(&task);
	return false;
}

/* The cell before may have had another model, whose memory would be taken for this one's. */
static bool unload_last(struct session *session, const struct cell *cell, struct problem *problem)
{
	const struct cell *last = session->backend.last;

	return last == NULL || text_equal(cell_server_model(last), cell_server_model(cell)) ||
	       unload(session, last, problem);
}

/* --- Whether it is still the same --- */

static struct served *served_of(const struct session *session, const struct cell *cell)
{
	return &session->served[cell->server - session->plan->servers];
}

static void note_answered(struct session *session, const struct cell *cell)
{
	const char *version = session_server(session, cell)->version;
	struct served *served = served_of(session, cell);

	if (!served->answered && version != NULL)
		snprintf(served->version, sizeof(served->version), "%s", version);
	served->answered = true;
}

/* A beginning of that length tells versions and digests apart. */
static bool is_another(const char *now, const char *before)
{
	return now != NULL && before != NULL && *before != '\0' && strncmp(now, before, SERVED_VERSION - 1) != 0;
}

bool backend_is_replaced(struct session *session, const struct cell *cell)
{
	struct served *served = served_of(session, cell);
	char *digest = memory_string(session_model(session, cell)->digest);
	struct problem problem = {0};

	if (session->backend.server == NULL && !served->replaced && ask(session, TARGET_READY, cell, &problem) &&
	    ask(session, TARGET_MODELS, cell, &problem) &&
	    (is_another(session_server(session, cell)->version, served->version) ||
	     is_another(session_model(session, cell)->digest, digest))) {
		served->replaced = true;
		session_warn(session,
		             "%s is another server than before, or its %s another model: the cells before and after "
		             "this are not comparable",
		             cell->server->url, cell->model);
	}
	problem_release(&problem);
	free(digest);
	return served->replaced;
}

/* --- For a cell --- */

bool backend_bring(struct session *session, const struct cell *cell, struct problem *problem)
{
	struct failure failure = {0};
	bool fresh = !is_usable(session, cell), good = true;

	if (fresh) {
		backend_drop(session);
		good = backend_bring_up(session, cell, problem, &failure);
	}
	good = good && check_task(session, cell, problem) && check_models(session, cell, problem, &failure) &&
	       unload_last(session, cell, problem) && unload(session, cell, problem);
	if (good) {
		session->backend.last = cell;
		note_answered(session, cell);
		session->backend.not_emptied =
		    !(fresh && session->backend.server != NULL) && !can_unload(session, cell);
		return true;
	}
	give_up(session, problem, &failure);
	backend_drop(session);
	return false;
}
