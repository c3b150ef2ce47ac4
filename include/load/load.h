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
#include "core/access.h"
#include "core/exchange.h"

/*
 * What a server can make llmbench keep of it: beyond these bounds a transfer
 * ends, with TRANSPORT_TOO_LARGE. Headers count with all their lines, of which
 * libcurl takes at most 100 KiB each. Of stamps there may be as many as fit into
 * the reply's own limit (16 bytes each): a server that sends byte by byte.
 */
#define LOAD_REPLY_LIMIT  ((size_t)64 << 20) /* of a request that is measured */
#define LOAD_ANSWER_LIMIT ((size_t)16 << 20) /* of load_one() */
#define LOAD_HEADER_LIMIT ((size_t)64 << 10)
#define LOAD_TOTAL_LIMIT  ((size_t)8 << 30)

struct load_progress {
	size_t count, started, in_flight, done, failed; /* requests; failed: no complete reply with status 200 */
	size_t chunks;                                  /* of all replies so far */
	size_t bytes;
	int64_t elapsed_ns, cpu_ns; /* since the load began: wall time, CPU time of the engine's thread */

	/*
	 * What no figure of the load outlives. stood_still_ns: the thread did not run, because the program was stopped
	 * or had no processor, for LOAD_STANDSTILL_NS or more at a time; only looked for with options->stop.
	 * slept_ns: of the machine, in which elapsed_ns did not grow.
	 */
	int64_t stood_still_ns, slept_ns;
};

#define LOAD_STANDSTILL_NS INT64_C(1000000000)

/*
 * What keeps replies while they arrive. Kept from load to load, its memory is
 * warm: no page is touched for the first time while bytes arrive.
 */
struct load_memory;

/*
 * More than `limit_bytes` of replies are kept in a file without a name in
 * `folder`, which is copied, and where that is full in memory all the same. 0:
 * no limit. The caller frees it.
 */
struct load_memory *load_memory_new(size_t limit_bytes, const char *folder);
void load_memory_free(struct load_memory *memory);

struct load_options {
	size_t in_flight;                  /* at most so many at once; 0: as many as files may be open */
	int64_t timeout_ns;                /* per request, from sent to the last byte, and to connect; 0: none */
	int64_t idle_timeout_ns;           /* between bytes once the first came; 0: none */
	int64_t deadline_ns;               /* monotonic; what is unfinished then is cancelled; 0: none */
	const struct access *access;       /* of the server that all requests go to; NULL: nothing to tell it */
	size_t reply_limit_bytes;          /* per reply, the framing of its transfer included; 0: LOAD_REPLY_LIMIT */
	size_t load_limit_bytes;           /* of all replies together; 0: LOAD_TOTAL_LIMIT */
	struct load_memory *memory;        /* NULL: bodies are in the exchanges when load_run() returns */
	size_t expected_bytes;             /* of all replies: so much of `memory` is made warm first; 0: unknown */
	bool keep_heads;                   /* exchanges keep the lines of the reply's header */
	const volatile sig_atomic_t *stop; /* see base/stop.h: cancels everything from STOP_SOON on; NULL: never */
	bool drain;                        /* STOP_SOON cancels only what has not begun */

	/* Called from the engine's thread at most every interval (> 0), and at the end; NULL: none. To return quickly.
	 */
	void (*on_progress)(void *context, const struct load_progress *progress);

	/* The same for each exchange that is filled while the load goes on, and not touched by it again; NULL: none. */
	void (*on_ended)(void *context, size_t request);
	void *context;
	int64_t progress_interval_ns;
};

/*
 * Runs all requests and fills exchanges[count], one each, in the order of
 * requests. Returns when every one has ended. A request's failure is data in
 * its exchange; false is returned only when the engine itself could not work
 * (descriptors, memory of the kernel): then what exchanges say is not the
 * server's doing.
 *
 * Due: requests with due_ns are started at that time after the start of the
 * load; others are due when a place in flight becomes free (all at once when
 * there are places for all); one that comes `after` another is due at that
 * one's end or so long after it, and then goes before those without a time. A refused connection is tried again after
 * 1, 2, 4 … ms, at most 10 times, and counted in `retries`: a burst larger than the server's accept backlog is not the
 * model's error.
 *
 * A burst, and the first requests of a closed loop, have new connections; later
 * ones use them again. Stamps are the kernel's where it has them (Linux), else
 * of the engine's waking (macOS); load_describe() says which. A server's name is
 * looked up once, before the load starts.
 *
 * With options->memory the bodies stay there, until its next load or its end,
 * and load_gather() brings each into its exchange.
 *
 * The bodies, URLs and the access are borrowed until it returns. Only http:// and
 * https:// URLs. Redirects are not followed: what answers there is another
 * server, and the way to it would be in each figure; `location` tells where one
 * leads. No proxy, cookies, .netrc or other of the environment. Certificates are
 * always verified. A compressed reply, which nobody asked for, is refused before
 * its body. The access's key goes to its own origin only, and is hidden in what
 * comes back.
 */
bool load_run(const struct request *requests, size_t count, const struct load_options *options,
              struct exchange *exchanges, struct failure *failure);

/*
 * Makes the body of an exchange out of what its load kept: as it was before
 * any coding of the transfer. Nothing is to be done for one that has it.
 */
void load_gather(struct exchange *exchange);

/*
 * The same for an exchange that has ended while its load, with this memory, may
 * go on, from another thread: what held its reply is used for the next ones.
 */
void load_gather_early(struct load_memory *memory, struct exchange *exchange);

/* One request, for questions to the server; the same rules, and its exchange keeps the header. access: NULL is none.
 * False: the exchange's detail says why the engine could not work. */
bool load_one(const struct request *request, const struct access *access, int64_t timeout_ns,
              const volatile sig_atomic_t *stop, struct exchange *exchange);

/*
 * Raises the limit of open files so that `in_flight` connections fit. When the
 * system does not allow it, says what to do and returns false: status 2.
 */
bool load_reserve_files(size_t in_flight, struct failure *failure);

/* Raises it as far as the system allows, and returns how many of so many connections fit: at least 1. */
size_t load_reserve_files_up_to(size_t in_flight);

/* Called once before the first load, and after the last. */
bool load_open(struct failure *failure);
void load_close(void);

/* "libcurl/7.88.1, epoll, kernel stamps": for provenance. The caller frees it. */
char *load_describe(void);

#endif
