/*
 * What the sampler's thread does at its beginning: a name for debuggers, and on
 * macOS the class of service that keeps it off the fast cores, which the server
 * needs; and what the system counts of it. sampler_thread_linux.c or sampler_thread_darwin.c.
 */
#ifndef MACHINE_SAMPLER_THREAD_H
#define MACHINE_SAMPLER_THREAD_H

#include <stdint.h>

void sampler_thread_prepare(void);

/* How often this thread had to give its processor to another; JSON_UNKNOWN where the system does not tell. */
int64_t sampler_thread_preemptions(void);

#endif
