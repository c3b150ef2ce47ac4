/* Lines of records.jsonl and samples.jsonl read back: what is written again is the same, to the letter. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/record.h"
#include "core/sample.h"
#include "core/server_metrics.h"
#include "tap.h"

enum { ORIGIN = 1000 };

static struct json *parse(const char *line)
{
	return json_parse(line, strlen(line));
}

/* Takes `again`. */
static void check_same(const char *line, struct json *again, const char *what)
{
	struct text text = {0};

	json_add_to(&text, again);
	is_text(text_string(&text), line, what);
	text_release(&text);
	json_free(again);
}

static char *written(struct json *json)
{
	struct text text = {0};

	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void check_record(const struct record *record, const char *what)
{
	char *line = written(record_json(record, "c", ORIGIN));
	struct json *json = parse(line);
	struct record again;

	ok(record_parse(json, ORIGIN + 7, &again), what);
	check_same(line, record_json(&again, "c", ORIGIN + 7), "the same line, though it counts from another instant");
	record_release(&again);
	json_free(json);
	free(line);
}

static void test_records(void)
{
	int64_t events[] = {ORIGIN + 30, ORIGIN + 40};
	char done[] = "stop", error[] = "it broke", words[] = "Because";
	struct record record = {
	    .request = 3,
	    .trial = 2,
	    .http_status = 200,
	    .retries = 1,
	    .due_ns = ORIGIN + 10,
	    .sent_ns = ORIGIN + 11,
	    .header_ns = ORIGIN + 20,
	    .done_ns = ORIGIN + 50,
	    .stamp_lag_ns = 5,
	    .event_ns = events,
	    .event_count = 2,
	    .turn = 2,
	    .asked_input_tokens = 8,
	    .asked_output_tokens = 9,
	    .prompt_tokens = 10,
	    .output_tokens = 11,
	    .cached_tokens = 12,
	    .server_total_ns = 13,
	    .server_load_ns = 14,
	    .server_queue_ns = 15,
	    .server_prefill_ns = 16,
	    .server_decode_ns = 17,
	    .server_peak_bytes = 18,
	    .audio_ns = 19,
	    .heard_ns = 20,
	    .dimensions = 21,
	    .done_reason = done,
	    .text = words,
	};

	check_record(&record, "a record of which all is known");
	record = (struct record){
	    .trial = 1,
	    .outcome = OUTCOME_CONNECT,
	    .due_ns = ORIGIN,
	    .sent_ns = TIME_UNKNOWN,
	    .header_ns = TIME_UNKNOWN,
	    .done_ns = ORIGIN + 1,
	    .stamp_lag_ns = TIME_UNKNOWN,
	    .prompt_tokens = JSON_UNKNOWN,
	    .output_tokens = JSON_UNKNOWN,
	    .cached_tokens = JSON_UNKNOWN,
	    .server_total_ns = TIME_UNKNOWN,
	    .server_load_ns = TIME_UNKNOWN,
	    .server_queue_ns = TIME_UNKNOWN,
	    .server_prefill_ns = TIME_UNKNOWN,
	    .server_decode_ns = TIME_UNKNOWN,
	    .server_peak_bytes = JSON_UNKNOWN,
	    .audio_ns = TIME_UNKNOWN,
	    .heard_ns = TIME_UNKNOWN,
	    .dimensions = JSON_UNKNOWN,
	    .error = error,
	};
	check_record(&record, "one of which little is known");
}

static void refuses_record(const char *line, const char *what)
{
	struct json *json = parse(line);
	struct record record;

	ok(!record_parse(json, ORIGIN, &record), what);
	ok(record.event_ns == NULL && record.error == NULL, "and it is empty");
	json_free(json);
}

static void test_no_records(void)
{
	refuses_record("{\"schema\":\"llmbench.sample/1\",\"trial\":1,\"request\":0,\"outcome\":\"ok\"}",
	               "a line of another kind");
	refuses_record("{\"schema\":\"llmbench.record/1\",\"trial\":0,\"request\":0,\"outcome\":\"ok\"}", "no trial");
	refuses_record("{\"schema\":\"llmbench.record/1\",\"trial\":1,\"request\":-1,\"outcome\":\"ok\"}",
	               "no request");
	refuses_record("{\"schema\":\"llmbench.record/1\",\"trial\":1,\"request\":0,\"outcome\":\"?\"}",
	               "no outcome that is known");
	refuses_record(
	    "{\"schema\":\"llmbench.record/1\",\"trial\":1,\"request\":0,\"outcome\":\"ok\",\"event_ns\":[2,1]}",
	    "events that go back");
	refuses_record(
	    "{\"schema\":\"llmbench.record/1\",\"trial\":1,\"request\":0,\"outcome\":\"ok\",\"event_ns\":[null]}",
	    "an event without its time");
	refuses_record("7", "no object");
}

static void test_samples(void)
{
	struct sample sample, again;
	struct json *json;
	char *line;

	sample_reset(&sample);
	sample.at_ns = ORIGIN + 5;
	sample.phase = PHASE_MEASURING;
	sample.stale = true;
	sample.used_bytes = 7;
	sample.cpu_temperature_mc = 45000;
	line = written(sample_json(&sample, "c", ORIGIN));
	json = parse(line);
	ok(sample_parse(json, ORIGIN, &again), "a sample");
	check_same(line, sample_json(&again, "c", ORIGIN), "the same line");
	json_free(json);
	free(line);
	json = parse("{\"schema\":\"llmbench.sample/1\",\"at_ns\":1,\"phase\":\"asleep\"}");
	ok(!sample_parse(json, ORIGIN, &again), "no phase that is known");
	json_free(json);
	json = parse("{\"schema\":\"llmbench.sample/1\",\"phase\":\"idle\"}");
	ok(!sample_parse(json, ORIGIN, &again), "no time");
	json_free(json);
}

static void test_sums(void)
{
	int64_t sum = JSON_UNKNOWN;

	sample_add(&sum, JSON_UNKNOWN);
	is_int(sum, JSON_UNKNOWN, "a sum of nothing is unknown");
	sample_add(&sum, 2);
	sample_add(&sum, JSON_UNKNOWN);
	sample_add(&sum, 3);
	is_int(sum, 5, "a sum of what is known");
	sample_add(&sum, INT64_MAX - 4);
	is_int(sum, INT64_MAX, "a sum is no more than its type holds");
}

static void test_readings(void)
{
	struct server_sample sample = {.asked_ns = ORIGIN + 1, .told_ns = ORIGIN + 2}, again;
	struct json *json;
	char *line;

	server_metrics_reset(&sample.metrics);
	sample.metrics.waiting = 3;
	sample.metrics.kv_used_share = 0.25;
	line = written(server_sample_json(&sample, "c", ORIGIN));
	json = parse(line);
	ok(server_sample_parse(json, ORIGIN, &again), "a reading of the server's metrics");
	check_same(line, server_sample_json(&again, "c", ORIGIN), "the same line");
	is_int(again.metrics.header, HEADER_UNKNOWN, "which server it was is not known any more");
	json_free(json);
	free(line);
	json = parse("{\"schema\":\"llmbench.server_sample/1\",\"asked_ns\":1}");
	ok(!server_sample_parse(json, ORIGIN, &again), "no time");
	json_free(json);
}

int main(void)
{
	test_records();
	test_no_records();
	test_samples();
	test_sums();
	test_readings();
	return tap_done();
}
