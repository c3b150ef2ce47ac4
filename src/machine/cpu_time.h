/*
 * CPU time from the texts of Linux's /proc. Times are in ticks of USER_HZ, 100
 * a second on every system that is in use.
 */
#ifndef MACHINE_CPU_TIME_H
#define MACHINE_CPU_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* /proc/stat: the sums over all processors. */
struct cpu_ticks {
	int64_t busy, idle, steal; /* idle: waiting for I/O included */
};

/* False when there is no line of sums with at least the four times of the oldest kernels; steal is then 0. */
bool cpu_ticks_parse(const char *stat, struct cpu_ticks *ticks);

/* /proc/PID/stat */
struct process_ticks {
	int64_t pid, parent;
	int64_t ticks;        /* its own, and those of its children that ended and were waited for */
	int64_t major_faults; /* likewise */
	int64_t started;      /* ticks after boot; tells it from a later process with its number */
};

/* The name of a program may contain blanks and brackets. */
bool process_ticks_parse(const char *stat, struct process_ticks *process);

/* Brings a process and all that descend from it to the front, itself first; returns how many, 0 when it is not there.
 */
size_t process_family(struct process_ticks *processes, size_t count, int64_t root);

/* Sum over a process and all that descend from it. Reorders. JSON_UNKNOWN when it is not there. */
int64_t process_ticks_of_tree(struct process_ticks *processes, size_t count, int64_t root);

#endif
