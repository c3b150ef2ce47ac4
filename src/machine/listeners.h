/*
 * The parts of machine/listener.h that are the same on all systems.
 */
#ifndef MACHINE_LISTENERS_H
#define MACHINE_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "machine/cpu_time.h"

/* Whether a program of this name (which the kernel cuts at 15 characters) serves ports for others. */
bool listener_forwards(const char *name);

/* Of those that hold the socket, the one whose ancestors among `each` do not; 0: none, or several. Reorders `each`. */
int64_t listener_leader(const int64_t *holders, size_t count, struct process_ticks *each, size_t each_count);

#endif
