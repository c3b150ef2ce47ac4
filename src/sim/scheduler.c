#include "sim/scheduler.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/runner.h"
#include "sim/runner_log.h"

/* The part of a load in which 0.11.5 … 0.24 plan its memory, and only then reject requests. */
#define PLANNING_SHARE 0.1

struct scheduler {
	struct scheduler_setup setup;
	struct job_list queue;
	int64_t queued;
	struct job *held;      /* taken from the queue, waiting until its model can be loaded */
	struct runner *runner; /* loaded */

	struct job *loading; /* that a model is being loaded for; NULL: none is */
	struct runner_plan load_plan;
	int64_t load_started_ns, load_ns;
	struct event *load_timer;

	int64_t keep_alive_ns; /* of the loaded runner; <= 0: unload when idle */
	int64_t expires_wall_ns;
	struct event *expire_timer;
};

static struct timeval timeval_of(int64_t ns)
{
	if (ns < 0)
		ns = 0;
	return (struct timeval){.tv_sec = (time_t)(ns / NS_PER_S), .tv_usec = (suseconds_t)(ns % NS_PER_S / NS_PER_US)};
}

static bool same_runner(const struct runner_plan *plan, const struct job *job)
{
	const struct runner_settings *have = &plan->settings, *want = &job->settings;

	return plan->model == job->model && have->context_size == want->context_size && have->batch == want->batch &&
	       (want->gpu_layers < 0 || have->gpu_layers == want->gpu_layers) && have->threads == want->threads &&
	       have->main_gpu == want->main_gpu && have->mmap == want->mmap;
}

static void unload(struct scheduler *scheduler)
{
	assert(runner_in_flight(scheduler->runner) == 0);
	event_del(scheduler->expire_timer);
	runner_free(scheduler->runner);
	scheduler->runner = NULL;
	memory_file_set(scheduler->setup.memory_file, 0);
}

/* The runner has nothing to do: unload it, or count down to that. */
static void start_keep_alive(struct scheduler *scheduler)
{
	struct timeval wait = timeval_of(scheduler->keep_alive_ns);

	if (scheduler->keep_alive_ns <= 0) {
		unload(scheduler);
		return;
	}
	scheduler->expires_wall_ns = KEEP_ALIVE_FOREVER;
	if (scheduler->keep_alive_ns == KEEP_ALIVE_FOREVER)
		return;
	scheduler->expires_wall_ns = clock_wall_ns() + scheduler->keep_alive_ns;
	event_add(scheduler->expire_timer, &wait);
}

/* Hands the loaded runner to a job. */
static void use_runner(struct scheduler *scheduler, struct job *job)
{
	event_del(scheduler->expire_timer);
	if (job->has_keep_alive)
		scheduler->keep_alive_ns = job->keep_alive_ns;
	job->scheduled_ns = clock_now_ns();
	job->place = JOB_NOWHERE;
	if (job->answer_tokens > 0) {
		runner_add(scheduler->runner, job);
		job->events->scheduled(job);
	} else {
		if (runner_in_flight(scheduler->runner) == 0)
			start_keep_alive(scheduler);
		job->events->scheduled(job);
	}
}

/* OLLAMA_NUM_PARALLEL; unset: the version's number if the whole model then fits on the GPU, else 1. */
static int parallel_for(const struct scheduler *scheduler, const struct job *job, struct memory_request *request)
{
	const struct scheduler_setup *setup = &scheduler->setup;
	struct memory_plan plan;

	if (setup->environment->parallel > 0)
		return (int)setup->environment->parallel;
	request->parallel = setup->rules->auto_parallel;
	plan = memory_plan_of(setup->device, job->model, request);
	return setup->device->library == GPU_NONE || plan.whole_on_gpu ? request->parallel : 1;
}

static void on_idle(void *owner);

static int gpu_layers_for(const struct scheduler_setup *setup, const struct job *job)
{
	int64_t asked = job->settings.gpu_layers, most = setup->faults->most_gpu_layers;

	return (int)(most != FAULT_NONE && (asked < 0 || asked > most) ? most : asked);
}

/* What a load of this job's model may use; tells in the log what was wished and cannot be. */
static struct memory_request request_for(const struct scheduler_setup *setup, const struct job *job)
{
	int wish = setup->environment->flash_attention;
	bool can = setup->faults->flash_refused == FAULT_NONE;
	struct memory_request request = {
	    .context_size = job->settings.context_size,
	    .batch = job->settings.batch,
	    .gpu_layers = gpu_layers_for(setup, job),
	    .flash_attention = can && (wish < 0 ? setup->rules->flash_attention : wish > 0),
	    .kv_type = setup->environment->kv_type,
	};

	if (!request.flash_attention) {
		runner_log_refusals(wish > 0 && !can, request.kv_type);
		request.kv_type = KV_F16;
	}
	return request;
}

static struct runner_plan plan_for(struct scheduler *scheduler, const struct job *job)
{
	const struct scheduler_setup *setup = &scheduler->setup;
	struct memory_request request = request_for(setup, job);

	request.parallel = parallel_for(scheduler, job, &request);
	if (request.parallel > 1 && version_forces_one_slot(setup->rules, job->model->architecture)) {
		request.parallel = 1;
		runner_log_one_slot(job->model);
	}
	return (struct runner_plan){
	    .device = setup->device,
	    .speed = setup->speed,
	    .model = job->model,
	    .settings = job->settings,
	    .parallel = request.parallel,
	    .flash_attention = request.flash_attention,
	    .kv_type = request.kv_type,
	    .memory = memory_plan_of(setup->device, job->model, &request),
	    .heat_pct = setup->faults->heat_pct != FAULT_NONE ? (double)setup->faults->heat_pct : 0,
	    .idle = on_idle,
	    .owner = scheduler,
	};
}

static void start_load(struct scheduler *scheduler, struct job *job)
{
	struct timeval wait;

	scheduler->loading = job;
	job->place = JOB_LOADING;
	scheduler->load_plan = plan_for(scheduler, job);
	scheduler->load_started_ns = clock_now_ns();
	scheduler->load_ns =
	    (int64_t)(device_load_s(scheduler->setup.device, job->model) * 1e9 / scheduler->setup.speed);
	scheduler->keep_alive_ns = scheduler->setup.environment->keep_alive_ns;
	runner_log_start(&scheduler->load_plan, scheduler->setup.rules);
	wait = timeval_of(scheduler->load_ns);
	event_add(scheduler->load_timer, &wait);
}

/* Takes the next job of the queue into the loop. */
static struct job *take_next(struct scheduler *scheduler)
{
	struct job *job = TAILQ_FIRST(&scheduler->queue);

	if (job != NULL) {
		TAILQ_REMOVE(&scheduler->queue, job, next);
		scheduler->queued--;
		job->place = JOB_HELD;
	}
	return job;
}

/* Gets on with the queue until it is empty or something must be waited for. */
static void pump(struct scheduler *scheduler)
{
	for (;;) {
		struct job *job;

		if (scheduler->loading != NULL && scheduler->setup.rules->held_while_loading == 1)
			return;
		if (scheduler->held == NULL)
			scheduler->held = take_next(scheduler);
		job = scheduler->held;
		if (job == NULL || scheduler->loading != NULL)
			return;
		if (scheduler->runner == NULL) {
			scheduler->held = NULL;
			start_load(scheduler, job);
		} else if (same_runner(runner_plan_of(scheduler->runner), job)) {
			scheduler->held = NULL;
			use_runner(scheduler, job);
		} else {
			scheduler->keep_alive_ns = 0;
			if (runner_in_flight(scheduler->runner) > 0)
				return;
			unload(scheduler);
		}
	}
}

static void on_idle(void *owner)
{
	struct scheduler *scheduler = owner;

	start_keep_alive(scheduler);
	pump(scheduler);
}

static void on_expired(evutil_socket_t socket, short what, void *context)
{
	struct scheduler *scheduler = context;

	(void)socket;
	(void)what;
	if (scheduler->runner != NULL && runner_in_flight(scheduler->runner) == 0)
		unload(scheduler);
}

static void finish_load(struct scheduler *scheduler, struct job *job)
{
	const struct runner_plan *plan = &scheduler->load_plan;

	scheduler->runner = runner_new(scheduler->setup.base, plan);
	memory_file_set(scheduler->setup.memory_file, plan->memory.resident_bytes);
	runner_log_started(plan, clock_now_ns() - scheduler->load_started_ns);
	use_runner(scheduler, job);
}

static void on_loaded(evutil_socket_t socket, short what, void *context)
{
	struct scheduler *scheduler = context;
	const struct scheduler_setup *setup = &scheduler->setup;
	const struct runner_plan *plan = &scheduler->load_plan;
	struct job *job = scheduler->loading;
	struct text error = {0};

	(void)socket;
	(void)what;
	scheduler->loading = NULL;
	job->place = JOB_NOWHERE;
	if (setup->device->slot_limit > 0 && plan->parallel > setup->device->slot_limit) {
		job->events->dropped(job);
	} else if (setup->rules->slot_limit > 0 && plan->parallel > setup->rules->slot_limit) {
		text_addf(&error, "n_seq_max must be <= %d", setup->rules->slot_limit);
		runner_log_failed(text_string(&error));
		job->events->failed(job, 500, text_string(&error));
	} else if (memory_plan_fails(setup->device, &plan->memory, &error)) {
		runner_log_failed(text_string(&error));
		job->events->failed(job, 500, text_string(&error));
	} else {
		finish_load(scheduler, job);
	}
	text_release(&error);
	pump(scheduler);
}

struct scheduler *scheduler_new(const struct scheduler_setup *setup)
{
	struct scheduler *scheduler = memory_new(1, sizeof(*scheduler));

	scheduler->setup = *setup;
	TAILQ_INIT(&scheduler->queue);
	scheduler->load_timer = evtimer_new(setup->base, on_loaded, scheduler);
	scheduler->expire_timer = evtimer_new(setup->base, on_expired, scheduler);
	return scheduler;
}

void scheduler_free(struct scheduler *scheduler)
{
	if (scheduler == NULL)
		return;
	runner_free(scheduler->runner);
	event_free(scheduler->load_timer);
	event_free(scheduler->expire_timer);
	free(scheduler);
}

/* The loop waits for the next job: it is not loading, and not waiting to. */
static bool is_loop_idle(const struct scheduler *scheduler)
{
	bool blocked = scheduler->loading != NULL && scheduler->setup.rules->held_while_loading == 1;

	return scheduler->held == NULL && !blocked;
}

static bool is_accepted_late(const struct scheduler *scheduler, const struct job *job)
{
	int64_t elapsed_ns = clock_now_ns() - scheduler->load_started_ns;

	return scheduler->setup.rules->queues_while_planning && scheduler->loading != NULL &&
	       same_runner(&scheduler->load_plan, job) &&
	       (double)elapsed_ns > PLANNING_SHARE * (double)scheduler->load_ns;
}

void scheduler_submit(struct scheduler *scheduler, struct job *job)
{
	const struct version_rules *rules = scheduler->setup.rules;

	if (rules->warm_skips_queue && scheduler->runner != NULL && scheduler->held == NULL &&
	    same_runner(runner_plan_of(scheduler->runner), job)) {
		use_runner(scheduler, job);
		return;
	}
	if (!is_loop_idle(scheduler) && scheduler->queued >= scheduler->setup.environment->max_queue &&
	    !is_accepted_late(scheduler, job)) {
		job->events->failed(job, 503, "server busy, please try again.  maximum pending requests exceeded");
		return;
	}
	job->place = JOB_QUEUED;
	TAILQ_INSERT_TAIL(&scheduler->queue, job, next);
	scheduler->queued++;
	pump(scheduler);
}

void scheduler_cancel(struct scheduler *scheduler, struct job *job)
{
	switch (job->place) {
	case JOB_NOWHERE:
		return;
	case JOB_QUEUED:
		TAILQ_REMOVE(&scheduler->queue, job, next);
		scheduler->queued--;
		break;
	case JOB_HELD:
		scheduler->held = NULL;
		break;
	case JOB_LOADING:
		event_del(scheduler->load_timer);
		scheduler->loading = NULL;
		break;
	case JOB_WAITING:
	case JOB_ACTIVE:
		runner_cancel(scheduler->runner, job);
		return;
	}
	job->place = JOB_NOWHERE;
	pump(scheduler);
}

void scheduler_unload(struct scheduler *scheduler, const struct model *model)
{
	if (scheduler->runner == NULL || runner_plan_of(scheduler->runner)->model != model)
		return;
	scheduler->keep_alive_ns = 0;
	if (runner_in_flight(scheduler->runner) == 0)
		unload(scheduler);
}

int scheduler_default_context(const struct scheduler *scheduler)
{
	const struct scheduler_setup *setup = &scheduler->setup;
	double gib = (double)setup->device->working_set_bytes / (double)((int64_t)1 << 30);

	if (setup->environment->context_size > 0)
		return (int)setup->environment->context_size;
	if (gib < 23)
		return 4096;
	return gib < 47 ? 32768 : 262144;
}

struct loaded_model scheduler_loaded(const struct scheduler *scheduler)
{
	bool loading = scheduler->runner == NULL;
	const struct runner_plan *plan = loading ? &scheduler->load_plan : runner_plan_of(scheduler->runner);
	struct loaded_model loaded = {.expires_wall_ns = scheduler->expires_wall_ns, .loading = loading};

	if (loading && scheduler->loading == NULL)
		return loaded;
	loaded.model = plan->model;
	loaded.memory = plan->memory;
	loaded.context_size = plan->settings.context_size;
	if (loading || runner_in_flight(scheduler->runner) > 0)
		loaded.expires_wall_ns = scheduler->keep_alive_ns == KEEP_ALIVE_FOREVER
		                             ? KEEP_ALIVE_FOREVER
		                             : clock_wall_ns() + scheduler->keep_alive_ns;
	return loaded;
}
