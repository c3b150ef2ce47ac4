/*
 * What the caller of a load is told while it goes on, and when.
 */
#ifndef LOAD_PROGRESS_H
#define LOAD_PROGRESS_H

#include "load/load.h"

/* When the load began, by three clocks. */
struct progress_times {
	int64_t start_ns, start_cpu_ns, start_slept_ns;
	int64_t next_ns; /* the next report; nobody wants one: it means nothing */
};

/* By the engine's thread, as the load begins. */
struct progress_times progress_begin(const struct load_options *options, int64_t start_ns);

/* The engine woke; reports when it is time to, or the load is over. */
void progress_tell(struct progress_times *times, const struct load_options *options, int64_t woke_ns,
                   struct load_progress *progress);

/*
 * So much time has passed between two wakings, or from the last one to the end, of which the engine had asked to
 * wait asked_ns (below 0: without end). The rest is what it did, or could not.
 */
void progress_notice(struct load_progress *progress, int64_t passed_ns, int64_t asked_ns);

#endif
