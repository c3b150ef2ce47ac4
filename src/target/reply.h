/*
 * What all adapters do while a reply becomes a record: find when a byte
 * arrived, collect text events and the beginning of the answer, and name how a
 * reply ended that did not say so itself.
 */
#ifndef TARGET_REPLY_H
#define TARGET_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/exchange.h"
#include "core/record.h"

/* The largest figure that a record's line keeps (base/json.h): 104 days in ns. One beyond it is none. */
#define REPLY_FIGURE_MAX ((INT64_C(1) << 53) - 1)

struct reply {
	const struct exchange *exchange;
	struct record *record;
	size_t chunk; /* holds the last byte of what was read last */
	size_t event_capacity;
	struct text answer; /* its beginning, with enough bytes beyond RECORD_TEXT_MAX to see where to cut */
};

/* Fills what the exchange alone tells, and makes everything else unknown; the record must be `= {0}`. */
void reply_begin(struct reply *reply, const struct exchange *exchange, struct record *record);

/* Hands over the text, and the words of a failure that has none yet. Call it once, when record->outcome is set. */
void reply_end(struct reply *reply);

/* When the byte at `offset` arrived, or the last byte when that is before it; offsets must ascend from call to call. */
int64_t reply_arrival_ns(struct reply *reply, size_t offset);

/* A text event whose last byte is at `offset`. */
void reply_add_event(struct reply *reply, size_t offset);

/* More of the answer's text. */
void reply_add_answer(struct reply *reply, const char *text);

/* The answer was whole with its last byte, not when the connection was closed or given up after it. */
void reply_was_whole(struct reply *reply);

/* How a reply ended that left it open; never OUTCOME_OK: a complete transfer is a truncated answer. */
enum outcome reply_transport_outcome(enum transport transport);

/* Of a status other than 200. Those that are no error (a redirect …) are nothing that the protocol knows. */
enum outcome reply_status_outcome(int status);

#endif
