/*
 * Which server has which routes: what identifies a kind, and what it can do.
 */
#include "sim/openai.h"

#include <string.h>

#include "base/json.h"
#include "sim/ask.h"
#include "sim/call.h"
#include "sim/describe.h"
#include "sim/openai_describe.h"
#include "sim/openai_embed.h"
#include "sim/openai_generation.h"
#include "sim/openai_text.h"

#define FIRST_TOKEN_ID 1000 /* of the made-up tokens of /tokenize */

#define GET    EVHTTP_REQ_GET
#define POST   EVHTTP_REQ_POST
#define DELETE EVHTTP_REQ_DELETE

void openai_refuse(const struct openai *openai, struct call *call, int status, const char *type, const char *message)
{
	const struct openai_error error = {status, type, message};
	struct text json = {0};

	openai_add_error(&json, openai->kind, &error);
	call_answer_json(call, status, text_string(&json));
	text_release(&json);
}

static void handle_chat(struct openai *openai, struct call *call)
{
	openai_generate(openai, call, true);
}

static void handle_completions(struct openai *openai, struct call *call)
{
	openai_generate(openai, call, false);
}

static void refuse_not_found(const struct openai *openai, struct call *call)
{
	bool is_plain = openai->kind->errors == ERRORS_TEXT;

	if (is_plain)
		call_answer(call, 404, "text/html", "Not Found", strlen("Not Found"));
	else
		openai_refuse(openai, call, 404, "not_found_error",
		              openai->kind->errors == ERRORS_LLAMA ? "File Not Found" : "Not Found");
}

static void handle_metrics(struct openai *openai, struct call *call)
{
	const struct meters_now now = {
	    .model = openai->rules.model_name,
	    .busy = openai_busy(openai),
	    .waiting = openai_waiting(openai),
	    .slots = openai->settings.parallel,
	};
	struct text text = {0};

	if (openai->kind->metrics == METRICS_NEVER ||
	    (openai->kind->metrics == METRICS_SWITCH && !openai->settings.metrics)) {
		if (openai->kind->errors == ERRORS_LLAMA)
			openai_refuse(openai, call, 501, "not_supported_error",
			              "This server does not support metrics endpoint. Start it with `--metrics`");
		else
			refuse_not_found(openai, call);
		return;
	}
	meters_scrape(&openai->meters, openai->kind, &now, &text);
	call_answer(call, 200, "text/plain; version=0.0.4", text_string(&text), text.size);
	text_release(&text);
}

/* ?fail_on_no_slot=1 */
static void handle_slots(struct openai *openai, struct call *call)
{
	const char *query = call_query(call);
	struct text text = {0};

	if (query != NULL && strstr(query, "fail_on_no_slot=1") != NULL &&
	    openai_busy(openai) == openai->settings.parallel) {
		openai_refuse(openai, call, 503, "unavailable_error", "no slot available");
		return;
	}
	openai_add_slots(&text, openai);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
}

/* Of a chat's body, as it would be generated for; -1: it was refused. */
static int count_chat(struct openai *openai, struct call *call)
{
	size_t size;
	const char *bytes = call_body(call, &size);
	struct openai_ask ask;
	int count = -1;

	if (openai_ask_read(&ask, true, bytes, size, &openai->rules))
		count = ask.prompt_tokens;
	else
		openai_refuse(openai, call, ask.status, ask.type, text_string(&ask.error));
	openai_ask_release(&ask);
	return count;
}

static void handle_input_tokens(struct openai *openai, struct call *call)
{
	int count = count_chat(openai, call);
	struct text text = {0};

	if (count < 0)
		return;
	text_addf(&text, "{\"input_tokens\":%d}", count);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
}

/* llama-server takes "content", vLLM "prompt" or "messages"; the answers differ, too. */
static void handle_tokenize(struct openai *openai, struct call *call)
{
	bool is_vllm = strcmp(openai->kind->name, "vllm") == 0;
	size_t size;
	const char *bytes = call_body(call, &size);
	struct json *body = json_parse(bytes, size);
	const char *content = json_get_string(body, is_vllm ? "prompt" : "content");
	bool is_chat = is_vllm && json_get(body, "messages") != NULL;
	int count = content != NULL && *content != '\0' ? ask_count_tokens(content) : 0;
	struct text text = {0};

	json_free(body);
	if (is_chat && (count = count_chat(openai, call)) < 0)
		return;
	if (is_vllm)
		text_addf(&text, "{\"count\":%d,\"max_model_len\":%d,", count, openai->rules.context_size);
	text_add(&text, is_vllm ? "\"tokens\":[" : "{\"tokens\":[");
	for (int i = 0; i < count; i++)
		text_addf(&text, "%s%d", i > 0 ? "," : "", FIRST_TOKEN_ID + i);
	text_add(&text, "]}");
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
}

static void handle_forget(struct openai *openai, struct call *call)
{
	if (openai->kind->errors == ERRORS_FLAT && openai_busy(openai) > 0) { /* SGLang does not while it works */
		openai_refuse(openai, call, 400, "BadRequestError", "Flush cache failed.");
		return;
	}
	if (openai->runner != NULL)
		runner_forget_prompts(openai->runner);
	call_answer_json(call, 200, "{\"status\":\"success\"}");
}

/* A route has a handler, or text that is made, or a fixed body. */
static const struct route {
	const char *kinds; /* separated by blanks; NULL: all of them */
	int methods;
	const char *path;
	void (*handle)(struct openai *openai, struct call *call);
	void (*add)(struct text *text, const struct openai *openai);
	const char *body;
} routes[] = {
    {NULL, POST, "/v1/chat/completions", .handle = handle_chat},
    {NULL, POST, "/v1/completions", .handle = handle_completions},
    {"lm-studio", POST, "/api/v0/chat/completions", .handle = handle_chat},
    {"llama-server mlx_lm", POST, "/chat/completions", .handle = handle_chat},
    {NULL, GET, "/v1/models", .add = openai_add_models},
    {NULL, GET, "/metrics", .handle = handle_metrics},
    {"llama-server", GET, "/models", .add = openai_add_models},
    {"llama-server", GET, "/props", .add = openai_add_props},
    {"llama-server", GET, "/slots", .handle = handle_slots},
    {"llama-server", GET, "/v1/health", .add = openai_add_health},
    {"llama-server vllm", POST, "/tokenize", .handle = handle_tokenize},
    {"llama-server", POST, "/v1/chat/completions/input_tokens", .handle = handle_input_tokens},
    {"llama-server vllm mlx_lm mlx-vlm sglang tgi transformers vllm-mlx", GET, "/health", .add = openai_add_health},
    {"vllm", GET, "/ping", .body = ""},
    {"vllm", GET, "/version", .body = "{\"version\":\"0.11.0\"}"},
    {"localai", GET, "/version", .body = "{\"version\":\"v4.9.0 (simulated)\"}"},
    {"localai", GET, "/readyz", .body = "OK"},
    {"localai", GET, "/healthz", .body = "OK"},
    {"mlx-vlm", GET, "/v1/metrics", .add = openai_add_mlx_metrics},
    {"sglang", GET, "/get_model_info", .add = openai_add_sglang_model},
    {"sglang", GET, "/get_server_info", .add = openai_add_sglang_info},
    {"sglang", GET, "/get_load", .add = openai_add_sglang_load},
    {"sglang", GET, "/health_generate", .body = ""},
    {"tgi", GET, "/info", .add = openai_add_tgi_info},
    {"koboldcpp", GET, "/api/extra/version", .body = "{\"result\":\"KoboldCpp\",\"version\":\"1.102\"}"},
    {"koboldcpp", GET, "/api/extra/perf", .add = openai_add_perf},
    {"koboldcpp", GET, "/api/v1/model", .body = "{\"result\":\"koboldcpp/simulated\"}"},
    {"lm-studio", GET, "/api/v0/models", .add = openai_add_lmstudio_v0},
    {"lm-studio", GET, "/api/v1/models", .add = openai_add_lmstudio_v1},
    {"vllm-mlx", GET, "/v1/status", .add = openai_add_status},
    {"vllm-mlx", DELETE, "/v1/cache", .handle = handle_forget},
    {"vllm-mlx", DELETE, "/v1/cache/prefix", .handle = handle_forget},
    {"mlx-vlm", POST, "/v1/cache/reset", .handle = handle_forget},
    {"sglang", GET | POST, "/flush_cache", .handle = handle_forget},
    {"mlx-vlm lm-studio localai vllm-mlx openai llama-server", POST, "/v1/embeddings", .handle = openai_embed},
};

static bool is_of(const char *kinds_of_route, const char *kind)
{
	size_t length = strlen(kind);

	if (kinds_of_route == NULL)
		return true;
	for (const char *at = kinds_of_route; (at = strstr(at, kind)) != NULL; at += length)
		if ((at == kinds_of_route || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

static void answer(struct openai *openai, struct call *call, const struct route *route)
{
	struct text text = {0};

	if (route->handle != NULL) {
		route->handle(openai, call);
		return;
	}
	if (route->add != NULL)
		route->add(&text, openai);
	else
		text_add(&text, route->body);
	describe_add_member(&text, openai->simulated);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
}

static void add_headers(struct openai *openai, struct call *call, struct evhttp_request *request)
{
	const char *given = call_header(call, "x-request-id");

	call_add_header(call, "X-Llmbench-Simulated", openai->simulated);
	if (openai->kind->server != NULL)
		call_add_header(call, "Server", openai->kind->server);
	if (openai->kind->fields == FIELDS_REFUSED)
		call_add_header(call, "x-request-id", given != NULL ? given : "simulated");
	if (openai->kind->http == HTTP_1_0)
		call_use_http_1_0(call);
	if (openai->connections != NULL) {
		if (connections_count(openai->connections, evhttp_request_get_connection(request)))
			call_add_header(call, "Connection", "close");
		else
			call_add_header(call, "Keep-Alive", "timeout=5, max=100");
	}
}

/* What is asked before the route: is the server ready, and does the body fit. */
static bool is_let_in(struct openai *openai, struct call *call)
{
	size_t size;

	if (openai->kind->ready == READY_503 && !openai->loaded) {
		openai_refuse(openai, call, 503, "unavailable_error", "Loading model");
		return false;
	}
	call_body(call, &size);
	if (openai->kind->body_limit > 0 && size > (size_t)openai->kind->body_limit) {
		openai_refuse(openai, call, 413, "payload_too_large", "Payload Too Large");
		return false;
	}
	return true;
}

static void on_request(struct evhttp_request *request, void *context)
{
	struct openai *openai = context;
	struct call *call = call_new(openai->sim->base, request);
	const char *path = call_path(call);

	add_headers(openai, call, request);
	if (!is_let_in(openai, call))
		return;
	for (size_t i = 0; path != NULL && i < sizeof(routes) / sizeof(routes[0]); i++) {
		const struct route *route = &routes[i];

		if (strcmp(route->path, path) == 0 && call_is(call, route->methods) &&
		    is_of(route->kinds, openai->kind->name)) {
			answer(openai, call, route);
			return;
		}
	}
	refuse_not_found(openai, call);
}

void openai_listen(struct openai *openai, struct evhttp *http)
{
	if (openai->kind->connections == CONNECTIONS_LIMITED)
		openai->connections = connections_new(http);
	evhttp_set_gencb(http, on_request, openai);
}
