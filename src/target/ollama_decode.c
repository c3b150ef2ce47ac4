/*
 * A reply of /api/generate or /api/chat becomes a record. A stream is a JSON
 * object a line; without streaming, and for /api/embed, the whole body is one
 * object. Chunks of the network split lines anywhere.
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
#include "target/reply.h"
#include "target/words.h"

/* Ollama's own client gives up on longer lines; a JSON tree of one takes many times its size. */
#define LINE_LIMIT ((size_t)8 << 20)

enum verdict {
	GOES_ON,
	DONE,
	ERROR_LINE,
	MALFORMED,
};

struct reading {
	struct reply reply;
	bool lines;  /* an object a line */
	bool embeds; /* of /api/embed */
};

static bool is_text(const char *string)
{
	return string != NULL && *string != '\0';
}

/* Text stands in the line itself (generate) or in its message (chat). `end` is the offset of its new line. */
static void read_text(struct reply *reply, const struct json *line, size_t end)
{
	const struct json *message = json_get(line, "message");
	const char *answer =
	    json_get_string(message != NULL ? message : line, message != NULL ? "content" : "response");
	const char *thinking = json_get_string(message != NULL ? message : line, "thinking");

	if (is_text(answer) || is_text(thinking))
		reply_add_event(reply, end);
	if (is_text(answer))
		reply_add_answer(reply, answer);
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
		record->done_reason = words_masked(reason, strlen(reason));
}

/* {"embeddings":[[0.1,…]],"prompt_eval_count":3,…}: no text, and no word that it is done. */
static enum verdict read_embedding(struct record *record, const struct json *line)
{
	size_t dimensions = json_count(json_first(json_get(line, "embeddings")));

	if (dimensions == 0)
		return MALFORMED;
	record->dimensions = (int64_t)dimensions;
	record->prompt_tokens = known(line, "prompt_eval_count");
	record->server_total_ns = known(line, "total_duration");
	record->server_load_ns = known(line, "load_duration");
	return DONE;
}

static enum verdict read_object(struct reading *reading, const struct json *line, size_t end)
{
	struct reply *reply = &reading->reply;

	if (!json_is_object(line))
		return MALFORMED;
	if (json_get(line, "error") != NULL) {
		reply->record->error = words_of_error(line);
		return ERROR_LINE;
	}
	if (reading->embeds)
		return read_embedding(reply->record, line);
	read_text(reply, line, end);
	if (!json_get_bool(line, "done", false))
		return GOES_ON;
	read_figures(reply->record, line);
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
	const struct exchange *exchange = reading->reply.exchange;
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
		reading->reply.record->error = words_masked(bytes, size);
	return verdict;
}

static enum verdict read_body(struct reading *reading)
{
	const char *body = reading->reply.exchange->body;
	size_t size = reading->reply.exchange->body_size, begin = 0;
	enum verdict verdict = GOES_ON;

	while (begin < size && verdict == GOES_ON) {
		const char *newline = reading->lines ? memchr(body + begin, '\n', size - begin) : NULL;
		size_t end = newline != NULL ? (size_t)(newline - body) : size;

		verdict = read_line(reading, begin, end, newline != NULL);
		begin = end + 1;
	}
	return verdict;
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
	return reply_transport_outcome(transport);
}

static enum outcome read_reply(struct reading *reading)
{
	const struct exchange *exchange = reading->reply.exchange;
	enum verdict verdict;

	if (exchange->http_status == 0)
		return exchange->transport == TRANSPORT_COMPLETE ? OUTCOME_TRANSFER
		                                                 : reply_transport_outcome(exchange->transport);
	if (exchange->http_status != 200)
		return reply_status_outcome(exchange->http_status);
	verdict = read_body(reading);
	if (verdict == DONE)
		reply_was_whole(&reading->reply);
	return body_outcome(verdict, exchange->transport);
}

void ollama_decode(const struct cell *cell, const struct server_facts *server, const struct exchange *exchange,
                   struct record *record)
{
	bool embeds = cell_task(cell) == CELL_TASK_EMBED;
	struct reading reading = {.lines = cell->stream != CELL_OFF && !embeds, .embeds = embeds};

	(void)server;
	reply_begin(&reading.reply, exchange, record);
	record->outcome = read_reply(&reading);
	reply_end(&reading.reply);
}
