#include "core/metric.h"

#include "tap.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)

enum { MOST = 4 };

static const struct record unknown = {
    .due_ns = TIME_UNKNOWN,
    .sent_ns = TIME_UNKNOWN,
    .done_ns = TIME_UNKNOWN,
    .prompt_tokens = JSON_UNKNOWN,
    .output_tokens = JSON_UNKNOWN,
    .stamp_lag_ns = TIME_UNKNOWN,
    .server_total_ns = TIME_UNKNOWN,
    .server_load_ns = TIME_UNKNOWN,
    .server_queue_ns = TIME_UNKNOWN,
    .server_prefill_ns = TIME_UNKNOWN,
    .server_decode_ns = TIME_UNKNOWN,
    .audio_ns = TIME_UNKNOWN,
    .dimensions = JSON_UNKNOWN,
};

/*
 * Due at 100 ms, sent 2 ms later; events at 350, 370, 420 and 450 ms; done at
 * 460. The server: 13 prompt tokens in 26 ms, 6 output tokens in 120 ms, 8 ms
 * for the model, 354 ms in all, so 200 ms for a slot. A recording of 4 s, and a
 * vector of 3 numbers, which no request has both of.
 */
static int64_t example_events[] = {MS(350), MS(370), MS(420), MS(450)};
static const struct record example = {
    .due_ns = MS(100),
    .sent_ns = MS(102),
    .done_ns = MS(460),
    .stamp_lag_ns = MS(3),
    .event_ns = example_events,
    .event_count = 4,
    .prompt_tokens = 13,
    .output_tokens = 6,
    .server_total_ns = MS(354),
    .server_load_ns = MS(8),
    .server_queue_ns = TIME_UNKNOWN,
    .server_prefill_ns = MS(26),
    .server_decode_ns = MS(120),
    .audio_ns = MS(4000),
    .dimensions = 3,
};

static void check(const char *name, const struct record *record, size_t count, const double *values, const char *what)
{
	struct series series = {0};

	metric_find(name)->request(record, &series);
	if (is_int(series.count, count, what))
		for (size_t i = 0; i < count; i++)
			is_real(series.values[i], values[i], 1e-12 * values[i], name);
	series_release(&series);
}

static void test_example(void)
{
	static const struct {
		const char *metric;
		size_t count;
		double values[MOST];
	} cases[] = {
	    {"ttft_ms", 1, {250}},
	    {"itl_ms", 3, {20, 50, 30}},
	    {"tpot_ms", 1, {20}}, /* 100 ms for the 5 tokens after the first */
	    {"e2e_ms", 1, {360}},
	    {"ttft_from_sent_ms", 1, {248}},
	    {"e2e_from_sent_ms", 1, {358}},
	    {"send_lag_ms", 1, {2}},
	    {"stamp_lag_ms", 1, {3}},
	    {"prompt_tokens", 1, {13}},
	    {"output_tokens", 1, {6}},
	    {"server_load_ms", 1, {8}},
	    {"server_queue_wait_ms", 1, {200}},
	    {"prefill_tokens_per_s", 1, {500}},
	    {"decode_tokens_per_s", 1, {50}},
	    {"rtf", 1, {0.0895}}, /* 358 ms from sent to done for 4 s */
	    {"audio_s", 1, {4}},
	    {"dimensions", 1, {3}},
	};
	size_t of_requests = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].metric, &example, cases[i].count, cases[i].values, cases[i].metric);
	for (size_t i = 0; i < metric_count; i++)
		of_requests += metrics[i].scope == METRIC_REQUEST;
	is_int(of_requests, sizeof(cases) / sizeof(cases[0]), "every metric of requests has its case");
}

static void test_unknown(void)
{
	for (size_t i = 0; i < metric_count; i++)
		if (metrics[i].scope == METRIC_REQUEST)
			check(metrics[i].name, &unknown, 0, NULL, "nothing is known of a record that knows nothing");
}

static void test_few_events_and_tokens(void)
{
	struct record record = example;

	record.event_count = 1;
	check("ttft_ms", &record, 1, (double[]){250}, "one event has a TTFT");
	check("itl_ms", &record, 0, NULL, "but no gap");
	check("tpot_ms", &record, 0, NULL, "and no TPOT, whatever its tokens");
	record = example;
	record.output_tokens = 1;
	check("tpot_ms", &record, 0, NULL, "one token has no TPOT, whatever its events");
	check("decode_tokens_per_s", &record, 0, NULL, "nor a decode rate");
	record.prompt_tokens = 1;
	check("prefill_tokens_per_s", &record, 0, NULL, "nor has a prompt of one token a rate");
	record.output_tokens = 2;
	check("tpot_ms", &record, 1, (double[]){100}, "two tokens have one");
	check("decode_tokens_per_s", &record, 1, (double[]){2 / 0.12}, "and a rate");
	record.server_decode_ns = 0;
	check("decode_tokens_per_s", &record, 0, NULL, "but not in no time");
	record.output_tokens = JSON_UNKNOWN;
	check("tpot_ms", &record, 0, NULL, "an unknown count has none: events are not tokens");
}

static void test_server_times(void)
{
	struct record record = example;

	record.server_total_ns = MS(150);
	check("server_queue_wait_ms", &record, 1, (double[]){0}, "parts above the total: no wait, not a negative one");
	record.server_total_ns = MS(154);
	check("server_queue_wait_ms", &record, 1, (double[]){0}, "parts that are the total: no wait");
	record.server_prefill_ns = TIME_UNKNOWN;
	check("server_queue_wait_ms", &record, 0, NULL, "a part that is not known: the wait is not");
	record.server_queue_ns = MS(31);
	check("server_queue_wait_ms", &record, 1, (double[]){31},
	      "a wait that the server told stands before its parts");
	check("prefill_tokens_per_s", &record, 0, NULL, "nor the rate of that part");
	record.server_prefill_ns = 0;
	check("prefill_tokens_per_s", &record, 0, NULL, "no time is no speed");
	record = example;
	record.prompt_tokens = 0;
	check("prefill_tokens_per_s", &record, 0, NULL, "no token is no speed");
	check("prompt_tokens", &record, 1, (double[]){0}, "but a count of 0 is a count");
	record.output_tokens = 0;
	check("decode_tokens_per_s", &record, 0, NULL, "no token is no speed");
}

static double of_trial(const char *name, const struct record *records, size_t count, double wall_s)
{
	const struct trial trial = {.records = records, .count = count, .wall_s = wall_s};

	return metric_find(name)->trial(&trial);
}

static void test_trial(void)
{
	struct record records[3] = {example, example, example};

	records[1].output_tokens = 14;
	is_real(of_trial("output_tokens_per_s", records, 2, 4), 5, 0, "20 tokens in 4 s");
	is_real(of_trial("requests_per_s", records, 2, 4), 0.5, 0, "2 requests in 4 s");
	is_real(of_trial("duration_s", records, 2, 4), 4, 0, "4 s");
	records[2].outcome = OUTCOME_TRUNCATED;
	records[2].output_tokens = JSON_UNKNOWN;
	is_real(of_trial("output_tokens_per_s", records, 3, 4), 5, 0, "tokens of a failed request do not count");
	is_real(of_trial("requests_per_s", records, 3, 4), 0.5, 0, "nor does it");
	is_real(of_trial("duration_s", records, 3, 8), 8, 0, "its time does");
	records[1].output_tokens = JSON_UNKNOWN;
	is_real(of_trial("output_tokens_per_s", records, 3, 4), NAN, 0, "one unknown count: the sum is unknown");
	is_real(of_trial("requests_per_s", records, 3, 4), 0.5, 0, "but not the number of requests");
	for (size_t i = 0; i < metric_count; i++)
		if (metrics[i].scope == METRIC_TRIAL)
			is_real(of_trial(metrics[i].name, &records[2], 1, 4), NAN, 0, "no request succeeded: unknown");
	is_real(of_trial("requests_per_s", records, 2, 0), NAN, 0, "no time is no speed");
}

static void test_media(void)
{
	struct record records[3] = {example, example, example}, record = example;

	records[1].audio_ns = MS(2000);
	records[2].outcome = OUTCOME_TIMEOUT;
	is_real(of_trial("rtfx", records, 3, 1.5), 4, 1e-12,
	        "6 s of sound in 1.5 s; that of a failed request does not count");
	is_real(of_trial("inputs_per_s", records, 3, 4), 0.5, 0, "2 vectors in 4 s");
	is_real(of_trial("input_tokens_per_s", records, 3, 4), 6.5, 0, "of 26 tokens");
	records[1].prompt_tokens = JSON_UNKNOWN;
	is_real(of_trial("input_tokens_per_s", records, 3, 4), NAN, 0, "one unknown count: the sum is unknown");
	is_real(of_trial("inputs_per_s", records, 3, 4), 0.5, 0, "but not the number of vectors");
	records[1].dimensions = JSON_UNKNOWN;
	records[1].audio_ns = TIME_UNKNOWN;
	is_real(of_trial("inputs_per_s", records, 3, 4), NAN, 0, "an answer without a vector: no rate of them");
	is_real(of_trial("rtfx", records, 3, 4), NAN, 0, "an answer to no recording: no rate of sound");
	is_real(of_trial("rtfx", records, 2, 0), NAN, 0, "no time is no speed");
	record.due_ns = MS(0);
	check("rtf", &record, 1, (double[]){0.0895}, "RTF counts from sent, not from due");
	record.sent_ns = TIME_UNKNOWN;
	check("rtf", &record, 0, NULL, "not sent: no RTF");
}

static void test_table(void)
{
	for (size_t i = 0; i < metric_count; i++) {
		const struct metric *metric = &metrics[i];

		ok(metric_find(metric->name) == metric, metric->name);
		ok((metric->request != NULL) == (metric->scope == METRIC_REQUEST) &&
		       (metric->trial != NULL) == (metric->scope == METRIC_TRIAL),
		   "has the function of its scope");
		ok(metric->title != NULL && metric->unit != NULL, "has a title and a unit");
		ok(strstr(metric->definition, "server") != NULL || strstr(metric->definition, "llmbench") != NULL,
		   "says whose count or clock it is");
	}
	ok(metric_find("goodness") == NULL, "no such metric");
}

int main(void)
{
	test_table();
	test_example();
	test_unknown();
	test_few_events_and_tokens();
	test_server_times();
	test_trial();
	test_media();
	return tap_done();
}
