/*
 * What llmbench's own error is, measured against a server of known truth
 * (calibrate/calibrate.h), and whether a cell's figures can be told from it.
 */
#ifndef CORE_ERROR_FLOOR_H
#define CORE_ERROR_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/record.h"

/*
 * X(member of struct error_floor and JSON key, title, definition): absolute
 * values in ms. Truth is what the server wrote down: when it had read a request
 * whole, and when it handed a line to the kernel. What delays the server
 * between its clock and its system call counts as error too, so each figure is
 * an upper bound.
 */
#define ERROR_KINDS(X)                                                                                    \
	X(ttft_ms, "TTFT error",                                                                          \
	  "the TTFT that is reported, from due to the first text, less the server's own, from the "       \
	  "request read whole to its first line handed to the kernel")                                    \
	X(itl_ms, "ITL error", "a gap between two texts as reported, less the gap between the two sends") \
	X(lateness_ms, "Lateness", "the stamp of a text, less when the server handed it to the kernel")   \
	X(send_stamp_ms, "Send stamp error",                                                              \
	  "when the server had read a request whole, less the stamp of its sending")                      \
	X(send_lag_ms, "Send lag", "from when a request was due to when it was sent")

/* By nearest rank; all NAN when n is 0. */
struct error_quantiles {
	size_t n;
	double p50, p95, p99, max;
};

/* Sorts `values`. */
struct error_quantiles error_quantiles_of(double *values, size_t count);

/* Unknown, as long as no text was compared (texts is 0). */
struct error_floor {
	size_t streams;      /* replies that streamed at once */
	double tokens_per_s; /* texts a second of each, as asked of the server */
	bool capped;         /* the cell had more streams or a higher rate than calibrations are made at */
	size_t texts;        /* compared */
	size_t failed;       /* requests that had no complete reply, and so are in no figure */
#define X(member, title, definition) struct error_quantiles member;
	ERROR_KINDS(X)
#undef X
	double reached_tokens_per_s; /* all streams together, as the server sent them */
	double core_share;           /* CPU time of the client's thread / wall time of the load */
	double core_tokens_per_s;    /* estimate: texts / CPU time of the client's thread, so what one core could take
	                                if its cost for each stayed the same */
};

/* Nothing known. */
void error_floor_reset(struct error_floor *floor);

/* null when nothing is known. */
struct json *error_floor_json(const struct error_floor *floor);
void error_floor_parse(const struct json *json, struct error_floor *floor);

/*
 * A cell is client-bound when one of these holds: X(symbol, name in JSON,
 * meaning). What is unknown bounds nothing.
 */
#define CLIENT_BOUNDS(X)                                                                                 \
	X(CLIENT_BOUND_TTFT, "ttft", "TTFT p50 is less than CLIENT_FACTOR times the TTFT error's p99")   \
	X(CLIENT_BOUND_ITL, "itl", "ITL p50 is less than CLIENT_FACTOR times the ITL error's p99")       \
	X(CLIENT_BOUND_CPU, "cpu", "the client's thread used more than CLIENT_CORE_PERCENT of its core") \
	X(CLIENT_BOUND_SEND_LAG, "send_lag",                                                             \
	  "TTFT p50 is less than CLIENT_FACTOR times the p99 of the cell's own send lag")                \
	X(CLIENT_BOUND_RATE, "rate",                                                                     \
	  "an open loop was sent at less than CLIENT_RATE_PERCENT of the rate that was asked")

enum client_bound {
#define X(symbol, name, meaning) symbol,
	CLIENT_BOUNDS(X)
#undef X
};
enum { CLIENT_BOUND_COUNT = CLIENT_BOUND_RATE + 1 };

/*
 * Ten times: then the tool's own error is at most a tenth of the figure in 99
 * of 100 values. 60 %: beyond it replies that arrive together wait for each
 * other noticeably (single server, utilisation u: the wait is u / (1 - u) of a
 * service time, 1.5 of them at 60 %). 95 %: a schedule that is kept this well
 * is kept.
 */
enum { CLIENT_FACTOR = 10, CLIENT_CORE_PERCENT = 60, CLIENT_RATE_PERCENT = 95 };

/*
 * What the bounds look at, NAN where it is unknown. The last three are known
 * only where nothing but the client can have held a request back: not where an
 * open loop had a limit of concurrency, so that requests waited for earlier
 * ones to end, and not where connects were refused. (Where a system drops
 * connects instead of refusing them, as Linux does when an accept queue is
 * full, this cannot be told from a slow client.)
 */
struct client_figures {
	double core_share; /* of struct client_check */
	double ttft_p50_ms, itl_p50_ms;
	double send_lag_p99_ms;
	double asked_rps, achieved_rps; /* median over trials, of an open loop */
};

/* All unknown. */
void client_figures_reset(struct client_figures *figures);

/* What a cell's summary says of the client that measured it. */
struct client_check {
	double core_share; /* CPU time of the engine's thread / wall time, the trial where it is highest; NAN unknown */
	unsigned bounds;   /* 1u << enum client_bound each */
	struct error_floor floor;
};

void client_check_reset(struct client_check *check);
void client_check_set_json(struct json *cell, const struct client_check *check);
void client_check_parse(const struct json *cell, struct client_check *check);

/* The set of bounds. Pure. */
unsigned client_bounds_of(const struct error_floor *floor, const struct client_figures *figures);

/* "ITL p50 0.41 ms, llmbench's own error up to 0.10 ms; client's thread 71 % of a core": the bounds that hold. */
void client_check_add_words(const struct client_check *check, const struct client_figures *figures, struct text *into);

/* How a cell's replies streamed, from the records of one trial or of several that did not overlap. */
struct decode_load {
	size_t streams;     /* at most so many at once between their first and last text; 0: none had text */
	double texts_per_s; /* of each while it streamed: gaps / time from first to last text; NAN unknown */
};
struct decode_load decode_load_of(const struct record *records, size_t count);

#endif
