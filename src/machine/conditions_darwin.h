/*
 * What the macOS files of conditions share: notifications, whose states the
 * kernel and its daemons set, and memory.
 */
#ifndef MACHINE_CONDITIONS_DARWIN_H
#define MACHINE_CONDITIONS_DARWIN_H

#include "machine/conditions.h"

/* <notify.h> of libSystem. */
extern uint32_t notify_register_check(const char *name, int *token);
extern uint32_t notify_get_state(int token, uint64_t *state);
extern uint32_t notify_cancel(int token);
enum { NOTIFY_OK = 0 };

#define THERMAL_NOTIFICATION   "com.apple.system.thermalpressurelevel"
#define LOW_POWER_NOTIFICATION "com.apple.system.lowpowermode"

/* Of a state of THERMAL_NOTIFICATION; unknown when macOS has no such level. */
enum thermal_state thermal_state_of_pressure(uint64_t level);

void memory_darwin(const char *root, struct machine_conditions *conditions);

#endif
