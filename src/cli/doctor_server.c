#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "base/url.h"
#include "cli/doctor.h"
#include "cli/grid.h"
#include "load/load.h"
#include "run/recognize.h"

enum { MODELS_SHOWN = 20 };

static const int64_t answer_ns = 5 * NS_PER_S;

/* The server that answers, and what is learned of it. */
struct found {
	const struct target *target;
	struct endpoint endpoint;
	const struct access *access;
	struct server_facts facts;
	struct cell cell; /* of no model in particular */
};

/* Of a list such as "parallel, queue_size" what is not in the other one. */
static void add_missing(const char *names, struct text *list)
{
	for (size_t size; *names != '\0'; names += size + strspn(names + size, ", ")) {
		char *name;
		bool known = false;

		size = strcspn(names, ", ");
		name = memory_copy(names, size);
		for (const char *found = text_string(list); !known && (found = strstr(found, name)) != NULL; found++)
			known = (found == list->data || found[-1] == ' ') && strchr(", ", found[size]) != NULL;
		if (!known)
			text_addf(list, "%s%s", list->size > 0 ? ", " : "", name);
		free(name);
	}
}

/* What cells of the matrix ask of this server in vain; without any, the knobs that have a default. */
static void add_kept(const struct found *found, const struct plan *plan, struct text *list)
{
	bool any = false;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[i];
		struct text names = {0};

		if (cell->server->url == NULL || !url_same_origin(cell->server->url, found->access->url))
			continue;
		found->target->unsettable(cell, &names);
		add_missing(text_string(&names), list);
		text_release(&names);
		any = true;
	}
	if (!any)
		found->target->unsettable(&found->cell, list);
}

/* Whatever of the server's state a run can ask for or change; what it cannot is why a figure may be unknown. */
static void add_abilities(const struct found *found, const struct plan *plan, struct text *into)
{
	static const struct {
		enum target_question question;
		const char *words;
	} abilities[] = {
	    {TARGET_MODELS, "list its models"},          {TARGET_MODEL, "describe a model"},
	    {TARGET_LOAD, "load a model when told"},     {TARGET_LOADED, "say what is loaded"},
	    {TARGET_UNLOAD, "unload a model when told"},
	};
	struct text can = {0}, cannot = {0}, knobs = {0};

	for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++) {
		struct request request = {0};
		struct text *list = found->target->ask(abilities[i].question, &found->cell, &found->endpoint, &request)
		                        ? &can
		                        : &cannot;

		text_addf(list, "%s%s", list->size > 0 ? ", " : "", abilities[i].words);
		request_release(&request);
	}
	add_kept(found, plan, &knobs);
	if (can.size > 0)
		text_addf(into, "- It can %s\n", text_string(&can));
	if (cannot.size > 0)
		text_addf(into, "- It cannot %s\n", text_string(&cannot));
	if (knobs.size > 0)
		text_addf(into, "- While it runs it keeps its own: %s\n", text_string(&knobs));
	text_release(&can);
	text_release(&cannot);
	text_release(&knobs);
}

/* False: its kind cannot be asked this. */
static bool ask(struct found *found, enum target_question question, struct exchange *exchange)
{
	struct request request = {0};
	bool asked = found->target->ask(question, &found->cell, &found->endpoint, &request);

	if (asked)
		load_one(&request, found->access, answer_ns, NULL, exchange);
	request_release(&request);
	return asked;
}

static void add_ready(struct found *found, const char *kind, int64_t pid, struct text *into)
{
	struct exchange exchange = {0};
	struct model_facts model;
	struct text problem = {0};
	bool ready = true;

	model_facts_reset(&model);
	if (ask(found, TARGET_READY, &exchange))
		ready = found->target->answer(TARGET_READY, &found->cell, &exchange, &found->facts, &model, &problem);
	text_add(into, "- ");
	text_add_masked(into, found->endpoint.base_url, strlen(found->endpoint.base_url));
	text_addf(into, ": %s", kind != NULL ? kind : found->target->name);
	if (ready)
		text_addf(into, " %s", found->facts.version != NULL ? found->facts.version : "(version unknown)");
	else
		text_addf(into, ", not ready: %s", text_string(&problem));
	if (found->facts.simulated != NULL)
		text_addf(into, " (simulated: %s)", found->facts.simulated);
	text_addf(into, ", by the adapter %s", found->target->name);
	if (pid > 0)
		text_addf(into, ", process %" PRId64, pid);
	text_add_char(into, '\n');
	exchange_release(&exchange);
	model_facts_release(&model);
	text_release(&problem);
}

struct models {
	struct grid grid;
	size_t count;
};

static void visit_model(void *context, const struct model_facts *model)
{
	struct models *models = context;
	struct text size = {0};

	if (models->count++ >= MODELS_SHOWN)
		return;
	if (model->size_bytes != JSON_UNKNOWN)
		units_add_gb(&size, model->size_bytes);
	grid_add_foreign(&models->grid, model->full_name);
	grid_add(&models->grid, size.size > 0 ? text_string(&size) : "–");
	grid_add_foreign(&models->grid, model->quantization != NULL ? model->quantization : "–");
	text_release(&size);
}

static void add_models(struct found *found, struct text *into)
{
	struct models models = {.grid = {.columns = 3}};
	struct exchange exchange = {0};

	grid_add(&models.grid, "Model");
	grid_add(&models.grid, "Size");
	grid_add(&models.grid, "Quantization");
	if (ask(found, TARGET_MODELS, &exchange) && exchange.transport == TRANSPORT_COMPLETE)
		found->target->list(&exchange, visit_model, &models);
	if (models.count > 0) {
		text_add_char(into, '\n');
		grid_write(&models.grid, into);
	}
	if (models.count > MODELS_SHOWN)
		text_addf(into, "\nand %zu more models\n", models.count - MODELS_SHOWN);
	grid_release(&models.grid);
	exchange_release(&exchange);
}

static void add_recognized(const struct identity *identity, const struct access *access, int64_t pid,
                           const struct plan *plan, struct text *into)
{
	struct found found = {
	    .target = identity->target, .access = access, .facts = {.kind = memory_string(identity->kind)}};

	found.endpoint = (struct endpoint){access->url, &found.facts};
	cell_reset(&found.cell);
	found.cell.model = "";
	add_ready(&found, identity->kind, pid, into);
	add_abilities(&found, plan, into);
	add_models(&found, into);
	server_facts_release(&found.facts);
}

static void add_unknown(const char *url, const char *tried, struct text *into)
{
	text_add(into, "- ");
	text_add_masked(into, url, strlen(url));
	text_addf(into, ": not recognized: %s\n", tried);
}

void doctor_add_server(const struct access *access, int64_t pid, const struct plan *plan, struct text *into)
{
	struct identity identity = {0};
	struct text tried = {0};

	text_add(into, "\n## Server\n\n");
	if (recognize_server(access, answer_ns, NULL, &identity, &tried))
		add_recognized(&identity, access, pid, plan, into);
	else
		add_unknown(access->url, text_string(&tried), into);
	text_release(&tried);
}
