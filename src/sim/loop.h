/*
 * The simulator's event loop: timers of microseconds, and no time remembered
 * from the beginning of a turn. A usual loop's are early or late by milliseconds.
 */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include <event2/event.h>

struct event_base *loop_new(void); /* event_base_free() ends it; NULL: there can be none */

#endif
