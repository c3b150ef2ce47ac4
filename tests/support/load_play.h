/*
 * A load against a scripted server, from start to end, for the tests of the
 * load engine; and the promises that every exchange keeps.
 */
#ifndef SUPPORT_LOAD_PLAY_H
#define SUPPORT_LOAD_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "load/load.h"
#include "script_server.h"

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define CHUNKED  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define TWO_LINES                                                                                     \
	"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n" \
	"8\r\n{\"a\":1}\n\r\n9\r\n{\"a\":23}\n\r\n0\r\n\r\n"
#define TWO_LINES_BODY "{\"a\":1}\n{\"a\":23}\n"

/* Steps of a script. */
#define MS(n) ((n)*NS_PER_MS)
#define SEND(text)                                 \
	{                                          \
		.kind = STEP_SEND, .bytes = (text) \
	}
#define WAIT(ms)                                      \
	{                                             \
		.kind = STEP_WAIT, .pause_ns = MS(ms) \
	}
#define DRIP(text, ms)                                                             \
	{                                                                          \
		.kind = STEP_SEND, .bytes = (text), .piece = 1, .pause_ns = MS(ms) \
	}
#define FLOOD(text)                                 \
	{                                           \
		.kind = STEP_FLOOD, .bytes = (text) \
	}
#define ONLY(step_kind)             \
	{                           \
		.kind = (step_kind) \
	}

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* No test waits so long: above it something hangs. */
#define GENEROUS_NS (20 * NS_PER_S)

struct play {
	struct script_server *server;
	size_t count;
	struct request *requests; /* POST "{}", of the scripts by turns */
	struct exchange *exchanges;
	int64_t took_ns;
	struct script_server_log log; /* after play_run() */
};

void play_open(struct play *play, const struct script *scripts, size_t script_count, size_t count);
void play_open_with(struct play *play, const struct script_server_options *options, size_t count);

/* Runs the load, then stops the server. */
bool play_run(struct play *play, const struct load_options *options);

void play_close(struct play *play);

size_t play_count_of(const struct play *play, enum transport transport);
bool play_all_have_body(const struct play *play, const char *body);

/* The promises of core/exchange.h, kept however the exchange ended. */
bool exchange_is_consistent(const struct exchange *exchange);
bool play_is_consistent(const struct play *play);

#endif
