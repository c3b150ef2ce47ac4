/*
 * What the server room asks of the operating system beyond POSIX. Everything
 * but platform_own_path() is async-signal-safe and allocates nothing: it is
 * called between fork and exec in a program that has threads.
 */
#ifndef SERVER_PLATFORM_H
#define SERVER_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid, parent, group, session;
	uint64_t started; /* of no unit; tells a process from a later one that was given the same pid */
};

/*
 * Visits the processes that run now and that we may look at, zombies left out.
 * A process that begins or ends meanwhile may or may not be visited.
 */
void platform_each_process(void (*visit)(void *context, const struct process *process), void *context);

/* Descendants whose parent has ended become our children. Linux only; elsewhere they go to process 1. */
void platform_adopt_orphans(void);

/* Our name in lists of processes, so that a `pkill llmbench` spares us. Linux only. */
void platform_set_name(const char *name);

/* `number` is sent to us when our parent ends. Linux only. */
void platform_signal_after_parent(int number);

/* Closes every descriptor from `first` on. */
void platform_close_from(int first);

/* The path of the program that runs, NULL when the system does not tell. The caller frees it. */
char *platform_own_path(void);

#endif
