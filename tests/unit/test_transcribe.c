/*
 * Transcriptions: what each kind of server is sent, to the byte; what its
 * replies mean, split anywhere and damaged.
 */
#include "target/transcribe.h"

#include "base/random.h"
#include "test_transcribe.h"

#define LINE               "--llmbench-between-two-parts-5f8d1c\r\n"
#define FIELD(name, value) LINE "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(bytes)                                                                                               \
	LINE                                                                                                           \
	    "Content-Disposition: form-data; name=\"file\"; filename=\"recording.wav\"\r\nContent-Type: audio/wav\r\n" \
	    "\r\n" bytes "\r\n--llmbench-between-two-parts-5f8d1c--\r\n"

static struct request encoded(const struct cell *cell, const char *kind, const char *prompt, const char *recording)
{
	struct server_facts facts = {.kind = (char *)kind};
	const struct media audio = {
	    .name = "a\"b.wav", .type = "audio/wav", .bytes = recording, .size = strlen(recording)};
	const struct input input = {.prompt = prompt, .audio = &audio, .output_tokens = 256};
	struct request request = {0};

	target_find("whisper")->encode(cell, &(struct endpoint){"http://h:1", &facts}, &input, &request);
	return request;
}

static void is_request(const struct cell *cell, const char *kind, const char *url, const char *body)
{
	struct request request = encoded(cell, kind, "Names: Ohm.", "RIFFsound");

	is_text(request.url, url, kind ? kind : "any other");
	is_text(request.body, body, "body");
	is_int(request.body_size, strlen(body), "its size");
	is_text(request.content_type, "multipart/form-data; boundary=llmbench-between-two-parts-5f8d1c", "its type");
	is_text(request.method, "POST", "method");
	request_release(&request);
}

#define OPENAI "http://h:1/v1/audio/transcriptions"
#define MODEL  FIELD("model", "base.en")
#define JSON   FIELD("response_format", "json")
#define COLD   FIELD("temperature", "0")

static void test_bodies(void)
{
	struct cell cell = test_cell();

	is_request(&cell, "whisper.cpp", "http://h:1/inference", MODEL JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "vllm", OPENAI,
	           MODEL FIELD("stream", "true") FIELD("stream_include_usage", "true")
	               JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "speaches", OPENAI, MODEL FIELD("stream", "true") JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "llama-server", OPENAI, MODEL FIELD("stream", "true") JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "mlx-audio", OPENAI, MODEL FIELD("response_format", "ndjson") COLD FILE_PART("RIFFsound"));
	is_request(&cell, "transformers", OPENAI, MODEL FIELD("stream", "true") FILE_PART("RIFFsound"));
	is_request(&cell, "vllm-mlx", OPENAI "?model=base.en&response_format=json", FILE_PART("RIFFsound"));
	is_request(&cell, "localai", OPENAI, MODEL JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, NULL, OPENAI, MODEL JSON COLD FILE_PART("RIFFsound"));
	cell.model = "mlx-community/base en&2";
	is_request(&cell, "vllm-mlx", OPENAI "?model=mlx-community%2Fbase%20en%262&response_format=json",
	           FILE_PART("RIFFsound"));
	cell.model = "base.en";
	cell.stream = CELL_OFF;
	is_request(&cell, "vllm", OPENAI, MODEL JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "mlx-audio", OPENAI, MODEL JSON COLD FILE_PART("RIFFsound"));
	is_request(&cell, "transformers", OPENAI, MODEL FILE_PART("RIFFsound"));
	cell.prompt = "Names: Ohm.";
	cell.temperature = 0.5;
	is_request(&cell, NULL, OPENAI,
	           MODEL FIELD("prompt", "Names: Ohm.") JSON FIELD("temperature", "0.5") FILE_PART("RIFFsound"));
	cell.temperature = CELL_UNSET_REAL;
	cell.prompt = NULL;
	is_request(&cell, NULL, OPENAI, MODEL JSON FILE_PART("RIFFsound"));
}

static void test_boundary(void)
{
	struct cell cell = test_cell();
	struct request request = encoded(&cell, NULL, "", "RIFF--llmbench-between-two-parts-5f8d1c\r\n");

	is_text(request.content_type, "multipart/form-data; boundary=llmbench-between-two-parts-c20a97",
	        "a recording with the first line in it: another one");
	ok(text_starts_with(request.body, "--llmbench-between-two-parts-c20a97\r\n"), "is between the parts");
	request_release(&request);
}

/* --- Replies --- */

static struct record decoded(const char *kind, const struct exchange *exchange)
{
	struct server_facts facts = {.kind = (char *)kind};
	struct cell cell = test_cell();
	struct record record = {0};

	target_find("whisper")->decode(&cell, &facts, exchange, &record);
	return record;
}

#define DELTA(text) "data: {\"type\":\"transcript.text.delta\",\"delta\":\"" text "\"}\n\n"
#define FINAL(text) "data: {\"type\":\"transcript.text.done\",\"text\":\"" text "\"}\n\n"
#define PIECE(text) \
	"data: {\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define FINISH "data: {\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE                                                                                        \
	"data: {\"object\":\"transcription.chunk\",\"choices\":[],\"usage\":{\"prompt_tokens\":188," \
	"\"completion_tokens\":7,\"total_tokens\":195}}\n\n"
#define UNTOLD JSON_UNKNOWN

static const struct {
	const char *kind;
	int status;
	enum transport transport;
	const char *body;
	enum outcome outcome;
	size_t events;
	const char *text, *error;
	int64_t heard_ms, prompt_tokens, output_tokens;
} replies[] = {
    /* one object */
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "{\"text\":\" It rains.\\n\"}", OUTCOME_OK, 1, " It rains.\n", NULL,
     UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "{\"text\":\"\"}", OUTCOME_OK, 0, NULL, NULL, UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "{\"task\":\"transcribe\",\"duration\":2.5,\"text\":\"a\"}", OUTCOME_OK, 1,
     "a", NULL, 2500, UNTOLD, UNTOLD},
    {"vllm-mlx", 200, TRANSPORT_COMPLETE, "{\"text\":\"a\",\"language\":\"en\",\"duration\":2.5}", OUTCOME_OK, 1, "a",
     NULL, 2500, UNTOLD, UNTOLD},
    {NULL, 200, TRANSPORT_COMPLETE, "{\"duration\":\"2.5\",\"text\":\"a\"}", OUTCOME_OK, 1, "a", NULL, 2500, UNTOLD,
     UNTOLD},
    {"vllm", 200, TRANSPORT_COMPLETE, "{\"text\":\"a\",\"usage\":{\"type\":\"duration\",\"seconds\":3}}", OUTCOME_OK, 1,
     "a", NULL, 3000, UNTOLD, UNTOLD},
    {"llama-server", 200, TRANSPORT_COMPLETE,
     "{\"type\":\"transcript.text.done\",\"text\":\"a\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":9,\"output_"
     "tokens\":2}}",
     OUTCOME_OK, 1, "a", NULL, UNTOLD, 9, 2},
    {"whisper.cpp", 200, TRANSPORT_PARTIAL, "{\"text\":\"a\"}", OUTCOME_OK, 1, "a", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "\n It rains.\n", OUTCOME_OK, 1, "\n It rains.\n", NULL, UNTOLD, UNTOLD,
     UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "", OUTCOME_TRUNCATED, 0, NULL, NULL, UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "{\"segments\":[]}", OUTCOME_MALFORMED, 0, NULL, "{\"segments\":[]}",
     UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "<html>", OUTCOME_MALFORMED, 0, NULL, "<html>", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "data: x\n\n", OUTCOME_MALFORMED, 0, NULL, "data: x", UNTOLD, UNTOLD,
     UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_PARTIAL, "{\"text\":\"a", OUTCOME_TRANSFER, 0, NULL,
     "the connection broke in the middle of the answer", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 200, TRANSPORT_COMPLETE, "{\"error\":\"failed to process audio\"}", OUTCOME_ERROR_LINE, 0, NULL,
     "failed to process audio", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 400, TRANSPORT_COMPLETE, "{\"error\":\"failed to read audio data\"}", OUTCOME_HTTP_4XX, 0, NULL,
     "failed to read audio data", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 404, TRANSPORT_COMPLETE, "File Not Found (/inference)", OUTCOME_HTTP_4XX, 0, NULL,
     "File Not Found (/inference)", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 503, TRANSPORT_COMPLETE, "{\"status\":\"loading model\"}", OUTCOME_BUSY, 0, NULL,
     "{\"status\":\"loading model\"}", UNTOLD, UNTOLD, UNTOLD},
    {"whisper.cpp", 0, TRANSPORT_CONNECT, "", OUTCOME_CONNECT, 0, NULL, "no connection", UNTOLD, UNTOLD, UNTOLD},
    /* OpenAI's events */
    {"speaches", 200, TRANSPORT_COMPLETE, DELTA("It") DELTA(" rains.") FINAL("It rains."), OUTCOME_OK, 2, "It rains.",
     NULL, UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, ": ping\r\n\r\nevent: message\r\n" DELTA("It") FINAL("It") "data: [DONE]",
     OUTCOME_OK, 1, "It", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, FINAL("It rains."), OUTCOME_OK, 1, "It rains.", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, DELTA("It"), OUTCOME_TRUNCATED, 1, "It", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, DELTA("It") "data: [DONE]\n\n", OUTCOME_TRUNCATED, 1, "It", NULL, UNTOLD,
     UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE,
     DELTA("It") "data: {\"error\":{\"message\":\"no memory\"}}\n\ndata: [DONE]\n\n", OUTCOME_ERROR_LINE, 1, "It",
     "no memory", UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, DELTA("It") "data: rains\n\n", OUTCOME_MALFORMED, 1, "It", "data: rains",
     UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_COMPLETE, "{\"text\":\"a\"}", OUTCOME_OK, 1, "a", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"speaches", 200, TRANSPORT_PARTIAL, DELTA("It") "data: {\"ty", OUTCOME_TRANSFER, 1, "It",
     "the connection broke in the middle of the answer", UNTOLD, UNTOLD, UNTOLD},
    /* vLLM's, which are those of a chat */
    {"vllm", 200, TRANSPORT_COMPLETE, PIECE("") PIECE("It") PIECE(" rains.") FINISH USAGE "data: [DONE]\n\n",
     OUTCOME_OK, 2, "It rains.", NULL, UNTOLD, 188, 7},
    {"vllm", 200, TRANSPORT_COMPLETE, PIECE("It") "data: [DONE]\n\n", OUTCOME_TRUNCATED, 1, "It", NULL, UNTOLD, UNTOLD,
     UNTOLD},
    /* transformers': the text itself, and no end */
    {"transformers", 200, TRANSPORT_COMPLETE, "data: It\n\ndata:  rains.\n\n", OUTCOME_OK, 2, "It rains.", NULL, UNTOLD,
     UNTOLD, UNTOLD},
    {"transformers", 200, TRANSPORT_COMPLETE, "data: {\"error\":\"out of memory\"}\n\n", OUTCOME_ERROR_LINE, 0, NULL,
     "out of memory", UNTOLD, UNTOLD, UNTOLD},
    {"transformers", 200, TRANSPORT_PARTIAL, "data: It\n\n", OUTCOME_TRANSFER, 1, "It",
     "the connection broke in the middle of the answer", UNTOLD, UNTOLD, UNTOLD},
    {"transformers", 200, TRANSPORT_COMPLETE, "{\"text\":\"It rains.\"}", OUTCOME_OK, 1, "It rains.", NULL, UNTOLD,
     UNTOLD, UNTOLD},
    /* mlx-audio's lines, which have no end either */
    {"mlx-audio", 200, TRANSPORT_COMPLETE, "{\"text\":\"It\"}\n{\"text\":\" rains.\"}\n", OUTCOME_OK, 2, "It rains.",
     NULL, UNTOLD, UNTOLD, UNTOLD},
    {"mlx-audio", 200, TRANSPORT_COMPLETE, "{\"text\":\"It\"}", OUTCOME_OK, 1, "It", NULL, UNTOLD, UNTOLD, UNTOLD},
    {"mlx-audio", 200, TRANSPORT_COMPLETE, "\n", OUTCOME_TRUNCATED, 0, NULL, NULL, UNTOLD, UNTOLD, UNTOLD},
    {"mlx-audio", 200, TRANSPORT_PARTIAL, "{\"text\":\"It\"}\n{\"te", OUTCOME_TRANSFER, 1, "It",
     "the connection broke in the middle of the answer", UNTOLD, UNTOLD, UNTOLD},
    {"mlx-audio", 200, TRANSPORT_COMPLETE, "{\"text\":\"It\"}\nrains\n", OUTCOME_MALFORMED, 1, "It", "rains", UNTOLD,
     UNTOLD, UNTOLD},
};

static void test_replies(void)
{
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		struct exchange exchange = reply_in(7, replies[i].status, replies[i].transport, replies[i].body);
		struct record record = decoded(replies[i].kind, &exchange);
		int64_t heard_ns = replies[i].heard_ms == UNTOLD ? TIME_UNKNOWN : replies[i].heard_ms * NS_PER_MS;

		is_text(outcome_name(record.outcome), outcome_name(replies[i].outcome), replies[i].body);
		is_int(record.event_count, replies[i].events, "events");
		is_text(record.text, replies[i].text, "text");
		is_text(record.error, replies[i].error, "error");
		is_int(record.heard_ns, heard_ns, "length by the server");
		is_int(record.prompt_tokens, replies[i].prompt_tokens, "prompt tokens");
		is_int(record.output_tokens, replies[i].output_tokens, "output tokens");
		is_int(record.audio_ns, TIME_UNKNOWN, "the length of what was sent is not the reply's to tell");
		ok(record.outcome != OUTCOME_OK || exchange.chunk_count == 0 ||
		       replies[i].transport != TRANSPORT_PARTIAL ||
		       record.done_ns == exchange.chunks[exchange.chunk_count - 1].at_ns,
		   "a whole answer is done with its last byte");
		record_release(&record);
		exchange_release(&exchange);
	}
}

static void test_stamps(void)
{
	const char *body = DELTA("It") DELTA(" rains.") FINAL("It rains.");
	size_t first = strlen(DELTA("It")) - 2, size = strlen(body);

	for (size_t step = 1; step < size; step++) {
		struct exchange exchange = reply_in(step, 200, TRANSPORT_COMPLETE, body);
		struct record record = decoded("speaches", &exchange);

		if (record.event_count != 2 || record.event_ns[0] != (int64_t)(1000 + first / step) * NS_PER_MS ||
		    record.done_ns != exchange.chunks[exchange.chunk_count - 1].at_ns) {
			is_int(step, 0, "chunks of this size have their stamps");
			break;
		}
		record_release(&record);
		exchange_release(&exchange);
	}
	ok(true, "an event has the stamp of its line's end, however the network cuts");
}

static void test_hostile(void)
{
	static const char *const kinds[] = {NULL, "vllm", "transformers", "mlx-audio"};
	const char *body = PIECE("It") DELTA("x") FINAL("It") "data: [DONE]\n{\"text\":\"a\"}\n";
	uint64_t state = 5;

	for (int i = 0; i < 8000; i++) {
		struct exchange exchange = reply_in(13, 200, (enum transport)(i % 9), body);
		struct record record;

		for (int change = 0; change < 4; change++)
			exchange.body[random_below(&state, exchange.body_size)] = (char)random_next(&state);
		record = decoded(kinds[i % 4], &exchange);
		record_release(&record);
		exchange_release(&exchange);
	}
	ok(true, "damaged replies: no harm");
}

int main(void)
{
	test_bodies();
	test_boundary();
	test_replies();
	test_stamps();
	test_hostile();
	return tap_done();
}
