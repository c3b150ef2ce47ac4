#include "core/error_floor.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/summary.h"
#include "tap.h"

#define TTFT (1u << CLIENT_BOUND_TTFT)
#define ITL  (1u << CLIENT_BOUND_ITL)
#define CPU  (1u << CLIENT_BOUND_CPU)
#define LAG  (1u << CLIENT_BOUND_SEND_LAG)
#define RATE (1u << CLIENT_BOUND_RATE)

static void quantiles(void)
{
	double values[200];
	struct error_quantiles some, none = error_quantiles_of(NULL, 0);

	for (size_t i = 0; i < 200; i++)
		values[i] = (double)(200 - i);
	some = error_quantiles_of(values, 200);
	ok(some.n == 200 && some.p50 == 100 && some.p95 == 190 && some.p99 == 198 && some.max == 200,
	   "quantiles by nearest rank");
	ok(none.n == 0 && isnan(none.p50) && isnan(none.p99) && isnan(none.max), "of nothing nothing is known");
}

/* Errors up to 1 ms in TTFT and up to 0.2 ms in ITL, at the 99th percentile. */
static struct error_floor some_floor(void)
{
	struct error_floor floor;

	error_floor_reset(&floor);
	floor.streams = 16;
	floor.tokens_per_s = 50;
	floor.texts = 240;
	floor.ttft_ms = (struct error_quantiles){16, 0.4, 0.9, 1, 3};
	floor.itl_ms = (struct error_quantiles){224, 0.01, 0.1, 0.2, 5};
	return floor;
}

/* In the order of struct client_figures: share of a core, TTFT, ITL, send lag, rate asked and achieved. */
static void bounds(void)
{
	static const struct {
		const char *what;
		struct client_figures figures;
		unsigned bounds;
	} cases[] = {
	    {"far from the floor", {0.05, 200, 20, 0.2, 10, 10}, 0},
	    {"ten times the error is far enough, 95 % of the rate is kept", {0.6, 10, 2, 1, 100, 95}, 0},
	    {"TTFT is nearer", {0.05, 9.99, 2, 0.2, 10, 10}, TTFT},
	    {"ITL is nearer", {0.05, 10, 1.99, 0.2, 10, 10}, ITL},
	    {"an ITL of 0 is nearer", {0.05, 10, 0, 0.2, 10, 10}, ITL},
	    {"more than 60 % of a core", {0.601, 200, 20, 0.2, 10, 10}, CPU},
	    {"sent late", {0.05, 200, 20, 20.1, 10, 10}, LAG},
	    {"sent at less than the rate", {0.05, 200, 20, 0.2, 100, 94.9}, RATE},
	    {"all of them", {0.99, 1, 0.1, 1, 1e5, 9e3}, TTFT | ITL | CPU | LAG | RATE},
	    {"unknown figures bound nothing", {NAN, NAN, NAN, NAN, NAN, NAN}, 0},
	    {"an unknown ITL leaves the others", {0.99, 1, NAN, 1, 1e5, 9e3}, TTFT | CPU | LAG | RATE},
	    {"of a closed loop there is no rate", {0.05, 200, 20, 0.2, NAN, NAN}, 0},
	    {"where others held requests back, neither", {0.05, 200, 20, NAN, NAN, NAN}, 0},
	};
	struct error_floor floor = some_floor(), unknown;

	error_floor_reset(&unknown);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_int(client_bounds_of(&floor, &cases[i].figures), cases[i].bounds, cases[i].what);
		is_int(client_bounds_of(&unknown, &cases[i].figures), cases[i].bounds & (CPU | LAG | RATE),
		       "without a floor only what needs none");
	}
}

/* Two requests, due `due_ms` and sent `lag_ms` later. */
static struct client_figures figures_of(const char *settings, int64_t due_ms, int64_t lag_ms, int retries)
{
	struct record records[2] = {{0}};
	struct cell_summary cell;
	struct client_figures figures;

	for (int i = 0; i < 2; i++) {
		records[i].trial = 1;
		records[i].due_ns = i * due_ms * NS_PER_MS;
		records[i].sent_ns = records[i].due_ns + i * lag_ms * NS_PER_MS;
		records[i].done_ns = records[i].sent_ns + NS_PER_MS;
		records[i].retries = retries;
	}
	cell_summary_init(&cell);
	cell.settings = json_parse(settings, strlen(settings));
	cell_summary_add_records(&cell, records, 2);
	cell.client.core_share = 0.25;
	figures = cell_summary_client_figures(&cell);
	cell_summary_release(&cell);
	return figures;
}

static void figures(void)
{
	struct client_figures got = figures_of("{\"rate\":1000}", 1, 9, 0);

	is_real(got.core_share, 0.25, 0, "the share of a core");
	is_real(got.send_lag_p99_ms, 9, 0, "the send lag of an open loop");
	is_real(got.asked_rps, 1000, 1e-9, "the rate that was asked");
	is_real(got.achieved_rps, 100, 1e-9, "and the one that was achieved");
	got = figures_of("{\"rate\":1000,\"concurrency\":1}", 1, 9, 0);
	ok(isnan(got.send_lag_p99_ms) && isnan(got.asked_rps) && isnan(got.achieved_rps) && got.core_share == 0.25,
	   "requests that waited for a place: the server's");
	got = figures_of("{\"trace\":\"t.csv\",\"concurrency\":1}", 1, 9, 0);
	ok(isnan(got.send_lag_p99_ms) && isnan(got.asked_rps) && isnan(got.achieved_rps),
	   "those of a trace that waited for a place, too");
	got = figures_of("{\"trace\":\"t.csv\"}", 1, 9, 0);
	is_real(got.achieved_rps, 100, 1e-9, "of a trace without a limit the rate is known");
	got = figures_of("{\"rate\":1000}", 1, 9, 1);
	ok(isnan(got.send_lag_p99_ms) && isnan(got.achieved_rps), "connects that were refused: the server's");
	got = figures_of("{\"concurrency\":1}", 1, 9, 0);
	ok(got.send_lag_p99_ms == 9 && isnan(got.asked_rps),
	   "a closed loop is due when there is a place, and has no rate");
}

static void words(void)
{
	struct client_check check = {.bounds = ITL | CPU, .floor = some_floor()};
	struct client_figures figures = {0.714, 200, 0.41, 30, 1e5, 9e3};
	struct text text = {0};

	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text),
	        "ITL p50 0.41 ms, llmbench's own error up to 0.2 ms; client's thread 71 % of a core",
	        "the bounds that hold, with their figures");
	text_clear(&text);
	check.bounds = LAG | RATE;
	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text), "TTFT p50 200 ms, sent up to 30 ms late; sent at 9 % of the asked rate",
	        "those of its sending");
	text_clear(&text);
	figures.send_lag_p99_ms = figures.achieved_rps = NAN;
	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text), "sent late", "of an old run whose figures are not known now: no figures");
	text_clear(&text);
	check.bounds = TTFT;
	figures.ttft_p50_ms = 1.5;
	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text), "TTFT p50 1.5 ms, llmbench's own error up to 1 ms", "and no other");
	text_clear(&text);
	error_floor_reset(&check.floor);
	check.bounds = TTFT | CPU;
	figures.core_share = NAN;
	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text), "TTFT p50 1.5 ms, llmbench's own error up to – ms; client's thread – % of a core",
	        "bounds without their figures, as in a damaged file");
	text_clear(&text);
	check.bounds = 0;
	client_check_add_words(&check, &figures, &text);
	is_text(text_string(&text), "", "none: nothing");
	text_release(&text);
}

static char *written(const struct client_check *check)
{
	struct json *json = json_new_object();
	struct text text = {0};

	client_check_set_json(json, check);
	json_add_to(&text, json);
	json_free(json);
	return text_take(&text);
}

static void round_trip(const struct client_check *before, const char *part, const char *what)
{
	char *first = written(before), *second;
	struct json *json = json_parse(first, strlen(first));
	struct client_check after;

	ok(strstr(first, part) != NULL, what);
	client_check_parse(json, &after);
	second = written(&after);
	is_text(second, first, "read back and written again, it is the same");
	json_free(json);
	free(first);
	free(second);
}

static void json(void)
{
	struct client_check check = {.core_share = 0.25, .bounds = ITL | CPU | RATE, .floor = some_floor()}, unknown;

	client_check_reset(&unknown);
	round_trip(
	    &check,
	    "{\"client_core_share\":0.25,\"client_bound\":[\"itl\",\"cpu\",\"rate\"],\"error_floor\":{\"streams\":16,",
	    "what is known of the client");
	round_trip(&check,
	           "\"itl_ms\":{\"n\":224,\"p50\":0.01,\"p95\":0.1,\"p99\":0.2,\"max\":5},\"lateness_ms\":{\"n\":0,",
	           "its errors");
	round_trip(&unknown, "{\"client_core_share\":null,\"client_bound\":[],\"error_floor\":null}",
	           "unknown is null, not 0");
}

struct reply {
	int64_t first_ms, last_ms;
	size_t texts;
};

static struct decode_load load_of(const struct reply *replies, size_t count)
{
	struct record *records = memory_new(count, sizeof(*records));
	struct decode_load load;

	for (size_t i = 0; i < count; i++) {
		records[i].event_count = replies[i].texts;
		records[i].event_ns = memory_new(replies[i].texts, sizeof(int64_t));
		for (size_t j = 0; j < replies[i].texts; j++)
			records[i].event_ns[j] = replies[i].first_ms * NS_PER_MS;
		if (replies[i].texts > 0)
			records[i].event_ns[replies[i].texts - 1] = replies[i].last_ms * NS_PER_MS;
	}
	load = decode_load_of(records, count);
	for (size_t i = 0; i < count; i++)
		record_release(&records[i]);
	free(records);
	return load;
}

static void decode_load(void)
{
	static const struct reply two_slots[] = {{0, 100, 11}, {0, 200, 21}, {101, 201, 11}, {201, 301, 11}};
	static const struct reply at_once[] = {{5, 5, 1}, {5, 5, 1}, {7, 7, 1}};
	static const struct reply one_read[] = {{5, 5, 8}};
	static const struct reply silent[] = {{0, 0, 0}};
	struct decode_load load = load_of(two_slots, 4);

	is_int(load.streams, 2, "as many as streamed at once, one that begins as another ends beside it");
	is_real(load.texts_per_s, 100, 1e-9, "gaps over the time from first to last text");
	load = load_of(at_once, 3);
	ok(load.streams == 2 && isnan(load.texts_per_s), "replies of one text have no rate");
	load = load_of(one_read, 1);
	ok(load.streams == 1 && isinf(load.texts_per_s), "texts in no time have an infinite one");
	load = load_of(silent, 1);
	ok(load.streams == 0 && isnan(load.texts_per_s), "no text, no stream");
	load = load_of(NULL, 0);
	ok(load.streams == 0 && isnan(load.texts_per_s), "no record, no stream");
}

int main(void)
{
	quantiles();
	bounds();
	figures();
	words();
	json();
	decode_load();
	return tap_done();
}
