/*
 * What Ollama's replies mean: recorded streams, every way to fail, streams
 * split at each byte, and damaged ones.
 */
#include "test_ollama.h"

static struct record decoded(const struct cell *cell, const struct exchange *exchange)
{
	struct record record = {0};

	ollama()->decode(cell, &no_facts, exchange, &record);
	return record;
}

static void test_recorded(void)
{
	static const struct {
		const char *file;
		int64_t api, stream;
		size_t events;
		int64_t output_tokens, total_ns, load_ns, prefill_ns, decode_ns;
	} cases[] = {
	    {"generate-0.24.0.ndjson", CELL_API_GENERATE, CELL_ON, 12, 12, 71859398, 2536347, 6832285, 59881068},
	    {"chat-0.24.0.ndjson", CELL_API_CHAT, CELL_ON, 12, 12, 77714991, 1362702, 3901116, 69686811},
	    {"whole-0.24.0.json", CELL_API_GENERATE, CELL_OFF, 1, 8, 66610568, 3179360, 1464814, 60731270},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell cell = test_cell();
		char *body = recorded(cases[i].file);
		struct exchange exchange = reply(200, body);
		struct record record;

		cell.api = cases[i].api;
		cell.stream = cases[i].stream;
		record = decoded(&cell, &exchange);
		is_int(record.outcome, OUTCOME_OK, cases[i].file);
		is_int(record.event_count, cases[i].events, "events");
		is_int(record.prompt_tokens, 3, "prompt tokens");
		is_int(record.output_tokens, cases[i].output_tokens, "output tokens");
		is_int(record.server_total_ns, cases[i].total_ns, "total");
		is_int(record.server_load_ns, cases[i].load_ns, "load");
		is_int(record.server_prefill_ns, cases[i].prefill_ns, "prefill");
		is_int(record.server_decode_ns, cases[i].decode_ns, "decode");
		is_text(record.done_reason, "length", "done reason");
		ok(record.text != NULL && text_starts_with(record.text, " l dec m cac morning said"), "text");
		is_text(record.error, NULL, "no error");
		is_int(record.due_ns, 10, "due");
		is_int(record.sent_ns, 20, "sent");
		is_int(record.done_ns, 1000, "done with the last byte");
		record_release(&record);
		exchange_release(&exchange);
		free(body);
	}
}

#define TOKEN    "{\"model\":\"m\",\"response\":\"a\",\"done\":false}\n"
#define THINKING "{\"model\":\"m\",\"response\":\"\",\"thinking\":\"t\",\"done\":false}\n"
#define EMPTY    "{\"model\":\"m\",\"response\":\"\",\"done\":false}\n"
#define FINAL    "{\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"eval_count\":2}\n"
#define OLD_OOM                                                                                        \
	"llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB\\n" \
	"ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576"
#define BUSY "server busy, please try again.  maximum pending requests exceeded"

static const struct {
	int status;
	enum transport transport;
	const char *body;
	enum outcome outcome;
	size_t events;
	const char *error;
} outcomes[] = {
    /* the server is done */
    {200, TRANSPORT_COMPLETE, TOKEN TOKEN FINAL, OUTCOME_OK, 2, NULL},
    {200, TRANSPORT_COMPLETE, EMPTY THINKING TOKEN FINAL, OUTCOME_OK, 2, NULL},
    {200, TRANSPORT_COMPLETE, "\r\n" TOKEN "\n  \r\n" FINAL "\r\n", OUTCOME_OK, 1, NULL},
    {200, TRANSPORT_PARTIAL, TOKEN FINAL, OUTCOME_OK, 1, NULL},
    {200, TRANSPORT_IDLE_TIMEOUT, TOKEN FINAL, OUTCOME_OK, 1, NULL},
    {200, TRANSPORT_COMPLETE, "{\"done\":true}", OUTCOME_OK, 0, NULL},
    /* errors with a status, of several versions */
    {503, TRANSPORT_COMPLETE, "{\"error\":\"" BUSY "\"}", OUTCOME_BUSY, 0, BUSY},
    {404, TRANSPORT_COMPLETE, "{\"error\":\"model 'nope' not found\"}", OUTCOME_HTTP_4XX, 0, "model 'nope' not found"},
    {404, TRANSPORT_COMPLETE, "404 page not found", OUTCOME_HTTP_4XX, 0, "404 page not found"},
    {403, TRANSPORT_COMPLETE, "", OUTCOME_HTTP_4XX, 0, "HTTP status 403"},
    {400, TRANSPORT_COMPLETE, "{\"error\":\"\\\"tiny\\\" does not support thinking\"}", OUTCOME_HTTP_4XX, 0,
     "\"tiny\" does not support thinking"},
    {400, TRANSPORT_COMPLETE, "{\"error\":{\"message\":\"bad\",\"type\":\"t\"}}", OUTCOME_HTTP_4XX, 0, "bad"},
    {400, TRANSPORT_COMPLETE, "{\"error\":\"{\\\"error\\\":{\\\"code\\\":400,\\\"message\\\":\\\"inner\\\"}}\"}",
     OUTCOME_HTTP_4XX, 0, "inner"},
    {500, TRANSPORT_COMPLETE, "{\"error\":\"" OLD_OOM "\"}", OUTCOME_HTTP_5XX, 0,
     "llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB "
     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576"},
    {502, TRANSPORT_COMPLETE, "\n\n<html>\x1b[31m\n<body>", OUTCOME_HTTP_5XX, 0, "<html>?[31m"},
    {500, TRANSPORT_PARTIAL, "{\"error\":\"cut o", OUTCOME_HTTP_5XX, 0, "{\"error\":\"cut o"},
    {302, TRANSPORT_COMPLETE, "", OUTCOME_MALFORMED, 0, "HTTP status 302"},
    /* errors inside a 200 */
    {200, TRANSPORT_COMPLETE, "{\"error\":\"" OLD_OOM "\"}\n", OUTCOME_ERROR_LINE, 0,
     "llama runner process has terminated: error:failed to allocate buffer, size =  8480.00 MiB "
     "ggml_gallocr_reserve_n: failed to allocate Metal buffer of size 8891928576"},
    {200, TRANSPORT_COMPLETE,
     TOKEN "{\"error\":\"an error was encountered while running the model: unexpected EOF\"}\n", OUTCOME_ERROR_LINE, 1,
     "an error was encountered while running the model: unexpected EOF"},
    {200, TRANSPORT_PARTIAL, TOKEN "{\"error\":\"x\"}", OUTCOME_ERROR_LINE, 1, "x"},
    {200, TRANSPORT_COMPLETE, TOKEN "{\"error\":7}\n", OUTCOME_ERROR_LINE, 1, "{\"error\":7}"},
    {200, TRANSPORT_COMPLETE, TOKEN "{\"error\":\"\"}\n", OUTCOME_ERROR_LINE, 1, "{\"error\":\"\"}"},
    /* it just ends: the repeat guard */
    {200, TRANSPORT_COMPLETE, TOKEN TOKEN, OUTCOME_TRUNCATED, 2, NULL},
    {200, TRANSPORT_COMPLETE, "", OUTCOME_TRUNCATED, 0, NULL},
    {200, TRANSPORT_COMPLETE, "{\"done\":null}", OUTCOME_TRUNCATED, 0, NULL},
    /* not the protocol */
    {200, TRANSPORT_COMPLETE, TOKEN "data: {}\n" FINAL, OUTCOME_MALFORMED, 1, "data: {}"},
    {200, TRANSPORT_COMPLETE, "[1]\n", OUTCOME_MALFORMED, 0, "[1]"},
    {200, TRANSPORT_COMPLETE, TOKEN "{\"response\":", OUTCOME_MALFORMED, 1, "{\"response\":"},
    {200, TRANSPORT_PARTIAL, "{]\n" TOKEN, OUTCOME_MALFORMED, 0, "{]"},
    /* the transport */
    {0, TRANSPORT_CONNECT, "", OUTCOME_CONNECT, 0, "its own words"},
    {0, TRANSPORT_TIMEOUT, "", OUTCOME_TIMEOUT, 0, "its own words"},
    {200, TRANSPORT_IDLE_TIMEOUT, TOKEN, OUTCOME_TIMEOUT, 1, "its own words"},
    {0, TRANSPORT_EMPTY, "", OUTCOME_TRANSFER, 0, "its own words"},
    {200, TRANSPORT_PARTIAL, TOKEN TOKEN "{\"respo", OUTCOME_TRANSFER, 2, "its own words"},
    {200, TRANSPORT_TOO_LARGE, TOKEN, OUTCOME_TRANSFER, 1, "its own words"},
    {0, TRANSPORT_OTHER, "", OUTCOME_TRANSFER, 0, "its own words"},
    {200, TRANSPORT_CANCELLED, TOKEN, OUTCOME_CANCELLED, 1, "its own words"},
    {0, TRANSPORT_COMPLETE, "", OUTCOME_TRANSFER, 0, "the transfer failed"},
};

static void test_outcomes(void)
{
	struct cell cell = test_cell();

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		struct exchange exchange = reply(outcomes[i].status, outcomes[i].body);
		char *what = text_format("status %d, transport %d: %.60s", outcomes[i].status,
		                         (int)outcomes[i].transport, outcomes[i].body);
		struct record record;

		exchange.transport = outcomes[i].transport;
		exchange.retries = 3;
		if (exchange.transport != TRANSPORT_COMPLETE)
			exchange.detail = memory_string("its own words");
		record = decoded(&cell, &exchange);
		for (char *at = what; *at != '\0'; at++)
			*at = *at == '\n' || *at == '\r' ? ' ' : *at;
		is_text(outcome_name(record.outcome), outcome_name(outcomes[i].outcome), what);
		is_int(record.event_count, outcomes[i].events, "  its events");
		is_text(record.error, outcomes[i].error, "  its error");
		ok(record.retries == 3 && record.http_status == outcomes[i].status, "  its retries and status");
		free(what);
		record_release(&record);
		exchange_release(&exchange);
	}
}

static void test_given_up_after_the_end(void)
{
	struct exchange exchange = reply(200, TOKEN FINAL);
	struct cell cell = test_cell();
	struct record record;

	exchange.transport = TRANSPORT_IDLE_TIMEOUT;
	record = decoded(&cell, &exchange);
	is_int(record.done_ns, 1000, "a whole answer is done with its last byte, not when the transfer is given up");
	is_int(record.output_tokens, 2, "its count");
	is_int(record.prompt_tokens, JSON_UNKNOWN, "what is not told is unknown, not zero");
	is_int(record.server_decode_ns, JSON_UNKNOWN, "nor are times");
	record_release(&record);
	exchange_release(&exchange);
}

/* Chunks end at the given offsets; chunk i arrives at 100 (i + 1) ns. */
static struct exchange chunked(const char *body, const size_t *ends, size_t count)
{
	struct exchange exchange = reply(200, body);

	free(exchange.chunks);
	exchange.chunks = memory_new(count, sizeof(struct chunk));
	exchange.chunk_count = count;
	for (size_t i = 0; i < count; i++)
		exchange.chunks[i] = (struct chunk){100 * (int64_t)(i + 1), ends[i]};
	return exchange;
}

static void test_stamps(void)
{
	const size_t line = strlen(TOKEN), size = 3 * line + strlen(FINAL);
	/* Before the first new line, with it, amid the second line, and all else in one: two lines and the end. */
	const size_t ends[] = {line - 1, line, line + 5, size};
	static const int64_t want[] = {200, 400, 400};
	struct exchange exchange = chunked(TOKEN TOKEN TOKEN FINAL, ends, 4);
	struct cell cell = test_cell();
	struct record record = decoded(&cell, &exchange);

	is_int(record.event_count, 3, "three events");
	for (size_t i = 0; i < 3 && i < record.event_count; i++)
		is_int(record.event_ns[i], want[i], "an event is stamped by the chunk that brought its new line");
	record_release(&record);
	exchange_release(&exchange);
}

static void test_last_line_without_new_line(void)
{
	static const char body[] = TOKEN "{\"response\":\"b\",\"done\":true}";
	const size_t ends[] = {strlen(TOKEN), sizeof(body) - 2, sizeof(body) - 1};
	struct exchange exchange = chunked(body, ends, 3);
	struct cell cell = test_cell();
	struct record record = decoded(&cell, &exchange);

	is_int(record.outcome, OUTCOME_OK, "the last line may lack its new line");
	is_int(record.event_count, 2, "its text is an event");
	is_int(record.event_count > 1 ? record.event_ns[1] : 0, 300, "stamped by the chunk with its last byte");
	is_text(record.text, "ab", "both texts");
	record_release(&record);
	exchange_release(&exchange);
	exchange = chunked(body + strlen(TOKEN), (const size_t[]){3, sizeof(body) - 1 - strlen(TOKEN)}, 2);
	cell.stream = CELL_OFF;
	record = decoded(&cell, &exchange);
	is_int(record.event_count == 1 ? record.event_ns[0] : 0, 200, "without streaming: one event, at its end");
	record_release(&record);
	exchange_release(&exchange);
}

static bool same_but_stamps(const struct record *a, const struct record *b)
{
	return a->outcome == b->outcome && a->event_count == b->event_count && a->prompt_tokens == b->prompt_tokens &&
	       a->output_tokens == b->output_tokens && a->server_total_ns == b->server_total_ns &&
	       a->server_load_ns == b->server_load_ns && a->server_prefill_ns == b->server_prefill_ns &&
	       a->server_decode_ns == b->server_decode_ns && text_equal(a->done_reason, b->done_reason) &&
	       text_equal(a->error, b->error) && text_equal(a->text, b->text);
}

static bool ascend(const struct record *record)
{
	for (size_t i = 1; i < record->event_count; i++)
		if (record->event_ns[i] < record->event_ns[i - 1])
			return false;
	return true;
}

/* Each stream, in two chunks cut at every byte. */
static void test_splits(void)
{
	char *streams[] = {
	    recorded("generate-0.6.3.ndjson"),
	    recorded("chat-0.24.0.ndjson"),
	    memory_string("{\"response\":\"\xe6\x97\xa5\xe6\x9c\xac\",\"done\":false}\r\n" FINAL),
	    memory_string(TOKEN TOKEN),
	    memory_string(TOKEN "{\"error\":\"" OLD_OOM "\"}\n"),
	    memory_string(TOKEN "oops\n"),
	};
	struct cell cell = test_cell();

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		struct exchange whole = reply(200, streams[i]);
		struct record want = decoded(&cell, &whole);
		size_t size = strlen(streams[i]), different = 0;

		for (size_t cut = 1; cut < size; cut++) {
			struct exchange exchange = chunked(streams[i], (const size_t[]){cut, size}, 2);
			struct record record = decoded(&cell, &exchange);

			different += !same_but_stamps(&record, &want) || !ascend(&record);
			record_release(&record);
			exchange_release(&exchange);
		}
		is_int(different, 0, "a stream cut at any byte gives the same record but for stamps");
		record_release(&want);
		exchange_release(&whole);
		free(streams[i]);
	}
}

static void test_secret_in_parts(void)
{
	struct cell cell = test_cell();
	struct exchange exchange = reply(200, "{\"response\":\"it is sk-12\",\"done\":false}\n"
	                                      "{\"response\":\"345678.\",\"done\":false}\n" FINAL);
	struct record record;

	exchange.secret = "sk-12345678";
	record = decoded(&cell, &exchange);
	is_text(record.text, "it is ***********.", "a secret that came in two tokens is hidden");
	record_release(&record);
	exchange_release(&exchange);
}

static void test_long_lines(void)
{
	struct cell cell = test_cell();
	struct text body = {0};
	struct exchange exchange;
	struct record record;

	text_add(&body, "{\"response\":\"");
	for (int i = 0; i < 100000; i++)
		text_add(&body, "\xe6\x97\xa5"); /* three bytes: RECORD_TEXT_MAX cuts one of them */
	text_add(&body,
	         "\",\"done\":true,\"eval_count\":0,\"prompt_eval_count\":0,\"eval_duration\":-5,\"context\":[1");
	for (int i = 0; i < 50000; i++)
		text_add(&body, ",12345");
	text_add(&body, "]}\n");
	exchange = reply(200, text_string(&body));
	record = decoded(&cell, &exchange);
	is_int(record.outcome, OUTCOME_OK, "a line of 600 kB");
	is_int(record.text != NULL ? strlen(record.text) : 0, RECORD_TEXT_MAX / 3 * 3,
	       "text is cut between characters");
	is_int(record.output_tokens, JSON_UNKNOWN, "no tokens of text is no count");
	is_int(record.prompt_tokens, 0, "a zero that is told is known");
	is_int(record.server_decode_ns, JSON_UNKNOWN, "a negative time is no time");
	record_release(&record);
	exchange_release(&exchange);

	text_clear(&body);
	text_reserve(&body, 9 << 20);
	memset(body.data, '[', 9 << 20);
	exchange = reply_of(200, body.data, 9 << 20);
	record = decoded(&cell, &exchange);
	is_int(record.outcome, OUTCOME_MALFORMED, "a line of 9 MiB is refused");
	is_int(record.error != NULL ? strlen(record.error) : 0, 500, "its beginning is quoted");
	record_release(&record);
	exchange_release(&exchange);
	text_release(&body);
}

/* Small and the same in each run; not for anything that must be random. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return *state >> 8;
}

static bool survives(const struct cell *cell, const char *bytes, size_t size, uint32_t random)
{
	struct exchange exchange = reply_of(random % 7 == 0 ? 500 : 200, bytes, size);
	struct record record;
	bool good;

	exchange.transport = random % 3 == 0 ? TRANSPORT_PARTIAL : TRANSPORT_COMPLETE;
	record = decoded(cell, &exchange);
	good = (int)record.outcome >= 0 && (int)record.outcome < OUTCOME_COUNT && ascend(&record) &&
	       (record.text == NULL || strlen(record.text) <= RECORD_TEXT_MAX);
	record_release(&record);
	exchange_release(&exchange);
	return good;
}

static void test_damage(void)
{
	char *stream = recorded("generate-0.24.0.ndjson");
	size_t size = strlen(stream), bad = 0;
	struct cell cells[2] = {test_cell(), test_cell()};
	uint32_t state = 1;

	cells[1].stream = CELL_OFF;
	if (!ok(size > 0, "the recorded stream is there"))
		return;
	for (size_t cut = 0; cut <= size; cut++)
		bad += !survives(&cells[cut % 2], stream, cut, (uint32_t)cut);
	is_int(bad, 0, "a stream that ends anywhere has one outcome");
	for (int round = 0; round < 3000; round++) {
		char *damaged = memory_copy(stream, size);

		for (uint32_t flips = 1 + next_random(&state) % 8; flips > 0; flips--)
			damaged[next_random(&state) % size] ^= (char)(1 << next_random(&state) % 8);
		bad += !survives(&cells[round % 2], damaged, size, next_random(&state));
		free(damaged);
	}
	is_int(bad, 0, "a stream with flipped bits has one outcome");
	free(stream);
}

int main(void)
{
	test_recorded();
	test_outcomes();
	test_given_up_after_the_end();
	test_stamps();
	test_last_line_without_new_line();
	test_splits();
	test_secret_in_parts();
	test_long_lines();
	test_damage();
	return tap_done();
}
