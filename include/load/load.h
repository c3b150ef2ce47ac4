/*
 * Sends requests on schedule and stamps what comes back. One thread, libcurl's
 * multi interface driven by socket events (epoll, kqueue); the only hot path
 * of the program: it stamps, appends and returns.
 */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "core/exchange.h"

struct load_progress {
	size_t count, started, done, failed; /* requests; failed: no complete reply with status 200 */
	size_t chunks;                       /* of all replies so far */
	size_t bytes;
	int64_t elapsed_ns, cpu_ns; /* since the load began: wall time, CPU time of the engine's thread */
};

struct load_options {
	size_t in_flight;                  /* at most so many at once; 0: no limit */
	int64_t timeout_ns;                /* per request, from sent to the last byte, and to connect; 0: none */
	int64_t idle_timeout_ns;           /* between bytes once the first came; 0: none */
	int64_t deadline_ns;               /* monotonic; what is unfinished then is cancelled; 0: none */
	size_t reply_limit_bytes;          /* per reply; 0: 64 MiB */
	bool keep_heads;                   /* exchanges keep the lines of the reply's header */
	const volatile sig_atomic_t *stop; /* cancels everything when it becomes non-zero; NULL: never */

	/* Called from the engine's thread at most every interval (> 0), and at the end; NULL: none. To return quickly.
	 */
	void (*on_progress)(void *context, const struct load_progress *progress);
	void *context;
	int64_t progress_interval_ns;
};

/*
 * Runs all requests and fills exchanges[count], one each, in the order of
 * requests. Returns when every one has ended. A request's failure is data in
 * its exchange; false is returned only when the engine itself cannot work
 * (descriptors, memory of the kernel), and then nothing was sent.
 *
 * Due: requests with due_ns are started at that time after the start of the
 * load; others are due when a place in flight becomes free (all at once when
 * there are places for all). A refused connection is tried again after 1, 2, 4
 * … ms, at most 10 times, and counted in `retries`: a burst larger than the
 * server's accept backlog is not the model's error.
 *
 * A burst, and the first requests of a closed loop, have new connections; later
 * ones use them again. Stamps are the kernel's where it has them (Linux), else
 * of the engine's waking (macOS); load_describe() says which. A server's name is
 * looked up once, before the load starts.
 *
 * The bodies and URLs are borrowed until it returns. Only http:// and
 * https:// URLs; redirects are not followed; no proxy; environment ignored.
 */
bool load_run(const struct request *requests, size_t count, const struct load_options *options,
              struct exchange *exchanges, struct failure *failure);

/* One request, for questions to the server; the same rules, and its exchange keeps the header. */
void load_one(const struct request *request, int64_t timeout_ns, const volatile sig_atomic_t *stop,
              struct exchange *exchange);

/*
 * Raises the limit of open files so that `in_flight` connections fit. When the
 * system does not allow it, says what to do and returns false: status 2.
 */
bool load_reserve_files(size_t in_flight, struct failure *failure);

/* Called once before the first load, and after the last. */
bool load_open(struct failure *failure);
void load_close(void);

/* "libcurl/7.88.1, epoll, kernel stamps": for provenance. The caller frees it. */
char *load_describe(void);

#endif
