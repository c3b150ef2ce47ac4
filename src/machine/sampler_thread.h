/*
 * What the sampler's thread does at its beginning: a name for debuggers, and on
 * macOS the class of service that keeps it off the fast cores, which the server
 * needs. sampler_thread_linux.c or sampler_thread_darwin.c.
 */
#ifndef MACHINE_SAMPLER_THREAD_H
#define MACHINE_SAMPLER_THREAD_H

void sampler_thread_prepare(void);

#endif
