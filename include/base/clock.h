/*
 * Time. Everything measured is int64_t nanoseconds of one monotonic clock; the
 * wall clock is only for names of runs and for provenance.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/text.h"

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

/* A stamp or duration that is not known. */
#define TIME_UNKNOWN INT64_MIN

/* Monotonic; never goes back. Linux: CLOCK_MONOTONIC. macOS: CLOCK_UPTIME_RAW. */
int64_t clock_now_ns(void);

/* Monotonic, too, and goes on while the machine sleeps: for how much later by the calendar something is. */
int64_t clock_with_sleep_ns(void);

/*
 * How long the machine has slept since it was started: the difference of these
 * two. Grows only by sleeping, but for the microseconds between the readings.
 */
int64_t clock_slept_ns(void);

/* CPU time of the calling thread. */
int64_t clock_thread_cpu_ns(void);

/* CPU time of all threads of this process. */
int64_t clock_process_cpu_ns(void);

/* Nanoseconds since 1970 UTC; may jump. */
int64_t clock_wall_ns(void);

/* Sleeps until the monotonic clock shows `when_ns`; returns at once when that is past. A signal does not shorten it. */
void clock_sleep_until(int64_t when_ns);

/* "2026-11-21T06:19:00Z", the same in every time zone and locale. */
void clock_add_utc(struct text *text, int64_t wall_ns);

/* "20261121T061900Z": the same instant as a file name. */
void clock_add_utc_name(struct text *text, int64_t wall_ns);

#endif
