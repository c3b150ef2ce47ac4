/*
 * Readings of a server's metrics over a cell, and its count of waiting requests
 * beside ours.
 */
#include "core/server_metrics.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)

static struct server_sample sample(int64_t at_ms, double waiting, double running, double kv)
{
	struct server_sample made = {.asked_ns = MS(at_ms - 2), .told_ns = MS(at_ms)};

	server_metrics_reset(&made.metrics);
	made.metrics.waiting = waiting;
	made.metrics.running = running;
	made.metrics.kv_used_share = kv;
	made.metrics.header = HEADER_AT_START;
	return made;
}

static struct record record(int64_t sent_ms, int64_t header_ms, int64_t tokens)
{
	return (struct record){.outcome = OUTCOME_OK,
	                       .sent_ns = MS(sent_ms),
	                       .header_ns = MS(header_ms),
	                       .done_ns = MS(header_ms + 5),
	                       .prompt_tokens = tokens,
	                       .output_tokens = tokens};
}

static double number(const struct json *json, const char *first, const char *second)
{
	return json_get_number(json_get(json, first), second);
}

static void lines(void)
{
	struct server_sample one = sample(12, 7, 4, NAN);
	struct json *json = server_sample_json(&one, "0123456789ab", MS(2));
	struct text text = {0};

	json_add_to(&text, json);
	is_text(text_string(&text),
	        "{\"schema\":\"llmbench.server_sample/1\",\"cell\":\"0123456789ab\",\"asked_ns\":8000000,"
	        "\"at_ns\":10000000,\"waiting\":7,\"running\":4,\"kv_used_share\":null,\"prompt_tokens\":null,"
	        "\"generated_tokens\":null}",
	        "a line of samples.jsonl");
	text_release(&text);
	json_free(json);
}

/* Three requests wait from 0 to 10, 20 and 30 ms. */
static const int64_t headers[] = {10, 20, 30};

static void over_a_cell(void)
{
	struct server_polls polls = {0}, lost;
	const struct server_sample told[] = {sample(5, 3, 1, 0.5), sample(15, 1, 4, NAN), sample(25, NAN, NAN, 0.75)};
	struct server_metrics before, after;
	struct record records[3];
	struct json *json = server_polls_json(&polls, NULL, 0);

	ok(json == NULL, "a server that tells nothing has nothing in the summary");
	for (int i = 0; i < 3; i++)
		records[i] = record(0, headers[i], 10);
	server_metrics_reset(&before);
	server_metrics_reset(&after);
	before.generated_tokens = 100;
	after.generated_tokens = 115;
	server_polls_add_visit(&polls, &before, &after);
	server_polls_add_visit(&polls, &before, &after);
	json = server_polls_json(&polls, records, 3);
	ok(isnan(number(json, "queue_depth", "max")), "a cell shorter than the interval: no queue depth, not 0");
	is_real(json_get_number(json, "generated_tokens"), 30, 0, "but counters, of both visits");
	is_real(json_get_number(json, "generated_tokens_of_replies"), 30, 0, "beside what the replies count");
	ok(isnan(json_get_number(json, "prompt_tokens")), "a counter that is not told is unknown");
	json_free(json);

	for (size_t i = 0; i < 3; i++)
		server_polls_add(&polls, &told[i]);
	polls.failed = 2;
	polls.interval_ns = MS(10);
	polls.cpu_ns = 1500000;
	records[2].output_tokens = JSON_UNKNOWN;
	json = server_polls_json(&polls, records, 3);
	is_int(json_get_integer(json, "readings"), 3, "readings");
	is_int(json_get_integer(json, "failed"), 2, "and those that had no answer");
	is_real(number(json, "queue_depth", "mean"), 2, 1e-12, "the mean of those that tell it");
	is_real(number(json, "queue_depth", "max"), 3, 0, "the most");
	is_real(number(json, "running", "max"), 4, 0, "running");
	is_real(number(json, "kv_used_share", "max"), 0.75, 0, "KV cache");
	is_real(number(json, "queue_depth_seen", "mean"), 2, 1e-12, "ours at the same instants: 3, 2, 1");
	is_real(number(json, "cost", "answer_max_ms"), 2, 1e-12, "what an answer took");
	is_real(number(json, "cost", "cpu_ms"), 1.5, 1e-12, "what reading cost");
	ok(isnan(json_get_number(json, "generated_tokens_of_replies")), "one unknown count makes the sum so");
	json_free(json);

	lost = polls;
	server_polls_lose(&lost);
	server_polls_add_visit(&lost, &before, &after);
	json = server_polls_json(&lost, records, 3);
	ok(isnan(json_get_number(json, "generated_tokens")), "counters of a part of the visits are not told");
	json_free(json);

	after.generated_tokens = 3;
	server_polls_add_visit(&polls, &before, &after);
	ok(isnan(polls.generated_tokens), "a counter that went back was begun anew: unknown");
	server_polls_release(&polls);
}

static struct waiting_check check(enum header_time header, const double theirs[], size_t count)
{
	struct server_polls polls = {0};
	struct record records[3];
	struct waiting_check result;

	for (int i = 0; i < 3; i++)
		records[i] = record(0, headers[i], 10);
	for (size_t i = 0; i < count; i++) {
		struct server_sample one = sample(5 + 10 * (int64_t)i, theirs[i], 1, NAN);

		one.metrics.header = header;
		server_polls_add(&polls, &one);
	}
	result = server_polls_check(&polls, records, 3);
	server_polls_release(&polls);
	return result;
}

static void beside_ours(void)
{
	static const struct {
		const char *what;
		enum header_time header;
		double theirs[4];
		size_t count, compared, more, fewer;
		bool differs;
	} cases[] = {
	    {"the same", HEADER_AT_START, {3, 2, 1, 0}, 4, 4, 0, 0, false},
	    {"more for the whole cell", HEADER_AT_START, {5, 4, 3, 2}, 4, 4, 4, 0, true},
	    {"more for a moment", HEADER_AT_START, {3, 4, 1, 0}, 4, 4, 1, 0, false},
	    {"fewer for the whole cell", HEADER_AT_START, {1, 1, 0}, 3, 3, 0, 3, true},
	    {"now more, now fewer", HEADER_AT_START, {5, 1, 3}, 3, 3, 2, 1, false},
	    {"two readings are a moment", HEADER_AT_START, {5, 4}, 2, 2, 2, 0, false},
	    {"a header with the first token: fewer is what is prefilled",
	     HEADER_AT_FIRST_TOKEN,
	     {1, 1, 0},
	     3,
	     3,
	     0,
	     0,
	     false},
	    {"but more is not", HEADER_AT_FIRST_TOKEN, {5, 4, 3}, 3, 3, 3, 0, true},
	    {"a header at once says nothing", HEADER_AT_ONCE, {5, 4, 3}, 3, 0, 0, 0, false},
	    {"unknown counts are not compared", HEADER_AT_START, {NAN, NAN, NAN}, 3, 0, 0, 0, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct waiting_check got = check(cases[i].header, cases[i].theirs, cases[i].count);

		is_int(got.compared, cases[i].compared, cases[i].what);
		is_int(got.more, cases[i].more, cases[i].what);
		is_int(got.fewer, cases[i].fewer, cases[i].what);
		is_int(waiting_check_differs(&got), cases[i].differs, cases[i].what);
	}
	is_real(check(HEADER_AT_START, (double[]){5, 4, 3, 2}, 4).theirs, 3.5, 1e-12, "the mean of theirs");
	is_real(check(HEADER_AT_START, (double[]){5, 4, 3, 2}, 4).ours, 1.5, 1e-12, "and of ours");
}

int main(void)
{
	lines();
	over_a_cell();
	beside_ours();
	return tap_done();
}
