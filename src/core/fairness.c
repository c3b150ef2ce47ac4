#include "core/fairness.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

double fairness_index(const double *values, size_t count)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < count; i++) {
		sum += values[i];
		squares += values[i] * values[i];
	}
	return squares > 0 ? sum * sum / ((double)count * squares) : NAN;
}

double fairness_rate(const struct record *record)
{
	int64_t span_ns;

	if (record->outcome != OUTCOME_OK || record->event_count < 2 || record->output_tokens == JSON_UNKNOWN ||
	    record->output_tokens < 2)
		return NAN;
	span_ns = record->event_ns[record->event_count - 1] - record->event_ns[0];
	return span_ns > 0 ? (double)(record->output_tokens - 1) * (double)NS_PER_S / (double)span_ns : NAN;
}

int64_t fairness_start_ns(const struct record *record)
{
	int64_t wait_ns = record_queue_wait_ns(record);

	if (record->outcome != OUTCOME_OK || record->sent_ns == TIME_UNKNOWN)
		return TIME_UNKNOWN;
	if (wait_ns != TIME_UNKNOWN)
		return record->sent_ns + wait_ns +
		       (record->server_load_ns != TIME_UNKNOWN ? record->server_load_ns : 0);
	return record->event_count > 0 ? record->event_ns[0] : TIME_UNKNOWN;
}

struct arrival {
	int64_t at_ns;
	size_t index;
};

/* Of those that were sent at the same instant the one of lower index came first. */
static int compare_arrivals(const void *left, const void *right)
{
	const struct arrival *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

size_t fairness_arrivals(const struct record *records, size_t count, size_t *indexes)
{
	struct arrival *arrivals = memory_new(count, sizeof(*arrivals));
	size_t sent = 0;

	for (size_t i = 0; i < count; i++)
		if (records[i].sent_ns != TIME_UNKNOWN)
			arrivals[sent++] = (struct arrival){records[i].sent_ns, i};
	qsort(arrivals, sent, sizeof(*arrivals), compare_arrivals);
	for (size_t i = 0; i < sent; i++)
		indexes[i] = arrivals[i].index;
	free(arrivals);
	return sent;
}

/* Counts of the starts seen so far, by their rank, so that a range is summed in log n steps (a Fenwick tree). */
struct ranks {
	const int64_t *sorted; /* all starts */
	size_t *sums;          /* count + 1 */
	size_t count;
};

/* How many of all starts are before that time. */
static size_t rank_of(const struct ranks *ranks, int64_t at_ns)
{
	size_t low = 0, high = ranks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranks->sorted[middle] < at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void ranks_add(const struct ranks *ranks, int64_t start_ns)
{
	for (size_t i = rank_of(ranks, start_ns) + 1; i <= ranks->count; i += i & (~i + 1))
		ranks->sums[i]++;
}

/* How many that were added start before that time. */
static size_t ranks_before(const struct ranks *ranks, int64_t at_ns)
{
	size_t sum = 0;

	for (size_t i = rank_of(ranks, at_ns); i > 0; i -= i & (~i + 1))
		sum += ranks->sums[i];
	return sum;
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* Fills the sent and start times of those that were begun, in the order of arrival; returns how many. */
static size_t begun_in_order(const struct record *records, size_t count, int64_t *sent_ns, int64_t *start_ns)
{
	size_t *order = memory_new(count, sizeof(*order));
	size_t arrivals = fairness_arrivals(records, count, order), begun = 0;

	for (size_t i = 0; i < arrivals; i++) {
		const struct record *record = &records[order[i]];

		if (fairness_start_ns(record) == TIME_UNKNOWN)
			continue;
		sent_ns[begun] = record->sent_ns;
		start_ns[begun++] = fairness_start_ns(record);
	}
	free(order);
	return begun;
}

struct fairness_order fairness_order_of(const struct record *records, size_t count, int64_t apart_ns)
{
	int64_t *sent_ns = memory_new(count, sizeof(*sent_ns)), *start_ns = memory_new(count, sizeof(*start_ns));
	int64_t *sorted = memory_new(count, sizeof(*sorted));
	size_t begun = begun_in_order(records, count, sent_ns, start_ns);
	struct ranks ranks = {sorted, memory_new(begun + 1, sizeof(size_t)), begun};
	struct fairness_order order = {0, 0};
	size_t earlier = 0;

	for (size_t i = 0; i < begun; i++)
		sorted[i] = start_ns[i];
	qsort(sorted, begun, sizeof(*sorted), compare_times);
	for (size_t later = 0; later < begun; later++) {
		int64_t together_from = start_ns[later] - FAIRNESS_TOGETHER_NS;
		int64_t together_to = start_ns[later] + FAIRNESS_TOGETHER_NS;
		size_t inverted, kept = 0;

		for (; earlier < later && sent_ns[earlier] + apart_ns <= sent_ns[later]; earlier++)
			ranks_add(&ranks, start_ns[earlier]);
		inverted = earlier - ranks_before(&ranks, together_to + 1);
		/* Earlier ones that began after this one came, and well before it began. */
		if (sent_ns[later] + 1 < together_from)
			kept = ranks_before(&ranks, together_from) - ranks_before(&ranks, sent_ns[later] + 1);
		order.inverted += (double)inverted;
		order.pairs += (double)(inverted + kept);
	}
	free(ranks.sums);
	free(sorted);
	free(start_ns);
	free(sent_ns);
	return order;
}
