#include "sim/routes.h"

#include <string.h>

#include "base/clock.h"
#include "sim/ask.h"
#include "sim/ask_json.h"
#include "sim/call.h"
#include "sim/describe.h"
#include "sim/embed.h"
#include "sim/generation.h"

#define TEXT_TYPE "text/plain"

static void handle_root(struct sim *sim, struct call *call)
{
	static const char running[] = "Ollama is running";

	(void)sim;
	call_answer(call, 200, "text/plain; charset=utf-8", running, strlen(running));
}

static void answer_object(struct call *call, struct json *object)
{
	struct text text = {0};

	json_add_to(&text, object);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
	json_free(object);
}

static void handle_version(struct sim *sim, struct call *call)
{
	answer_object(call, describe_version(sim));
}

static void handle_tags(struct sim *sim, struct call *call)
{
	answer_object(call, describe_installed(sim));
}

static void handle_ps(struct sim *sim, struct call *call)
{
	answer_object(call, describe_loaded(sim));
}

static void handle_show(struct sim *sim, struct call *call)
{
	static const struct go_field fields[] = {{"model", GO_STRING, "string"}, {"name", GO_STRING, "string"}, {0}};
	size_t size;
	const char *bytes = call_body(call, &size);
	struct json *body = json_parse(bytes, size);
	const char *name = json_get_string(body, "model");
	struct text error = {0};
	int status = 0;

	if (name == NULL)
		name = json_get_string(body, "name");
	if (size == 0) {
		status = 400;
		text_add(&error, "missing request body");
	} else if (body == NULL) {
		status = 400;
		go_add_syntax_error(&error, bytes, size);
	} else if (!go_check_fields(body, "ShowRequest", fields, &error)) {
		status = 400;
	} else if (name == NULL || *name == '\0') {
		status = 400;
		text_add(&error, "model is required");
	} else if (model_find(name) == NULL) {
		status = 404;
		text_addf(&error, "model '%s' not found", name);
	}
	if (status != 0)
		call_answer_error(call, status, text_string(&error));
	else
		answer_object(call, describe_model(sim, model_find(name)));
	text_release(&error);
	json_free(body);
}

static void handle_ask(struct sim *sim, struct call *call, enum ask_kind kind)
{
	struct ask ask;
	size_t size;
	const char *bytes = call_body(call, &size);

	if (ask_read(&ask, kind, bytes, size, &sim->rules, scheduler_default_context(sim->scheduler))) {
		generation_start(sim, call, &ask);
		return;
	}
	call_answer_error(call, ask.status, text_string(&ask.error));
	ask_release(&ask);
}

static void handle_generate(struct sim *sim, struct call *call)
{
	handle_ask(sim, call, ASK_GENERATE);
}

static void handle_chat(struct sim *sim, struct call *call)
{
	handle_ask(sim, call, ASK_CHAT);
}

static const struct route {
	const char *path;
	const char *allowed; /* as gin's Allow header says it */
	int methods;
	void (*handle)(struct sim *sim, struct call *call);
} routes[] = {
    {"/", "HEAD, GET", EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, handle_root},
    {"/api/version", "HEAD, GET", EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, handle_version},
    {"/api/tags", "HEAD, GET", EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, handle_tags},
    {"/api/ps", "GET", EVHTTP_REQ_GET, handle_ps},
    {"/api/show", "POST", EVHTTP_REQ_POST, handle_show},
    {"/api/generate", "POST", EVHTTP_REQ_POST, handle_generate},
    {"/api/chat", "POST", EVHTTP_REQ_POST, handle_chat},
    {"/api/embed", "POST", EVHTTP_REQ_POST, handle_embed},
};

static void refuse(struct call *call, int status, const char *text)
{
	call_answer(call, status, TEXT_TYPE, text, strlen(text));
}

void routes_handle(struct evhttp_request *request, void *context)
{
	struct sim *sim = context;
	struct call *call = call_new(sim->base, request);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;

	for (size_t i = 0; path != NULL && i < sizeof(routes) / sizeof(routes[0]); i++) {
		const struct route *route = &routes[i];

		if (strcmp(route->path, path) != 0)
			continue;
		if (route->methods & (int)evhttp_request_get_command(request)) {
			route->handle(sim, call);
			return;
		}
		if (!sim->rules.has_405)
			break;
		call_add_header(call, "Allow", route->allowed);
		refuse(call, 405, "405 method not allowed");
		return;
	}
	refuse(call, 404, "404 page not found");
}
