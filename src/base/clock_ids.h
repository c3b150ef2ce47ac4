/*
 * The system's names of the clocks.
 */
#ifndef BASE_CLOCK_IDS_H
#define BASE_CLOCK_IDS_H

#include <time.h>

/* Monotonic: one that stands still while the machine sleeps, and one that goes on. */
extern const clockid_t clock_id_awake, clock_id_always;

#endif
