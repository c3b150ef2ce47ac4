/*
 * What replies of the OpenAI interface mean: a stream of each kind of server,
 * every way to fail, streams split and cut off at each byte.
 */
#include "target/openai_kinds.h"
#include "test_openai.h"

#define MS(ms)  ((int64_t)((ms)*1e6 + 0.5))
#define UNKNOWN JSON_UNKNOWN

/* What each kind's stream tells. */
static const struct told {
	const char *file, *kind;
	enum outcome outcome;
	size_t events;
	int64_t prompt_tokens, cached_tokens, output_tokens, queue_ns, prefill_ns, decode_ns, peak_bytes;
	const char *reason, *text, *error;
} tolds[] = {
    {"llama-server-chat.sse", "llama-server", OUTCOME_OK, 6, 24, 0, 6, 280, MS(119.522), MS(89.337), UNKNOWN, "length",
     " band con whic morning develo on", NULL},
    {"llama-server-completions.sse", "llama-server", OUTCOME_OK, 6, 8, 1, 6, 280, MS(205.737), MS(454.586), UNKNOWN,
     "length", " quan am state cove dra bandw", NULL},
    {"llama-server-thinking.sse", "llama-server", OUTCOME_OK, 6, 31, 0, 6, 280, MS(532.548), MS(96.865), UNKNOWN,
     "length", NULL, NULL},
    {"llama-server-whole.json", "llama-server", OUTCOME_OK, 1, 8, 7, 6, UNKNOWN, MS(6.661), MS(46.684), UNKNOWN,
     "length", " quan am upo blue offe ear", NULL},
    {"llama-server-whole-chat.json", "llama-server", OUTCOME_OK, 1, 24, 23, 6, UNKNOWN, MS(36.068), MS(133.096),
     UNKNOWN, "length", " appe carry come ser quan wait", NULL},
    {"mlx_lm-chat.sse", "mlx_lm", OUTCOME_OK, 6, 20, 0, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "length",
     "sl mode watch provide blue keep", NULL},
    {"mlx_lm-completions.sse", "mlx_lm", OUTCOME_OK, 6, 6, 0, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "length",
     "speak among hold amon consid sil", NULL},
    {"mlx_lm-whole.json", "mlx_lm", OUTCOME_OK, 1, 6, 5, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "length",
     "speak among hold amon consid sil", NULL},
    {"transformers-chat.sse", "transformers", OUTCOME_OK, 6, 20, UNKNOWN, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     "length", " sl mode watch provide blue keep", NULL},
    {"transformers-completions.sse", "transformers", OUTCOME_OK, 6, 6, UNKNOWN, 6, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     "length", " speak among hold amon consid sil", NULL},
    {"vllm-chat.sse", "vllm", OUTCOME_OK, 3, 24, 16, 3, MS(7.5), UNKNOWN, UNKNOWN, UNKNOWN, "length", " sky blue",
     NULL},
    {"sglang-chat.sse", "sglang", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "stop",
     " sky blue", NULL},
    {"sglang-full.sse", "sglang", OUTCOME_ERROR_LINE, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     NULL, NULL, "The request queue is full."},
    {"tgi-chat.sse", "tgi", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "length", "The sky blue",
     NULL},
    {"tgi-overloaded.sse", "tgi", OUTCOME_ERROR_LINE, 0, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     NULL, NULL, "Model is overloaded"},
    {"koboldcpp-1.76-chat.sse", "koboldcpp", OUTCOME_OK, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     UNKNOWN, "length", "The sky is blue", NULL},
    {"koboldcpp-chat.sse", "koboldcpp", OUTCOME_OK, 2, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "length",
     "The sky blue", NULL},
    {"localai-chat.sse", "localai", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, MS(21.5), MS(40.25), UNKNOWN, "stop",
     " sky blue", NULL},
    {"vllm-mlx-chat.sse", "vllm-mlx", OUTCOME_OK, 2, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "stop",
     "The sky blue", NULL},
    {"mlx-vlm-chat.sse", "mlx-vlm", OUTCOME_OK, 3, 24, 4, 3, UNKNOWN, MS(120.5), MS(30.25), 5250000000, "stop",
     " sky blue", NULL},
    {"mlx-vlm-error.sse", "mlx-vlm", OUTCOME_ERROR_LINE, 1, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     UNKNOWN, NULL, " sky",
     "[METAL] Command buffer execution failed: Insufficient Memory "
     "(00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)"},
    {"lmstudio-chat.sse", "lmstudio", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "stop",
     "The sky blue", NULL},
    {"lmstudio-whole.json", "lmstudio", OUTCOME_OK, 1, 24, UNKNOWN, 5, UNKNOWN, UNKNOWN, MS(954), UNKNOWN, "stop",
     "The sky is blue.", NULL},
    {"openai-chat.sse", "openai", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "stop",
     "The sky blue", NULL},
    {"ollama-chat.sse", "ollama", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "stop",
     "The sky blue", NULL},
    {"llama-cpp-python-chat.sse", "llama-cpp-python", OUTCOME_OK, 2, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     UNKNOWN, UNKNOWN, "stop", "The sky", NULL},
    {"llama-cpp-python-cut.sse", "llama-cpp-python", OUTCOME_TRUNCATED, 2, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
     UNKNOWN, UNKNOWN, NULL, "The sky", NULL},
    {"llamafile-completions.sse", "llamafile", OUTCOME_OK, 3, 24, UNKNOWN, 3, UNKNOWN, MS(12.5), MS(30), UNKNOWN,
     "length", "The sky blue", NULL},
};

enum { TOLD_COUNT = sizeof(tolds) / sizeof(tolds[0]) };

static struct cell cell_for(const char *file)
{
	struct cell cell = test_cell();

	cell.stream = strstr(file, ".sse") != NULL ? CELL_ON : CELL_OFF;
	cell.api = strstr(file, "chat") != NULL ? CELL_API_CHAT : CELL_API_GENERATE;
	return cell;
}

static void is_told(const struct record *record, const struct told *told)
{
	is_text(outcome_name(record->outcome), outcome_name(told->outcome), told->file);
	is_int(record->event_count, told->events, "  events");
	is_int(record->prompt_tokens, told->prompt_tokens, "  prompt tokens");
	is_int(record->cached_tokens, told->cached_tokens, "  of them cached");
	is_int(record->output_tokens, told->output_tokens, "  output tokens");
	is_int(record->server_queue_ns, told->queue_ns, "  queue");
	is_int(record->server_prefill_ns, told->prefill_ns, "  prefill");
	is_int(record->server_decode_ns, told->decode_ns, "  decode");
	is_int(record->server_peak_bytes, told->peak_bytes, "  peak");
	is_text(record->done_reason, told->reason, "  reason");
	is_text(record->text, told->text, "  text");
	is_text(record->error, told->error, "  error");
}

static void test_kinds(void)
{
	for (size_t i = 0; i < TOLD_COUNT; i++) {
		const struct cell cell = cell_for(tolds[i].file);
		char *body = recorded(tolds[i].file);
		struct exchange exchange = reply(200, body);
		struct record record = decoded(&cell, tolds[i].kind, &exchange);

		is_told(&record, &tolds[i]);
		is_int(record.done_ns, tolds[i].outcome == OUTCOME_OK ? 1000 : 5000, "  done");
		record_release(&record);
		exchange_release(&exchange);
		free(body);
	}
}

/* A row of the table of kinds is no row without a reply to read. */
static void test_every_kind(void)
{
	for (size_t k = 0; k < openai_kind_count; k++) {
		size_t streams = 0;

		for (size_t i = 0; i < TOLD_COUNT; i++)
			streams += strcmp(tolds[i].kind, openai_kinds[k].name) == 0 &&
			           strstr(tolds[i].file, ".sse") != NULL && tolds[i].outcome == OUTCOME_OK;
		ok(streams > 0, openai_kinds[k].name);
	}
}

#define ROLE   "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n"
#define EMPTY  "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n"
#define TOKEN  "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}\n\n"
#define FINISH "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE  "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n"
#define DONE   "data: [DONE]\n\n"

static const struct {
	int status;
	enum transport transport;
	const char *body;
	enum outcome outcome;
	size_t events;
	int64_t output_tokens;
	const char *error;
} outcomes[] = {
    /* done, with and without what may follow */
    {200, TRANSPORT_COMPLETE, ROLE EMPTY TOKEN FINISH USAGE DONE, OUTCOME_OK, 1, 1, NULL},
    {200, TRANSPORT_COMPLETE, ROLE TOKEN FINISH, OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_PARTIAL, TOKEN FINISH, OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_IDLE_TIMEOUT, TOKEN FINISH USAGE, OUTCOME_OK, 1, 1, NULL},
    {200, TRANSPORT_PARTIAL, TOKEN FINISH "data: {\"usa", OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE, TOKEN FINISH "data: oops\n\n" USAGE, OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE, ROLE FINISH USAGE DONE, OUTCOME_OK, 0, 1, NULL},
    {200, TRANSPORT_COMPLETE, "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
     OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE,
     TOKEN FINISH "data: {\"choices\":[],\"usage\":{\"completion_tokens\":0,\"prompt_tokens\":0}}\n\n", OUTCOME_OK, 1,
     UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE,
     "event: message\nid: 7\nretry: 3\ndata:\ndata: {\"choices\":[{\"delta\":\ndata:{\"content\":\"a\"}}]}\n\n" FINISH,
     OUTCOME_OK, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE, "\xef\xbb\xbf: ping\r\r" TOKEN "data: {\"progress\":1}\n\n" FINISH, OUTCOME_OK, 1,
     UNKNOWN, NULL},
    /* it ends without a finish, whatever else it says */
    {200, TRANSPORT_COMPLETE, ROLE TOKEN, OUTCOME_TRUNCATED, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE, ROLE TOKEN DONE, OUTCOME_TRUNCATED, 1, UNKNOWN, NULL},
    {200, TRANSPORT_PARTIAL, TOKEN DONE, OUTCOME_TRUNCATED, 1, UNKNOWN, "its own words"},
    {200, TRANSPORT_COMPLETE, TOKEN USAGE DONE, OUTCOME_TRUNCATED, 1, 1, NULL},
    {200, TRANSPORT_COMPLETE, TOKEN "data: {\"choices\":[{\"del", OUTCOME_TRUNCATED, 1, UNKNOWN, NULL},
    {200, TRANSPORT_COMPLETE, "", OUTCOME_TRUNCATED, 0, UNKNOWN, NULL},
    {200, TRANSPORT_PARTIAL, TOKEN, OUTCOME_TRANSFER, 1, UNKNOWN, "its own words"},
    {200, TRANSPORT_PARTIAL, "{\"choi", OUTCOME_TRANSFER, 0, UNKNOWN, "its own words"},
    {200, TRANSPORT_IDLE_TIMEOUT, TOKEN ":\n\n", OUTCOME_TIMEOUT, 1, UNKNOWN, "its own words"},
    {200, TRANSPORT_CANCELLED, TOKEN, OUTCOME_CANCELLED, 1, UNKNOWN, "its own words"},
    {0, TRANSPORT_CONNECT, "", OUTCOME_CONNECT, 0, UNKNOWN, "its own words"},
    {0, TRANSPORT_EMPTY, "", OUTCOME_TRANSFER, 0, UNKNOWN, "its own words"},
    /* an error in the stream, with all its shapes, also before [DONE] and after a finish */
    {200, TRANSPORT_COMPLETE, TOKEN "data: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\n" DONE,
     OUTCOME_ERROR_LINE, 1, UNKNOWN, "boom"},
    {200, TRANSPORT_COMPLETE, TOKEN "data: {\"error\":\"boom\"}\n\n", OUTCOME_ERROR_LINE, 1, UNKNOWN, "boom"},
    {200, TRANSPORT_COMPLETE, "data: {\"object\":\"error\",\"message\":\"boom\",\"code\":400}\n\n", OUTCOME_ERROR_LINE,
     0, UNKNOWN, "boom"},
    {200, TRANSPORT_COMPLETE, TOKEN FINISH "data: {\"error\":\"late\"}\n\n", OUTCOME_ERROR_LINE, 1, UNKNOWN, "late"},
    {200, TRANSPORT_COMPLETE, "{\"error\":\"Unexpected endpoint or method. (POST /v1/x)\"}", OUTCOME_ERROR_LINE, 0,
     UNKNOWN, "Unexpected endpoint or method. (POST /v1/x)"},
    {200, TRANSPORT_COMPLETE, TOKEN "data: {\"error\":null}\n\n" FINISH, OUTCOME_OK, 1, UNKNOWN, NULL},
    /* not the protocol */
    {200, TRANSPORT_COMPLETE, TOKEN "data: oops\n\n" FINISH, OUTCOME_MALFORMED, 1, UNKNOWN, "oops"},
    {200, TRANSPORT_COMPLETE, "data: [1]\n\n", OUTCOME_MALFORMED, 0, UNKNOWN, "[1]"},
    {200, TRANSPORT_COMPLETE, "{]", OUTCOME_MALFORMED, 0, UNKNOWN, "{]"},
    {200, TRANSPORT_COMPLETE, "<html>", OUTCOME_TRUNCATED, 0, UNKNOWN, NULL},
    /* with a status: bodies of all shapes */
    {503, TRANSPORT_COMPLETE, "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}",
     OUTCOME_BUSY, 0, UNKNOWN, "Loading model"},
    {503, TRANSPORT_COMPLETE,
     "{\"detail\":{\"msg\":\"Server is busy; please try again later.\",\"type\":\"service_unavailable\"}}",
     OUTCOME_BUSY, 0, UNKNOWN, "Server is busy; please try again later."},
    {429, TRANSPORT_COMPLETE, "{\"error\":\"Model is overloaded\",\"error_type\":\"overloaded\"}", OUTCOME_BUSY, 0,
     UNKNOWN, "Model is overloaded"},
    {422, TRANSPORT_COMPLETE, "{\"detail\":\"Unexpected fields in the request: {'ignore_eos'}\"}", OUTCOME_HTTP_4XX, 0,
     UNKNOWN, "Unexpected fields in the request: {'ignore_eos'}"},
    {422, TRANSPORT_COMPLETE,
     "{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"messages\",0,\"role\"],\"msg\":\"Field required\"}]}",
     OUTCOME_HTTP_4XX, 0, UNKNOWN, "Field required (body.messages.role)"},
    {400, TRANSPORT_COMPLETE,
     "{\"object\":\"error\",\"message\":\"too long\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
     OUTCOME_HTTP_4XX, 0, UNKNOWN, "too long"},
    {404, TRANSPORT_COMPLETE, "Not Found", OUTCOME_HTTP_4XX, 0, UNKNOWN, "Not Found"},
    {500, TRANSPORT_COMPLETE, "Internal Server Error", OUTCOME_HTTP_5XX, 0, UNKNOWN, "Internal Server Error"},
    {413, TRANSPORT_COMPLETE, "", OUTCOME_HTTP_4XX, 0, UNKNOWN, "HTTP status 413"},
};

static void test_outcomes(void)
{
	const struct cell cell = test_cell();

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		struct exchange exchange = reply(outcomes[i].status, outcomes[i].body);
		char *what = text_format("%zu: status %d, transport %d: %.40s", i, outcomes[i].status,
		                         (int)outcomes[i].transport, outcomes[i].body);
		struct record record;

		exchange.transport = outcomes[i].transport;
		if (exchange.transport != TRANSPORT_COMPLETE)
			exchange.detail = memory_string("its own words");
		record = decoded(&cell, NULL, &exchange);
		for (char *at = what; *at != '\0'; at++)
			*at = *at == '\n' || *at == '\r' ? ' ' : *at;
		is_text(outcome_name(record.outcome), outcome_name(outcomes[i].outcome), what);
		is_int(record.event_count, outcomes[i].events, "  its events");
		is_int(record.output_tokens, outcomes[i].output_tokens, "  its tokens");
		is_text(record.error, outcomes[i].error, "  its error");
		is_int(record.server_queue_ns, UNKNOWN, "  an unknown kind's header tells nothing");
		free(what);
		record_release(&record);
		exchange_release(&exchange);
	}
}

/* Chunks end at the given offsets; chunk i arrives at 100 (i + 1) ns. */
static struct exchange chunked(const char *body, const size_t *ends, size_t count)
{
	struct exchange exchange = reply(200, body);

	exchange.chunks = memory_resize(exchange.chunks, count, sizeof(struct chunk));
	exchange.chunk_count = count;
	for (size_t i = 0; i < count; i++)
		exchange.chunks[i] = (struct chunk){100 * (int64_t)(i + 1), ends[i]};
	return exchange;
}

static void test_stamps(void)
{
	const size_t token = strlen(TOKEN), size = 2 * token + strlen(FINISH);
	/* Before the line's end; with it, but without the empty line; all the rest. */
	const size_t ends[] = {token - 2, token - 1, size};
	struct exchange exchange = chunked(TOKEN TOKEN FINISH, ends, 3);
	const struct cell cell = test_cell();
	struct record record = decoded(&cell, NULL, &exchange);

	is_int(record.event_count, 2, "two events");
	is_int(record.event_count > 0 ? record.event_ns[0] : 0, 200,
	       "an event is stamped by the chunk that ended its data, not by the empty line");
	is_int(record.event_count > 1 ? record.event_ns[1] : 0, 300, "the other by its own");
	record_release(&record);
	exchange_release(&exchange);
}

static bool same_but_stamps(const struct record *a, const struct record *b)
{
	return a->outcome == b->outcome && a->event_count == b->event_count && a->prompt_tokens == b->prompt_tokens &&
	       a->output_tokens == b->output_tokens && a->cached_tokens == b->cached_tokens &&
	       a->server_queue_ns == b->server_queue_ns && a->server_prefill_ns == b->server_prefill_ns &&
	       a->server_decode_ns == b->server_decode_ns && text_equal(a->done_reason, b->done_reason) &&
	       text_equal(a->error, b->error) && text_equal(a->text, b->text);
}

/* Each kind's stream, in two chunks cut at every byte. */
static void test_splits(void)
{
	for (size_t i = 0; i < TOLD_COUNT; i++) {
		const struct cell cell = cell_for(tolds[i].file);
		char *body = recorded(tolds[i].file);
		struct exchange exchange = reply(200, body);
		struct record want = decoded(&cell, tolds[i].kind, &exchange);
		size_t size = strlen(body), different = 0;

		exchange_release(&exchange);
		exchange = chunked(body, (const size_t[]){1, size}, 2);
		for (size_t cut = 1; cut < size; cut++) {
			struct record record;

			exchange.chunks[0].end = cut;
			record = decoded(&cell, tolds[i].kind, &exchange);
			different += !same_but_stamps(&record, &want);
			for (size_t k = 1; k < record.event_count; k++)
				different += record.event_ns[k] < record.event_ns[k - 1];
			record_release(&record);
		}
		is_int(different, 0, tolds[i].file);
		record_release(&want);
		exchange_release(&exchange);
		free(body);
	}
}

/* Where the last thing that a stream must say to be done ends: its finish, or [DONE] where each chunk has one. */
static size_t done_at(const char *body, const struct told *told)
{
	bool repeats = strcmp(told->kind, "koboldcpp") == 0;
	const char *finish = strstr(body, repeats ? "[DONE]" : "\"finish_reason\": \"");

	if (finish == NULL)
		finish = strstr(body, "\"finish_reason\":\"");
	return (size_t)(finish - body) + (repeats ? strlen("[DONE]") : 0);
}

/* Cut off at each byte, by an end that a close-delimited reply does not tell from a good one. */
static void test_cut_off(void)
{
	for (size_t i = 0; i < TOLD_COUNT; i++) {
		const struct cell cell = cell_for(tolds[i].file);
		char *body = recorded(tolds[i].file);
		size_t size = strlen(body), early = 0, errors = 0, done;

		if (tolds[i].outcome == OUTCOME_OK && strstr(tolds[i].file, ".sse") != NULL) {
			done = done_at(body, &tolds[i]);
			for (size_t cut = 0; cut < size; cut++) {
				struct exchange exchange = reply_of(200, body, cut);
				struct record record = decoded(&cell, tolds[i].kind, &exchange);

				early += record.outcome == OUTCOME_OK && cut < done;
				errors += record.outcome != OUTCOME_OK && record.outcome != OUTCOME_TRUNCATED;
				record_release(&record);
				exchange_release(&exchange);
			}
			is_int(early, 0, tolds[i].file);
			is_int(errors, 0, "  and what was cut off is truncated, not malformed");
		}
		free(body);
	}
}

static void test_queue(void)
{
	struct exchange exchange = reply(200, TOKEN FINISH);
	struct cell cell = test_cell();
	struct record record;

	cell.task = CELL_TASK_CAPTION;
	record = decoded(&cell, "llama-server", &exchange);
	is_int(record.server_queue_ns, UNKNOWN, "a picture is decoded before the header: it tells no queue");
	record_release(&record);
	cell.task = CELL_TASK_TEXT;
	exchange.header_ns = TIME_UNKNOWN;
	record = decoded(&cell, "llama-server", &exchange);
	is_int(record.server_queue_ns, UNKNOWN, "nor does a header without a stamp");
	record_release(&record);
	exchange_release(&exchange);
}

int main(void)
{
	test_kinds();
	test_every_kind();
	test_outcomes();
	test_stamps();
	test_splits();
	test_cut_off();
	test_queue();
	return tap_done();
}
