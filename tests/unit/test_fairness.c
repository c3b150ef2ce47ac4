/*
 * Order and fairness, on schedules whose figures are computed by hand.
 */
#include "core/fairness.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "tap.h"

enum { MOST = 12 };

/* A request that was sent and begun at these milliseconds; begun NAN: it was refused. */
static struct record make(double sent_ms, double begun_ms)
{
	bool begun = !isnan(begun_ms);

	return (struct record){
	    .trial = 1,
	    .outcome = begun ? OUTCOME_OK : OUTCOME_BUSY,
	    .due_ns = (int64_t)(sent_ms * 1e6),
	    .sent_ns = (int64_t)(sent_ms * 1e6),
	    .header_ns = (int64_t)((begun ? begun_ms : sent_ms + 1) * 1e6),
	    .done_ns = (int64_t)((begun ? begun_ms + 1 : sent_ms + 1) * 1e6),
	    .output_tokens = JSON_UNKNOWN,
	    .server_queue_ns = begun ? (int64_t)(begun_ms * 1e6) - (int64_t)(sent_ms * 1e6) : TIME_UNKNOWN,
	    .server_total_ns = TIME_UNKNOWN,
	    .server_load_ns = TIME_UNKNOWN,
	    .server_prefill_ns = TIME_UNKNOWN,
	    .server_decode_ns = TIME_UNKNOWN,
	};
}

static void jain(void)
{
	static const struct {
		double values[4];
		size_t count;
		double index;
		const char *what;
	} cases[] = {
	    {{5, 5, 5, 5}, 4, 1, "all equal"},
	    {{7, 0, 0, 0}, 4, 0.25, "one has everything: 1/n"},
	    {{3, 3, 0, 0}, 4, 0.5, "two of four share it"},
	    {{1, 2, 3}, 3, 36.0 / 42.0, "6² / (3 · 14)"},
	    {{2}, 1, 1, "alone"},
	    {{0, 0}, 2, NAN, "nobody has anything"},
	    {{0}, 0, NAN, "nobody"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_real(fairness_index(cases[i].values, cases[i].count), cases[i].index, 1e-12, cases[i].what);
}

static void rates(void)
{
	int64_t events[] = {100 * NS_PER_MS, 150 * NS_PER_MS, 300 * NS_PER_MS};
	struct record record = {.outcome = OUTCOME_OK, .event_ns = events, .event_count = 3, .output_tokens = 41};

	is_real(fairness_rate(&record), 200, 1e-9, "40 tokens in 200 ms");
	record.outcome = OUTCOME_TIMEOUT;
	ok(isnan(fairness_rate(&record)), "a failed request has no rate");
	record.outcome = OUTCOME_OK;
	record.output_tokens = 1;
	ok(isnan(fairness_rate(&record)), "nor has one token");
	record.output_tokens = JSON_UNKNOWN;
	ok(isnan(fairness_rate(&record)), "nor an unknown count");
	record.output_tokens = 41;
	record.event_count = 1;
	ok(isnan(fairness_rate(&record)), "nor one event");
	events[2] = events[0];
	record.event_count = 3;
	ok(isnan(fairness_rate(&record)), "nor no time");
}

static void starts(void)
{
	int64_t events[] = {90 * NS_PER_MS};
	struct record record = make(10, 60);

	record.event_ns = events;
	record.event_count = 1;
	is_int(fairness_start_ns(&record), 60 * NS_PER_MS, "sent and the server's queue wait");
	record.server_queue_ns = TIME_UNKNOWN;
	is_int(fairness_start_ns(&record), 90 * NS_PER_MS, "without it the first text");
	record.server_total_ns = 100 * NS_PER_MS;
	record.server_load_ns = 5 * NS_PER_MS;
	record.server_prefill_ns = 30 * NS_PER_MS;
	record.server_decode_ns = 45 * NS_PER_MS;
	is_int(fairness_start_ns(&record), 35 * NS_PER_MS, "by parts: 10 sent, 20 waited, 5 loaded");
	record.outcome = OUTCOME_BUSY;
	is_int(fairness_start_ns(&record), TIME_UNKNOWN, "a refused request was not begun");
}

static void orders(void)
{
	static const struct {
		double times[MOST][2]; /* sent, begun */
		size_t count;
		double pairs, inverted;
		const char *what;
	} cases[] = {
	    {{{0, 10}, {1, 20}, {2, 30}, {3, 40}}, 4, 6, 0, "first in, first out"},
	    {{{0, 40}, {1, 30}, {2, 20}, {3, 10}}, 4, 6, 6, "last in, first out"},
	    {{{0, 10}, {1, 40}, {2, 20}, {3, 30}}, 4, 6, 2, "the second is overtaken by two"},
	    {{{3, 30}, {1, 40}, {0, 10}, {2, 20}}, 4, 6, 2, "the same in another order of records"},
	    {{{0, 1}, {100, 101}, {200, 201}}, 3, 0, 0, "nobody waited, so there was nothing to invert"},
	    {{{0, 10}, {5, 20}, {15, 30}}, 3, 2, 0, "the third came when the first was begun"},
	    {{{0, 10}, {1, 10.5}, {2, 11}}, 3, 0, 0, "begun together, within 1 ms"},
	    {{{0, 10}, {1, 10}, {2, 8}, {3, 12}}, 4, 5, 2, "a batch of two is one"},
	    {{{0, 10}, {1, NAN}, {2, 5}}, 3, 1, 1, "a refused request is in no pair"},
	    {{{0, 5}}, 1, 0, 0, "one"},
	    {{{0, 0}}, 0, 0, 0, "none"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record records[MOST];
		struct fairness_order order;

		for (size_t r = 0; r < cases[i].count; r++)
			records[r] = make(cases[i].times[r][0], cases[i].times[r][1]);
		order = fairness_order_of(records, cases[i].count, 0);
		is_real(order.pairs, cases[i].pairs, 0, cases[i].what);
		is_real(order.inverted, cases[i].inverted, 0, cases[i].what);
	}
}

/* The definition, pair by pair. */
static struct fairness_order by_pairs(const struct record *records, size_t count, int64_t apart_ns)
{
	struct fairness_order order = {0, 0};

	for (size_t a = 0; a < count; a++) {
		for (size_t b = 0; b < count; b++) {
			int64_t first = fairness_start_ns(&records[a]), second = fairness_start_ns(&records[b]);
			bool earlier = records[a].sent_ns < records[b].sent_ns ||
			               (records[a].sent_ns == records[b].sent_ns && a < b);

			if (!earlier || records[b].sent_ns - records[a].sent_ns < apart_ns || first == TIME_UNKNOWN ||
			    second == TIME_UNKNOWN || records[b].sent_ns >= first ||
			    llabs(first - second) <= FAIRNESS_TOGETHER_NS)
				continue;
			order.pairs++;
			order.inverted += second < first;
		}
	}
	return order;
}

static void as_pair_by_pair(void)
{
	uint64_t random = 3;
	size_t same = 0;

	for (int round = 0; round < 200; round++) {
		struct record records[60];
		size_t count = 1 + (size_t)random_below(&random, 60);
		struct fairness_order fast, slow;

		for (size_t i = 0; i < count; i++) {
			double sent = (double)random_below(&random, 40) / 2;

			records[i] = make(
			    sent, random_below(&random, 9) == 0 ? NAN : sent + (double)random_below(&random, 60) / 4);
		}
		fast = fairness_order_of(records, count, round % 4 * NS_PER_MS);
		slow = by_pairs(records, count, round % 4 * NS_PER_MS);
		same += fast.pairs == slow.pairs && fast.inverted == slow.inverted;
	}
	is_int(same, 200, "counting by ranks gives what counting by pairs does");
}

static const struct json *at(const struct json *json, const char *first, const char *second)
{
	return json_get(json_get(json, first), second);
}

static char *written(const struct json *json)
{
	struct text text = {0};

	json_add_to(&text, json);
	return text_take(&text);
}

/*
 * Two trials of twelve, sent a millisecond apart in the reverse order of the
 * records, on one place of 100 ms that takes them in their order. The seventh
 * and eighth are refused with 503, the tenth of the second trial by an error in
 * a 200.
 */
static void make_trials(struct record *records, int64_t (*events)[2])
{
	for (int trial = 0; trial < 2; trial++) {
		double begun = 0;

		for (int position = 0; position < 12; position++) {
			size_t i = (size_t)(trial * 12 + 11 - position);
			double sent = trial * 5000 + position;
			bool busy = position == 6 || position == 7, error = trial == 1 && position == 9;

			records[i] = make(sent, busy ? NAN : sent > begun ? begun = sent : begun);
			records[i].trial = trial + 1;
			if (error)
				records[i].outcome = OUTCOME_ERROR_LINE;
			if (busy || error)
				continue;
			events[i][0] = (int64_t)((begun + 20) * 1e6);
			events[i][1] = (int64_t)((begun + (position == 0 ? 60 : 100)) * 1e6);
			records[i].event_ns = events[i];
			records[i].event_count = 2;
			records[i].output_tokens = 41;
			records[i].done_ns = events[i][1];
			begun += 100;
		}
	}
}

static void whole_queue(void)
{
	struct record records[24];
	int64_t events[24][2];
	struct json *queue, *none = queue_json(NULL, 0);
	const struct json *part;
	char *text;

	ok(none == NULL, "no requests, no queue");
	make_trials(records, events);
	queue = queue_json(records, 24);
	/* In the first trial, when the twelfth has come: all but the first, which has begun, and the two refused. */
	is_real(json_as_number(at(queue, "waiting", "max")), 9, 0, "most that waited");
	is_real(json_as_number(at(queue, "order", "pairs")), 36 + 28, 0, "9·8/2 and 8·7/2 pairs of those that waited");
	is_real(json_as_number(at(queue, "order", "inverted")), 0, 0, "in their order");
	ok(json_get(json_get(queue, "order"), "fifo") == NULL, "but they came too close to each other to tell");
	text = written(at(queue, "overload", "refused"));
	is_text(text, "{\"busy\":4,\"error_in_200\":1,\"positions\":[[7,8],[10,10]]}", "which were refused");
	free(text);
	text = written(at(queue, "overload", "waited"));
	is_text(text, "{\"requests\":17,\"positions\":[[2,6],[9,12]]}", "which waited");
	free(text);
	/* One of 1000 tokens/s and nine of 500: 5500² / (10·3.25e6); the second trial has eight of them. */
	is_real(json_get_number(queue, "fairness_index"),
	        (5500.0 * 5500 / (10 * 3.25e6) + 5000.0 * 5000 / (9 * 3e6)) / 2, 1e-9,
	        "Jain's index, mean of two trials");
	is_int(json_count(json_get(queue, "arrivals")), 10, "tenths");
	part = json_at(json_get(queue, "arrivals"), 0); /* positions 1 and 2 of both trials */
	is_int(json_get_integer(part, "requests"), 4, "two of twelve, twice");
	is_real(json_get_number(part, "queue_wait_max_ms"), 99, 1e-9, "the second waited for the first");
	is_real(json_get_number(part, "ttft_p50_ms"), 20, 1e-9, "the first did not");
	part = json_at(json_get(queue, "arrivals"), 5); /* positions 7 and 8 */
	is_int(json_get_integer(part, "refused"), 4, "the refused ones are in their part");
	ok(isnan(json_get_number(part, "ttft_p50_ms")), "with no latency");
	json_free(queue);
}

/* Twenty, of which the last k are begun before all others: k·(20 - k) of 190 pairs. All waited for the first 1000 ms.
 */
static void verdicts(void)
{
	static const struct {
		int first;
		double apart_ms;
		const char *order;
	} cases[] = {
	    {0, 10,
	     "{\"pairs\":190,\"inverted\":0,\"inverted_share\":0,\"pairs_apart\":190,\"inverted_apart\":0,\"fifo\":"
	     "true}"},
	    {1, 10,
	     "{\"pairs\":190,\"inverted\":19,\"inverted_share\":0.1,\"pairs_apart\":190,\"inverted_apart\":19,\"fifo\":"
	     "null}"},
	    {10, 10, "\"inverted_apart\":100,\"fifo\":false}"},
	    {19, 9, "\"inverted\":19,\"inverted_share\":0.1,\"pairs_apart\":171,\"inverted_apart\":18,\"fifo\":null}"},
	    {10, 0.01,
	     "\"inverted\":100,\"inverted_share\":0.5263157894736842,\"pairs_apart\":0,\"inverted_apart\":0,\"fifo\":"
	     "null}"},
	    {10, 0.52, "\"pairs_apart\":0,\"inverted_apart\":0,\"fifo\":null}"},
	    {10, 0.6, "\"pairs_apart\":6,\"inverted_apart\":6,\"fifo\":null}"},
	};

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct record records[20];
		struct json *queue;
		char *order;

		for (int i = 0; i < 20; i++)
			records[i] = make(i * cases[c].apart_ms, 1000 + 5 * ((i + cases[c].first) % 20));
		queue = queue_json(records, 20);
		order = written(json_get(queue, "order"));
		if (!ok(strstr(order, cases[c].order) != NULL, "yes, no, or not to be told"))
			printf("# got %s\n", order);
		free(order);
		json_free(queue);
	}
}

static void unknown_waits(void)
{
	struct record records[2] = {make(0, 5), make(1, 9)};
	struct json *queue;

	records[0].server_queue_ns = records[1].server_queue_ns = TIME_UNKNOWN;
	queue = queue_json(records, 2);
	ok(json_get(json_get(json_get(queue, "overload"), "waited"), "requests") == NULL,
	   "who waited is not known where the server does not tell");
	ok(json_get(json_get(queue, "order"), "fifo") == NULL, "nor the order, without starts");
	ok(isnan(json_get_number(queue, "fairness_index")), "nor how even it was");
	is_real(json_as_number(at(queue, "waiting", "max")), 2, 0, "what waited is counted by the headers");
	json_free(queue);
	records[0].sent_ns = records[1].sent_ns = TIME_UNKNOWN;
	queue = queue_json(records, 2);
	ok(queue == NULL, "nothing was sent");
}

int main(void)
{
	jain();
	rates();
	starts();
	orders();
	as_pair_by_pair();
	whole_queue();
	verdicts();
	unknown_waits();
	return tap_done();
}
