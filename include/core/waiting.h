/*
 * How many requests wait for the server, as llmbench sees it: those that were
 * sent and whose header has not come. Where a server sends the header when it
 * begins to work on a request these are its queue; where it sends the header
 * with the first token, its queue and what it prefills.
 */
#ifndef CORE_WAITING_H
#define CORE_WAITING_H

#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

/* From at_ns, until the next step, this many wait. */
struct waiting_step {
	int64_t at_ns;
	size_t level;
};

struct waiting {
	struct waiting_step *steps; /* owned; at_ns ascends, one for each instant; before the first none waits */
	size_t count;
	size_t most;
};

/* Of any records, in any order. One without a header waited until it was done; one that was not sent did not wait. */
struct waiting waiting_of(const struct record *records, size_t count);
void waiting_release(struct waiting *waiting);

/* The fewest and the most that waited at an instant from from_ns to to_ns, both included. */
void waiting_between(const struct waiting *waiting, int64_t from_ns, int64_t to_ns, size_t *least, size_t *most);

/* The mean over that time; NAN when it has no length. */
double waiting_mean(const struct waiting *waiting, int64_t from_ns, int64_t to_ns);

#endif
