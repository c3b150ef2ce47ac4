/*
 * CPU time from Mach.
 */
#ifndef MACHINE_CPU_TIME_DARWIN_H
#define MACHINE_CPU_TIME_DARWIN_H

#include <stdint.h>

/* The kernel counts a process' time in units of mach_absolute_time: 125/3 ns on Apple silicon, 1 ns on Intel's. */
int64_t mach_units_ns(uint64_t units);

/*
 * Of all processors since boot; there is no steal. JSON_UNKNOWN when it is not
 * told. `host`: the right that mach_host_self() gives. Unlike host_statistics64, this question is not rationed.
 */
void processor_times(uint32_t host, int64_t *busy_ns, int64_t *idle_ns);

#endif
