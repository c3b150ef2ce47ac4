/*
 * The parts of the load engine that stand alone: the queue, names, receive
 * stamps, the limit of open files.
 */
#include "load/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "load/queue.h"
#include "load/resolve.h"
#include "load/stamp.h"
#include "tap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void check_queue(void)
{
	struct request requests[] = {
	    {.due_ns = 30}, {.due_ns = TIME_UNKNOWN}, {.due_ns = 10}, {.due_ns = 10}, {.due_ns = TIME_UNKNOWN}};
	static const struct {
		int64_t now_ns;
		bool taken;
		size_t index;
		int64_t due_ns;
	} takes[] = {{1005, true, 1, 1001}, {1010, true, 2, 1010}, {1029, true, 3, 1010},
	             {1029, true, 4, 1001}, {1029, false, 0, 0},   {1030, true, 0, 1030}};
	struct queue queue;
	size_t index = 0;
	int64_t due_ns = 0;

	queue_open(&queue, requests, COUNT_OF(requests));
	queue.start_ns = 1000;
	is_int(queue_next_ns(&queue), INT64_MIN, "queue: a request without a time can start now");
	for (size_t i = 0; i < COUNT_OF(takes); i++) {
		bool taken = queue_take(&queue, takes[i].now_ns, 1001, &index, &due_ns);

		ok(taken == takes[i].taken && (!taken || (index == takes[i].index && due_ns == takes[i].due_ns)),
		   "  the next one");
		if (!taken)
			is_int(queue_next_ns(&queue), 1030, "  the next time");
	}
	is_int(queue_next_ns(&queue), INT64_MAX, "  empty");
	queue_release(&queue);
}

static void check_queue_cancelled(void)
{
	struct request requests[] = {{.due_ns = 30}, {.due_ns = TIME_UNKNOWN}, {.due_ns = 10}};
	static const struct {
		size_t index;
		int64_t due_ns;
	} takes[] = {{2, 1010}, {1, TIME_UNKNOWN}, {0, TIME_UNKNOWN}};
	struct queue queue;
	size_t index = 0;
	int64_t due_ns = 0;

	queue_open(&queue, requests, COUNT_OF(requests));
	queue.start_ns = 1000;
	for (size_t i = 0; i < COUNT_OF(takes); i++)
		ok(queue_take_cancelled(&queue, 1020, &index, &due_ns) && index == takes[i].index &&
		       due_ns == takes[i].due_ns,
		   "cancelled: due only if it was");
	ok(!queue_take_cancelled(&queue, 1020, &index, &due_ns), "  empty");
	queue_release(&queue);
}

/* Nothing is resolved for what libcurl knows itself. */
static void check_resolve(void)
{
	struct request requests[] = {{.url = (char[]){"http://127.0.0.1:1/"}},
	                             {.url = (char[]){"http://[::1]:1/"}},
	                             {.url = (char[]){"https://LOCALHOST/a"}},
	                             {.url = (char[]){"http://a.localhost:3/b"}},
	                             {.url = (char[]){"not a url"}}};

	ok(resolve_hosts(requests, COUNT_OF(requests)) == NULL, "addresses and localhost are not resolved");
}

/* Two ends of a connection over loopback. */
static bool connect_ends(int ends[2])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0 ||
	    connect(ends[0], (struct sockaddr *)&address, size) != 0)
		return false;
	ends[1] = accept(listener, NULL, NULL);
	close(listener);
	return ends[1] >= 0;
}

static void check_stamps(void)
{
	struct stamper stamper;
	int64_t before_ns, after_ns, woke_ns, stamp_ns;
	size_t seen;
	int ends[2];
	char byte;

	stamper_open(&stamper, true);
	printf("# %s\n", stamper_name(&stamper));
	ok(connect_ends(ends), "a connection");
	stamper_add_socket(&stamper, ends[0]);

	before_ns = clock_now_ns();
	ok(send(ends[1], "xy", 2, 0) == 2, "  two bytes");
	after_ns = clock_now_ns();
	clock_sleep_until(after_ns + 20 * NS_PER_MS);
	woke_ns = clock_now_ns();
	stamp_ns = stamper_arrival(&stamper, ends[0], before_ns, woke_ns, &seen);
	is_int(seen, stamper.kernel ? 2 : SIZE_MAX, "  both were seen");
	ok(stamp_ns >= before_ns && stamp_ns <= (stamper.kernel ? after_ns : woke_ns), "  stamped when they arrived");
	is_int(stamper_arrival(&stamper, ends[0], woke_ns, woke_ns, &seen), woke_ns,
	       "  not before the request was sent");

	ok(recv(ends[0], &byte, 1, 0) == 1 && byte == 'x', "  looking took nothing away");
	stamp_ns = stamper_arrival(&stamper, ends[0], before_ns, woke_ns, &seen);
	ok(stamp_ns >= before_ns && stamp_ns <= woke_ns, "  the rest of a segment is stamped too");

	ok(recv(ends[0], &byte, 1, 0) == 1 && byte == 'y', "  the second byte");
	is_int(stamper_arrival(&stamper, ends[0], before_ns, woke_ns, &seen), woke_ns, "  nothing there: the waking");
	close(ends[1]);
	is_int(stamper_arrival(&stamper, ends[0], before_ns, woke_ns, &seen), woke_ns, "  end of file: the waking");
	close(ends[0]);
	stamper_close(&stamper);
}

/* As if somebody had set the wall clock: until it is noticed a stamp is impossible, afterwards right again. */
static void check_clock_steps(void)
{
	static const int64_t steps_ns[] = {-3600 * NS_PER_S, 3600 * NS_PER_S, -NS_PER_MS, NS_PER_MS};
	struct stamper stamper;
	int64_t offset_ns;
	int ends[2];

	stamper_open(&stamper, true);
	offset_ns = stamper.offset_ns;
	ok(connect_ends(ends), "clock steps");
	stamper_add_socket(&stamper, ends[0]);
	for (size_t i = 0; i < COUNT_OF(steps_ns); i++) {
		int64_t before_ns = clock_now_ns(), woke_ns, stamp_ns;
		size_t seen;

		stamper.offset_ns = offset_ns + steps_ns[i];
		ok(send(ends[1], "x", 1, 0) == 1, "  a byte");
		woke_ns = clock_now_ns();
		stamp_ns = stamper_arrival(&stamper, ends[0], before_ns, woke_ns, &seen);
		ok(stamp_ns >= before_ns && stamp_ns <= clock_now_ns(), "  possible although the clock was set");
		stamper_watch_clock(&stamper, clock_now_ns());
		ok(!stamper.kernel || llabs(stamper.offset_ns - offset_ns) < NS_PER_MS / 2, "  noticed");
	}
	close(ends[0]);
	close(ends[1]);
	stamper_close(&stamper);
}

/* An offset that is a few µs too large would stamp bytes before they were sent: readings of both clocks correct it. */
static void check_offset(void)
{
	struct stamper stamper;
	int64_t best_ns = INT64_MIN; /* a pause between two readings makes the difference less */

	stamper_open(&stamper, true);
	stamper.offset_ns += 5 * NS_PER_US;
	for (int i = 0; i < 100; i++) {
		int64_t before_ns = clock_now_ns(), apart_ns;

		stamper_watch_clock(&stamper, before_ns);
		apart_ns = clock_wall_ns() - clock_now_ns() - stamper.offset_ns;
		best_ns = apart_ns > best_ns ? apart_ns : best_ns;
	}
	ok(!stamper.kernel || best_ns > -NS_PER_US, "an offset that is too large is corrected");
	stamper_close(&stamper);
}

static void check_reserve_files(void)
{
	struct rlimit old, small, now;
	struct failure failure = {0};

	getrlimit(RLIMIT_NOFILE, &old);
	small = (struct rlimit){.rlim_cur = 100, .rlim_max = old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &small);
	ok(load_reserve_files(36, &failure), "100 files are enough for 36 requests");
	getrlimit(RLIMIT_NOFILE, &now);
	is_int(now.rlim_cur, 100, "  the limit stays");
	ok(load_reserve_files(37, &failure), "one more raises the limit");
	getrlimit(RLIMIT_NOFILE, &now);
	is_int(now.rlim_cur, 101, "  by what is missing");
	ok(!load_reserve_files((size_t)1 << 40, &failure), "a million millions do not fit");
	is_int(failure.status, STATUS_USER_MISTAKE, "  status 2");
	ok(failure.message != NULL && strstr(failure.message, "ulimit -n 1099511627840") != NULL,
	   "  the message says what to do");
	printf("# %s\n", failure.message);
	failure_release(&failure);
	is_int(load_reserve_files_up_to(38), 38, "up to 38: all of them");
	getrlimit(RLIMIT_NOFILE, &now);
	is_int(now.rlim_cur, 102, "  the limit is raised");
	if (old.rlim_max != RLIM_INFINITY)
		is_int(load_reserve_files_up_to((size_t)1 << 40), old.rlim_max - 64,
		       "up to a million millions: what the system allows");
	setrlimit(RLIMIT_NOFILE, &old);
}

static void check_describe(void)
{
	char *description = load_describe();

	ok(text_starts_with(description, "libcurl/") && strstr(description, " stamps") != NULL, "described");
	printf("# %s\n", description);
	free(description);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	check_queue();
	check_queue_cancelled();
	check_resolve();
	check_stamps();
	check_clock_steps();
	check_offset();
	check_reserve_files();
	check_describe();
	load_close();
	return tap_done();
}
