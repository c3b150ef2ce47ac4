#include <stdlib.h>

#include "base/memory.h"
#include "run/session.h"

/* What one server told of the prompts of one model: the same template and vocabulary. */
struct known_fit {
	const struct cell *cell; /* one of those that it was asked for */
	struct token_fit fit;
};

static bool counts_alike(const struct cell *a, const struct cell *b)
{
	return a->server == b->server && a->profile == b->profile && text_equal(a->model, b->model) &&
	       a->api == b->api && a->raw == b->raw && a->think == b->think && a->context_size == b->context_size;
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
	char *problem; /* of the one that failed */
};

/* By its own count of a request that it answers with one token. */
static bool count_tokens(void *context, const char *prompt, int64_t *tokens)
{
	struct questions *questions = context;
	struct session *session = questions->session;
	const struct cell *cell = questions->cell;
	const struct endpoint endpoint = {session->backend.base_url, session_server(session, cell)};
	const struct input input = {.prompt = prompt, .output_tokens = 1};
	struct request request = {0};
	struct exchange exchange = {0};
	struct record record = {0};

	session->backend.target->encode(cell, &endpoint, &input, &request);
	load_one(&request, cell->timeout_ns, session->options->stop, &exchange);
	session->backend.target->decode(cell, endpoint.facts, &exchange, &record);
	*tokens = record.prompt_tokens;
	if (record.outcome != OUTCOME_OK)
		questions->problem =
		    memory_string(record.error != NULL ? record.error : outcome_meaning(record.outcome));
	else if (*tokens == JSON_UNKNOWN)
		questions->problem = memory_string("the server does not count the tokens of prompts");
	request_release(&request);
	exchange_release(&exchange);
	record_release(&record);
	return questions->problem == NULL;
}

void fit_workload(struct session *session, const struct cell *cell, struct cell_summary *into)
{
	struct workload *workload = &session->workload;
	struct questions questions = {.session = session, .cell = cell};
	const struct token_counter counter = {count_tokens, &questions};
	struct known_fit *known;

	workload_init(workload, cell, plan_dataset(session->plan, cell));
	if (!workload_makes_prompts(workload))
		return;
	known = find_fit(session, cell);
	workload->fit = known->fit;
	if (!workload_fit(workload, &counter) && !session_stopped(session))
		cell_summary_add_flag(into, "the length of prompts was not fitted: %s", questions.problem);
	known->fit = workload->fit;
	free(questions.problem);
}

void fit_forget(struct session *session)
{
	free(session->fits);
	session->fits = NULL;
	session->fit_count = 0;
}
