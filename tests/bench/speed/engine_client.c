/*
 * llmbench's own load engine as a client of the comparison.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "clients.h"
#include "load/engine.h"
#include "load/load.h"

/* The engine calls it for the last time before it frees anything. */
static void on_progress(void *context, const struct load_progress *progress)
{
	if (progress->done == progress->count)
		board_mark_end(context);
}

static void take(const struct exchange *exchange, size_t index, const struct shape *shape, struct board *board)
{
	int64_t *seen_ns = board->seen_ns + index * shape->tokens;
	size_t chunk = 0;

	if (exchange->transport != TRANSPORT_COMPLETE || exchange->body_size != shape->tokens * LINE_BYTES) {
		board->mark[MARK_FAILED]++;
		return;
	}
	board->asked_ns[index] = exchange->sent_ns;
	for (size_t token = 0; token < shape->tokens; token++) {
		while (exchange->chunks[chunk].end < (token + 1) * LINE_BYTES)
			chunk++;
		seen_ns[token] = exchange->chunks[chunk].at_ns;
	}
}

void engine_client_run(int port, const struct shape *shape, struct board *board, bool kernel)
{
	bool replies = shape->pacing == PACING_REPLIES;
	size_t count = replies ? shape->streams * shape->tokens : shape->streams;
	struct request *requests = memory_new(count, sizeof *requests);
	struct exchange *exchanges = memory_new(count, sizeof *exchanges);
	struct load_options options = {.in_flight = shape->streams, .reply_limit_bytes = (size_t)1 << 30};
	struct failure failure = {0};

	options.memory = load_memory_new(0, NULL);
	options.expected_bytes = shape->streams * (1024 + shape->tokens * 130); /* as a run expects it */
	if (!replies) {
		options.on_progress = on_progress;
		options.context = board;
		options.progress_interval_ns = 3600 * NS_PER_S;
	}
	for (size_t i = 0; i < count; i++)
		requests[i] = (struct request){.method = "GET",
		                               .url = text_format("http://127.0.0.1:%d/%zu", port, i % shape->streams),
		                               .due_ns = TIME_UNKNOWN};
	if (!engine_run(requests, count, &options, kernel, exchanges, &failure))
		bench_die(failure.message);
	for (size_t i = 0; i < count; i++) {
		load_gather(&exchanges[i]);
		if (replies)
			board->mark[MARK_FAILED] += exchanges[i].transport != TRANSPORT_COMPLETE;
		else
			take(&exchanges[i], i, shape, board);
		request_release(&requests[i]);
		exchange_release(&exchanges[i]);
	}
	free(requests);
	free(exchanges);
	load_memory_free(options.memory);
}
