#include <stdlib.h>

#include "base/memory.h"
#include "run/session.h"

enum counting {
	COUNTING_UNTRIED,
	COUNTING_BY_ROUTE, /* the server has a route that counts as its replies do */
	COUNTING_BY_REPLY,
};

/* What one server told of the prompts of one model: the same template and vocabulary. */
struct known_fit {
	const struct cell *cell; /* one of those that it was asked for */
	struct token_fit fit;
	enum counting counting;
};

static bool counts_alike(const struct cell *a, const struct cell *b)
{
	return a->server == b->server && cell_task(a) == cell_task(b) && a->profile == b->profile &&
	       text_equal(a->model, b->model) && a->api == b->api && a->raw == b->raw && a->think == b->think &&
	       a->context_size == b->context_size;
}

static struct known_fit *find_fit(struct session *session, const struct cell *cell)
{
	for (size_t i = 0; i < session->fit_count; i++)
		if (counts_alike(session->fits[i].cell, cell))
			return &session->fits[i];
	session->fits = memory_resize(session->fits, session->fit_count + 1, sizeof(*session->fits));
	session->fits[session->fit_count] = (struct known_fit){.cell = cell};
	return &session->fits[session->fit_count++];
}

struct questions {
	struct session *session;
	const struct cell *cell;
	enum counting *counting;
	char *problem; /* of the one that failed */
};

/* By its own count of a request that it answers with one token. */
static int64_t count_by_reply(struct questions *questions, const char *prompt)
{
	struct session *session = questions->session;
	const struct cell *cell = questions->cell;
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	const struct access access = server_access(cell->server, session->backend.base_url);
	const struct input input = {.prompt = prompt, .output_tokens = 1};
	struct request request = {0};
	struct exchange exchange = {0};
	struct record record = {0};
	int64_t tokens;

	free(questions->problem);
	questions->problem = NULL;
	session->backend.target->encode(cell, &endpoint, &input, &request);
	load_one(&request, &access, session_within_cell(session, cell->timeout_ns), session->options->stop, &exchange);
	session->backend.target->decode(cell, endpoint.facts, &exchange, &record);
	tokens = record.prompt_tokens;
	if (record.outcome != OUTCOME_OK)
		questions->problem =
		    memory_string(record.error != NULL ? record.error : outcome_meaning(record.outcome));
	else if (tokens == JSON_UNKNOWN)
		questions->problem = memory_string("the server does not count the tokens of prompts");
	request_release(&request);
	exchange_release(&exchange);
	record_release(&record);
	return tokens;
}

/* By the server's route that only counts; JSON_UNKNOWN: it has none, or does not tell. */
static int64_t count_by_route(struct session *session, const struct cell *cell, const char *prompt)
{
	const struct target *target = session->backend.target;
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	const struct access access = server_access(cell->server, session->backend.base_url);
	const struct input input = {.prompt = prompt, .output_tokens = 1};
	struct request request = {0};
	struct exchange exchange = {0};
	int64_t tokens;

	if (target->ask_tokens == NULL || !target->ask_tokens(cell, &endpoint, &input, &request))
		return JSON_UNKNOWN;
	load_one(&request, &access, session_within_cell(session, cell->timeout_ns), session->options->stop, &exchange);
	tokens = target->read_tokens(&exchange);
	request_release(&request);
	exchange_release(&exchange);
	return tokens;
}

/* The first one is counted in both ways: a route may leave out what the server adds, and only replies are the truth. */
static bool count_tokens(void *context, const char *prompt, int64_t *tokens)
{
	struct questions *questions = context;
	int64_t told = JSON_UNKNOWN;

	if (*questions->counting != COUNTING_BY_REPLY)
		told = count_by_route(questions->session, questions->cell, prompt);
	*tokens = told;
	if (*questions->counting == COUNTING_BY_ROUTE && told != JSON_UNKNOWN)
		return true;
	*tokens = count_by_reply(questions, prompt);
	if (questions->problem == NULL)
		*questions->counting = told == *tokens ? COUNTING_BY_ROUTE : COUNTING_BY_REPLY;
	return questions->problem == NULL;
}

static bool count_exactly(void *context, const char *prompt, int64_t *tokens)
{
	struct session *session = context;

	*tokens = count_by_route(session, session->workload.cell, prompt);
	return *tokens != JSON_UNKNOWN;
}

void fit_workload(struct session *session, const struct cell_work *work)
{
	struct workload *workload = &session->workload;
	const struct cell *cell = work->cell;
	struct questions questions = {.session = session, .cell = cell};
	const struct token_counter counter = {count_tokens, &questions};
	struct known_fit *known;

	workload_init(workload, cell, work->repeat, plan_dataset(session->plan, cell));
	if (!workload_makes_prompts(workload))
		return;
	known = find_fit(session, cell);
	workload->fit = known->fit;
	questions.counting = &known->counting;
	if (!workload_fit(workload, &counter) && !session_stopped(session))
		cell_summary_add_flag(work->into, "the length of prompts was not fitted: %s", questions.problem);
	known->fit = workload->fit;
	session->token_counter = (struct token_counter){count_exactly, session};
	if (known->counting == COUNTING_BY_ROUTE)
		workload->exact = &session->token_counter;
	free(questions.problem);
}

void fit_forget(struct session *session)
{
	free(session->fits);
	session->fits = NULL;
	session->fit_count = 0;
}
