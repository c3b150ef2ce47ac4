/*
 * What a client's stamps say, less the truth. Pure.
 */
#ifndef CALIBRATE_ERRORS_H
#define CALIBRATE_ERRORS_H

#include "core/error_floor.h"
#include "core/exchange.h"
#include "core/metric.h"
#include "truth.h"

/* `= {0}` is empty. */
struct errors {
#define X(member, title, definition) struct series member;
	ERROR_KINDS(X)
#undef X
	size_t texts, failed;
	double gaps, gaps_ns; /* between the lines that the server sent */
};

/* Adds one request: its exchange and the truth of it. Without a complete reply it has failed, and is in no figure. */
void errors_add(struct errors *errors, const struct exchange *exchange, size_t request, size_t lines,
                const struct truth_stamps *truth);

/* Fills the figures of errors, texts, failed and the rate of each of `streams`; leaves the rest alone. */
void errors_sum_up(struct errors *errors, size_t streams, struct error_floor *floor);
void errors_release(struct errors *errors);

#endif
