#include "target/reply.h"

#include <string.h>

#include "base/memory.h"
#include "target/words.h"

enum { LONGEST_UTF8 = 4 };

void reply_begin(struct reply *reply, const struct exchange *exchange, struct record *record)
{
	*reply = (struct reply){.exchange = exchange, .record = record};
	record->http_status = exchange->http_status;
	record->retries = exchange->retries;
	record->due_ns = exchange->due_ns;
	record->sent_ns = exchange->sent_ns;
	record->header_ns = exchange->header_ns;
	record->stamp_lag_ns = exchange->stamp_lag_ns;
	record->done_ns = exchange->done_ns;
	record->prompt_tokens = record->cached_tokens = record->output_tokens = JSON_UNKNOWN;
	record->server_total_ns = record->server_load_ns = record->server_queue_ns = JSON_UNKNOWN;
	record->server_prefill_ns = record->server_decode_ns = JSON_UNKNOWN;
	record->server_peak_bytes = record->audio_ns = record->heard_ns = record->dimensions = JSON_UNKNOWN;
}

void reply_end(struct reply *reply)
{
	struct record *record = reply->record;

	/* Records are kept by the ten thousand, until their cell is over. */
	if (record->event_count > 0)
		record->event_ns = memory_resize(record->event_ns, record->event_count, sizeof(*record->event_ns));
	if (record->outcome != OUTCOME_OK && record->error == NULL)
		record->error = words_of_failure(reply->exchange);
	/* Hidden in each line of the reply it was, but it may have come in parts. */
	if (reply->answer.size > 0 && reply->exchange->secret != NULL)
		text_hide(reply->answer.data, reply->answer.size, reply->exchange->secret);
	if (reply->answer.size > 0)
		record->text =
		    memory_copy(reply->answer.data, words_cut(reply->answer.data, reply->answer.size, RECORD_TEXT_MAX));
	text_release(&reply->answer);
}

int64_t reply_arrival_ns(struct reply *reply, size_t offset)
{
	const struct exchange *exchange = reply->exchange;

	if (exchange->chunk_count == 0)
		return exchange->done_ns;
	while (reply->chunk + 1 < exchange->chunk_count && exchange->chunks[reply->chunk].end <= offset)
		reply->chunk++;
	return exchange->chunks[reply->chunk].at_ns;
}

void reply_add_event(struct reply *reply, size_t offset)
{
	struct record *record = reply->record;

	record->event_ns =
	    memory_grow(record->event_ns, &reply->event_capacity, record->event_count, sizeof(*record->event_ns));
	record->event_ns[record->event_count++] = reply_arrival_ns(reply, offset);
}

void reply_add_answer(struct reply *reply, const char *text)
{
	const char *secret = reply->exchange->secret;
	size_t most = RECORD_TEXT_MAX + LONGEST_UTF8 + (secret != NULL ? strlen(secret) : 0);
	size_t room = most - reply->answer.size;
	size_t size = strlen(text);

	text_add_bytes(&reply->answer, text, size < room ? size : room);
}

void reply_was_whole(struct reply *reply)
{
	const struct exchange *exchange = reply->exchange;

	if (exchange->chunk_count > 0)
		reply->record->done_ns = exchange->chunks[exchange->chunk_count - 1].at_ns;
}

enum outcome reply_transport_outcome(enum transport transport)
{
	switch (transport) {
	case TRANSPORT_CONNECT:
		return OUTCOME_CONNECT;
	case TRANSPORT_TIMEOUT:
	case TRANSPORT_IDLE_TIMEOUT:
		return OUTCOME_TIMEOUT;
	case TRANSPORT_CANCELLED:
		return OUTCOME_CANCELLED;
	case TRANSPORT_COMPLETE:
		return OUTCOME_TRUNCATED;
	case TRANSPORT_EMPTY:
	case TRANSPORT_PARTIAL:
	case TRANSPORT_TOO_LARGE:
	case TRANSPORT_OTHER:
		break;
	}
	return OUTCOME_TRANSFER;
}

enum outcome reply_status_outcome(int status)
{
	/* 429: TGI, vllm-mlx and proxies say so what others say by 503. */
	if (status == 503 || status == 429)
		return OUTCOME_BUSY;
	if (status >= 500)
		return OUTCOME_HTTP_5XX;
	return status >= 400 ? OUTCOME_HTTP_4XX : OUTCOME_MALFORMED;
}
