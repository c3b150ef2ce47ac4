/*
 * What happened in the course of a run, for pictures of it: its requests and
 * what the machine was seen to do, from the lines of records.jsonl and
 * samples.jsonl.
 *
 * Bounded, however long the run: of the requests of a cell at most
 * TRACE_REQUESTS_MAX are kept (every second one is dropped when there are
 * more, then every second one of those, by their order in the file), of the
 * samples of a run TRACE_SAMPLES_MAX (two neighbours of one cell and phase
 * become one, with the larger of their figures, so that no peak is lost; of
 * any, in a run of thousands of phases). The statistics of a summary are of
 * all of them.
 */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "core/record.h"
#include "core/sample.h"
#include "core/summary.h"

enum { TRACE_REQUESTS_MAX = 2048, TRACE_SAMPLES_MAX = 8192 };

/* Of no cell of the summary: a repeat of the anchor. */
#define TRACE_NO_CELL SIZE_MAX

struct trace_request {
	size_t cell;                    /* index in the summary */
	double due_s;                   /* since the run began */
	double ttft_ms, itl_ms, e2e_ms; /* itl: mean of its gaps; NAN unknown, and of a request that failed */
};

/* X(symbol, key in samples.jsonl, what it is divided by: GiB, %, W) */
#define TRACE_FIGURES(X)                                          \
	X(TRACE_USED, "used_bytes", 1073741824.)                  \
	X(TRACE_SERVER, "server_resident_bytes", 1073741824.)     \
	X(TRACE_FOOTPRINT, "server_footprint_bytes", 1073741824.) \
	X(TRACE_GPU_USED, "gpu_used_bytes", 1073741824.)          \
	X(TRACE_GPU_BUSY, "gpu_busy_pct", 1.)                     \
	X(TRACE_GPU_POWER, "gpu_power_mw", 1000.)                 \
	X(TRACE_SYSTEM_POWER, "system_power_mw", 1000.)

enum trace_figure {
#define X(symbol, key, divisor) symbol,
	TRACE_FIGURES(X)
#undef X
};
enum { TRACE_FIGURE_COUNT = TRACE_SYSTEM_POWER + 1 };

struct trace_sample {
	size_t cell;
	double at_s; /* since the run began */
	enum phase phase;
	double figures[TRACE_FIGURE_COUNT]; /* NAN unknown */
};

/* `= {0}` is the empty trace. */
struct trace {
	struct trace_request *requests; /* those of a cell in their order, by when they were due after trace_finish() */
	size_t request_count, request_capacity;
	struct trace_sample *samples; /* by time after trace_finish() */
	size_t sample_count, sample_capacity, samples_seen, sample_stride;
	struct trace_cell {
		size_t seen, kept, stride;
	} * cells; /* one for each cell of the summary */
};

void trace_release(struct trace *trace);

/*
 * The next line of a file. Other schemas, records of no cell, and what lacks
 * its time are left out.
 */
void trace_add_record(struct trace *trace, const struct summary *summary, const struct json *record);
void trace_add_sample(struct trace *trace, const struct summary *summary, const struct json *sample);

/* After the last line: everything in order of time. */
void trace_finish(struct trace *trace);

#endif
