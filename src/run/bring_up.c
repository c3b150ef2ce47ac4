/*
 * From a server's settings to a server that is ready: started or already
 * running, recognized, and its first question answered.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "plan/start.h"
#include "run/recognize.h"
#include "run/session.h"

enum {
	STARTS_PER_PORT_RACE = 3, /* another program may take the port between our look and the server's bind */
	LOG_END_BYTES = 4096,
};

static const int64_t ready_try_ns = 5 * NS_PER_S; /* one question; a booting Ollama accepts and stays silent */
static const int64_t ready_pause_ns = 20 * NS_PER_MS;

/* --- Which server it is --- */

/* Recordings are asked of servers of OpenAI's interface by an adapter of their own. */
static const struct target *target_for(const struct cell *cell, const struct target *target)
{
	if (cell_task(cell) != CELL_TASK_TRANSCRIBE || target != target_find("openai"))
		return target;
	return target_find("whisper");
}

static void recognized(struct session *session, const struct cell *cell, const struct identity *identity)
{
	struct server_facts *facts = session_server(session, cell);

	if (session->backend.target == NULL)
		session->backend.target = target_for(cell, identity->target);
	free(facts->adapter);
	free(facts->kind);
	facts->adapter = memory_string(session->backend.target->name);
	facts->kind = memory_string(identity->kind);
}

/*
 * Asks what it is, as far as the matrix leaves that open. A kind that is not
 * found where the adapter is known is no mistake: nothing is presumed of it
 * then. False: there is no adapter yet; then `tried` says what was asked.
 */
static bool know_server(struct session *session, const struct cell *cell, int64_t try_ns, struct text *tried)
{
	const struct access access = server_access(cell->server, session->backend.base_url);
	struct identity identity = {0};

	if (session->backend.target != NULL && session_server(session, cell)->kind != NULL)
		return true;
	if (recognize_server(&access, try_ns, session->options->stop, &identity, tried))
		recognized(session, cell, &identity);
	return session->backend.target != NULL;
}

static char *unrecognized(const char *tried)
{
	struct text reason = {0};

	text_addf(&reason,
	          "it is no server that llmbench recognizes (%s); if it speaks like one of them, say which: ", tried);
	text_add(&reason, "`kind` is one of ");
	identify_add_kinds(&reason);
	text_add(&reason, ", or `adapter` one of ");
	for (size_t i = 0; targets[i] != NULL; i++)
		text_addf(&reason, "%s%s", i > 0 ? ", " : "", targets[i]->name);
	return text_take(&reason);
}

/* --- Ready --- */

/* The last line that is not blank. */
static char *last_line(const char *log)
{
	const char *end = log + strlen(log), *begin;

	while (end > log && strchr(" \t\n", end[-1]) != NULL)
		end--;
	for (begin = end; begin > log && begin[-1] != '\n';)
		begin--;
	return end > begin ? memory_copy(begin, (size_t)(end - begin)) : NULL;
}

/* The server ended before it was ready: quotes its log. */
static bool problem_died(struct session *session, struct problem *problem, const char *how)
{
	struct text log = {0};

	free(problem->words);
	problem->answered = false;
	problem->words = backend_telling(session, NULL);
	if (problem->words == NULL) {
		server_log_tail(session->backend.server, LOG_END_BYTES, &log);
		problem->words = last_line(text_string(&log));
		text_release(&log);
	}
	return problem_set(problem, text_format("the server ended before it was ready: %s", how));
}

/* What stood in the way when the time was over. */
static bool problem_late(const struct cell *cell, struct problem *problem)
{
	struct text reason = {0};

	text_addf(&reason, "the server was not ready within %lld s", (long long)(cell->ready_timeout_ns / NS_PER_S));
	if (problem->reason != NULL)
		text_addf(&reason, ": %s", problem->reason);
	/* That it was still loading is no reason by itself: its log may have one. */
	free(problem->words);
	problem->words = NULL;
	problem->answered = false;
	return problem_set(problem, text_take(&reason));
}

/* One attempt; false: `problem` has what came back. */
static bool try_ready(struct session *session, const struct cell *cell, int64_t try_ns, struct problem *problem)
{
	struct exchange exchange = {0};
	struct text tried = {0};
	bool ready;

	if (!know_server(session, cell, try_ns, &tried)) {
		problem_set(problem, unrecognized(text_string(&tried)));
		text_release(&tried);
		return false;
	}
	text_release(&tried);
	ready = backend_ask(session, TARGET_READY, cell, try_ns, &exchange, problem);
	exchange_release(&exchange);
	return ready;
}

static bool wait_until_ready(struct session *session, const struct cell *cell, struct problem *problem)
{
	int64_t deadline_ns = clock_now_ns() + cell->ready_timeout_ns;
	struct text how = {0};

	while (!session_stopped(session)) {
		int64_t left_ns = deadline_ns - clock_now_ns();
		int64_t try_ns = left_ns < ready_try_ns ? left_ns : ready_try_ns;

		if (left_ns > 0 && try_ready(session, cell, try_ns, problem)) {
			problem_release(problem);
			return true;
		}
		if (failure_is_set(session->failure))
			return false;
		if (!server_is_alive(session->backend.server, &how)) {
			problem_died(session, problem, text_string(&how));
			text_release(&how);
			return false;
		}
		if (left_ns <= 0)
			return problem_late(cell, problem);
		clock_sleep_until(clock_now_ns() + ready_pause_ns);
	}
	return problem_set(problem, memory_string("interrupted"));
}

/* --- A server of ours --- */

/* User's variables first, so that the adapter's knobs override them and its defaults do not. */
static struct environment cell_environment(const struct session *session, const struct cell *cell, int port)
{
	struct environment environment = start_variables(cell);

	if (session->backend.target != NULL)
		session->backend.target->environment(cell, port, &environment);
	return environment;
}

static struct server *launch(struct session *session, const struct cell *cell, int port, struct failure *failure)
{
	struct environment environment = cell_environment(session, cell, port);
	char *log_path = store_log_path(session->store, ++session->starts);
	struct start_values values;
	struct server *server;

	start_values_make(cell, port, &values);
	server = server_start(cell->server->start, values.list, &environment, log_path, failure);
	if (server != NULL && cell->server->api_key != NULL)
		server_hide(server, cell->server->api_key);
	start_values_release(&values);
	environment_release(&environment);
	free(log_path);
	return server;
}

static bool log_tells_port_taken(const struct session *session)
{
	static const char *const words[] = {"address already in use", "Address already in use", "couldn't bind"};
	struct text log = {0};
	bool taken = false;

	server_log_tail(session->backend.server, LOG_END_BYTES, &log);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		taken = taken || strstr(text_string(&log), words[i]) != NULL;
	text_release(&log);
	return taken;
}

static bool start_managed(struct session *session, const struct cell *cell, struct problem *problem,
                          struct failure *failure)
{
	struct backend *backend = &session->backend;

	for (int tries = 1;; tries++) {
		int64_t begin_ns = clock_now_ns();
		int port;

		if (!server_free_port(&port, failure))
			return false;
		backend->base_url = text_format("http://127.0.0.1:%d", port);
		backend->server = launch(session, cell, port, failure);
		if (backend->server == NULL)
			return false;
		if (wait_until_ready(session, cell, problem)) {
			backend->start_s = (double)(clock_now_ns() - begin_ns) / (double)NS_PER_S;
			evidence_ready(session);
			return true;
		}
		if (tries == STARTS_PER_PORT_RACE || session_stopped(session) || !log_tells_port_taken(session))
			return false;
		server_stop(backend->server, BACKEND_STOP_GRACE_MS);
		free(backend->base_url);
		backend->server = NULL;
		backend->base_url = NULL;
	}
}

/* --- A server of somebody else --- */

static void warn_unsettable(struct session *session, const struct cell *cell)
{
	struct text knobs = {0};

	session->backend.target->unsettable(cell, &knobs);
	if (knobs.size > 0)
		session_warn(session,
		             "%s is already running: %s cannot be set there and stay what they are "
		             "(`start:` in the matrix starts a server that obeys them)",
		             cell->server->url, text_string(&knobs));
	text_release(&knobs);
}

/* At first, that is the user's to see to; later, a cell's failure. */
static bool none_there(const struct session *session, const struct cell *cell, const char *why, struct problem *problem,
                       struct failure *failure)
{
	if (session->served[cell->server - session->plan->servers].answered)
		return problem_set(problem, text_format("%s does not answer any more: %s", cell->server->url, why));
	return failure_set(failure, STATUS_CANNOT_GO_ON,
	                   "no server at %s: %s (is it running? `start:` in the matrix starts one)", cell->server->url,
	                   why);
}

/* Nobody there, or one that cannot be spoken to. */
static bool refuse_stranger(const struct session *session, const struct cell *cell, const char *tried,
                            struct problem *problem, struct failure *failure)
{
	char *why;

	if (strstr(tried, " answered ") == NULL)
		return none_there(session, cell, tried, problem, failure);
	why = unrecognized(tried);
	failure_set(failure, STATUS_USER_MISTAKE, "%s: %s", cell->server->url, why);
	free(why);
	return false;
}

/* It must answer at once, and it keeps the settings that it was started with. */
static bool use_running(struct session *session, const struct cell *cell, struct problem *problem,
                        struct failure *failure)
{
	struct exchange exchange = {0};
	struct text tried = {0};
	bool known, good;

	session->backend.base_url = memory_string(cell->server->url);
	session->backend.start_s = NAN;
	known = know_server(session, cell, cell->ready_timeout_ns, &tried);
	good = known && backend_ask(session, TARGET_READY, cell, cell->ready_timeout_ns, &exchange, problem);
	if (good)
		warn_unsettable(session, cell);
	else if (session_stopped(session))
		problem_set(problem, memory_string("interrupted"));
	else if (known)
		none_there(session, cell, problem->reason, problem, failure);
	else
		refuse_stranger(session, cell, text_string(&tried), problem, failure);
	exchange_release(&exchange);
	text_release(&tried);
	return good;
}

bool backend_bring_up(struct session *session, const struct cell *cell, struct problem *problem,
                      struct failure *failure)
{
	session_step(session, SWEEP_STARTING);
	session->backend.cell = cell;
	session->backend.target = cell->server->adapter != NULL ? target_find(cell->server->adapter) : NULL;
	session_server(session, cell); /* it stands in the report even when it cannot be had */
	return cell->server->start != NULL ? start_managed(session, cell, problem, failure)
	                                   : use_running(session, cell, problem, failure);
}
