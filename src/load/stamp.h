/*
 * When bytes arrived. Linux writes the time into each segment as it comes in
 * (SO_TIMESTAMPNS), so the engine's own load cannot make a stamp late; where
 * the kernel gives none, bytes arrived when the engine woke for them.
 */
#ifndef LOAD_STAMP_H
#define LOAD_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one read takes at most: 16 KiB is where the cost per token stops falling (limits.md §6). */
enum { STAMP_READ_BYTES = 16384 };

struct stamper {
	bool kernel;       /* the kernel was seen to stamp */
	int probe;         /* a socket that keeps the kernel's stamping switched on; -1 none */
	int64_t offset_ns; /* wall clock − monotonic clock */
};

/* Finds out, with one byte over loopback, whether the kernel stamps; unless its stamps are not wanted. */
void stamper_open(struct stamper *stamper, bool wanted);
void stamper_close(struct stamper *stamper);

/* Asks for stamps on a new socket. */
void stamper_add_socket(const struct stamper *stamper, int fd);

/* Called on each waking: the kernel stamps by the wall clock, which somebody may set meanwhile. */
void stamper_watch_clock(struct stamper *stamper, int64_t woke_ns);

/*
 * The arrival of the unread bytes of a socket, on the monotonic clock: of the
 * newest that one read takes, so that nothing is dated before it came. woke_ns
 * where there is no stamp (end of file) or one before `earliest_ns`, now where
 * it is in the future: impossible ones. Sets how many bytes the stamp was read of,
 * SIZE_MAX when it was read of none: what comes after them came later.
 */
int64_t stamper_arrival(const struct stamper *stamper, int fd, int64_t earliest_ns, int64_t woke_ns, size_t *bytes);

/* "kernel stamps" or "waking stamps": for provenance. */
const char *stamper_name(const struct stamper *stamper);

#endif
