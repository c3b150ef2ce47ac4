#include "machine/ticker.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/worker.h"

struct ticker {
	struct worker worker;
	int64_t interval_ns, start_ns;
	bool (*tick)(void *context);
	void *context;
	struct ticker_result result; /* the thread's until it has ended */
};

static void *run(void *argument)
{
	struct ticker *ticker = argument;
	int64_t due_ns = ticker->start_ns + ticker->interval_ns;
	bool wanted = true;

	while (wanted && worker_wait_until(&ticker->worker, due_ns)) {
		wanted = ticker->tick(ticker->context);
		ticker->result.ticks++;
		if (wanted)
			ticker->result.missed += worker_advance(&due_ns, ticker->interval_ns);
	}
	ticker->result.cpu_ns = clock_thread_cpu_ns();
	return NULL;
}

struct ticker *ticker_start(int64_t interval_ns, bool (*tick)(void *context), void *context)
{
	struct ticker *ticker = memory_new(1, sizeof(*ticker));

	assert(interval_ns > 0);
	ticker->interval_ns = interval_ns;
	ticker->start_ns = clock_now_ns();
	ticker->tick = tick;
	ticker->context = context;
	if (worker_start(&ticker->worker, run, ticker))
		return ticker;
	free(ticker);
	return NULL;
}

struct ticker_result ticker_stop(struct ticker *ticker)
{
	struct ticker_result result = {0};

	if (ticker == NULL)
		return result;
	worker_stop(&ticker->worker);
	result = ticker->result;
	free(ticker);
	return result;
}
