#include "core/overlap.h"

#include <stdlib.h>

#include "base/memory.h"

enum { SUSTAINED_SHARE = 20 }; /* one part in so many of the busy time */

struct edge {
	int64_t at_ns;
	int step; /* +1 an interval begins, -1 it ends */
};

/* In time; where one ends and another begins, the end comes first. */
static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->step - b->step;
}

static size_t add_interval(struct edge *edges, size_t count, int64_t from_ns, int64_t to_ns)
{
	if (from_ns == TIME_UNKNOWN || to_ns == TIME_UNKNOWN || to_ns <= from_ns)
		return count;
	edges[count] = (struct edge){from_ns, 1};
	edges[count + 1] = (struct edge){to_ns, -1};
	return count + 2;
}

/* held_ns[k]: how long exactly k intervals overlapped. */
static size_t hold_times(const struct edge *edges, size_t count, int64_t *held_ns)
{
	size_t level = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			held_ns[level] += edges[i].at_ns - edges[i - 1].at_ns;
		level = edges[i].step > 0 ? level + 1 : level - 1;
		most = level > most ? level : most;
	}
	return most;
}

static struct overlap overlap_of(struct edge *edges, size_t count)
{
	int64_t *held_ns = memory_new(count / 2 + 1, sizeof(*held_ns));
	int64_t busy_ns = 0, above_ns = 0;
	struct overlap overlap = {.intervals = count / 2};

	qsort(edges, count, sizeof(*edges), compare_edges);
	overlap.most = hold_times(edges, count, held_ns);
	for (size_t k = 1; k <= overlap.most; k++)
		busy_ns += held_ns[k];
	for (size_t k = overlap.most; k > 0 && overlap.sustained == 0; k--) {
		above_ns += held_ns[k];
		if (above_ns >= busy_ns / SUSTAINED_SHARE)
			overlap.sustained = k;
	}
	free(held_ns);
	return overlap;
}

static int64_t last_event_ns(const struct record *record)
{
	return record->event_ns[record->event_count - 1];
}

static int64_t surely_until_ns(const struct record *record)
{
	int64_t first_ns = record->event_ns[0], last_ns = last_event_ns(record);

	if (record->server_decode_ns <= 0 || record->server_decode_ns >= last_ns - first_ns)
		return last_ns;
	return first_ns + record->server_decode_ns;
}

/* From when to when a request counts; the end of one that does not is unknown, or not after its beginning. */
struct span {
	int64_t from_ns, until_ns;
};

static struct overlap overlap_by(const struct record *records, size_t count,
                                 struct span (*span_of)(const struct record *record))
{
	struct edge *edges = memory_new(2 * count, sizeof(*edges));
	struct overlap overlap;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct span span = span_of(&records[i]);

		used = add_interval(edges, used, span.from_ns, span.until_ns);
	}
	overlap = overlap_of(edges, used);
	free(edges);
	return overlap;
}

static struct span decoding(const struct record *record)
{
	if (record->event_count < 2)
		return (struct span){TIME_UNKNOWN, TIME_UNKNOWN};
	return (struct span){record->event_ns[0], last_event_ns(record)};
}

static struct span decoding_surely(const struct record *record)
{
	if (record->event_count < 2)
		return (struct span){TIME_UNKNOWN, TIME_UNKNOWN};
	return (struct span){record->event_ns[0], surely_until_ns(record)};
}

static struct span in_flight(const struct record *record)
{
	return (struct span){record->sent_ns, record->done_ns};
}

struct overlap overlap_decoding(const struct record *records, size_t count)
{
	return overlap_by(records, count, decoding);
}

struct overlap overlap_decoding_surely(const struct record *records, size_t count)
{
	return overlap_by(records, count, decoding_surely);
}

struct overlap overlap_in_flight(const struct record *records, size_t count)
{
	return overlap_by(records, count, in_flight);
}
