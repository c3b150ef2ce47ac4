/*
 * What really happened to each request, for tests of clients: one JSON line
 * when it is over. All stamps are nanoseconds of CLOCK_MONOTONIC (base/clock.h).
 */
#ifndef SIM_TRUTH_H
#define SIM_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/failure.h"

/* = {0} is empty; TIME_UNKNOWN where a stamp never came. */
struct truth {
	int64_t arrival_ns, scheduled_ns, slot_ns, prefill_end_ns;
	int64_t done_ns; /* the last byte of the answer went to the kernel */
	size_t tokens, capacity;
	struct truth_token {
		int64_t due_ns;
		int64_t write_ns; /* it went to the kernel */
	} * token;
	size_t written; /* tokens with a write_ns */
};

void truth_add_token(struct truth *truth, int64_t due_ns);
/* All tokens so far have been written. */
void truth_drained(struct truth *truth, int64_t now_ns);
void truth_release(struct truth *truth);

/* Appends a line; `file` NULL: does nothing. `prompt` is cut to its first 200 bytes. */
void truth_write(FILE *file, const struct truth *truth, const char *model, const char *prompt, bool complete);

#endif
