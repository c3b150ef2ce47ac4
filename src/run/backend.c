#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "run/session.h"

enum {
	STARTS_PER_PORT_RACE = 3, /* another program may take the port between our look and the server's bind */
	STOP_GRACE_MS = 10000,
	LOG_TAIL_BYTES = 65536,
};

static const int64_t ready_try_ns = 5 * NS_PER_S; /* one question; a booting Ollama accepts and stays silent */
static const int64_t ready_pause_ns = 20 * NS_PER_MS;
static const int64_t question_ns = 60 * NS_PER_S;
static const int64_t unload_limit_ns = 60 * NS_PER_S;
static const int64_t unload_pause_ns = 20 * NS_PER_MS;

static bool problem_set(struct problem *problem, char *reason)
{
	free(problem->reason);
	problem->reason = reason;
	return false;
}

bool backend_ask(struct session *session, enum target_question question, const struct cell *cell, int64_t timeout_ns,
                 struct exchange *asked, struct problem *problem)
{
	const struct target *target = session->backend.target;
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	struct request request = {0};
	struct text why = {0};
	bool good;

	*asked = (struct exchange){.sent_ns = TIME_UNKNOWN, .header_ns = TIME_UNKNOWN, .done_ns = TIME_UNKNOWN};
	if (!target->ask(question, cell, &endpoint, &request))
		return true;
	load_one(&request, timeout_ns, session->options->stop, asked);
	good = target->answer(question, cell, asked, session_server(session, cell), session_model(session, cell->model),
	                      &why);
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

	server_stop(backend->server, STOP_GRACE_MS);
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

/* The server ended before it was ready: quotes its log. */
static bool problem_died(struct session *session, struct problem *problem, const char *how)
{
	free(problem->words);
	problem->words = backend_telling(session, NULL);
	return problem_set(problem, text_format("the server ended before it was ready: %s", how));
}

static bool wait_until_ready(struct session *session, const struct cell *cell, struct problem *problem)
{
	int64_t deadline_ns = clock_now_ns() + cell->ready_timeout_ns;
	struct text how = {0};

	while (!session_stopped(session)) {
		struct exchange exchange = {0};
		int64_t left_ns = deadline_ns - clock_now_ns();
		int64_t try_ns = left_ns < ready_try_ns ? left_ns : ready_try_ns;
		bool ready = left_ns > 0 && backend_ask(session, TARGET_READY, cell, try_ns, &exchange, problem);

		exchange_release(&exchange);
		if (ready) {
			problem_release(problem);
			return true;
		}
		if (session->backend.server != NULL && !server_is_alive(session->backend.server, &how)) {
			problem_died(session, problem, text_string(&how));
			text_release(&how);
			return false;
		}
		if (left_ns <= 0)
			return problem_set(problem, text_format("the server was not ready within %lld s",
			                                        (long long)(cell->ready_timeout_ns / NS_PER_S)));
		clock_sleep_until(clock_now_ns() + ready_pause_ns);
	}
	return problem_set(problem, memory_string("interrupted"));
}

/* User's variables first, so that the adapter's knobs override them and its defaults do not. */
static struct environment cell_environment(const struct session *session, const struct cell *cell, int port)
{
	const struct environment *sources[] = {&cell->server->environment, cell->profile};
	struct environment environment = {0};

	for (size_t s = 0; s < sizeof(sources) / sizeof(sources[0]); s++)
		for (size_t i = 0; sources[s] != NULL && i < sources[s]->count; i++)
			environment_set(&environment, sources[s]->variables[i].name, sources[s]->variables[i].value);
	session->backend.target->environment(cell, port, &environment);
	return environment;
}

static struct server *launch(struct session *session, const struct cell *cell, int port)
{
	char *numbers[] = {
	    text_format("%d", port),
	    text_format("%lld", (long long)cell->parallel),
	    text_format("%lld", (long long)cell->context_size),
	    text_format("%lld", (long long)(cell->context_size * cell->parallel)),
	    cell->queue_size == CELL_UNSET ? memory_string("") : text_format("%lld", (long long)cell->queue_size),
	};
	const struct server_placeholder placeholders[] = {
	    {"port", numbers[0]},
	    {"parallel", numbers[1]},
	    {"context_size", numbers[2]},
	    {"context_total", numbers[3]},
	    {"queue_size", numbers[4]},
	    {"model", cell->model},
	    {NULL, NULL},
	};
	struct environment environment = cell_environment(session, cell, port);
	char *log_path = store_log_path(session->store, ++session->starts);
	struct server *server =
	    server_start(cell->server->start, placeholders, &environment, log_path, session->failure);

	environment_release(&environment);
	free(log_path);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		free(numbers[i]);
	return server;
}

static bool log_tells_port_taken(const struct session *session)
{
	struct text log = {0};
	bool taken;

	server_log_tail(session->backend.server, LOG_TAIL_BYTES, &log);
	taken = strstr(text_string(&log), "address already in use") != NULL;
	text_release(&log);
	return taken;
}

static bool start_managed(struct session *session, const struct cell *cell, struct problem *problem)
{
	struct backend *backend = &session->backend;

	for (int tries = 1;; tries++) {
		int64_t begin_ns = clock_now_ns();
		int port;

		if (!server_free_port(&port, session->failure))
			return false;
		backend->base_url = text_format("http://127.0.0.1:%d", port);
		backend->server = launch(session, cell, port);
		if (backend->server == NULL)
			return false;
		if (wait_until_ready(session, cell, problem)) {
			backend->start_s = (double)(clock_now_ns() - begin_ns) / (double)NS_PER_S;
			evidence_ready(session);
			return true;
		}
		if (tries == STARTS_PER_PORT_RACE || session_stopped(session) || !log_tells_port_taken(session))
			return false;
		server_stop(backend->server, STOP_GRACE_MS);
		free(backend->base_url);
		backend->server = NULL;
		backend->base_url = NULL;
	}
}

/* A server of somebody else: it must answer at once, and it keeps the settings that it was started with. */
static bool use_running(struct session *session, const struct cell *cell, struct problem *problem)
{
	struct exchange exchange = {0};
	struct text knobs = {0};
	bool good;

	session->backend.base_url = memory_string(cell->server->url);
	session->backend.start_s = NAN;
	good = backend_ask(session, TARGET_READY, cell, cell->ready_timeout_ns, &exchange, problem);
	exchange_release(&exchange);
	if (!good) {
		failure_set(session->failure, STATUS_CANNOT_GO_ON,
		            "no server at %s: %s (is it running? `start:` in the matrix starts one)", cell->server->url,
		            problem->reason);
		return false;
	}
	session->backend.target->unsettable(cell, &knobs);
	if (knobs.size > 0)
		session_warn(session,
		             "%s is already running: %s cannot be set there and stay what they are "
		             "(`start:` in the matrix starts a server that obeys them)",
		             cell->server->url, text_string(&knobs));
	text_release(&knobs);
	return true;
}

/* The models of all cells that this server will run; a missing one is told before anything is measured. */
static bool check_models(struct session *session, const struct cell *cell, struct problem *problem)
{
	const struct plan *plan = session->plan;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *other = &plan->cells[i];
		struct model_facts *facts;

		if (other->server != cell->server)
			continue;
		facts = session_model(session, other->model);
		if (facts->full_name != NULL)
			continue;
		if (!ask(session, TARGET_MODELS, other, problem)) {
			if (problem->answered)
				return failure_set(session->failure, STATUS_USER_MISTAKE, "%s", problem->reason);
			return false;
		}
		if (!ask(session, TARGET_MODEL, other, problem)) {
			session_warn(session, "%s: no description of the model: %s", other->model, problem->reason);
			problem_release(problem);
		}
	}
	return true;
}

/* Empties the server's memory of the cell's model and waits until it is gone, so that each cell begins from the same
 * state. */
static bool unload(struct session *session, const struct cell *cell, struct problem *problem)
{
	int64_t deadline_ns = clock_now_ns() + unload_limit_ns;
	struct model_facts *facts;

	if (!ask(session, TARGET_LOADED, cell, problem))
		return false;
	facts = session_model(session, cell->model);
	if (facts->loaded_bytes == JSON_UNKNOWN)
		return true;
	if (!ask(session, TARGET_UNLOAD, cell, problem))
		return false;
	while (clock_now_ns() < deadline_ns && !session_stopped(session)) {
		if (!ask(session, TARGET_LOADED, cell, problem))
			return false;
		if (session_model(session, cell->model)->loaded_bytes == JSON_UNKNOWN)
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
	return backend->server == NULL ||
	       (cell_same_start(backend->cell, cell) && server_is_alive(backend->server, NULL));
}

static bool bring_up(struct session *session, const struct cell *cell, struct problem *problem)
{
	session_step(session, SWEEP_STARTING);
	session->backend.target = target_find(cell->server->adapter ? cell->server->adapter : "ollama");
	session->backend.cell = cell;
	if (cell->server->start != NULL)
		return start_managed(session, cell, problem);
	return use_running(session, cell, problem);
}

bool backend_bring(struct session *session, const struct cell *cell, struct problem *problem)
{
	bool good = true;

	if (!is_usable(session, cell)) {
		backend_drop(session);
		good = bring_up(session, cell, problem) && check_models(session, cell, problem);
	}
	good = good && unload(session, cell, problem);
	if (!good)
		backend_drop(session);
	return good;
}
