/*
 * What a run is published as: its reports, which the caller of the sweep makes,
 * summary.json and run.json. False: disk; session->failure says so.
 */
#ifndef RUN_PUBLISH_H
#define RUN_PUBLISH_H

#include "run/session.h"

/* The run directory has its newest state. */
bool publish_newest(struct session *session);

/* The finished run: both reports once more, with charts beside them. */
bool publish_finished(struct session *session);

#endif
