/*
 * One run of one client against the server, and what it shows.
 */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include "clients.h"

/* Unknown: NAN. */
enum figure {
	FIGURE_CPU_NS,      /* of the client's CPU time per token: blast: from the first token to the last byte; else
	                       MARK_STEADY_CPU */
	FIGURE_TOKENS_S,    /* in the same time */
	FIGURE_LATE_P50_US, /* stamp − the server's write */
	FIGURE_LATE_P99_US,
	FIGURE_LATE_P999_US,
	FIGURE_UNKNOWN_PCT,  /* of the tokens: not known when they were sent (board.h: WRITE_LIMIT_NS), and left out */
	FIGURE_START_P50_US, /* |the request arrived at the server − the client's sent stamp| */
	FIGURE_START_P99_US,
	FIGURE_TTFT_P50_US, /* |(first token seen − sent) − (first token written − request arrived)| */
	FIGURE_TTFT_P99_US,
	FIGURE_REQUESTS_S,
	FIGURE_REQUEST_CPU_US,
	FIGURE_RSS_KB, /* growth to the peak, per stream, KiB */
	FIGURE_COUNT,
};

struct outcome {
	double figure[FIGURE_COUNT];
};

/* The two cores; false: this process may use only one. */
bool job_pick_cores(int *server, int *client);

/* Runs it. A client that fails ends the program: then nothing here can be trusted. */
struct outcome job_run(enum client client, const struct shape *shape);

#endif
