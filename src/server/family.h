/*
 * A server and everything that it started.
 */
#ifndef SERVER_FAMILY_H
#define SERVER_FAMILY_H

#include <sys/types.h>

/*
 * Ends the process `leader`, which leads a session of its own, the processes
 * of its session and group, and all descendants of `root` (the leader or its
 * parent): TERM, up to grace_ms for them to end, then KILL. Returns when none
 * runs; after 10 s of KILL it gives up on those that the kernel cannot end.
 * hurry: a descriptor that ends the grace when it becomes readable; −1: none. A
 * caller that is the root itself gets its children reaped at the end. Allocates nothing.
 */
void family_end(pid_t leader, pid_t root, int grace_ms, int hurry);

/* The same without the reaping: for what a leader that has died left behind. */
void family_end_processes(pid_t leader, pid_t root, int grace_ms);

#endif
