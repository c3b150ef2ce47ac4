/*
 * A thread that waits for times, and ends when it is told to, wherever it waits.
 */
#ifndef MACHINE_WORKER_H
#define MACHINE_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker {
	pthread_t thread;
	int wake[2]; /* a pipe: a byte in it ends the waiting */
};

/* Signals stay the main thread's: the new one blocks them all. False: the system gives no thread. */
bool worker_start(struct worker *worker, void *(*run)(void *argument), void *argument);

/* By the thread itself. False: it shall end. */
bool worker_wait_until(const struct worker *worker, int64_t when_ns);

/* Makes *due_ns the next tick after it that is not past; returns how many were skipped. */
size_t worker_advance(int64_t *due_ns, int64_t interval_ns);

/* Waits until the thread has returned. */
void worker_stop(struct worker *worker);

#endif
