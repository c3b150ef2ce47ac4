/*
 * What a figure may be, from the truth alone: every definition of core/metric.h
 * computed a second time, from when the server wrote what. A stamp is right
 * when it lies between the write that made the event whole and a bound after
 * it, so each value is an interval, and so is each quantile of many values.
 */
#ifndef SUPPORT_TRUTH_BOUNDS_H
#define SUPPORT_TRUTH_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"
#include "core/summary.h"
#include "truth_server.h"
#include "truth_stream.h"

/*
 * A kernel's stamp is of the wall clock and is moved to the monotonic one; by so
 * much the move can err. Later than LATE no test waits: what is typical is
 * checked by medians.
 */
#define TRUTH_EARLY_NS (50 * NS_PER_US)
#define TRUTH_LATE_NS  (3 * NS_PER_S)

#define UNTOLD (-1) /* the server does not say it, or it cannot be true */

/* What the reply's final line says. */
struct truth_figures {
	int64_t prompt_tokens, output_tokens, total_ns, load_ns, prefill_ns, decode_ns;
};

struct truth_request {
	const struct truth_stream *stream;
	const struct truth_reply *reply;
	const struct truth *truth;
	struct truth_figures told;
	enum outcome outcome;

	/* The stamps that llmbench took: then figures must be the definitions' of these, exactly. NULL: of the writes.
	 */
	const struct record *stamped;
};

/* The write that gave this byte of the reply to the kernel. */
const struct truth_write *truth_write_of(const struct truth_request *request, size_t offset);

/* Whether a stamp can be the arrival of this byte. */
bool truth_allows(const struct truth_request *request, size_t offset, int64_t stamp_ns);

/* Whether it can be the request's end: the last byte of a whole answer, or when the connection ended. */
bool truth_allows_done(const struct truth_request *request, int64_t done_ns);

struct bounds {
	double *low, *high;
	size_t count, low_capacity, high_capacity;
};

void bounds_release(struct bounds *bounds);

/*
 * The values of one metric of a request that was due at due_ns; false when the
 * metric is not known here.
 */
bool truth_bounds(const char *metric, const struct truth_request *request, int64_t due_ns, struct bounds *into);

/* The value of one metric of a trial; due_ns has one of each request. False when it is not known here. */
bool truth_trial_bounds(const char *metric, const struct truth_request *requests, const int64_t *due_ns, size_t count,
                        struct bounds *into);

/* Whether the distribution can be that of values within the bounds. Sorts them. */
bool bounds_hold(struct bounds *bounds, const struct distribution *values);

#endif
