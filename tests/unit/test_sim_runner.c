/*
 * The simulator's slots: a job that came while nobody looked, between the end of
 * the one before and the turn that tells of it, is begun all the same; and those
 * that wait begin in their order, however many slots such a turn finds free.
 */
#include "base/clock.h"
#include "sim/device.h"
#include "sim/loop.h"
#include "sim/runner.h"

#include "tap.h"

#define GIVEN_UP_NS (5 * NS_PER_S)

static void on_token(struct job *job, int64_t due_ns)
{
	(void)job;
	(void)due_ns;
}

static void on_flush(struct job *job)
{
	(void)job;
}

static void on_ended(struct job *job)
{
	*(bool *)job->owner = true;
}

static void on_idle(void *owner)
{
	(void)owner;
}

static const struct job_events events = {.token = on_token, .flush = on_flush, .ended = on_ended};

static struct job make(bool *ended)
{
	return (struct job){.model = model_find("llama3.2"),
	                    .prompt = "",
	                    .prompt_tokens = 1,
	                    .answer_tokens = 1,
	                    .events = &events,
	                    .owner = ended,
	                    .scheduled_ns = clock_now_ns()};
}

static void wait_for(struct event_base *base, const bool *ended)
{
	int64_t until_ns = clock_now_ns() + GIVEN_UP_NS;

	while (!*ended && clock_now_ns() < until_ns)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static struct runner *start(struct event_base *base, const char *device_name, int parallel)
{
	const struct runner_plan plan = {.device = device_find(device_name),
	                                 .model = model_find("llama3.2"),
	                                 .parallel = parallel,
	                                 .speed = 1000,
	                                 .idle = on_idle,
	                                 .settings = {.context_size = 512, .batch = 512}};

	return runner_new(base, &plan);
}

static void test_late_turn(const char *device_name)
{
	struct event_base *base = loop_new();
	struct runner *runner = start(base, device_name, 1);
	bool first_ended = false, second_ended = false;
	struct job first = make(&first_ended), second;

	runner_add(runner, &first);
	while (first.place != JOB_ACTIVE)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_sleep_until(clock_now_ns() + 200 * NS_PER_MS); /* far beyond the first one's end */
	second = make(&second_ended);
	runner_add(runner, &second);
	wait_for(base, &second_ended);
	ok(first_ended && second_ended, device_name);
	runner_free(runner);
	event_base_free(base);
}

/* Two slots, of which the second is free long before the first; the turn comes after both. */
static void test_order(void)
{
	enum { FIRST_SLOT, SECOND_SLOT, NEXT, LAST, JOBS };
	struct event_base *base = loop_new();
	struct runner *runner = start(base, "instant", 2);
	bool ended[JOBS] = {false};
	struct job jobs[JOBS];

	for (int i = 0; i < JOBS; i++) {
		jobs[i] = make(&ended[i]);
		jobs[i].answer_tokens = i == FIRST_SLOT ? 1000 : 1;
		runner_add(runner, &jobs[i]);
	}
	while (jobs[SECOND_SLOT].place == JOB_WAITING)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	clock_sleep_until(clock_now_ns() + 200 * NS_PER_MS);
	wait_for(base, &ended[LAST]);
	ok(ended[NEXT] && ended[LAST], "all have ended");
	is_int(jobs[NEXT].slot_ns, jobs[SECOND_SLOT].end_ns, "the next one has the slot that was free first");
	ok(jobs[LAST].slot_ns >= jobs[NEXT].slot_ns, "… and was not overtaken");
	runner_free(runner);
	event_base_free(base);
}

int main(void)
{
	test_late_turn("instant");
	test_late_turn("m4-16g");
	test_order();
	return tap_done();
}
