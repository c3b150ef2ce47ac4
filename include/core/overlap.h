/*
 * How many intervals overlap: how many requests were decoding, or in flight,
 * at once. An interval is half open: one that begins where another ends does
 * not overlap it.
 */
#ifndef CORE_OVERLAP_H
#define CORE_OVERLAP_H

#include <stddef.h>

#include "core/record.h"

struct overlap {
	size_t intervals; /* that have a length; the others are left out */
	size_t most;      /* at any instant */

	/*
	 * At once, or more, during at least a twentieth of the time in which
	 * there was any: a reply that is read late, or written late by a
	 * server that has freed the slot already, does not count.
	 */
	size_t sustained;
};

/* From the first to the last text event of each request: while the server decodes for it. */
struct overlap overlap_decoding(const struct record *records, size_t count);

/*
 * The same, but where the server tells how long it decoded, no longer than that
 * from the first event on: on a busy machine a reply is written and read late,
 * long after its place was given to another.
 */
struct overlap overlap_decoding_surely(const struct record *records, size_t count);

/* From when it was sent to its end. */
struct overlap overlap_in_flight(const struct record *records, size_t count);

#endif
