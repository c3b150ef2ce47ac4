/*
 * The pure parts of the simulator's other interfaces: kinds and quirks, answers
 * that break off, images, forms and recordings, requests, events, metrics.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "sim/breakage.h"
#include "sim/image.h"
#include "sim/kind.h"
#include "sim/meters.h"
#include "sim/multipart.h"
#include "sim/openai_ask.h"
#include "sim/openai_text.h"
#include "sim/whisper.h"

#include "tap.h"

static void test_kinds(void)
{
	struct kind kind = *kind_find("llama-server");
	struct text error = {0};

	for (size_t i = 0; i < kind_count; i++)
		ok(kind_find(kinds[i].name) == &kinds[i], kinds[i].name);
	ok(kind_find("lmstudio") == kind_find("lm-studio") && kind_find("none") == NULL &&
	       kind_find("vllm") != kind_find("vllm-mlx"),
	   "a hyphen may be left out");
	ok(kind_set_quirk(&kind, "done=absent", &error) && kind.done == DONE_ABSENT, "a quirk is set");
	ok(kind.first == FIRST_NULL && kind.usage == USAGE_ASKED, "… and no other");
	ok(kind_set_quirk(&kind, "timings=extra", &error) && kind.timings == TIMINGS_EXTRA, "the last word of a quirk");
	ok(!kind_set_quirk(&kind, "done=x", &error), "no such word");
	is_text(text_string(&error), "no such done \"x\"; allowed: sent, absent, unended", "… and which there are");
	ok(!kind_set_quirk(&kind, "don=sent", &error) && !kind_set_quirk(&kind, "done", &error), "no such quirk");
	text_release(&error);
}

static void test_breakages(void)
{
	static const char *const wrong[] = {
	    "", "x", "cut=", "cut=x", "cut=-1", "cut,request=0", "cut=1,token=2", "cut=9999999"};
	struct breakages breakages = {0};
	struct text error = {0};
	struct breakage breakage;

	ok(breakages_add(&breakages, "cut=3,request=2", &error) && breakages_add(&breakages, "reset", &error),
	   "two are added");
	breakage = breakages_of(&breakages, 2);
	ok(breakage.what == BREAK_CUT && breakage.token == 3, "the one of this request");
	breakage = breakages_of(&breakages, 7);
	ok(breakage.what == BREAK_RESET && breakage.token == 1, "the one of every request, after its first token");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(!breakages_add(&breakages, wrong[i], &error), wrong[i]);
	for (int i = 2; i < BREAKAGES_MAX; i++)
		ok(breakages_add(&breakages, "end=0", &error), "room for more");
	ok(!breakages_add(&breakages, "end=0", &error), "… but not for any number");
	text_release(&error);
}

static void test_images(void)
{
	struct image_cache cache = {0};
	uint64_t first = 0, same = 0, other = 0;
	struct text marks = {0};

	ok(image_read("data:image/png;base64,iVBORw0KGgoA", &first) && image_read("iVBORw0KGgoA", &same) &&
	       first == same,
	   "with and without its data URI it is the same image");
	ok(image_read("/9j/AAAA", &other) && other != first, "a JPEG");
	ok(!image_read("data:image/png;base64,xxxx", &other) && !image_read("data:image/png,iVBORw0KGgoA", &other) &&
	       !image_read("", &other) && !image_read("iVBORw0KGgo", &other) && !image_read("iVBORw0KGgo!", &other),
	   "no images");
	image_add_marks(&marks, first, 256);
	is_int((int64_t)marks.size, 1024, "marks as long as 256 tokens");
	ok(!image_cache_has(&cache, 1) && image_cache_has(&cache, 1), "an image is encoded once");
	for (uint64_t i = 2; i <= IMAGE_CACHE_SIZE; i++)
		image_cache_has(&cache, i);
	ok(image_cache_has(&cache, 1), "… while it is among the last 20");
	image_cache_has(&cache, 99);
	ok(!image_cache_has(&cache, 1), "… and no longer");
	text_release(&marks);
}

static void test_forms(void)
{
	static const char body[] =
	    "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n"
	    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"model\"\r\n\r\n\0x\r\n--B--\r\n";
	struct multipart form;
	size_t size = 0;
	const char *part;
	char *model;

	ok(multipart_begin(&form, "multipart/form-data; boundary=\"B\"", body, sizeof(body) - 1), "a quoted boundary");
	model = multipart_string(&form, "model");
	is_text(model, "m", "a field");
	part = multipart_find(&form, "file", &size);
	ok(part != NULL && size == 2 && part[0] == '\0' && part[1] == 'x', "a file with any bytes");
	ok(multipart_find(&form, "other", &size) == NULL, "no such part");
	multipart_release(&form);
	free(model);
	for (size_t cut = 0; cut < sizeof(body) - 1; cut++) {
		char *copy = memcpy(malloc(cut + 1), body, cut);

		multipart_begin(&form, "multipart/form-data; boundary=B", copy, cut);
		multipart_find(&form, "file", &size);
		multipart_release(&form);
		free(copy);
	}
	ok(!multipart_begin(&form, "application/json", body, 3), "no form");
	multipart_release(&form);
	ok(!multipart_begin(&form, NULL, "", 0), "no type at all");
	multipart_release(&form);
}

static void test_recordings(void)
{
	/* 16 kHz, one channel, 16 bits; a chunk of odd length before the data, which say 2 s */
	static const char head[] =
	    "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0odd \1\0\0\0xx"
	    "data\0\xfa\0\0";
	size_t size = sizeof(head) - 1 + 64000;
	char *file = calloc(1, size);
	const struct device *device = device_find("m4-16g");

	memcpy(file, head, sizeof(head) - 1);
	is_real(wav_seconds(file, size), 2, 1e-9, "length of a recording");
	is_real(wav_seconds(file, size - 32000), 1, 1e-9, "a cut one is shorter");
	for (size_t cut = 0; cut < sizeof(head); cut++) {
		char *copy = memcpy(malloc(cut + 1), head, cut);

		ok(wav_seconds(copy, cut) <= 0, "no sound in a part of the header");
		free(copy);
	}
	memcpy(file, "RIFX", 4);
	ok(wav_seconds(file, size) < 0, "no recording");
	free(file);
	ok(whisper_window_s(device, whisper_model_find("whisper-large-v3")) >
	       5 * whisper_window_s(device, whisper_model_find("whisper-base")),
	   "a larger model is slower");
	ok(whisper_window_s(device, whisper_model_find("whisper-large-v3")) >
	       whisper_window_s(device, whisper_model_find("whisper-large-v3-turbo")),
	   "… and turbo's decoder is smaller");
	ok(whisper_window_s(device_find("cpu-8g"), whisper_model_find("whisper-base")) >
	       whisper_window_s(device_find("h100-80g"), whisper_model_find("whisper-base")),
	   "a faster device is faster");
	ok(transcript_windows(&(struct transcript){.seconds = 0.1}) == 1 &&
	       transcript_windows(&(struct transcript){.seconds = 30}) == 1 &&
	       transcript_windows(&(struct transcript){.seconds = 30.1}) == 2,
	   "windows of 30 s, at least one");
}

/* Reads a chat's body for a kind; the status of its refusal, 0: accepted. */
static int read_ask(const char *kind, const char *body, struct openai_ask *ask)
{
	struct openai_rules rules = {
	    .kind = kind_find(kind),
	    .model = model_find("llama3.2"),
	    .model_name = "llama3.2",
	    .context_size = 100,
	};

	openai_ask_release(ask);
	openai_ask_read(ask, true, body, strlen(body), &rules);
	return ask->status;
}

#define MESSAGES \
	"\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Why?\"}]"

static void test_asks(void)
{
	struct openai_ask ask = {0};

	is_int(read_ask("llama-server", "{" MESSAGES ",\"stream\":true,\"max_tokens\":9}", &ask), 0, "a request");
	is_text(ask.prompt, "Be brief.\nWhy?", "all its text");
	ok(ask.stream && ask.limit == 9 && ask.prompt_tokens == 4 && !ask.is_fresh && !ask.include_usage,
	   "what it asks for");
	is_int(read_ask("llama-server", "{" MESSAGES ",\"cache_prompt\":false}", &ask), 0, "without the cache");
	ok(ask.is_fresh && ask.limit == -1, "… and without a limit");
	is_int(read_ask("vllm", "{" MESSAGES ",\"cache_salt\":\"ab\"}", &ask), 0, "with a salt");
	is_text(ask.cache_key, "abBe brief.\nWhy?", "… that is another prompt to the cache");
	is_int(read_ask("vllm", "{" MESSAGES ",\"max_tokens\":9,\"max_completion_tokens\":5,\"n_predict\":3}", &ask), 0,
	       "limits");
	is_int(ask.limit, 5, "max_completion_tokens comes first");
	read_ask("transformers", "{" MESSAGES ",\"max_tokens\":9,\"max_completion_tokens\":5}", &ask);
	is_int(ask.limit, 9, "… but on transformers");
	is_int(read_ask("transformers", "{" MESSAGES ",\"ignore_eos\":true,\"min_p\":1}", &ask), 422,
	       "fields that are refused");
	is_text(text_string(&ask.error), "Unexpected fields in the request: {'ignore_eos', 'min_p'}", "… by name");
	read_ask("mlx_lm", "{" MESSAGES ",\"logit_bias\":{\"2\":-100},\"min_tokens\":9}", &ask);
	ok(ask.ignores_eos && ask.least == 0, "mlx_lm: a bias against the end, but no min_tokens");
	is_int(read_ask("vllm", "{" MESSAGES ",\"model\":\"x\"}", &ask), 404, "another model");
	is_int(read_ask("transformers", "{" MESSAGES ",\"model\":\"x\"}", &ask), 400, "… of a pinned server");
	is_int(read_ask("llama-server", "{" MESSAGES ",\"model\":\"x\"}", &ask), 0, "… of one that does not look");
	is_int(read_ask("llama-server", "{}", &ask), 400, "no messages");
	is_int(read_ask("vllm-mlx", "{}", &ask), 422, "… in FastAPI's words");
	is_int(read_ask("llama-server", "[", &ask), 500, "no JSON");
	is_int(read_ask("llama-server", "{\"messages\":[{\"content\":[{\"type\":\"audio\"}]}]}", &ask), 400,
	       "an unknown part");
	openai_ask_release(&ask);
}

static void test_events(void)
{
	struct kind kind = *kind_find("vllm");
	struct text text = {0};
	const struct openai_error error = {503, "t", "full"};

	openai_add_event(&text, &kind, "x");
	kind.lines = LINES_CRLF;
	kind.data = DATA_BARE;
	openai_add_event(&text, &kind, "y");
	is_text(text_string(&text), "data: x\n\ndata:y\r\n\r\n", "events");
	text_clear(&text);
	openai_add_comment(&text, kind_find("mlx_lm"), 3, 12, 0);
	openai_add_comment(&text, kind_find("vllm-mlx"), 3, 12, 0);
	kind.lines = LINES_LF;
	kind.ping = PING_DATE;
	openai_add_comment(&text, &kind, 0, 0, 1795243873 * NS_PER_S);
	is_text(text_string(&text), ": keepalive 3/12\n\n: heartbeat\n\n: ping - 2026-11-21 06:51:13.000000+00:00\n\n",
	        "comments");
	text_clear(&text);
	for (size_t i = 0; i < kind_count; i++) {
		openai_add_error(&text, &kinds[i], &error);
		text_add_char(&text, '\n');
	}
	is_text(text_string(&text),
	        "{\"error\":{\"code\":503,\"message\":\"full\",\"type\":\"t\"}}\n"
	        "{\"error\":{\"message\":\"full\",\"type\":\"t\",\"param\":null,\"code\":503}}\n"
	        "{\"error\":\"full\"}\n{\"detail\":\"full\"}\n"
	        "{\"object\":\"error\",\"message\":\"full\",\"type\":\"t\",\"param\":null,\"code\":503}\n"
	        "{\"error\":\"full\",\"error_type\":\"t\"}\n{\"detail\":\"full\"}\n{\"detail\":\"full\"}\n"
	        "{\"error\":{\"message\":\"full\",\"type\":\"t\",\"param\":null,\"code\":503}}\n"
	        "{\"error\":{\"code\":503,\"message\":\"full\",\"type\":\"t\"}}\n{\"detail\":\"full\"}\n"
	        "{\"error\":{\"message\":\"full\",\"type\":\"t\",\"param\":null,\"code\":503}}\n",
	        "every shape of an error");
	text_release(&text);
}

static void test_meters(void)
{
	const struct openai_counts counts = {
	    .prompt_tokens = 30,
	    .cached_tokens = 10,
	    .answer_tokens = 11,
	    .queue_ns = NS_PER_S,
	    .prompt_ns = NS_PER_S / 2,
	    .answer_ns = NS_PER_S,
	};
	const struct meters_now now = {.model = "m", .busy = 1, .waiting = 2, .slots = 4};
	struct meters meters = {0};
	struct text text = {0};

	meters_add(&meters, &counts);
	meters_scrape(&meters, kind_find("llama-server"), &now, &text);
	ok(strstr(text_string(&text), "\nllamacpp:prompt_tokens_total 20\n") != NULL &&
	       strstr(text_string(&text), "\nllamacpp:prompt_tokens_cached_total 10\n") != NULL,
	   "cached tokens are counted apart");
	ok(strstr(text_string(&text), "\nllamacpp:prompt_tokens_seconds 40\n") != NULL &&
	       strstr(text_string(&text), "\nllamacpp:requests_deferred 2\n") != NULL,
	   "gauges");
	text_clear(&text);
	meters_scrape(&meters, kind_find("llama-server"), &now, &text);
	ok(strstr(text_string(&text), "\nllamacpp:prompt_tokens_seconds 0\n") != NULL &&
	       strstr(text_string(&text), "\nllamacpp:prompt_tokens_total 20\n") != NULL,
	   "a scrape resets rates, and no counter");
	text_clear(&text);
	meters_scrape(&meters, kind_find("vllm"), &now, &text);
	ok(strstr(text_string(&text), "\nvllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.25\n") != NULL,
	   "labels");
	ok(strstr(text_string(&text),
	          "\nvllm:request_queue_time_seconds_bucket{engine=\"0\",model_name=\"m\",le=\"0.5\"} 0\n"
	          "vllm:request_queue_time_seconds_bucket{engine=\"0\",model_name=\"m\",le=\"1\"} 1\n") != NULL,
	   "buckets of a histogram are cumulative");
	ok(strstr(text_string(&text),
	          "\nvllm:inter_token_latency_seconds_sum{engine=\"0\",model_name=\"m\"} 1\n"
	          "vllm:inter_token_latency_seconds_count{engine=\"0\",model_name=\"m\"} 10\n") != NULL,
	   "a gap less than tokens");
	text_clear(&text);
	meters_scrape(&meters, kind_find("mlx_lm"), &now, &text);
	is_text(text_string(&text), "", "a kind without metrics");
	text_release(&text);
}

int main(void)
{
	test_kinds();
	test_breakages();
	test_images();
	test_forms();
	test_recordings();
	test_asks();
	test_events();
	test_meters();
	return tap_done();
}
