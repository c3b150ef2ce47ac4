/*
 * A reply of /api/generate or /api/chat becomes a record. A stream is a JSON
 * object a line; without streaming the whole body is one object. Chunks of the
 * network split lines anywhere.
 *
 * What the server said decides before how the transfer ended: a reply with an
 * error status, an error line or a final line (done: true) has told its
 * outcome, and a connection that breaks or hangs after that takes nothing from
 * it. Only where the server left it open does the transport decide.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/ollama.h"

/* Ollama's own client gives up on longer lines; a JSON tree of one takes many times its size. */
#define LINE_LIMIT ((size_t)8 << 20)

enum { LONGEST_UTF8 = 4 };

enum verdict {
	GOES_ON,
	DONE,
	ERROR_LINE,
	MALFORMED,
};

struct reading {
	const struct exchange *exchange;
	struct record *record;
	size_t chunk; /* holds the last byte of the line that was read last */
	size_t event_capacity;
	struct text answer; /* its beginning, with enough bytes beyond RECORD_TEXT_MAX to see where to cut */
};

/* When the byte at `offset` arrived, or the last byte when that is before it; offsets must ascend from call to call. */
static int64_t arrival_ns(struct reading *reading, size_t offset)
{
	const struct exchange *exchange = reading->exchange;

	if (exchange->chunk_count == 0)
		return exchange->done_ns;
	while (reading->chunk + 1 < exchange->chunk_count && exchange->chunks[reading->chunk].end <= offset)
		reading->chunk++;
	return exchange->chunks[reading->chunk].at_ns;
}

static void add_event(struct reading *reading, int64_t at_ns)
{
	struct record *record = reading->record;

	record->event_ns =
	    memory_grow(record->event_ns, &reading->event_capacity, record->event_count, sizeof(*record->event_ns));
	record->event_ns[record->event_count++] = at_ns;
}

static void add_answer(struct reading *reading, const char *text)
{
	size_t room = RECORD_TEXT_MAX + LONGEST_UTF8 - reading->answer.size;
	size_t size = strlen(text);

	text_add_bytes(&reading->answer, text, size < room ? size : room);
}

static bool is_text(const char *string)
{
	return string != NULL && *string != '\0';
}

/* Text stands in the line itself (generate) or in its message (chat). `end` is the offset of its new line. */
static void read_text(struct reading *reading, const struct json *line, size_t end)
{
	const struct json *message = json_get(line, "message");
	const char *answer =
	    json_get_string(message != NULL ? message : line, message != NULL ? "content" : "response");
	const char *thinking = json_get_string(message != NULL ? message : line, "thinking");

	if (is_text(answer) || is_text(thinking))
		add_event(reading, arrival_ns(reading, end));
	if (is_text(answer))
		add_answer(reading, answer);
}

/* Ollama leaves out what is zero, so what is absent is unknown. */
static int64_t known(const struct json *line, const char *key)
{
	int64_t value = json_get_integer(line, key);

	return value < 0 ? JSON_UNKNOWN : value;
}

static void read_figures(struct record *record, const struct json *line)
{
	const char *reason = json_get_string(line, "done_reason");

	record->prompt_tokens = known(line, "prompt_eval_count");
	record->output_tokens = known(line, "eval_count");
	/* Text is made of tokens: none of them is no count. */
	if (record->output_tokens == 0 && record->event_count > 0)
		record->output_tokens = JSON_UNKNOWN;
	record->server_total_ns = known(line, "total_duration");
	record->server_load_ns = known(line, "load_duration");
	record->server_prefill_ns = known(line, "prompt_eval_duration");
	record->server_decode_ns = known(line, "eval_duration");
	if (is_text(reason))
		record->done_reason = ollama_masked(reason, strlen(reason));
}

static enum verdict read_object(struct reading *reading, const struct json *line, size_t end)
{
	if (!json_is_object(line))
		return MALFORMED;
	if (json_get(line, "error") != NULL) {
		reading->record->error = ollama_error_words(line);
		return ERROR_LINE;
	}
	read_text(reading, line, end);
	if (!json_get_bool(line, "done", false))
		return GOES_ON;
	read_figures(reading->record, line);
	return DONE;
}

static bool is_blank(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
			return false;
	return true;
}

/* The line is body[begin, end); `ended` says that its new line arrived. */
static enum verdict read_line(struct reading *reading, size_t begin, size_t end, bool ended)
{
	const struct exchange *exchange = reading->exchange;
	const char *bytes = exchange->body + begin;
	size_t size = end - begin;
	enum verdict verdict;
	struct json *line;

	if (is_blank(bytes, size))
		return GOES_ON;
	line = size <= LINE_LIMIT ? json_parse(bytes, size) : NULL;
	verdict = read_object(reading, line, end);
	json_free(line);
	/* The beginning of a line that the transfer cut off is nobody's mistake. */
	if (verdict == MALFORMED && !ended && exchange->transport != TRANSPORT_COMPLETE)
		return GOES_ON;
	if (verdict == MALFORMED)
		reading->record->error = ollama_masked(bytes, size);
	return verdict;
}

static enum verdict read_body(struct reading *reading, bool stream)
{
	const char *body = reading->exchange->body;
	size_t size = reading->exchange->body_size, begin = 0;
	enum verdict verdict = GOES_ON;

	while (begin < size && verdict == GOES_ON) {
		const char *newline = stream ? memchr(body + begin, '\n', size - begin) : NULL;
		size_t end = newline != NULL ? (size_t)(newline - body) : size;

		verdict = read_line(reading, begin, end, newline != NULL);
		begin = end + 1;
	}
	return verdict;
}

static enum outcome transport_outcome(enum transport transport)
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

/* Statuses other than 200 that are no error (a redirect …) are nothing that the protocol knows. */
static enum outcome status_outcome(int status)
{
	if (status == 503)
		return OUTCOME_BUSY;
	if (status >= 500)
		return OUTCOME_HTTP_5XX;
	return status >= 400 ? OUTCOME_HTTP_4XX : OUTCOME_MALFORMED;
}

static enum outcome body_outcome(enum verdict verdict, enum transport transport)
{
	switch (verdict) {
	case DONE:
		return OUTCOME_OK;
	case ERROR_LINE:
		return OUTCOME_ERROR_LINE;
	case MALFORMED:
		return OUTCOME_MALFORMED;
	case GOES_ON:
		break;
	}
	return transport_outcome(transport);
}

static enum outcome read_reply(struct reading *reading, bool stream)
{
	const struct exchange *exchange = reading->exchange;
	enum verdict verdict;

	if (exchange->http_status == 0)
		return exchange->transport == TRANSPORT_COMPLETE ? OUTCOME_TRANSFER
		                                                 : transport_outcome(exchange->transport);
	if (exchange->http_status != 200)
		return status_outcome(exchange->http_status);
	verdict = read_body(reading, stream);
	/* The answer was whole with its last byte, not when the connection was closed or given up after it. */
	if (verdict == DONE && exchange->chunk_count > 0)
		reading->record->done_ns = exchange->chunks[exchange->chunk_count - 1].at_ns;
	return body_outcome(verdict, exchange->transport);
}

void ollama_decode(const struct cell *cell, const struct exchange *exchange, struct record *record)
{
	struct reading reading = {.exchange = exchange, .record = record};

	record->http_status = exchange->http_status;
	record->retries = exchange->retries;
	record->due_ns = exchange->due_ns;
	record->sent_ns = exchange->sent_ns;
	record->stamp_lag_ns = exchange->stamp_lag_ns;
	record->done_ns = exchange->done_ns;
	record->prompt_tokens = record->output_tokens = JSON_UNKNOWN;
	record->server_total_ns = record->server_load_ns = JSON_UNKNOWN;
	record->server_prefill_ns = record->server_decode_ns = JSON_UNKNOWN;
	record->outcome = read_reply(&reading, cell->stream != CELL_OFF);
	if (record->outcome != OUTCOME_OK && record->error == NULL)
		record->error = ollama_failure_words(exchange);
	if (reading.answer.size > 0)
		record->text = memory_copy(reading.answer.data,
		                           ollama_cut(reading.answer.data, reading.answer.size, RECORD_TEXT_MAX));
	text_release(&reading.answer);
}
