/*
 * Waits for sockets: epoll on Linux, kqueue on macOS; the build picks the file.
 * Level-triggered: a socket that still has bytes is reported again.
 */
#ifndef LOAD_POLLER_H
#define LOAD_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/* What is asked of a socket, and what is reported; a set of bits. */
enum poller_interest {
	POLLER_NOTHING = 0,
	POLLER_READ = 1,
	POLLER_WRITE = 2,
	POLLER_FAILED = 4, /* only reported: error or hang-up */
};

struct poller_event {
	int fd;
	unsigned interest;
};

struct poller;

/* NULL on failure. */
struct poller *poller_open(struct failure *failure);
void poller_close(struct poller *poller); /* NULL is allowed */

/* Changes what is watched of a socket; `from` is what was asked before. False: the kernel refuses one more. */
bool poller_change(struct poller *poller, int fd, unsigned from, unsigned to);

/*
 * Waits until something is ready, a signal comes, or `timeout_ns` is over
 * (negative: no limit; never returns before it, unless a signal came). Returns
 * how many events were written.
 */
size_t poller_wait(struct poller *poller, int64_t timeout_ns, struct poller_event *events, size_t capacity);

/* "epoll", "kqueue": for provenance. */
const char *poller_name(void);

#endif
