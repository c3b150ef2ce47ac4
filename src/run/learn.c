#include "run/learn.h"

#include "base/memory.h"
#include "load/load.h"
#include "run/recognize.h"
#include "target/target.h"

static const struct target *find_target(const struct cell *cell, int64_t try_ns, const volatile sig_atomic_t *stop,
                                        struct server_facts *server, struct text *problem)
{
	const struct access access = server_access(cell->server, cell->server->url);
	struct identity identity = {0};
	const struct target *target = NULL;

	server->kind = memory_string(cell->server->kind);
	if (cell->server->adapter != NULL)
		return target_find(cell->server->adapter);
	if (!recognize_server(&access, try_ns, stop, &identity, problem))
		return NULL;
	target = identity.target;
	if (server->kind == NULL)
		server->kind = memory_string(identity.kind);
	return target;
}

bool learn_model(const struct cell *cell, int64_t try_ns, const volatile sig_atomic_t *stop,
                 struct server_facts *server, struct model_facts *model, struct text *problem)
{
	static const enum target_question questions[] = {TARGET_READY, TARGET_MODELS, TARGET_MODEL};
	const struct target *target = find_target(cell, try_ns, stop, server, problem);
	const struct endpoint endpoint = {cell->server->url, server};
	const struct access access = server_access(cell->server, cell->server->url);
	bool good = target != NULL;

	for (size_t i = 0; good && i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct request request = {0};
		struct exchange exchange = {0};

		if (target->ask(questions[i], cell, &endpoint, &request)) {
			load_one(&request, &access, try_ns, stop, &exchange);
			good = target->answer(questions[i], cell, &exchange, server, model, problem);
		}
		request_release(&request);
		exchange_release(&exchange);
	}
	return good;
}
