/* Requests that come after others: the turns of conversations. */
#include "load/follow.h"

#include "../support/load_play.h"
#include "load/queue.h"
#include "tap.h"

#define UNKNOWN TIME_UNKNOWN

/* What is taken, or not, at that time. */
static void takes(struct queue *queue, int64_t now_ns, size_t want, int64_t want_due_ns, const char *what)
{
	int64_t due_ns = 0;
	size_t index = 0;

	ok(queue_take(queue, now_ns, 5, &index, &due_ns) && index == want && due_ns == want_due_ns, what);
}

static void check_queue(void)
{
	const struct request requests[] = {
	    {.due_ns = UNKNOWN},        {.due_ns = UNKNOWN, .after = 1}, {.due_ns = 40, .after = 2},
	    {.due_ns = UNKNOWN},        {.due_ns = 30, .after = 4},      {.due_ns = 200},
	    {.due_ns = 30, .after = 1},
	};
	struct queue queue;
	int64_t due_ns;
	size_t index;

	queue_open(&queue, requests, COUNT_OF(requests));
	queue.start_ns = 0;
	takes(&queue, 10, 0, 5, "queue: the first of a conversation");
	takes(&queue, 10, 3, 5, "  the first of another");
	ok(!queue_take(&queue, 10, 5, &index, &due_ns), "  the others wait");
	is_int(queue_next_ns(&queue), 200, "  nothing but the timed one is known");
	queue_ended(&queue, 0, 60);
	is_int(queue_next_ns(&queue), 60, "  one has ended: what comes after it is due");
	queue_ended(&queue, 3, 61);
	takes(&queue, 70, 1, 60, "  from then on");
	ok(!queue_take(&queue, 70, 5, &index, &due_ns), "  others after their pause");
	is_int(queue_next_ns(&queue), 90, "  the earliest");
	takes(&queue, 100, 6, 90, "  which it is");
	takes(&queue, 100, 4, 91, "  then the next");
	queue_ended(&queue, 1, 190);
	takes(&queue, 500, 5, 200, "  one with a time of its own that is earlier");
	takes(&queue, 500, 2, 230, "  and the last");
	is_int(queue_next_ns(&queue), INT64_MAX, "  empty");
	queue_release(&queue);
}

static void check_cancelled(void)
{
	const struct request requests[] = {
	    {.due_ns = UNKNOWN}, {.due_ns = 10, .after = 1},      {.due_ns = UNKNOWN, .after = 2},
	    {.due_ns = UNKNOWN}, {.due_ns = UNKNOWN, .after = 4}, {.due_ns = UNKNOWN, .after = 5},
	};
	static const struct {
		size_t index;
		int64_t due_ns;
	} want[] = {{3, UNKNOWN}, {1, UNKNOWN}, {2, UNKNOWN}, {4, UNKNOWN}, {5, UNKNOWN}};
	struct queue queue;
	int64_t due_ns;
	size_t index;

	queue_open(&queue, requests, COUNT_OF(requests));
	takes(&queue, 0, 0, 5, "cancelled: one was started");
	queue_ended(&queue, 0, 20);
	for (size_t i = 0; i < COUNT_OF(want); i++)
		ok(queue_take_cancelled(&queue, 25, &index, &due_ns) && index == want[i].index &&
		       due_ns == want[i].due_ns,
		   "  each of the others comes once");
	ok(!queue_take_cancelled(&queue, 25, &index, &due_ns), "  empty");
	queue_release(&queue);
}

enum { CONVERSATIONS = 12, TURNS = 4 };

/* Conversations of four turns, the third fails; two at once. */
static void check_load(void)
{
	static const struct step answer[] = {WAIT(2), SEND(OK_HELLO), {0}}, reset[] = {ONLY(STEP_RESET), {0}};
	struct script scripts[] = {{answer}, {answer}, {reset}, {answer}};
	struct load_options options = {.in_flight = 2};
	size_t early = 0, wrong = 0, between = 0;
	struct play play;

	play_open(&play, scripts, TURNS, (size_t)CONVERSATIONS * TURNS);
	for (size_t i = 0; i < play.count; i++) {
		play.requests[i].after = i % TURNS == 0 ? 0 : i;
		play.requests[i].due_ns = i % TURNS == 3 ? MS(5) : TIME_UNKNOWN;
	}
	ok(play_run(&play, &options), "conversations");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), CONVERSATIONS * 3, "  all but the third turns are answered");
	for (size_t i = 0; i < play.count; i++) {
		const struct exchange *exchange = &play.exchanges[i];

		if (i % TURNS == 0)
			continue;
		wrong += exchange->due_ns != exchange[-1].done_ns + (i % TURNS == 3 ? MS(5) : 0);
		early += exchange->sent_ns != TIME_UNKNOWN && exchange->sent_ns < exchange->due_ns;
	}
	is_int(wrong, 0, "  a turn is due when the one before it has ended, well or not, or so long after");
	is_int(early, 0, "  none is sent before");
	for (size_t c = 2; c < CONVERSATIONS; c++)
		between += play.exchanges[c * TURNS].due_ns < play.exchanges[1].done_ns;
	is_int(between, 0, "  those that go on come before those that have not begun");
	ok(play.log.peak_in_service <= 2, "  never more in flight");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);
}

/* The deadline comes while most have not begun, and some pause. */
static void check_deadline(void)
{
	static const struct step answer[] = {SEND(OK_HELLO), {0}};
	struct script script = {answer};
	struct load_options options = {.in_flight = 1, .deadline_ns = clock_now_ns() + MS(150)};
	struct play play;

	play_open(&play, &script, 1, 6);
	for (size_t i = 0; i < play.count; i++) {
		play.requests[i].after = i % 3 == 0 ? 0 : i;
		play.requests[i].due_ns = i % 3 == 0 ? TIME_UNKNOWN : 60 * NS_PER_S;
	}
	ok(play_run(&play, &options), "a deadline");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), 2, "  the first turns were answered");
	is_int(play_count_of(&play, TRANSPORT_CANCELLED), 4, "  the others never began");
	ok(play.took_ns < GENEROUS_NS, "  and are not waited for");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);
}

int main(void)
{
	struct failure failure = {0};

	if (!load_open(&failure)) {
		printf("Bail out! %s\n", failure.message);
		return 1;
	}
	check_queue();
	check_cancelled();
	check_load();
	check_deadline();
	load_close();
	return tap_done();
}
