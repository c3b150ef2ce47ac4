#include "core/error_floor.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

#define TTFT (1u << CLIENT_BOUND_TTFT)
#define ITL  (1u << CLIENT_BOUND_ITL)
#define CPU  (1u << CLIENT_BOUND_CPU)

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

static void bounds(void)
{
	static const struct {
		const char *what;
		double ttft_ms, itl_ms, core_share;
		unsigned bounds;
	} cases[] = {
	    {"far from the floor", 200, 20, 0.05, 0},
	    {"ten times the error is far enough", 10, 2, 0.6, 0},
	    {"TTFT is nearer", 9.99, 2, 0.05, TTFT},
	    {"ITL is nearer", 10, 1.99, 0.05, ITL},
	    {"an ITL of 0 is nearer", 10, 0, 0.05, ITL},
	    {"more than 60 % of a core", 200, 20, 0.601, CPU},
	    {"all of them", 1, 0.1, 0.99, TTFT | ITL | CPU},
	    {"unknown figures bound nothing", NAN, NAN, NAN, 0},
	    {"an unknown ITL leaves the others", 1, NAN, 0.99, TTFT | CPU},
	};
	struct error_floor floor = some_floor(), unknown;

	error_floor_reset(&unknown);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_int(client_bounds_of(&floor, cases[i].core_share, cases[i].ttft_ms, cases[i].itl_ms),
		       cases[i].bounds, cases[i].what);
		is_int(client_bounds_of(&unknown, cases[i].core_share, cases[i].ttft_ms, cases[i].itl_ms),
		       cases[i].bounds & CPU, "an unknown floor bounds nothing");
	}
}

static void words(void)
{
	struct client_check check = {.core_share = 0.714, .bounds = ITL | CPU, .floor = some_floor()};
	struct text text = {0};

	client_check_add_words(&check, 200, 0.41, &text);
	is_text(text_string(&text),
	        "ITL p50 0.41 ms, llmbench's own error up to 0.2 ms; client's thread 71 % of a core",
	        "the bounds that hold, with their figures");
	text_clear(&text);
	check.bounds = TTFT;
	client_check_add_words(&check, 1.5, 0.41, &text);
	is_text(text_string(&text), "TTFT p50 1.5 ms, llmbench's own error up to 1 ms", "and no other");
	text_clear(&text);
	check.bounds = 0;
	client_check_add_words(&check, 1.5, 0.41, &text);
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
	struct client_check check = {.core_share = 0.25, .bounds = ITL | CPU, .floor = some_floor()}, unknown;

	client_check_reset(&unknown);
	round_trip(&check,
	           "{\"client_core_share\":0.25,\"client_bound\":[\"itl\",\"cpu\"],\"error_floor\":{\"streams\":16,",
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
	words();
	json();
	decode_load();
	return tap_done();
}
