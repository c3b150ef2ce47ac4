/*
 * A load against the server of known truth, end to end: target encode → load →
 * target decode; and the verdict on its summary.
 */
#ifndef SUPPORT_TRUTH_PLAY_H
#define SUPPORT_TRUTH_PLAY_H

#include "core/cell.h"
#include "load/load.h"
#include "truth_bounds.h"

/* One request: what is asked, what is answered, and what is true about the answer. */
struct truth_job {
	struct cell cell;
	const struct truth_stream *stream; /* borrowed */
	struct truth_piece *pieces;        /* owned by the play */
	size_t piece_count;
	int64_t close_wait_ns;
	struct truth_figures told;
	enum outcome outcome;
	int64_t due_ns; /* as in struct request: TIME_UNKNOWN is closed loop */
	const void *context;
};

/* Parallel arrays, one item for each request. */
struct truth_play {
	size_t count, capacity, reply_capacity;
	struct truth_job *jobs;
	struct truth_reply *replies;
	struct request *requests;
	struct exchange *exchanges;
	struct record *records;      /* of trial 1 */
	struct truth_request *asked; /* the truth about each */
	struct truth_log log;
	int64_t start_ns, end_ns; /* around load_run() */
};

void truth_play_add(struct truth_play *play, const struct truth_job *job);

/* False: the load could not be run. Once. */
bool truth_play_run(struct truth_play *play, const struct load_options *options);

/*
 * How many metrics of the summary of these requests, as if they were one trial,
 * are not what the truth says: within bounds by the server's writes, and exactly
 * by the stamps that were taken. Each is shown.
 */
size_t truth_play_wrong_metrics(struct truth_play *play, size_t begin, size_t end);

void truth_play_release(struct truth_play *play);

/* A cell of a model "tiny". */
struct cell truth_cell(int64_t api, int64_t stream);

#endif
