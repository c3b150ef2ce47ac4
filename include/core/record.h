/*
 * What an exchange meant: tokens, the server's own counts and times, and how
 * the request ended. One per request; a failed request has its times too.
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/exchange.h"

/* How a request ended: X(symbol, name in JSON and reports, meaning). */
#define OUTCOMES(X)                                                                                  \
	X(OUTCOME_OK, "ok", "the server said that it is done")                                       \
	X(OUTCOME_CONNECT, "connect", "no connection")                                               \
	X(OUTCOME_BUSY, "busy", "the server refused for load (status 503 or 429)")                   \
	X(OUTCOME_HTTP_4XX, "http_4xx", "the server refused the request")                            \
	X(OUTCOME_HTTP_5XX, "http_5xx", "the server failed")                                         \
	X(OUTCOME_ERROR_LINE, "error_line", "an error inside a reply that began with status 200")    \
	X(OUTCOME_TRUNCATED, "truncated", "status 200, but the stream ended without its final line") \
	X(OUTCOME_MALFORMED, "malformed", "status 200, but a line is not what the protocol says")    \
	X(OUTCOME_TIMEOUT, "timeout", "the request's time ran out, or no byte came for too long")    \
	X(OUTCOME_TRANSFER, "transfer", "the connection broke")                                      \
	X(OUTCOME_CANCELLED, "cancelled", "stopped by the user or by the cell's time limit")

enum outcome {
#define X(symbol, name, meaning) symbol,
	OUTCOMES(X)
#undef X
};
enum { OUTCOME_COUNT = OUTCOME_CANCELLED + 1 };

const char *outcome_name(enum outcome outcome);
const char *outcome_meaning(enum outcome outcome);

/* Counts and durations are JSON_UNKNOWN (= TIME_UNKNOWN) where the server did not tell. */
struct record {
	size_t request; /* index within the trial, in order of due time */
	int trial;      /* from 1 */
	enum outcome outcome;
	int http_status;
	int retries;

	int64_t due_ns, sent_ns, header_ns, done_ns; /* monotonic, as in the exchange */
	int64_t stamp_lag_ns;                        /* as in the exchange */

	/*
	 * Text events: one for each line of the reply that carried text of the
	 * answer or of the thinking before it. A server may put several tokens
	 * in one event, so events are not tokens; output_tokens is the count.
	 */
	int64_t *event_ns; /* owned, ascending */
	size_t event_count;

	int64_t asked_input_tokens, asked_output_tokens; /* by llmbench: made prompts, and at most; 0 or unknown: not */
	int64_t turn;                                    /* of a conversation, from 1; 0 or unknown: it is of none */
	int64_t prompt_tokens, output_tokens;            /* as the server counted */
	int64_t cached_tokens;                           /* of the prompt, that the server had computed before */
	int64_t server_total_ns, server_load_ns, server_queue_ns, server_prefill_ns, server_decode_ns;
	int64_t server_peak_bytes; /* memory, as the server told with this reply */
	int64_t audio_ns;          /* length of the recording that was sent */
	int64_t heard_ns;          /* length of it by the server's reply */
	int64_t dimensions;        /* of an embedding */
	char *done_reason;         /* owned; NULL unknown */
	char *error;               /* owned; the server's or the transport's words, masked; NULL none */
	char *text;                /* owned; the answer's first bytes, at most RECORD_TEXT_MAX; NULL none */
};

enum { RECORD_TEXT_MAX = 400 };

void record_release(struct record *record);
/* Frees what it owns; its figures stay. */
void record_strip(struct record *record);

/*
 * How long the request waited for a place: server_queue_ns, else what the
 * server's total has beside its load, prefill and decode, at least 0.
 * TIME_UNKNOWN where the server tells neither.
 */
int64_t record_queue_wait_ns(const struct record *record);

/* One line of records.jsonl. Stamps become nanoseconds after `origin_ns`. */
struct json *record_json(const struct record *record, const char *cell_id, int64_t origin_ns);

/* Reads such a line; the record is the caller's to release. False, and it is empty: the line is none. */
bool record_parse(const struct json *json, int64_t origin_ns, struct record *record);

#endif
