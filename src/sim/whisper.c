#include "sim/whisper.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/call.h"
#include "sim/describe.h"
#include "sim/hearing.h"
#include "sim/multipart.h"

#define FRAMES           1500 /* of a window, that the encoder works on */
#define BYTES_PER_WEIGHT 2    /* f16 */
#define TOKENS_PER_S     3.3
#define SETUP_WINDOWS    3 /* the first request is slower by so many windows */

const struct whisper_model whisper_models[] = {
    {"whisper-tiny", 8e6, 29e6},      {"whisper-base", 20e6, 52e6},       {"whisper-small", 87e6, 153e6},
    {"whisper-medium", 305e6, 456e6}, {"whisper-large-v3", 637e6, 906e6}, {"whisper-large-v3-turbo", 637e6, 172e6},
};

const size_t whisper_model_count = sizeof(whisper_models) / sizeof(whisper_models[0]);

const struct whisper_model *whisper_model_find(const char *name)
{
	for (size_t i = 0; i < whisper_model_count; i++)
		if (strcmp(whisper_models[i].name, name) == 0)
			return &whisper_models[i];
	return NULL;
}

double whisper_window_s(const struct device *device, const struct whisper_model *model)
{
	bool has_gpu = device->library != GPU_NONE;
	double flops = has_gpu ? device->gpu_flops : device->cpu_flops;
	double bytes_per_s = has_gpu ? device->gpu_bytes_per_s : device->cpu_bytes_per_s;

	if (device->token_s > 0) /* no model of time */
		return device->first_token_s;
	return 2 * model->encoder_parameters * FRAMES / flops +
	       WINDOW_S * TOKENS_PER_S * model->decoder_parameters * BYTES_PER_WEIGHT / bytes_per_s;
}

struct whisper *whisper_new(struct sim *sim, const struct whisper_settings *settings)
{
	struct whisper *whisper = memory_new(1, sizeof(*whisper));

	whisper->sim = sim;
	whisper->settings = *settings;
	whisper->kind = settings->kind;
	whisper->model = whisper_model_find(settings->model_name);
	whisper->window_ns = (int64_t)(whisper_window_s(sim->device, whisper->model) * NS_PER_S / sim->speed);
	whisper->bytes =
	    (int64_t)((whisper->model->encoder_parameters + whisper->model->decoder_parameters) * BYTES_PER_WEIGHT);
	whisper->simulated = describe_simulated(sim);
	whisper->setup_ns = SETUP_WINDOWS * whisper->window_ns;
	TAILQ_INIT(&whisper->queue);
	whisper->timer = evtimer_new(sim->base, hearing_on_timer, whisper);
	return whisper;
}

void whisper_free(struct whisper *whisper)
{
	if (whisper == NULL)
		return;
	event_free(whisper->timer);
	free(whisper->simulated);
	free(whisper);
}

int64_t whisper_closed_ns(const struct whisper *whisper)
{
	double seconds = whisper->sim->device->load_s + (double)whisper->bytes / whisper->sim->device->load_bytes_per_s;

	if (!whisper->kind->listens_loaded)
		return 0;
	if (whisper->settings.ready_after_ns >= 0)
		return whisper->settings.ready_after_ns;
	return (int64_t)(seconds * NS_PER_S / whisper->sim->speed);
}

void whisper_loaded(struct whisper *whisper)
{
	memory_file_set(&whisper->sim->memory_file, whisper->bytes);
}

void whisper_refuse(const struct whisper *whisper, struct call *call, int status, const char *message)
{
	struct text json = {0};

	whisper_add_error(&json, whisper->kind, status, message);
	call_answer_json(call, status, text_string(&json));
	text_release(&json);
}

static void handle_not_found(const struct whisper *whisper, struct call *call, const char *path)
{
	struct text text = {0};

	if (whisper->kind->native) {
		text_addf(&text, "File Not Found (%s)", path != NULL ? path : "");
		call_answer(call, 404, "text/plain", text_string(&text), text.size);
	} else {
		whisper_refuse(whisper, call, 404, "Not Found");
	}
	text_release(&text);
}

/* What the server tells of itself. Takes the string. */
static void answer_about(const struct whisper *whisper, struct call *call, char *json)
{
	struct text text = {0};

	text_add(&text, json);
	describe_add_member(&text, whisper->simulated);
	call_answer_json(call, 200, text_string(&text));
	text_release(&text);
	free(json);
}

static void handle_root(struct call *call)
{
	static const char page[] = "<html><head><title>Whisper.cpp Server</title></head><body></body></html>";

	call_answer(call, 200, "text/html", page, strlen(page));
}

static char *health(const struct whisper *whisper)
{
	return memory_string(strcmp(whisper->kind->name, "speaches") == 0 ? "{\"message\":\"OK\"}"
	                                                                  : "{\"status\":\"ok\"}");
}

static char *model_list(const struct whisper *whisper)
{
	return text_format("{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"object\":\"model\",\"owned_by\":\"%s\"}]}",
	                   whisper->settings.model_name, whisper->kind->name);
}

static bool is_kind(const struct whisper *whisper, const char *name)
{
	return strcmp(whisper->kind->name, name) == 0;
}

static void handle_get(const struct whisper *whisper, struct call *call, const char *path)
{
	bool native = whisper->kind->native;

	if (native && text_equal(path, "/"))
		handle_root(call);
	else if (text_equal(path, "/health"))
		answer_about(whisper, call, health(whisper));
	else if (!native && text_equal(path, "/v1/models"))
		answer_about(whisper, call, model_list(whisper));
	else if (is_kind(whisper, "vllm") && text_equal(path, "/version"))
		answer_about(whisper, call, memory_string("{\"version\":\"0.11.0\"}"));
	else if (is_kind(whisper, "localai") && text_equal(path, "/readyz"))
		call_answer(call, 200, "text/plain", "OK", strlen("OK"));
	else
		handle_not_found(whisper, call, path);
}

static void on_request(struct evhttp_request *request, void *context)
{
	struct whisper *whisper = context;
	struct call *call = call_new(whisper->sim->base, request);
	const char *path = call_path(call);
	const char *route = whisper->kind->native ? "/inference" : "/v1/audio/transcriptions";

	call_add_header(call, "X-Llmbench-Simulated", whisper->simulated);
	if (whisper->kind->server != NULL)
		call_add_header(call, "Server", whisper->kind->server);
	if (call_is(call, EVHTTP_REQ_POST) && text_equal(path, route))
		hearing_start(whisper, call);
	else if (call_is(call, EVHTTP_REQ_GET))
		handle_get(whisper, call, path);
	else
		handle_not_found(whisper, call, path);
}

void whisper_listen(struct whisper *whisper, struct evhttp *http)
{
	evhttp_set_gencb(http, on_request, whisper);
}
