/* A thread that calls at a fixed period. Times are checked from below only. */
#include "machine/ticker.h"

#include <pthread.h>

#include "base/clock.h"
#include "tap.h"

struct seen {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t calls, wanted; /* false is returned at this many */
	int64_t first_ns;
	int64_t sleep_ns;
	pthread_t caller;
};

static bool tick(void *context)
{
	struct seen *seen = context;
	bool more;

	if (seen->sleep_ns > 0)
		clock_sleep_until(clock_now_ns() + seen->sleep_ns);
	pthread_mutex_lock(&seen->lock);
	if (seen->calls++ == 0)
		seen->first_ns = clock_now_ns();
	seen->caller = pthread_self();
	more = seen->calls != seen->wanted;
	pthread_cond_signal(&seen->changed);
	pthread_mutex_unlock(&seen->lock);
	return more;
}

static void wait_for(struct seen *seen, size_t calls)
{
	pthread_mutex_lock(&seen->lock);
	while (seen->calls < calls)
		pthread_cond_wait(&seen->changed, &seen->lock);
	pthread_mutex_unlock(&seen->lock);
}

#define SEEN                                                                           \
	{                                                                              \
		.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
	}

int main(void)
{
	struct seen regular = SEEN, never = SEEN, twice = SEEN, slow = SEEN;
	int64_t begin_ns = clock_now_ns();
	struct ticker *ticker = ticker_start(20 * NS_PER_MS, tick, &regular);
	struct ticker_result result;

	wait_for(&regular, 3);
	ok(clock_now_ns() - begin_ns >= 60 * NS_PER_MS, "three calls take three intervals");
	ok(regular.first_ns - begin_ns >= 20 * NS_PER_MS, "the first call comes after an interval");
	ok(!pthread_equal(regular.caller, pthread_self()), "calls come from a thread of their own");
	result = ticker_stop(ticker);
	is_int(result.ticks, regular.calls, "all calls are counted");
	ok(result.cpu_ns > 0, "the thread's CPU time is told");

	ticker = ticker_start(3600 * NS_PER_S, tick, &never);
	result = ticker_stop(ticker);
	is_int(never.calls, 0, "a long interval is not waited for at the end");

	twice.wanted = 2;
	ticker = ticker_start(NS_PER_MS, tick, &twice);
	wait_for(&twice, 2);
	clock_sleep_until(clock_now_ns() + 20 * NS_PER_MS);
	result = ticker_stop(ticker);
	is_int(result.ticks, 2, "who returns false is called no more");

	slow.sleep_ns = 25 * NS_PER_MS;
	ticker = ticker_start(10 * NS_PER_MS, tick, &slow);
	wait_for(&slow, 2);
	result = ticker_stop(ticker);
	ok(result.missed >= 2, "calls that take longer than the interval cost ticks, which are counted");

	result = ticker_stop(NULL);
	is_int(result.ticks, 0, "no ticker, no ticks");
	return tap_done();
}
