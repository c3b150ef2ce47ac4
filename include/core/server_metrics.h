/*
 * What a server tells of itself while it works, by its own metrics: at one
 * instant, and over a cell.
 */
#ifndef CORE_SERVER_METRICS_H
#define CORE_SERVER_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/record.h"

/* When a server of this kind sends the header of a reply. */
enum header_time {
	HEADER_UNKNOWN,
	HEADER_AT_ONCE,        /* when the request came: says nothing of a queue */
	HEADER_AT_START,       /* when the wait for a place is over */
	HEADER_AT_FIRST_TOKEN, /* when the prompt is computed as well */
};

/* NAN where the server does not tell. */
struct server_metrics {
	double waiting;          /* requests without a place */
	double running;          /* requests that are worked on */
	double kv_used_share;    /* of the KV cache, 0 to 1; the mean of several engines */
	double prompt_tokens;    /* since it was started; some leave out what was cached */
	double generated_tokens; /* since it was started; some count a request at its end */
	enum header_time header;
};

void server_metrics_reset(struct server_metrics *told);
bool server_metrics_any(const struct server_metrics *told); /* a figure is known */

struct server_sample {
	int64_t asked_ns, told_ns; /* monotonic; the server looked at itself between them */
	struct server_metrics metrics;
};

/* One line of samples.jsonl (llmbench.server_sample/1). The stamps become nanoseconds after `origin_ns`. */
struct json *server_sample_json(const struct server_sample *sample, const char *cell_id, int64_t origin_ns);

/* Reads such a line, of which the kind of server is not known any more. False: it is none. */
bool server_sample_parse(const struct json *json, int64_t origin_ns, struct server_sample *sample);

/* All readings of one cell. `= {0}` is none. */
struct server_polls {
	struct server_sample *samples; /* owned; while requests were measured, in order of time */
	size_t count, capacity;
	int64_t interval_ns;
	size_t failed;  /* readings without an answer in time */
	size_t missed;  /* skipped, because the one before took longer than the interval */
	int64_t cpu_ns; /* llmbench's own, of all readings */

	size_t visits;
	double prompt_tokens, generated_tokens; /* how far the counters went while requests were measured; NAN unknown
	                                         */
};

void server_polls_add(struct server_polls *polls, const struct server_sample *sample);

/* A visit to the cell: the counters before its first request and after its last one. */
void server_polls_add_visit(struct server_polls *polls, const struct server_metrics *before,
                            const struct server_metrics *after);
/* A visit whose records are there, but what the counters were is not known any more: nor are they of the cell. */
void server_polls_lose(struct server_polls *polls);
void server_polls_release(struct server_polls *polls);

/*
 * "server_metrics" of a cell: means and maxima over the readings while requests
 * were measured, the advance of the counters beside what the replies' own
 * counts come to, what reading cost. NULL: the server tells no metrics.
 */
struct json *server_polls_json(const struct server_polls *polls, const struct record *records, size_t count);

/*
 * The server's count of waiting requests beside ours (core/waiting.h). It agrees
 * when it lies within what ours was between question and answer; a server whose
 * header comes with the first token may count fewer, and one that sends it at
 * once is not compared.
 */
struct waiting_check {
	size_t compared;     /* readings */
	size_t more, fewer;  /* in which the server counted more, or fewer, than we ever did */
	double theirs, ours; /* means over the readings that differ; NAN: none does */
};
struct waiting_check server_polls_check(const struct server_polls *polls, const struct record *records, size_t count);

/* They differ in all of at least this many readings, in one direction: not for a moment but for the whole cell. */
enum { WAITING_CHECK_LEAST = 3 };
bool waiting_check_differs(const struct waiting_check *check);

#endif
