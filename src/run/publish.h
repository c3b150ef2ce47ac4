/*
 * What a run is published as: its reports, which the caller of the sweep makes,
 * summary.json and run.json. False: disk; session->failure says so.
 */
#ifndef RUN_PUBLISH_H
#define RUN_PUBLISH_H

#include "run/session.h"

/* The run directory has its newest state, cells that are between two visits included. */
bool publish_newest(struct session *session);

/* When that was last done while cells were visited in turn, and how long it took. `= {0}`: not yet. */
struct publishing {
	int64_t at_ns, took_ns;
};

/* A round of visits is over: the same, unless it would take more than a small share of the time. */
bool publish_round(struct session *session, struct publishing *last);

/* The finished run: both reports once more, with charts beside them. */
bool publish_finished(struct session *session);

#endif
