/*
 * Power while a sweep runs.
 */
#ifndef RUN_POWER_H
#define RUN_POWER_H

#include "run/session.h"

/*
 * From power_hold() to power_release() the machine is kept awake;
 * power_note() writes into the summary whether it is.
 */
void power_hold(struct session *session);
void power_note(struct session *session);
void power_release(struct session *session);

/*
 * Before anything is measured with the cell's server, which is up: on battery
 * waits or ends the sweep, as `on_battery` says. False: it ends, session->failure is set.
 */
bool power_check(struct session *session, const struct cell *cell);

#endif
