/*
 * Measures the tool's own error: load_run() against a server inside the
 * program, a process of its own on loopback, that streams N replies in step
 * (as continuous batching does) and writes down when each line went to the
 * kernel and when each request had been read whole. Both read the same clock.
 */
#ifndef CALIBRATE_CALIBRATE_H
#define CALIBRATE_CALIBRATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "core/error_floor.h"

enum {
	CALIBRATE_STREAMS_MAX = 4096,
	CALIBRATE_RATE_MAX = 10000,   /* tokens/s of each stream */
	CALIBRATE_TOTAL_MAX = 200000, /* tokens/s of all streams */
};

struct calibration {
	size_t streams;                    /* 1 … CALIBRATE_STREAMS_MAX */
	double tokens_per_s;               /* of each stream, above 0; streams times it at most CALIBRATE_TOTAL_MAX */
	double seconds;                    /* of streaming, about */
	bool capped;                       /* copied to the floor */
	const volatile sig_atomic_t *stop; /* as in load.h */
};

/*
 * False: it could not be done (no process, no socket, no reply at all, or it
 * was stopped), and `floor` is unknown. Between load_open() and load_close().
 * Starts and ends a process; one that this process leaves behind by crashing
 * ends by itself.
 */
bool calibrate(const struct calibration *calibration, struct error_floor *floor, struct failure *failure);

/*
 * The short calibration for a cell that decoded so. Streams: at least 1, at
 * most 512. Rate: the lowest of 20, 50, 100, 200, 500, 1000 a second that is at
 * most a tenth below the cell's, so that cells that are alike share one; and streams times rate at most 30,000,
 * so that the server beside it keeps its schedule on one core. What exceeds
 * this is calibrated at the limit and marked as capped: servers of real time
 * stay below it. Takes about half a second. Pure.
 */
struct calibration calibration_for(const struct decode_load *load);

#endif
