/*
 * A reply of the OpenAI interface becomes a record: a stream of server-sent
 * events, each a JSON object or [DONE], or without streaming one object.
 *
 * The server said that it is done when a choice has a finish_reason; [DONE]
 * proves nothing, because it is also sent after errors, and by some never.
 * What comes after the finish (counts, durations) is still read. An error
 * anywhere is the outcome.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/openai.h"
#include "target/reply.h"
#include "target/sse.h"
#include "target/words.h"

/* A JSON tree takes many times the size of its text. */
#define EVENT_LIMIT ((size_t)8 << 20)
#define BODY_LIMIT  ((size_t)64 << 20)

enum verdict {
	GOES_ON,
	ENDED, /* [DONE] */
	ERROR_EVENT,
	MALFORMED,
};

struct reading {
	struct reply reply;
	const struct openai_kind *kind;
	bool finished; /* a choice had a finish_reason */
};

static bool is_text(const char *string)
{
	return string != NULL && *string != '\0';
}

/* Keeps what was known when this object does not tell it. */
static void take_count(int64_t *into, const struct json *object, const char *key)
{
	int64_t value = json_get_integer(object, key);

	if (value >= 0)
		*into = value;
}

/* A number of `unit_ns`; unknown when it is negative or beyond what a record keeps. */
static void take_duration(int64_t *into, const struct json *object, const char *key, double unit_ns)
{
	double value = json_get_number(object, key) * unit_ns;

	if (value >= 0 && value < (double)REPLY_FIGURE_MAX)
		*into = llround(value);
}

static void read_usage(struct record *record, const struct json *usage)
{
	take_count(&record->prompt_tokens, usage, "prompt_tokens");
	take_count(&record->output_tokens, usage, "completion_tokens");
	take_count(&record->cached_tokens, json_get(usage, "prompt_tokens_details"), "cached_tokens");
	/* LocalAI, when a header asks for them */
	take_duration(&record->server_prefill_ns, usage, "timing_prompt_processing", NS_PER_MS);
	take_duration(&record->server_decode_ns, usage, "timing_token_generation", NS_PER_MS);
}

/* Of llama.cpp, and of mlx-vlm in the same words. */
static void read_timings(struct record *record, const struct json *timings)
{
	int64_t cached = JSON_UNKNOWN, computed = JSON_UNKNOWN;
	double peak_gb = json_get_number(timings, "peak_memory");

	if (timings == NULL)
		return;
	take_duration(&record->server_prefill_ns, timings, "prompt_ms", NS_PER_MS);
	take_duration(&record->server_decode_ns, timings, "predicted_ms", NS_PER_MS);
	take_count(&cached, timings, "cache_n");
	take_count(&computed, timings, "prompt_n");
	if (cached != JSON_UNKNOWN)
		record->cached_tokens = cached;
	if (record->prompt_tokens == JSON_UNKNOWN && computed != JSON_UNKNOWN && cached != JSON_UNKNOWN &&
	    computed <= REPLY_FIGURE_MAX - cached)
		record->prompt_tokens = computed + cached;
	if (record->output_tokens == JSON_UNKNOWN)
		take_count(&record->output_tokens, timings, "predicted_n");
	if (peak_gb > 0 && peak_gb * 1e9 < (double)REPLY_FIGURE_MAX)
		record->server_peak_bytes = llround(peak_gb * 1e9);
}

/* vLLM's metrics of a request, LM Studio's stats. */
static void read_figures(struct record *record, const struct json *chunk)
{
	const struct json *stats = json_get(chunk, "stats");

	read_usage(record, json_get(chunk, "usage"));
	read_timings(record, json_get(chunk, "timings"));
	take_duration(&record->server_queue_ns, json_get(chunk, "metrics"), "queue_time_ms", NS_PER_MS);
	take_duration(&record->server_decode_ns, stats, "generation_time", NS_PER_S);
	take_duration(&record->server_load_ns, stats, "model_load_time_seconds", NS_PER_S);
}

/* Of chat: in the delta of a stream, in the message without one. Of plain generation: in the choice itself. */
static void read_choice(struct reading *reading, const struct json *choice, size_t last)
{
	const struct json *delta = json_get(choice, "delta");
	const struct json *message = delta != NULL ? delta : json_get(choice, "message");
	const char *answer = json_get_string(message, "content"), *reason = json_get_string(choice, "finish_reason");

	if (answer == NULL)
		answer = json_get_string(choice, "text");
	if (is_text(answer) || is_text(json_get_string(message, "reasoning_content")) ||
	    is_text(json_get_string(message, "reasoning")))
		reply_add_event(&reading->reply, last);
	if (is_text(answer))
		reply_add_answer(&reading->reply, answer);
	if (!is_text(reason))
		return;
	reading->finished = true;
	free(reading->reply.record->done_reason);
	reading->reply.record->done_reason = words_masked(reason, strlen(reason));
}

static enum verdict read_object(struct reading *reading, const struct json *object, size_t last)
{
	if (!json_is_object(object))
		return MALFORMED;
	if (words_is_error(object)) {
		reading->reply.record->error = words_of_error(object);
		return ERROR_EVENT;
	}
	if (json_first(json_get(object, "choices")) != NULL)
		read_choice(reading, json_first(json_get(object, "choices")), last);
	read_figures(reading->reply.record, object);
	return GOES_ON;
}

static enum verdict read_json(struct reading *reading, const char *bytes, size_t size, size_t last)
{
	struct json *object = json_parse(bytes, size);
	enum verdict verdict = read_object(reading, object, last);

	json_free(object);
	return verdict;
}

static enum verdict read_event(struct reading *reading, const struct sse_event *event)
{
	static const char done[] = "[DONE]";
	enum verdict verdict = MALFORMED;

	if (event->size == strlen(done) && memcmp(event->data, done, event->size) == 0)
		return ENDED;
	if (event->size <= EVENT_LIMIT)
		verdict = read_json(reading, event->data, event->size, event->last);
	/* The beginning of a line at the end of the body was cut off, whether or not the connection tells. */
	if (verdict == MALFORMED && !event->ended)
		return GOES_ON;
	if (verdict == MALFORMED && !reading->finished)
		reading->reply.record->error = words_masked(event->data, event->size);
	return verdict;
}

static enum verdict read_stream(struct reading *reading, const char *body, size_t size)
{
	struct sse sse = {.bytes = body, .size = size};
	enum verdict verdict = GOES_ON;
	struct sse_event event;

	while (verdict == GOES_ON && sse_next(&sse, &event))
		verdict = read_event(reading, &event);
	sse_release(&sse);
	return verdict;
}

static enum verdict read_whole(struct reading *reading, const struct exchange *exchange)
{
	enum verdict verdict = MALFORMED;

	if (exchange->body_size == 0)
		return GOES_ON;
	if (exchange->body_size <= BODY_LIMIT)
		verdict = read_json(reading, exchange->body, exchange->body_size, exchange->body_size);
	if (verdict == MALFORMED && exchange->transport != TRANSPORT_COMPLETE)
		return GOES_ON;
	if (verdict == MALFORMED)
		reading->reply.record->error = words_masked(exchange->body, exchange->body_size);
	return verdict;
}

/* Some answer a stream that they cannot begin with one object, and status 200. */
static bool is_one_object(const struct exchange *exchange)
{
	const char *at = exchange->body, *end = at + exchange->body_size;

	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	return at < end && *at == '{';
}

static enum outcome text_outcome(struct reading *reading, enum verdict verdict, bool stream)
{
	bool done = reading->finished;

	if (stream && reading->kind->finish_repeats)
		done = done && verdict == ENDED;
	if (verdict == ERROR_EVENT)
		return OUTCOME_ERROR_LINE;
	if (done) {
		reply_was_whole(&reading->reply);
		return OUTCOME_OK;
	}
	if (verdict == MALFORMED)
		return OUTCOME_MALFORMED;
	/* [DONE] without a finish: it gave the request up. */
	return verdict == ENDED ? OUTCOME_TRUNCATED : reply_transport_outcome(reading->reply.exchange->transport);
}

static enum outcome read_text(struct reading *reading, bool stream)
{
	const struct exchange *exchange = reading->reply.exchange;
	struct record *record = reading->reply.record;
	enum verdict verdict;

	stream = stream && !is_one_object(exchange);
	verdict = stream ? read_stream(reading, exchange->body, exchange->body_size) : read_whole(reading, exchange);
	/* Text is made of tokens, and so is a prompt: none of them is no count. */
	if (record->output_tokens == 0 && record->event_count > 0)
		record->output_tokens = JSON_UNKNOWN;
	if (record->prompt_tokens == 0)
		record->prompt_tokens = JSON_UNKNOWN;
	return text_outcome(reading, verdict, stream);
}

/* Numbers, or the bytes of 32-bit floats in base64. */
static int64_t dimensions_of(const struct json *embedding)
{
	const char *base64 = json_as_string(embedding);
	size_t size;

	if (base64 == NULL)
		return json_is_list(embedding) ? (int64_t)json_count(embedding) : 0;
	size = strlen(base64);
	while (size > 0 && base64[size - 1] == '=')
		size--;
	return (int64_t)(size * 3 / 4 / sizeof(float));
}

static enum outcome read_vector(struct reading *reading)
{
	const struct exchange *exchange = reading->reply.exchange;
	struct record *record = reading->reply.record;
	struct json *object =
	    exchange->body_size <= BODY_LIMIT ? json_parse(exchange->body, exchange->body_size) : NULL;
	int64_t dimensions = dimensions_of(json_get(json_first(json_get(object, "data")), "embedding"));
	enum outcome outcome = OUTCOME_MALFORMED;

	if (words_is_error(object)) {
		record->error = words_of_error(object);
		outcome = OUTCOME_ERROR_LINE;
	} else if (dimensions > 0) {
		record->dimensions = dimensions;
		read_usage(record, json_get(object, "usage"));
		if (record->prompt_tokens == 0)
			record->prompt_tokens = JSON_UNKNOWN;
		record->output_tokens = JSON_UNKNOWN;
		reply_was_whole(&reading->reply);
		outcome = OUTCOME_OK;
	} else if (object == NULL && exchange->transport != TRANSPORT_COMPLETE) {
		outcome = reply_transport_outcome(exchange->transport);
	} else {
		record->error = words_masked(exchange->body, exchange->body_size);
	}
	json_free(object);
	return outcome;
}

static enum outcome read_reply(struct reading *reading, const struct cell *cell)
{
	const struct exchange *exchange = reading->reply.exchange;

	if (exchange->http_status == 0)
		return exchange->transport == TRANSPORT_COMPLETE ? OUTCOME_TRANSFER
		                                                 : reply_transport_outcome(exchange->transport);
	if (exchange->http_status != 200)
		return reply_status_outcome(exchange->http_status);
	if (exchange->body_size == 0)
		return reply_transport_outcome(exchange->transport);
	return cell_task(cell) == CELL_TASK_EMBED ? read_vector(reading) : read_text(reading, cell->stream != CELL_OFF);
}

/* Before its header a server also decodes a picture: then it tells nothing of a queue. */
static void read_queue(const struct reading *reading, const struct cell *cell)
{
	const struct exchange *exchange = reading->reply.exchange;
	struct record *record = reading->reply.record;

	if (reading->kind->queue_ends_with_header && exchange->http_status == 200 && cell->stream != CELL_OFF &&
	    cell_task(cell) == CELL_TASK_TEXT && record->server_queue_ns == JSON_UNKNOWN &&
	    exchange->header_ns != TIME_UNKNOWN && exchange->sent_ns != TIME_UNKNOWN)
		record->server_queue_ns = exchange->header_ns - exchange->sent_ns;
}

void openai_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                   struct record *record)
{
	struct reading reading = {.kind = openai_kind_of(cell, server)};

	reply_begin(&reading.reply, exchange, record);
	record->outcome = read_reply(&reading, cell);
	read_queue(&reading, cell);
	reply_end(&reading.reply);
}
