/*
 * What the load engine sends and keeps, byte for byte, and where it cuts and
 * stamps chunks.
 */
#include "load/load.h"

#include <stdlib.h>

#include "../support/load_play.h"
#include "base/memory.h"
#include "base/text.h"
#include "load/engine.h"
#include "tap.h"

static const struct load_options defaults;

/* What the server is sent for each method. */
static void check_request_text(void)
{
	static const struct {
		const char *method, *body, *line, *tail;
		bool json;
	} cases[] = {
	    {"GET", NULL, "GET /0 HTTP/1.1\r\n", "\r\n\r\n", false},
	    {"POST", "{\"a\":1}", "POST /0 HTTP/1.1\r\n", "\r\n\r\n{\"a\":1}", true},
	    {"POST", NULL, "POST /0 HTTP/1.1\r\n", "\r\n\r\n", false},
	    {"DELETE", "{\"b\":2}", "DELETE /0 HTTP/1.1\r\n", "\r\n\r\n{\"b\":2}", true},
	    {"HEAD", NULL, "HEAD /0 HTTP/1.1\r\n", "\r\n\r\n", false},
	};
	static const struct step steps[] = {SEND("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), {0}};
	struct script script = {steps};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct play play;
		const char *text;

		play_open(&play, &script, 1, 1);
		request_release(&play.requests[0]);
		play.requests[0] =
		    (struct request){.method = cases[i].method,
		                     .url = text_format("http://127.0.0.1:%d/0", script_server_port(play.server)),
		                     .body = memory_string(cases[i].body),
		                     .body_size = cases[i].body != NULL ? strlen(cases[i].body) : 0,
		                     .due_ns = TIME_UNKNOWN};
		play_run(&play, &defaults);
		is_int(play.exchanges[0].transport, TRANSPORT_COMPLETE, cases[i].line);
		text = play.log.last_request != NULL ? play.log.last_request : "";
		ok(text_starts_with(text, cases[i].line), "  the first line");
		ok(strlen(text) > strlen(cases[i].tail) &&
		       strcmp(text + strlen(text) - strlen(cases[i].tail), cases[i].tail) == 0,
		   "  the body is the body");
		ok((strstr(text, "Content-Type: application/json\r\n") != NULL) == cases[i].json, "  content type");
		ok(strstr(text, "Expect:") == NULL && strstr(text, "Accept-Encoding:") == NULL &&
		       strstr(text, "x-www-form") == NULL,
		   "  nothing that libcurl would add");
		play_close(&play);
	}
}

/* A request of a megabyte goes out whole: larger than a socket's buffer is at first. */
static void check_large_request(void)
{
	static const struct step steps[] = {SEND(OK_HELLO), {0}};
	struct script script = {steps};
	struct request *request;
	struct play play;
	const char *body;

	play_open(&play, &script, 1, 1);
	request = &play.requests[0];
	free(request->body);
	request->body_size = 1 << 20;
	request->body = memory_new(request->body_size + 1, 1);
	memset(request->body, 'x', request->body_size);
	play_run(&play, &defaults);
	is_int(play.exchanges[0].transport, TRANSPORT_COMPLETE, "a large request");
	body = play.log.last_request != NULL ? strstr(play.log.last_request, "\r\n\r\n") : NULL;
	ok(body != NULL && strspn(body + 4, "x") == request->body_size, "  arrives whole");
	play_close(&play);
}

/* Many chunks a send: one by one they may arrive as more pieces than the limit has stamps for, which ends the reply
 * too. */
#define SIXTEEN(chunk) chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk chunk

static void check_endless_body(void)
{
	static const struct step steps[] = {SEND(CHUNKED), FLOOD(SIXTEEN("4\r\nabc\n\r\n")), {0}};
	struct load_options options = {.reply_limit_bytes = 1000002};
	struct script script = {steps};
	const struct exchange *exchange;
	struct play play;
	size_t wrong = 0;

	play_open(&play, &script, 1, 1);
	exchange = &play.exchanges[0];
	play_run(&play, &options);
	is_int(exchange->transport, TRANSPORT_TOO_LARGE, "endless body");
	is_int(exchange->body_size, 1000002 / 9 * 4, "  what fits is kept, framing counted");
	for (size_t i = 0; i < exchange->body_size; i++)
		wrong += exchange->body[i] != "abc\n"[i % 4];
	is_int(wrong, 0, "  byte-exact");
	ok(exchange_is_consistent(exchange), "  stamps and sizes");
	play_close(&play);
}

/* TWO_LINES in two parts, split after each of its bytes but the last. */
static void check_splits(void)
{
	const size_t size = strlen(TWO_LINES), count = size - 1;
	struct step(*steps)[4] = memory_new(count, sizeof *steps);
	struct script *scripts = memory_new(count, sizeof *scripts);
	struct load_options options = {.in_flight = 16};
	size_t early = 0, many = 0;
	struct play play;

	for (size_t i = 0; i < count; i++) {
		steps[i][0] = (struct step){.kind = STEP_SEND, .bytes = TWO_LINES, .size = i + 1};
		steps[i][1] = (struct step)WAIT(5);
		steps[i][2] = (struct step){.kind = STEP_SEND, .bytes = &TWO_LINES[i + 1], .size = size - i - 1};
		scripts[i].steps = steps[i];
	}
	play_open(&play, scripts, count, count);
	play_run(&play, &options);
	is_int(play_count_of(&play, TRANSPORT_COMPLETE), count, "split after each byte: all complete");
	ok(play_all_have_body(&play, TWO_LINES_BODY), "  all bodies are exact");
	ok(play_is_consistent(&play), "  stamps and sizes");
	for (size_t i = 0; i < play.log.sent_count; i++) {
		const struct script_server_sent *sent = &play.log.sent[i];
		const struct exchange *exchange = &play.exchanges[sent->script];
		bool is_first = sent->end < size;

		/* No body before the first part was sent, no end before the second. */
		early += is_first && exchange->chunk_count > 0 && exchange->chunks[0].at_ns < sent->at_ns;
		early += !is_first && exchange->done_ns < sent->at_ns;
		many += exchange->chunk_count > 2;
	}
	is_int(early, 0, "  no stamp is before the server sent");
	is_int(many, 0, "  two parts make at most two chunks");
	play_close(&play);
	free(scripts);
	free(steps);
}

/* Parts far apart: each is one chunk, which ends where the part ended. */
static void check_chunk_ends(void)
{
	static const struct step steps[] = {
	    SEND(CHUNKED "3\r\nabc\r\n"), WAIT(40), SEND("2\r\nde\r\n1\r\nf\r\n"), WAIT(40), SEND("4\r\ngh"), WAIT(40),
	    SEND("ij\r\n0\r\n\r\n"),      {0}};
	static const size_t ends[] = {3, 6, 8, 10};
	struct script script = {steps};
	const struct exchange *exchange;
	struct play play;

	play_open(&play, &script, 1, 1);
	exchange = &play.exchanges[0];
	play_run(&play, &defaults);
	is_text(exchange->body, "abcdefghij", "four parts");
	is_int(exchange->chunk_count, COUNT_OF(ends), "  four chunks: what one read took is one");
	for (size_t i = 0; i < exchange->chunk_count && i < COUNT_OF(ends); i++) {
		int64_t late_ns = exchange->chunks[i].at_ns - play.log.sent[i].at_ns;

		is_int(exchange->chunks[i].end, ends[i], "  its end");
		ok(late_ns >= 0 && late_ns < GENEROUS_NS, "  stamped after it was sent");
		printf("# late by %lld us\n", (long long)(late_ns / NS_PER_US));
	}
	ok(exchange->sent_ns >= exchange->due_ns && play.log.read_ns[0] > exchange->sent_ns,
	   "  sent before the server had read it");
	play_close(&play);
}

static void sleep_long(void *context, const struct load_progress *progress)
{
	(void)context;
	if (progress->done < progress->count)
		clock_sleep_until(clock_now_ns() + MS(50));
}

/* An engine that is kept from its work half of the time: the kernel's stamps do not show it. */
static void check_stamps_of_busy_engine(void)
{
	static const struct step steps[] = {SEND(CHUNKED),      WAIT(93), SEND("1\r\na\r\n"), WAIT(93),
	                                    SEND("1\r\nb\r\n"), WAIT(93), SEND("1\r\nc\r\n"), WAIT(93),
	                                    SEND("1\r\nd\r\n"), WAIT(93), SEND("1\r\ne\r\n"), WAIT(93),
	                                    SEND("0\r\n\r\n"),  {0}};
	struct load_options options = {.on_progress = sleep_long, .progress_interval_ns = MS(1)};
	struct script script = {steps};
	const struct exchange *exchange;
	char *description = load_describe();
	size_t prompt = 0;
	struct play play;

	play_open(&play, &script, 1, 1);
	exchange = &play.exchanges[0];
	play_run(&play, &options);
	is_text(exchange->body, "abcde", "a busy engine loses nothing");
	is_int(exchange->chunk_count, 5, "  five chunks");
	/* Part 0 was the header. */
	for (size_t i = 0; i < exchange->chunk_count; i++)
		prompt += exchange->chunks[i].at_ns - play.log.sent[i + 1].at_ns < MS(5);
	if (strstr(description, "kernel stamps") != NULL) {
		ok(prompt >= 4, "  nor is it late");
		ok(exchange->stamp_lag_ns >= MS(1) && exchange->stamp_lag_ns < GENEROUS_NS,
		   "  how late it came is known");
	} else {
		ok(exchange->stamp_lag_ns == TIME_UNKNOWN, "  how late it came is unknown");
	}
	free(description);
	play_close(&play);
}

/* Stamps of the kernel can be declined, and are not there on macOS: then how late they are is unknown, and not zero. */
static void check_waking_stamps(void)
{
	static const struct step steps[] = {SEND(CHUNKED "1\r\na\r\n"), WAIT(20), SEND("1\r\nb\r\n0\r\n\r\n"), {0}};
	struct script script = {steps};
	struct exchange exchange = {0};
	struct failure failure = {0};
	struct load_options options = {.memory = load_memory_new(0, NULL)};
	struct play play;

	play_open(&play, &script, 1, 1);
	ok(engine_run(play.requests, 1, &options, false, &exchange, &failure), "stamps of the waking");
	ok(exchange.body == NULL && exchange.body_size == 17,
	   "  bytes with the framing, which stay in the load's memory");
	load_gather(&exchange);
	is_text(exchange.body, "ab", "  the same bytes");
	ok(exchange_is_consistent(&exchange), "  stamps and sizes");
	ok(exchange.stamp_lag_ns == TIME_UNKNOWN, "  their lag is unknown");
	exchange_release(&exchange);
	load_memory_free(options.memory);
	play_run(&play, &defaults);
	play_close(&play);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	check_request_text();
	check_large_request();
	check_endless_body();
	check_splits();
	check_chunk_ends();
	check_stamps_of_busy_engine();
	check_waking_stamps();
	load_close();
	return tap_done();
}
