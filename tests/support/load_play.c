#include "load_play.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

void play_open_with(struct play *play, const struct script_server_options *options, size_t count)
{
	*play = (struct play){.server = script_server_start(options),
	                      .count = count,
	                      .requests = memory_new(count, sizeof *play->requests),
	                      .exchanges = memory_new(count, sizeof *play->exchanges)};
	for (size_t i = 0; i < count; i++)
		play->requests[i] =
		    (struct request){.method = "POST",
		                     .url = text_format("http://127.0.0.1:%d/%zu", script_server_port(play->server),
		                                        i % options->script_count),
		                     .body = memory_string("{}"),
		                     .body_size = 2,
		                     .due_ns = TIME_UNKNOWN};
}

void play_open(struct play *play, const struct script *scripts, size_t script_count, size_t count)
{
	struct script_server_options options = {.scripts = scripts, .script_count = script_count};

	play_open_with(play, &options, count);
}

bool play_run(struct play *play, const struct load_options *options)
{
	struct failure failure = {0};
	int64_t start_ns = clock_now_ns();
	bool ran = load_run(play->requests, play->count, options, play->exchanges, &failure);

	play->took_ns = clock_now_ns() - start_ns;
	play->log = script_server_stop(play->server);
	failure_release(&failure);
	return ran;
}

void play_close(struct play *play)
{
	for (size_t i = 0; i < play->count; i++) {
		request_release(&play->requests[i]);
		exchange_release(&play->exchanges[i]);
	}
	free(play->requests);
	free(play->exchanges);
	script_server_log_release(&play->log);
}

size_t play_count_of(const struct play *play, enum transport transport)
{
	size_t found = 0;

	for (size_t i = 0; i < play->count; i++)
		found += play->exchanges[i].transport == transport;
	return found;
}

bool play_all_have_body(const struct play *play, const char *body)
{
	for (size_t i = 0; i < play->count; i++)
		if (!text_equal(play->exchanges[i].body, body))
			return false;
	return true;
}

static bool chunks_ascend(const struct exchange *exchange, int64_t last_ns)
{
	size_t end = 0;

	for (size_t i = 0; i < exchange->chunk_count; i++) {
		const struct chunk *chunk = &exchange->chunks[i];

		if (exchange->sent_ns == TIME_UNKNOWN || chunk->at_ns < last_ns || chunk->end <= end)
			return false;
		last_ns = chunk->at_ns;
		end = chunk->end;
	}
	return end == exchange->body_size && exchange->done_ns >= last_ns;
}

bool exchange_is_consistent(const struct exchange *exchange)
{
	bool was_sent = exchange->sent_ns != TIME_UNKNOWN;
	bool has_body = exchange->body != NULL;

	if (was_sent && exchange->sent_ns < exchange->due_ns)
		return false;
	if (has_body != (exchange->body_size > 0) || (has_body && exchange->body[exchange->body_size] != '\0'))
		return false;
	if ((exchange->detail == NULL) != (exchange->transport == TRANSPORT_COMPLETE))
		return false;
	return exchange->done_ns <= clock_now_ns() &&
	       chunks_ascend(exchange, was_sent ? exchange->sent_ns : exchange->due_ns);
}

bool play_is_consistent(const struct play *play)
{
	for (size_t i = 0; i < play->count; i++)
		if (!exchange_is_consistent(&play->exchanges[i]))
			return false;
	return true;
}
