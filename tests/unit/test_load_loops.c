/*
 * Many requests: bursts, closed and open loops, and how a whole load is ended.
 */
#include "load/load.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/load_play.h"
#include "base/stop.h"
#include "tap.h"

enum { BURST = 512 };

static void check_burst(size_t count)
{
	static const struct step steps[] = {WAIT(30), SEND(TWO_LINES), {0}};
	struct load_options options = {0};
	struct script script = {steps};
	bool same_due = true;
	struct play play;

	play_open(&play, &script, 1, count);
	ok(play_run(&play, &options), "burst");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), count, "  all complete");
	ok(play_all_have_body(&play, TWO_LINES_BODY) && play_is_consistent(&play), "  exact");
	is_int(play.log.requests, count, "  the server read each once");
	is_int(play.log.connections, count, "  a new connection for each");
	for (size_t i = 0; i < count; i++)
		same_due = same_due && play.exchanges[i].due_ns == play.exchanges[0].due_ns;
	ok(same_due, "  all are due at the start");
	play_close(&play);
}

/* A burst that comes before the server listens. */
static void check_refused_burst(void)
{
	static const struct step steps[] = {SEND(OK_HELLO), {0}};
	struct script script = {steps};
	struct script_server_options server = {.scripts = &script, .script_count = 1, .listen_after_ns = MS(60)};
	struct load_options options = {0};
	size_t retried = 0;
	struct play play;

	play_open_with(&play, &server, 64);
	ok(play_run(&play, &options), "refused burst");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), 64, "  all complete");
	for (size_t i = 0; i < play.count; i++)
		retried += play.exchanges[i].retries > 0;
	ok(retried > 0, "  after retries");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);
}

static void check_closed_loop(void)
{
	static const struct step steps[] = {WAIT(2), SEND(TWO_LINES), {0}};
	const size_t count = 100, in_flight = 8;
	struct load_options options = {.in_flight = in_flight};
	struct script script = {steps};
	size_t first = 0, freed = 0;
	struct play play;

	play_open(&play, &script, 1, count);
	ok(play_run(&play, &options), "closed loop");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), count, "  all complete");
	ok(play_is_consistent(&play), "  stamps and sizes");
	is_int(play.log.peak_in_service, in_flight, "  never more in flight");
	is_int(play.log.connections, in_flight, "  connections are used again");
	for (size_t i = 0; i < count; i++) {
		first += play.exchanges[i].due_ns == play.exchanges[0].due_ns;
		for (size_t j = 0; j < count; j++)
			freed += i != j && play.exchanges[i].due_ns == play.exchanges[j].done_ns;
	}
	is_int(first, in_flight, "  the first are due at the start");
	ok(freed >= count - in_flight, "  each other when one was done");
	play_close(&play);
}

static void check_open_loop(void)
{
	static const struct step steps[] = {WAIT(20), SEND(OK_HELLO), {0}};
	const size_t count = 60;
	struct load_options options = {0};
	struct script script = {steps};
	int64_t start_ns, worst_ns = 0;
	size_t wrong = 0, early = 0;
	struct play play;

	play_open(&play, &script, 1, count);
	/* Given backwards, so that order and time differ. */
	for (size_t i = 0; i < count; i++)
		play.requests[i].due_ns = (int64_t)(count - 1 - i) * 2500 * NS_PER_US;
	ok(play_run(&play, &options), "open loop");
	start_ns = play.exchanges[count - 1].due_ns;
	for (size_t i = 0; i < count; i++) {
		int64_t lag_ns = play.exchanges[i].sent_ns - play.exchanges[i].due_ns;

		wrong += play.exchanges[i].due_ns != start_ns + play.requests[i].due_ns;
		early += lag_ns < 0;
		worst_ns = lag_ns > worst_ns ? lag_ns : worst_ns;
	}
	printf("# worst send lag %lld us\n", (long long)(worst_ns / NS_PER_US));
	is_int(wrong, 0, "  due is the schedule, whatever happened");
	is_int(early, 0, "  nothing is sent before its time");
	ok(worst_ns < 2 * NS_PER_S, "  nor long after it");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), count, "  all complete");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);
}

/* With one place, a request waits for it: due stays, sent comes later. */
static void check_open_loop_with_one_place(void)
{
	static const struct step steps[] = {WAIT(50), SEND(OK_HELLO), {0}};
	struct load_options options = {.in_flight = 1};
	struct script script = {steps};
	struct play play;

	play_open(&play, &script, 1, 3);
	for (size_t i = 0; i < 3; i++)
		play.requests[i].due_ns = MS((int64_t)i);
	play_run(&play, &options);
	is_int(play.exchanges[2].due_ns - play.exchanges[0].due_ns, MS(2), "open loop, one place: due is the schedule");
	ok(play.exchanges[2].sent_ns - play.exchanges[2].due_ns >= MS(95), "  sent when the place was free");
	is_int(play.log.peak_in_service, 1, "  one at a time");
	play_close(&play);
}

static void check_deadline(void)
{
	static const struct step stall[] = {SEND(CHUNKED "5\r\nhello\r\n"), ONLY(STEP_STALL), {0}};
	static const struct step answer[] = {SEND(OK_HELLO), {0}};
	struct script scripts[] = {{answer}, {stall}};
	struct load_options options = {.in_flight = 2};
	const struct exchange *exchanges;
	struct play play;

	/* 0 and 2 are answered; 1 and 3 take the two places for ever; 4 and 5 never start. */
	play_open(&play, scripts, 2, 6);
	exchanges = play.exchanges;
	play.requests[5].due_ns = MS(100000);
	options.deadline_ns = clock_now_ns() + MS(200);
	play_run(&play, &options);
	ok(play.took_ns >= MS(190) && play.took_ns < GENEROUS_NS, "deadline");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), 2, "  what was answered before stays");
	is_int(play_count_of(&play, TRANSPORT_CANCELLED), 4, "  all else is cancelled");
	is_text(exchanges[1].body, "hello", "  what came is kept");
	ok(exchanges[4].due_ns == TIME_UNKNOWN && exchanges[5].due_ns == TIME_UNKNOWN, "  never due");
	ok(exchanges[4].sent_ns == TIME_UNKNOWN && exchanges[1].sent_ns != TIME_UNKNOWN, "  never sent");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);
}

static volatile sig_atomic_t stop;

static void on_alarm(int number)
{
	(void)number;
	stop = STOP_SOON;
}

/* Silent and waiting requests all end when the flag is set, whether the signal interrupts the engine's wait or not. */
static void check_stop(bool interrupts)
{
	static const struct step stall[] = {ONLY(STEP_STALL), {0}};
	/* After the last of libcurl's own timers (200 ms), so that nothing else wakes the engine. */
	struct itimerval after = {.it_value.tv_usec = 400000};
	struct load_options options = {.in_flight = 3, .stop = &stop};
	struct script script = {stall};
	struct play play;
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	play_open(&play, &script, 1, 5);
	/* Blocked here, it comes to the server's thread. */
	pthread_sigmask(interrupts ? SIG_UNBLOCK : SIG_BLOCK, &alarm, NULL);
	stop = STOP_NOT;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &after, NULL);
	play_run(&play, &options);
	ok(play.took_ns >= MS(390) && play.took_ns < GENEROUS_NS, "stop flag");
	is_int(play_count_of(&play, TRANSPORT_CANCELLED), 5, "  all are cancelled");
	is_int(play.log.requests, 3, "  those that waited were never sent");
	ok(play_is_consistent(&play), "  stamps and sizes");
	pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
	play_close(&play);
}

/* What is in flight when the flag is raised has its answer; what waits for a place, a time or another is not sent. */
static void check_drain(void)
{
	static const struct step late[] = {WAIT(600), SEND(OK_HELLO), {0}};
	struct itimerval after = {.it_value.tv_usec = 200000};
	struct load_options options = {.in_flight = 2, .stop = &stop, .drain = true};
	struct script script = {late};
	struct play play;

	play_open(&play, &script, 1, 6);
	play.requests[3].after = 1; /* of one that is in flight */
	play.requests[4].due_ns = MS(100000);
	stop = STOP_NOT;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &after, NULL);
	play_run(&play, &options);
	ok(play.took_ns >= MS(590) && play.took_ns < GENEROUS_NS, "stop flag, draining");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), 2, "  those in flight are let finish");
	is_int(play_count_of(&play, TRANSPORT_CANCELLED), 4, "  the others are cancelled");
	is_int(play.log.requests, 2, "  and never sent");
	ok(play_is_consistent(&play), "  stamps and sizes");
	play_close(&play);

	play_open(&play, &script, 1, 2);
	stop = STOP_NOW;
	play_run(&play, &options);
	is_int(play_count_of(&play, TRANSPORT_CANCELLED), 2, "nothing is let finish when it is to end now");
	play_close(&play);
}

static void keep_progress(void *context, const struct load_progress *progress)
{
	*(struct load_progress *)context = *progress;
}

static const int64_t still_ns = 2 * NS_PER_S;

/* In a child: the process as a whole is stopped after so long, and goes on later. */
static pid_t stop_after(int64_t delay_ns)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child != 0)
		return child;
	clock_sleep_until(clock_now_ns() + delay_ns);
	kill(getppid(), SIGSTOP);
	clock_sleep_until(clock_now_ns() + still_ns);
	kill(getppid(), SIGCONT);
	_exit(0);
}

static void check_standstill(void)
{
	static const struct step late[] = {WAIT(300), SEND(OK_HELLO), {0}};
	struct load_progress last = {0};
	struct load_options options = {
	    .stop = &stop, .on_progress = keep_progress, .context = &last, .progress_interval_ns = MS(100)};
	struct script script = {late};
	struct play play;
	pid_t waker;

	play_open(&play, &script, 1, 1);
	stop = STOP_NOT;
	waker = stop_after(MS(100));
	play_run(&play, &options);
	waitpid(waker, NULL, 0);
	ok(last.slept_ns < MS(100), "the machine did not sleep");
	ok(last.stood_still_ns >= still_ns - MS(300) && last.stood_still_ns < GENEROUS_NS,
	   "a standstill is seen, and how long it was");
	play_close(&play);
}

/* The engine's thread is here, where it is stopped, until it goes on. */
static void stand_still(void *context, size_t request)
{
	(void)context;
	(void)request;
	waitpid(stop_after(0), NULL, 0);
}

static void check_standstill_at_end(void)
{
	static const struct step at_once[] = {SEND(OK_HELLO), {0}};
	struct load_progress last = {0};
	struct load_options options = {
	    .stop = &stop,
	    .on_progress = keep_progress,
	    .on_ended = stand_still,
	    .context = &last,
	    .progress_interval_ns = MS(100),
	};
	struct script script = {at_once};
	struct play play;

	play_open(&play, &script, 1, 1);
	stop = STOP_NOT;
	play_run(&play, &options);
	ok(last.stood_still_ns >= still_ns - MS(300) && last.stood_still_ns < GENEROUS_NS,
	   "a standstill after the last waking is seen too");
	play_close(&play);
}

struct told {
	int calls;
	bool grows;
	struct load_progress last;
};

static void on_progress(void *context, const struct load_progress *progress)
{
	struct told *told = context;

	told->calls++;
	told->grows = told->grows && progress->started >= told->last.started && progress->done >= told->last.done &&
	              progress->failed >= told->last.failed && progress->chunks >= told->last.chunks &&
	              progress->bytes >= told->last.bytes && progress->started >= progress->done;
	told->last = *progress;
}

static void check_progress(void)
{
	static const struct step answer[] = {WAIT(100), SEND(OK_HELLO), {0}};
	static const struct step error[] = {SEND("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), {0}};
	struct script scripts[] = {{answer}, {error}};
	struct told told = {.grows = true};
	struct load_options options = {.on_progress = on_progress, .context = &told, .progress_interval_ns = MS(20)};
	struct play play;

	play_open(&play, scripts, 2, 4);
	play_run(&play, &options);
	ok(told.calls >= 2 && told.grows, "progress is told meanwhile");
	ok(told.last.count == 4 && told.last.started == 4 && told.last.done == 4, "  and at the end");
	is_int(told.last.failed, 2, "  status 500 counts as failed");
	is_int(told.last.bytes, 10, "  bytes");
	is_int(told.last.chunks, 2, "  chunks");
	play_close(&play);
}

static void check_nothing_to_do(void)
{
	struct load_options options = {.in_flight = 4};
	struct failure failure = {0};

	ok(load_run(NULL, 0, &options, NULL, &failure), "no requests");
}

/* A server that closes after each reply without saying so, when the next request has come: all are sent anew. */
static void check_dead_connections(void)
{
	static const struct step steps[] = {SEND(TWO_LINES), WAIT(3), ONLY(STEP_CLOSE), {0}};
	struct load_options options = {.in_flight = 1};
	struct script script = {steps};
	struct play play;

	play_open(&play, &script, 1, 20);
	ok(play_run(&play, &options), "kept connections that are dead");
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), 20,
	       "  all complete, more often than libcurl tries with one handle");
	ok(play_is_consistent(&play), "  stamps and sizes");
	is_int(play.log.connections, 20, "  each on a connection of its own in the end");
	play_close(&play);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	/* Both ends of every connection are in this process. */
	if (!ok(load_reserve_files(2 * BURST + 64, &failure), "room for the files of both ends")) {
		printf("# %s\n", failure.message);
		return tap_done();
	}
	check_burst(1);
	check_burst(BURST);
	check_refused_burst();
	check_closed_loop();
	check_dead_connections();
	check_open_loop();
	check_open_loop_with_one_place();
	check_deadline();
	check_stop(true);
	check_stop(false);
	check_drain();
	check_standstill();
	check_standstill_at_end();
	check_progress();
	check_nothing_to_do();
	load_close();
	return tap_done();
}
