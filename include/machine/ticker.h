/*
 * A thread that calls somebody at a fixed period: for what takes long or may
 * hang, such as asking a server, which the sampler's thread must not wait for.
 */
#ifndef MACHINE_TICKER_H
#define MACHINE_TICKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticker;

/*
 * Calls `tick` from a thread of its own, first after one interval. Deadlines are
 * absolute; ticks that were missed are skipped and counted, never made up.
 * `tick` returns false to be called no more. NULL: the system gives no thread.
 */
struct ticker *ticker_start(int64_t interval_ns, bool (*tick)(void *context), void *context);

struct ticker_result {
	size_t ticks, missed;
	int64_t cpu_ns; /* of the thread */
};

/* Waits for a call that is going on, then nobody is called. Frees the ticker. NULL gives zeros. */
struct ticker_result ticker_stop(struct ticker *ticker);

#endif
