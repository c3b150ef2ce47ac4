#include "sim/openai.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/describe.h"
#include "sim/log.h"
#include "sim/openai_text.h"

#define DEFAULT_CONTEXT 4096
#define BATCH           512
#define SLOT_SIMILARITY 0.1 /* llama-server's --slot-prompt-similarity */
#define POOL_SHARE      0.9 /* vLLM's --gpu-memory-utilization */
#define COLON_PING_NS   (30 * NS_PER_S)
#define PING_NS         (15 * NS_PER_S)
#define HEARTBEAT_NS    (5 * NS_PER_S)
#define PROGRESS_NS     (1 * NS_PER_S)

static int64_t usual_ping_ns(const struct kind *kind)
{
	switch ((enum quirk_ping)kind->ping) {
	case PING_COLON:
		return strcmp(kind->name, "llama-server") == 0 ? COLON_PING_NS : PING_NS;
	case PING_PROGRESS:
		return PROGRESS_NS;
	case PING_HEARTBEAT:
		return HEARTBEAT_NS;
	case PING_NONE:
	case PING_DATE:
		break;
	}
	return kind->ping == PING_DATE ? PING_NS : NS_PER_S;
}

static void fill_in(struct openai_settings *settings, const struct model *model)
{
	const struct kind *kind = &settings->kind;

	if (settings->parallel == API_UNSET)
		settings->parallel = kind->parallel;
	if (settings->queue_limit == API_UNSET)
		settings->queue_limit = kind->queue;
	if (settings->context_size == API_UNSET)
		settings->context_size = DEFAULT_CONTEXT;
	if (settings->image_tokens == API_UNSET)
		settings->image_tokens = model->image_tokens;
	if (settings->ping_ns == API_UNSET)
		settings->ping_ns = usual_ping_ns(kind);
}

/* Plans the memory; false: the model cannot be loaded with these slots. */
static bool plan_memory(struct openai *openai, struct failure *failure)
{
	const struct openai_settings *settings = &openai->settings;
	const struct device *device = openai->sim->device;
	bool has_slots = openai->kind->memory == MEMORY_SLOTS;
	struct memory_request request = {
	    .context_size = settings->context_size,
	    .parallel = has_slots ? settings->parallel : 1,
	    .batch = BATCH,
	    .gpu_layers = -1,
	};
	int64_t room = device->library == GPU_NONE ? device->memory_bytes : device->working_set_bytes;
	struct text error = {0};

	openai->memory = memory_plan_of(device, openai->model, &request);
	openai->resident_bytes = openai->memory.resident_bytes;
	if (openai->kind->memory == MEMORY_POOL && (double)openai->resident_bytes < POOL_SHARE * (double)room)
		openai->resident_bytes = (int64_t)(POOL_SHARE * (double)room);
	if (has_slots && device->slot_limit > 0 && settings->parallel > device->slot_limit)
		text_addf(&error, "device %s has no more than %d slots", device->name, device->slot_limit);
	else
		memory_plan_fails(device, &openai->memory, &error);
	if (error.size > 0)
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot load %s: %s", settings->model_name,
		            text_string(&error));
	text_release(&error);
	return !failure_is_set(failure);
}

static void on_load_timer(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	openai_loaded(context);
}

static void start_load(struct openai *openai)
{
	struct timeval wait = {
	    .tv_sec = (time_t)(openai->load_ns / NS_PER_S),
	    .tv_usec = (suseconds_t)(openai->load_ns % NS_PER_S / NS_PER_US),
	};

	openai->loading = true;
	event_add(openai->load_timer, &wait);
}

struct openai *openai_new(struct sim *sim, const struct openai_settings *settings, struct failure *failure)
{
	struct openai *openai = memory_new(1, sizeof(*openai));

	openai->sim = sim;
	openai->settings = *settings;
	openai->kind = &openai->settings.kind;
	openai->model = model_find(settings->model_name);
	fill_in(&openai->settings, openai->model);
	TAILQ_INIT(&openai->held);
	if (!plan_memory(openai, failure)) {
		free(openai);
		return NULL;
	}
	openai->rules = (struct openai_rules){
	    .kind = openai->kind,
	    .model = openai->model,
	    .model_name = settings->model_name,
	    .context_size = openai->settings.context_size,
	    .image_tokens = openai->settings.image_tokens,
	};
	openai->simulated = describe_simulated(sim);
	openai->load_ns = settings->ready_after_ns;
	if (openai->load_ns == API_UNSET)
		openai->load_ns = (int64_t)(device_load_s(sim->device, openai->model) * NS_PER_S / sim->speed);
	openai->load_timer = evtimer_new(sim->base, on_load_timer, openai);
	if (openai->kind->ready == READY_503 || openai->kind->ready == READY_ALWAYS)
		start_load(openai);
	return openai;
}

void openai_free(struct openai *openai)
{
	if (openai == NULL)
		return;
	event_free(openai->load_timer);
	runner_free(openai->runner);
	connections_free(openai->connections);
	free(openai->simulated);
	free(openai);
}

int64_t openai_closed_ns(const struct openai *openai)
{
	return openai->kind->ready == READY_REFUSED ? openai->load_ns : 0;
}

static void on_idle(void *owner)
{
	(void)owner; /* the model stays */
}

void openai_loaded(struct openai *openai)
{
	const struct openai_settings *settings = &openai->settings;
	const struct runner_plan plan = {
	    .device = openai->sim->device,
	    .speed = openai->sim->speed,
	    .model = openai->model,
	    .settings = {.context_size = settings->context_size, .batch = BATCH, .gpu_layers = -1, .mmap = -1},
	    .parallel = settings->parallel,
	    .no_cache = settings->no_prompt_cache,
	    .similarity = SLOT_SIMILARITY,
	    .memory = openai->memory,
	    .idle = on_idle,
	};
	struct job *job;

	openai->loading = false;
	openai->loaded = true;
	openai->runner = runner_new(openai->sim->base, &plan);
	memory_file_set(&openai->sim->memory_file, openai->resident_bytes);
	while ((job = TAILQ_FIRST(&openai->held)) != NULL) {
		TAILQ_REMOVE(&openai->held, job, next);
		openai->held_count--;
		job->scheduled_ns = clock_now_ns();
		runner_add(openai->runner, job);
	}
}

void openai_submit(struct openai *openai, struct job *job)
{
	if (openai->loaded) {
		runner_add(openai->runner, job);
		return;
	}
	if (!openai->loading)
		start_load(openai);
	job->place = JOB_HELD;
	TAILQ_INSERT_TAIL(&openai->held, job, next);
	openai->held_count++;
}

void openai_cancel(struct openai *openai, struct job *job)
{
	switch (job->place) {
	case JOB_HELD:
		TAILQ_REMOVE(&openai->held, job, next);
		openai->held_count--;
		job->place = JOB_NOWHERE;
		return;
	case JOB_WAITING:
	case JOB_ACTIVE:
		runner_cancel(openai->runner, job);
		return;
	case JOB_NOWHERE:
	case JOB_QUEUED:
	case JOB_LOADING:
		return;
	}
}

int openai_busy(const struct openai *openai)
{
	return openai->runner != NULL ? runner_busy(openai->runner) : 0;
}

int openai_waiting(const struct openai *openai)
{
	int in_flight = openai->runner != NULL ? runner_in_flight(openai->runner) : 0;

	return in_flight - openai_busy(openai) + openai->held_count;
}
