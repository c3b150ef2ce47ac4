#include <stdlib.h>

#include "base/memory.h"
#include "base/stop.h"
#include "run/session.h"

static const int64_t stop_check_ns = 20 * NS_PER_MS;

const char *sweep_step_word(enum sweep_step step)
{
	static const char *const words[] = {
#define X(symbol, word) [symbol] = (word),
	    SWEEP_STEPS(X)
#undef X
	};

	return words[step];
}

bool session_stopped(const struct session *session)
{
	return session->options->stop != NULL && *session->options->stop != STOP_NOT;
}

bool session_hurried(const struct session *session)
{
	return session_stopped(session) && *session->options->stop == STOP_NOW;
}

void session_warn(const struct session *session, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	if (session->options->on_warning == NULL)
		return;
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	session->options->on_warning(session->options->context, text_string(&text));
	text_release(&text);
}

void session_pause(const struct session *session, int64_t until_ns)
{
	int64_t now_ns = clock_now_ns();

	while (now_ns < until_ns && !session_stopped(session)) {
		clock_sleep_until(until_ns - now_ns < stop_check_ns ? until_ns : now_ns + stop_check_ns);
		now_ns = clock_now_ns();
	}
}

int64_t session_within_cell(const struct session *session, int64_t limit_ns)
{
	int64_t left_ns = session->cell_until_ns - clock_now_ns();

	if (session->cell_until_ns == 0 || (limit_ns > 0 && limit_ns < left_ns))
		return limit_ns;
	return left_ns > 1 ? left_ns : 1;
}

void session_step(struct session *session, enum sweep_step step)
{
	session->progress.step = step;
	if (session->sampler != NULL)
		session->progress.memory_used_bytes = sampler_latest(session->sampler).used_bytes;
	if (session->options->on_progress != NULL)
		session->options->on_progress(session->options->context, &session->progress);
}

struct model_facts *session_model(struct session *session, const struct cell *cell)
{
	struct summary *summary = session->summary;

	for (size_t i = 0; i < summary->model_count; i++)
		if (text_equal(summary->models[i].name, cell->model) &&
		    text_equal(summary->models[i].server, cell->server->name))
			return &summary->models[i];
	summary->models = memory_resize(summary->models, summary->model_count + 1, sizeof(*summary->models));
	model_facts_reset(&summary->models[summary->model_count]);
	summary->models[summary->model_count].server = memory_string(cell->server->name);
	summary->models[summary->model_count].name = memory_string(cell->model);
	return &summary->models[summary->model_count++];
}

struct server_facts *session_server(struct session *session, const struct cell *cell)
{
	struct summary *summary = session->summary;

	for (size_t i = 0; i < summary->server_count; i++)
		if (text_equal(summary->servers[i].name, cell->server->name))
			return &summary->servers[i];
	summary->servers = memory_resize(summary->servers, summary->server_count + 1, sizeof(*summary->servers));
	summary->servers[summary->server_count] = (struct server_facts){
	    .name = memory_string(cell->server->name),
	    .adapter = memory_string(cell->server->adapter),
	    .kind = memory_string(cell->server->kind),
	    .command = memory_string(cell->server->start),
	};
	return &summary->servers[summary->server_count++];
}

void problem_release(struct problem *problem)
{
	free(problem->reason);
	free(problem->words);
	*problem = (struct problem){0};
}

bool problem_set(struct problem *problem, char *reason)
{
	free(problem->reason);
	problem->reason = reason;
	return false;
}
