/*
 * A server's processes whose number is known: a leader and its children, each
 * with 1 MiB of memory in use, that only wait.
 */
#ifndef FAMILY_H
#define FAMILY_H

#include <sys/types.h>

/* The leader, once all `processes` (itself included) are there; −1. They end by themselves after two minutes. */
pid_t family_start(int processes);

void family_stop(pid_t leader);

#endif
