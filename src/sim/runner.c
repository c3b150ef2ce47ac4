#include "sim/runner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

struct slot {
	struct job *job; /* NULL: free */
	int prompt_left; /* tokens of the prompt to evaluate */
	int step_tokens; /* of them in the current step */
	int cells;       /* of the KV cache in use */
	double encode_s; /* images that are to be encoded before the prompt */
	int64_t due_ns;  /* device with a fixed pace: of the next token */
	int64_t used_ns; /* when its last job began */
	char *cached_prompt;
};

struct runner {
	struct runner_plan plan;
	struct placement placement;
	int64_t cell_bytes; /* of KV */
	struct slot *slots;
	struct job_list waiting;
	int in_flight;
	int answers;             /* given */
	struct job_list touched; /* jobs whose tokens are to be flushed */
	struct event *timer;
	bool running; /* a step is under way */
	int64_t step_end_ns;
};

static int64_t scaled_ns(const struct runner *runner, double seconds)
{
	double slower = 1 + runner->plan.heat_pct / 100 * runner->answers;
	double ns = seconds * slower * 1e9 / runner->plan.speed;

	return ns < 1 ? 1 : (int64_t)ns;
}

static bool has_fixed_pace(const struct runner *runner)
{
	return runner->plan.device->token_s > 0;
}

static size_t common_prefix(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] != '\0' && a[length] == b[length])
		length++;
	return length;
}

static size_t usable_prefix(const struct runner *runner, const struct slot *slot, const char *prompt)
{
	size_t prefix;

	if (slot->cached_prompt == NULL || runner->plan.no_cache)
		return 0;
	prefix = common_prefix(slot->cached_prompt, prompt);
	return (double)prefix < runner->plan.similarity * (double)strlen(prompt) ? 0 : prefix;
}

/* The free slot whose last prompt has most in common with this one; NULL when none is free. */
static struct slot *best_free_slot(struct runner *runner, const char *prompt, size_t *common)
{
	struct slot *best = NULL;

	*common = 0;
	for (int i = 0; i < runner->plan.parallel; i++) {
		struct slot *slot = &runner->slots[i];
		size_t prefix;
		bool rested;

		if (slot->job != NULL)
			continue;
		prefix = usable_prefix(runner, slot, prompt);
		rested = runner->plan.similarity > 0 && best != NULL && slot->used_ns < best->used_ns;
		if (best == NULL || prefix > *common || (prefix == *common && rested)) {
			best = slot;
			*common = prefix;
		}
	}
	return best;
}

/* Puts a job into a slot at an instant that is not before it was scheduled. */
static void occupy(struct runner *runner, struct slot *slot, struct job *job, size_t common, int64_t at_ns)
{
	size_t length = strlen(job->prompt);
	int cached = length > 0 ? (int)((double)common / (double)length * job->prompt_tokens) : 0;

	if (job->is_fresh)
		cached = 0;
	if (cached > job->prompt_tokens - 1) /* the last token is always evaluated */
		cached = job->prompt_tokens - 1;
	slot->job = job;
	slot->used_ns = at_ns;
	slot->prompt_left = job->prompt_tokens - cached;
	slot->cells = cached;
	slot->encode_s = job->encode_s;
	slot->due_ns = at_ns + scaled_ns(runner, runner->plan.device->first_token_s + job->encode_s);
	free(slot->cached_prompt);
	slot->cached_prompt = memory_string(job->prompt);
	job->place = JOB_ACTIVE;
	job->slot_ns = at_ns;
	job->evaluated_tokens = slot->prompt_left;
	if (job->events->started != NULL)
		job->events->started(job);
}

/* Fills free slots with those who have been waiting at `at_ns`. */
static void admit(struct runner *runner, int64_t at_ns)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&runner->waiting)) != NULL && job->scheduled_ns <= at_ns) {
		size_t common;
		struct slot *slot = best_free_slot(runner, job->prompt, &common);

		if (slot == NULL)
			return;
		TAILQ_REMOVE(&runner->waiting, job, next);
		occupy(runner, slot, job, common, at_ns);
	}
}

/* The job is no longer ours. */
static void let_go(struct runner *runner, struct job *job)
{
	if (job->touched)
		TAILQ_REMOVE(&runner->touched, job, next);
	job->touched = false;
	job->place = JOB_NOWHERE;
	runner->in_flight--;
}

/* Gives the slot's job its next token; after the last one the slot is free. */
static void produce(struct runner *runner, struct slot *slot, int64_t due_ns)
{
	struct job *job = slot->job;

	if (job->produced == 0)
		job->prefill_end_ns = due_ns;
	job->events->token(job, due_ns);
	job->produced++;
	if (slot->cells < runner->plan.settings.context_size)
		slot->cells++;
	if (!job->touched) {
		job->touched = true;
		TAILQ_INSERT_TAIL(&runner->touched, job, next);
	}
	if (job->produced < job->answer_tokens)
		return;
	slot->job = NULL;
	job->end_ns = due_ns;
	runner->answers++;
	let_go(runner, job);
	job->events->ended(job);
}

static void begin_step(struct runner *runner, int64_t at_ns)
{
	struct batch batch = {0};
	double encode_s = 0;
	int prompt_room = runner->plan.settings.batch;

	admit(runner, at_ns);
	for (int i = 0; i < runner->plan.parallel; i++) {
		struct slot *slot = &runner->slots[i];

		if (slot->job == NULL)
			continue;
		slot->step_tokens = slot->prompt_left < prompt_room ? slot->prompt_left : prompt_room;
		prompt_room -= slot->step_tokens;
		batch.tokens += slot->prompt_left > 0 ? slot->step_tokens : 1;
		batch.kv_bytes += slot->cells * runner->cell_bytes;
		encode_s += slot->encode_s;
		slot->encode_s = 0;
	}
	runner->running = batch.tokens > 0;
	if (runner->running)
		runner->step_end_ns =
		    at_ns + scaled_ns(runner, encode_s + device_step_s(runner->plan.device, runner->plan.model,
		                                                       &runner->placement, &batch));
}

static void complete_step(struct runner *runner)
{
	for (int i = 0; i < runner->plan.parallel; i++) {
		struct slot *slot = &runner->slots[i];

		if (slot->job == NULL)
			continue;
		if (slot->prompt_left > 0) {
			slot->prompt_left -= slot->step_tokens;
			slot->cells += slot->step_tokens;
			if (slot->prompt_left > 0 || slot->step_tokens == 0)
				continue;
		}
		produce(runner, slot, runner->step_end_ns);
	}
}

/* All steps that have ended by `now_ns`. */
static void run_batches(struct runner *runner, int64_t now_ns)
{
	while (runner->running && runner->step_end_ns <= now_ns) {
		complete_step(runner);
		begin_step(runner, runner->step_end_ns);
	}
	if (!runner->running) /* whoever came while the last step ended */
		begin_step(runner, now_ns);
}

/* The one whose next token is due first; NULL: none is by `now_ns`. */
static struct slot *first_due(struct runner *runner, int64_t now_ns)
{
	struct slot *first = NULL;

	for (int i = 0; i < runner->plan.parallel; i++) {
		struct slot *slot = &runner->slots[i];

		if (slot->job != NULL && slot->due_ns <= now_ns && (first == NULL || slot->due_ns < first->due_ns))
			first = slot;
	}
	return first;
}

/* The slot's token that is due, at a fixed pace. Whoever has waited for the slot begins when its job has ended. */
static void give_token(struct runner *runner, struct slot *slot)
{
	int64_t due_ns = slot->due_ns;

	produce(runner, slot, due_ns);
	slot->due_ns = due_ns + scaled_ns(runner, runner->plan.device->token_s);
	if (slot->job == NULL)
		admit(runner, due_ns);
}

/*
 * Every slot by itself; but as long as somebody waits in the order of time,
 * since a late turn finds several slots free, and the first in the queue gets
 * the one that was so first.
 */
static void run_fixed_pace(struct runner *runner, int64_t now_ns)
{
	struct slot *due;

	admit(runner, now_ns);
	while (!TAILQ_EMPTY(&runner->waiting) && (due = first_due(runner, now_ns)) != NULL)
		give_token(runner, due);
	for (int i = 0; i < runner->plan.parallel; i++)
		while (runner->slots[i].job != NULL && runner->slots[i].due_ns <= now_ns)
			give_token(runner, &runner->slots[i]);
	admit(runner, now_ns); /* whoever came after a slot's last job had ended */
	runner->running = false;
	for (int i = 0; i < runner->plan.parallel; i++) {
		const struct slot *slot = &runner->slots[i];

		if (slot->job != NULL && (!runner->running || slot->due_ns < runner->step_end_ns)) {
			runner->running = true;
			runner->step_end_ns = slot->due_ns;
		}
	}
}

static void arm(struct runner *runner)
{
	int64_t wait_ns;
	struct timeval wait;

	if (!runner->running)
		return;
	wait_ns = runner->step_end_ns - clock_now_ns();
	if (wait_ns < 0)
		wait_ns = 0;
	wait.tv_sec = (time_t)(wait_ns / NS_PER_S);
	wait.tv_usec = (suseconds_t)(wait_ns % NS_PER_S / NS_PER_US);
	event_add(runner->timer, &wait);
}

static void turn(struct runner *runner)
{
	struct job *job;
	int before = runner->in_flight;

	if (has_fixed_pace(runner))
		run_fixed_pace(runner, clock_now_ns());
	else
		run_batches(runner, clock_now_ns());
	while ((job = TAILQ_FIRST(&runner->touched)) != NULL) {
		TAILQ_REMOVE(&runner->touched, job, next);
		job->touched = false;
		job->events->flush(job);
	}
	arm(runner);
	if (before > 0 && runner->in_flight == 0)
		runner->plan.idle(runner->plan.owner); /* may free the runner */
}

static void on_timer(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	turn(context);
}

struct runner *runner_new(struct event_base *base, const struct runner_plan *plan)
{
	struct runner *runner = memory_new(1, sizeof(*runner));
	struct memory_request one_cell = {.context_size = 1, .parallel = 1, .batch = 1, .kv_type = plan->kv_type};

	assert(plan->parallel > 0);
	runner->plan = *plan;
	runner->placement.gpu_share =
	    plan->memory.whole_on_gpu ? 1 : (double)plan->memory.layers_on_gpu / plan->model->layers;
	runner->placement.memory_need = (double)plan->memory.total_bytes / (double)plan->device->ram_bytes;
	runner->cell_bytes = memory_kv_bytes(plan->model, &one_cell);
	runner->slots = memory_new((size_t)plan->parallel, sizeof(*runner->slots));
	TAILQ_INIT(&runner->waiting);
	TAILQ_INIT(&runner->touched);
	runner->timer = evtimer_new(base, on_timer, runner);
	return runner;
}

void runner_free(struct runner *runner)
{
	if (runner == NULL)
		return;
	event_free(runner->timer);
	for (int i = 0; i < runner->plan.parallel; i++)
		free(runner->slots[i].cached_prompt);
	free(runner->slots);
	free(runner);
}

const struct runner_plan *runner_plan_of(const struct runner *runner)
{
	return &runner->plan;
}

int runner_in_flight(const struct runner *runner)
{
	return runner->in_flight;
}

void runner_forget_prompts(struct runner *runner)
{
	for (int i = 0; i < runner->plan.parallel; i++) {
		free(runner->slots[i].cached_prompt);
		runner->slots[i].cached_prompt = NULL;
	}
}

int runner_busy(const struct runner *runner)
{
	int busy = 0;

	for (int i = 0; i < runner->plan.parallel; i++)
		busy += runner->slots[i].job != NULL;
	return busy;
}

const struct job *runner_slot_job(const struct runner *runner, int slot)
{
	return runner->slots[slot].job;
}

void runner_add(struct runner *runner, struct job *job)
{
	struct timeval now = {0, 0};

	assert(job->answer_tokens > 0 && job->prompt_tokens > 0);
	job->place = JOB_WAITING;
	TAILQ_INSERT_TAIL(&runner->waiting, job, next);
	runner->in_flight++;
	if (has_fixed_pace(runner) || !runner->running)
		event_add(runner->timer, &now);
}

void runner_cancel(struct runner *runner, struct job *job)
{
	if (job->place == JOB_WAITING)
		TAILQ_REMOVE(&runner->waiting, job, next);
	for (int i = 0; i < runner->plan.parallel; i++)
		if (runner->slots[i].job == job)
			runner->slots[i].job = NULL;
	let_go(runner, job);
	if (runner->in_flight == 0)
		runner->plan.idle(runner->plan.owner); /* may free the runner */
}
