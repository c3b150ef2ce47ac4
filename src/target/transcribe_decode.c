/*
 * The reply to a transcription becomes a record: one whole JSON object, JSON
 * lines, or server-sent events of one of two kinds. A server that was asked for
 * a stream may answer with the whole object all the same.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "target/reply.h"
#include "target/transcribe.h"
#include "target/words.h"

/* Longer than any transcription; a JSON tree takes many times the size of its text. */
#define LINE_LIMIT ((size_t)8 << 20)

enum verdict { GOES_ON, DONE, STOPPED, ERROR_LINE, MALFORMED };

struct reading {
	struct reply reply;
	enum transcribe_stream stream;
	size_t pieces; /* of the stream that made sense */
};

static void add_text(struct reading *reading, const char *text, size_t offset)
{
	if (text == NULL || *text == '\0')
		return;
	reply_add_event(&reading->reply, offset);
	reply_add_answer(&reading->reply, text);
}

/* A number of seconds, or a string with one; unknown beyond what a record keeps. */
static int64_t read_seconds(const struct json *value)
{
	double seconds = json_as_number(value);

	if (json_as_string(value) != NULL && !units_read_real(json_as_string(value), &seconds))
		return TIME_UNKNOWN;
	seconds *= (double)NS_PER_S;
	return seconds >= 0 && seconds < (double)REPLY_FIGURE_MAX ? (int64_t)seconds : TIME_UNKNOWN;
}

static void set_known(int64_t *member, int64_t value)
{
	if (value >= 0)
		*member = value;
}

static void read_usage(struct record *record, const struct json *object)
{
	const struct json *usage = json_get(object, "usage");

	set_known(&record->heard_ns, read_seconds(json_get(object, "duration")));
	if (text_equal(json_get_string(usage, "type"), "duration"))
		set_known(&record->heard_ns, read_seconds(json_get(usage, "seconds")));
	set_known(&record->prompt_tokens, json_get_integer(usage, "input_tokens"));
	set_known(&record->prompt_tokens, json_get_integer(usage, "prompt_tokens"));
	set_known(&record->output_tokens, json_get_integer(usage, "output_tokens"));
	set_known(&record->output_tokens, json_get_integer(usage, "completion_tokens"));
}

/* {"choices":[{"delta":{"content":" word"},"finish_reason":null}]}; the one with the usage has no choices. */
static enum verdict read_choice(struct reading *reading, const struct json *object, size_t offset)
{
	const struct json *choice = json_first(json_get(object, "choices"));
	const char *reason = json_get_string(choice, "finish_reason");

	add_text(reading, json_get_string(json_get(choice, "delta"), "content"), offset);
	if (reason != NULL && reading->reply.record->done_reason == NULL)
		reading->reply.record->done_reason = words_masked(reason, strlen(reason));
	return reason != NULL ? DONE : GOES_ON;
}

/* One event, line, or the whole body. */
static enum verdict read_object(struct reading *reading, const struct json *object, size_t offset)
{
	const char *type = json_get_string(object, "type"), *text = json_get_string(object, "text");

	if (!json_is_object(object))
		return MALFORMED;
	if (json_get(object, "error") != NULL) {
		reading->reply.record->error = words_of_error(object);
		return ERROR_LINE;
	}
	read_usage(reading->reply.record, object);
	if (json_is_list(json_get(object, "choices")))
		return read_choice(reading, object, offset);
	if (text_equal(type, "transcript.text.delta")) {
		add_text(reading, json_get_string(object, "delta"), offset);
		return GOES_ON;
	}
	/* The last one has the text of all deltas once more. */
	if (!text_equal(type, "transcript.text.done") || reading->reply.record->event_count == 0)
		add_text(reading, text, offset);
	if (text_equal(type, "transcript.text.done"))
		return DONE;
	return text != NULL ? GOES_ON : MALFORMED;
}

static enum verdict read_json(struct reading *reading, const char *bytes, size_t size, size_t offset)
{
	struct json *object = size <= LINE_LIMIT ? json_parse(bytes, size) : NULL;
	enum verdict verdict = read_object(reading, object, offset);

	json_free(object);
	return verdict;
}

static bool is_blank(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (strchr(" \t\r\n", bytes[i]) == NULL || bytes[i] == '\0')
			return false;
	return true;
}

static enum verdict read_raw(struct reading *reading, const char *bytes, size_t size, size_t offset)
{
	struct text piece = {0};

	text_add_bytes(&piece, bytes, size);
	add_text(reading, text_string(&piece), offset);
	text_release(&piece);
	return GOES_ON;
}

/* The data of an event; other lines (comments, names of events) mean nothing here. */
static enum verdict read_event_line(struct reading *reading, const char *bytes, size_t size, size_t offset)
{
	static const char data[] = "data:";
	bool object;

	if (size < strlen(data) || memcmp(bytes, data, strlen(data)) != 0)
		return memchr(bytes, ':', size) != NULL || is_blank(bytes, size) ? GOES_ON : MALFORMED;
	bytes += strlen(data);
	size -= strlen(data);
	if (size > 0 && *bytes == ' ') {
		bytes++;
		size--;
	}
	reading->pieces++;
	if (size == strlen("[DONE]") && memcmp(bytes, "[DONE]", size) == 0)
		return STOPPED;
	object = size > 0 && *bytes == '{';
	return reading->stream == TRANSCRIBE_RAW_EVENTS && !object ? read_raw(reading, bytes, size, offset)
	                                                           : read_json(reading, bytes, size, offset);
}

static enum verdict read_line(struct reading *reading, size_t begin, size_t end, bool ended)
{
	const struct exchange *exchange = reading->reply.exchange;
	const char *bytes = exchange->body + begin;
	size_t size = end - begin;
	enum verdict verdict;

	if (size > 0 && bytes[size - 1] == '\r')
		size--;
	if (is_blank(bytes, size))
		return GOES_ON;
	if (reading->stream == TRANSCRIBE_LINES) {
		verdict = read_json(reading, bytes, size, end);
		reading->pieces += verdict == GOES_ON;
	} else {
		verdict = read_event_line(reading, bytes, size, end);
	}
	/* The beginning of a line that the transfer cut off is nobody's mistake. */
	if (verdict == MALFORMED && !ended && exchange->transport != TRANSPORT_COMPLETE)
		return GOES_ON;
	if (verdict == MALFORMED)
		reading->reply.record->error = words_masked(bytes, size);
	return verdict;
}

/* All lines: after the end of the text comes the usage. */
static enum verdict read_lines(struct reading *reading)
{
	const char *body = reading->reply.exchange->body;
	size_t size = reading->reply.exchange->body_size, begin = 0;
	bool done = false;

	while (begin < size) {
		const char *newline = memchr(body + begin, '\n', size - begin);
		size_t end = newline != NULL ? (size_t)(newline - body) : size;
		enum verdict verdict = read_line(reading, begin, end, newline != NULL);

		done = done || verdict == DONE;
		if (verdict == STOPPED)
			break;
		if (verdict == ERROR_LINE || verdict == MALFORMED)
			return verdict;
		begin = end + 1;
	}
	return done ? DONE : GOES_ON;
}

/* Nothing in some streams says that they are done, but that all of them arrived. */
static bool ends_by_itself(const struct reading *reading)
{
	return (reading->stream == TRANSCRIBE_LINES && reading->pieces > 0) || reading->stream == TRANSCRIBE_RAW_EVENTS;
}

/* Plain text, for servers that know no other format: no JSON, page or stream of events. */
static bool is_plain(const char *bytes, size_t size)
{
	static const char *const others[] = {"{", "[", "<", "data:", "event:", ":"};

	while (size > 0 && is_blank(bytes, 1)) {
		bytes++;
		size--;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (size >= strlen(others[i]) && memcmp(bytes, others[i], strlen(others[i])) == 0)
			return false;
	while (size > 0) {
		uint32_t point;
		size_t length = text_utf8(bytes, size, &point);

		if (length == 0 || point == 0)
			return false;
		bytes += length;
		size -= length;
	}
	return true;
}

static enum verdict read_whole(struct reading *reading)
{
	const struct exchange *exchange = reading->reply.exchange;
	const char *body = exchange->body;
	size_t size = exchange->body_size;
	enum verdict verdict;

	if (size == 0 || is_blank(body, size))
		return GOES_ON;
	if (exchange->transport == TRANSPORT_COMPLETE && is_plain(body, size)) {
		read_raw(reading, body, size, size - 1);
		return DONE;
	}
	verdict = read_json(reading, body, size, size - 1);
	if (verdict == GOES_ON)
		return DONE;
	if (verdict == MALFORMED && exchange->transport != TRANSPORT_COMPLETE)
		return GOES_ON;
	if (verdict == MALFORMED)
		reading->reply.record->error = words_masked(body, size);
	return verdict;
}

static bool is_object(const struct exchange *exchange)
{
	size_t i = 0;

	while (i < exchange->body_size && is_blank(exchange->body + i, 1))
		i++;
	return i < exchange->body_size && exchange->body[i] == '{';
}

static enum outcome read_body(struct reading *reading)
{
	const struct exchange *exchange = reading->reply.exchange;
	bool whole =
	    reading->stream == TRANSCRIBE_WHOLE || (reading->stream != TRANSCRIBE_LINES && is_object(exchange));
	enum verdict verdict = whole ? read_whole(reading) : read_lines(reading);

	switch (verdict) {
	case DONE:
		reply_was_whole(&reading->reply);
		return OUTCOME_OK;
	case ERROR_LINE:
		return OUTCOME_ERROR_LINE;
	case MALFORMED:
		return OUTCOME_MALFORMED;
	case GOES_ON:
	case STOPPED:
		break;
	}
	if (!whole && exchange->transport == TRANSPORT_COMPLETE && ends_by_itself(reading))
		return OUTCOME_OK;
	return reply_transport_outcome(exchange->transport);
}

void transcribe_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                       struct record *record)
{
	struct reading reading = {.stream =
	                              cell->stream != CELL_OFF ? transcribe_variant(server)->stream : TRANSCRIBE_WHOLE};

	reply_begin(&reading.reply, exchange, record);
	if (exchange->http_status == 200)
		record->outcome = read_body(&reading);
	else if (exchange->http_status != 0)
		record->outcome = reply_status_outcome(exchange->http_status);
	else
		record->outcome = exchange->transport == TRANSPORT_COMPLETE
		                      ? OUTCOME_TRANSFER
		                      : reply_transport_outcome(exchange->transport);
	reply_end(&reading.reply);
}
