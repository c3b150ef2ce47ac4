/*
 * "queue" of a cell: core/fairness.h.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/fairness.h"
#include "core/summary.h"
#include "core/waiting.h"

/* What is collected over the trials of a cell. */
struct queue {
	struct waiting waiting;
	double area, span;                  /* of waiting, while trials ran */
	struct series fairness;             /* of each trial */
	struct fairness_order order, apart; /* of all pairs, and of those that came apart */
	size_t longest;                     /* requests of the longest trial */
	size_t busy, error_in_200, waited, told;
	bool *refused_at, *waited_at; /* by arrival position, in any trial */

	struct part {
		size_t requests, ok, refused;
		struct series wait, ttft;
	} parts[QUEUE_PARTS]; /* of each trial's arrivals, in order */
};

/* With status 503 or 429, or by an error in a reply that began with 200 and had no text. */
static bool was_refused(const struct record *record)
{
	return record->outcome == OUTCOME_BUSY || (record->outcome == OUTCOME_ERROR_LINE && record->event_count == 0);
}

static double known_ms(int64_t duration_ns)
{
	return duration_ns == TIME_UNKNOWN ? NAN : (double)duration_ns / (double)NS_PER_MS;
}

static void add_arrival(struct queue *queue, size_t position, size_t arrivals, const struct record *record)
{
	struct part *part = &queue->parts[position * QUEUE_PARTS / arrivals];
	int64_t wait_ns = record->outcome == OUTCOME_OK ? record_queue_wait_ns(record) : TIME_UNKNOWN;

	part->requests++;
	part->ok += record->outcome == OUTCOME_OK;
	series_add(&part->wait, known_ms(wait_ns));
	if (record->outcome == OUTCOME_OK && record->event_count > 0 && record->due_ns != TIME_UNKNOWN)
		series_add(&part->ttft, known_ms(record->event_ns[0] - record->due_ns));
	if (was_refused(record)) {
		part->refused++;
		queue->busy += record->outcome == OUTCOME_BUSY;
		queue->error_in_200 += record->outcome == OUTCOME_ERROR_LINE;
		queue->refused_at[position] = true;
	}
	queue->told += wait_ns != TIME_UNKNOWN;
	if (wait_ns > QUEUE_WAITED_NS) {
		queue->waited++;
		queue->waited_at[position] = true;
	}
}

static void add_trial(struct queue *queue, const struct record *records, size_t count)
{
	size_t *order = memory_new(count, sizeof(*order));
	size_t arrivals = fairness_arrivals(records, count, order);
	struct fairness_order pairs = fairness_order_of(records, count, 0);
	struct fairness_order apart = fairness_order_of(records, count, FAIRNESS_APART_NS);
	struct series rates = {0};
	int64_t end_ns = TIME_UNKNOWN;

	for (size_t i = 0; i < arrivals; i++) {
		const struct record *record = &records[order[i]];

		add_arrival(queue, i, arrivals, record);
		series_add(&rates, fairness_rate(record));
		end_ns = record->done_ns > end_ns ? record->done_ns : end_ns;
	}
	if (arrivals > 0 && end_ns > records[order[0]].sent_ns) {
		double span = (double)(end_ns - records[order[0]].sent_ns);

		queue->area += span * waiting_mean(&queue->waiting, records[order[0]].sent_ns, end_ns);
		queue->span += span;
	}
	queue->longest = arrivals > queue->longest ? arrivals : queue->longest;
	if (rates.count > 1)
		series_add(&queue->fairness, fairness_index(rates.values, rates.count));
	queue->order.pairs += pairs.pairs;
	queue->order.inverted += pairs.inverted;
	queue->apart.pairs += apart.pairs;
	queue->apart.inverted += apart.inverted;
	series_release(&rates);
	free(order);
}

/* --- As JSON --- */

/* [[first, last], …] of the positions that are marked, from 1. */
static struct json *positions_json(const bool *marked, size_t count)
{
	struct json *ranges = json_new_list();

	for (size_t i = 0; i < count; i++) {
		struct json *range;

		if (!marked[i])
			continue;
		range = json_new_list();
		json_append_integer(range, (int64_t)i + 1);
		while (i + 1 < count && marked[i + 1])
			i++;
		json_append_integer(range, (int64_t)i + 1);
		json_append(ranges, range);
	}
	return ranges;
}

static struct json *order_json(const struct fairness_order *all, const struct fairness_order *apart)
{
	struct json *json = json_new_object();
	double share = apart->pairs >= FAIRNESS_APART_LEAST ? apart->inverted / apart->pairs : NAN;

	json_set_number(json, "pairs", all->pairs);
	json_set_number(json, "inverted", all->inverted);
	json_set_number(json, "inverted_share", all->pairs > 0 ? all->inverted / all->pairs : NAN);
	json_set_number(json, "pairs_apart", apart->pairs);
	json_set_number(json, "inverted_apart", apart->inverted);
	if (share <= FAIRNESS_FIFO_SHARE || share >= FAIRNESS_NOT_FIFO_SHARE)
		json_set_bool(json, "fifo", share <= FAIRNESS_FIFO_SHARE);
	else
		json_set(json, "fifo", NULL);
	return json;
}

static struct json *overload_json(const struct queue *queue)
{
	struct json *json = json_new_object(), *refused = json_new_object(), *waited = json_new_object();

	json_set_integer(refused, "busy", (int64_t)queue->busy);
	json_set_integer(refused, "error_in_200", (int64_t)queue->error_in_200);
	json_set(refused, "positions", positions_json(queue->refused_at, queue->longest));
	json_set(json, "refused", refused);
	json_set_integer(waited, "requests", queue->told > 0 ? (int64_t)queue->waited : JSON_UNKNOWN);
	json_set(waited, "positions", queue->told > 0 ? positions_json(queue->waited_at, queue->longest) : NULL);
	json_set(json, "waited", waited);
	return json;
}

static struct json *part_json(struct part *part)
{
	struct distribution wait = distribution_of(part->wait.values, part->wait.count);
	struct distribution ttft = distribution_of(part->ttft.values, part->ttft.count);
	struct json *json = json_new_object();

	json_set_integer(json, "requests", (int64_t)part->requests);
	json_set_integer(json, "ok", (int64_t)part->ok);
	json_set_integer(json, "refused", (int64_t)part->refused);
	json_set_number(json, "queue_wait_p50_ms", wait.p50);
	json_set_number(json, "queue_wait_max_ms", wait.max);
	json_set_number(json, "ttft_p50_ms", ttft.p50);
	json_set_number(json, "ttft_max_ms", ttft.max);
	return json;
}

static struct json *whole_json(struct queue *queue)
{
	struct json *json = json_new_object(), *waiting = json_new_object(), *parts = json_new_list();

	json_set_number(waiting, "mean", queue->span > 0 ? queue->area / queue->span : NAN);
	json_set_integer(waiting, "max", (int64_t)queue->waiting.most);
	json_set(json, "waiting", waiting);
	json_set_number(json, "fairness_index", distribution_of(queue->fairness.values, queue->fairness.count).mean);
	json_set(json, "order", order_json(&queue->order, &queue->apart));
	json_set(json, "overload", overload_json(queue));
	for (size_t i = 0; i < QUEUE_PARTS; i++)
		json_append(parts, part_json(&queue->parts[i]));
	json_set(json, "arrivals", parts);
	return json;
}

struct json *queue_json(const struct record *records, size_t count)
{
	struct queue queue = {
	    .waiting = waiting_of(records, count),
	    .refused_at = memory_new(count, sizeof(bool)),
	    .waited_at = memory_new(count, sizeof(bool)),
	};
	struct json *json;

	for (size_t i = 0; i < count;) {
		size_t of_trial = 1;

		while (i + of_trial < count && records[i + of_trial].trial == records[i].trial)
			of_trial++;
		add_trial(&queue, &records[i], of_trial);
		i += of_trial;
	}
	json = queue.longest > 0 ? whole_json(&queue) : NULL;
	for (size_t i = 0; i < QUEUE_PARTS; i++) {
		series_release(&queue.parts[i].wait);
		series_release(&queue.parts[i].ttft);
	}
	series_release(&queue.fairness);
	waiting_release(&queue.waiting);
	free(queue.refused_at);
	free(queue.waited_at);
	return json;
}
