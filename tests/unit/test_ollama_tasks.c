/* Ollama's other tasks: pictures in generate and chat, and /api/embed, from loading the model to the vector. */
#include "test_ollama.h"

static const struct media picture = {.name = "a.png", .type = "image/png", .bytes = "\x89PNG\r", .size = 5};

static void is_body(const struct cell *cell, const struct media *image, const char *url, const char *want,
                    const char *what)
{
	const struct input input = {.prompt = "What?", .image = image, .output_tokens = 9};
	struct request request = {0};

	ollama()->encode(cell, &(struct endpoint){"http://x", &no_facts}, &input, &request);
	is_text(request.url, url, what);
	is_text(request.body, want, "body");
	request_release(&request);
}

#define OPTIONS "\"options\":{\"num_ctx\":2048,\"num_predict\":9,\"seed\":1,\"temperature\":0}}"

static void test_requests(void)
{
	struct cell cell = test_cell();

	cell.task = CELL_TASK_CAPTION;
	is_body(&cell, &picture, "http://x/api/generate",
	        "{\"model\":\"tiny\",\"prompt\":\"What?\",\"images\":[\"iVBORw0=\"],\"stream\":true,\"think\":false,"
	        "\"keep_alive\":\"30m\"," OPTIONS,
	        "generate with a picture");
	cell.task = CELL_TASK_VQA;
	cell.api = CELL_API_CHAT;
	is_body(
	    &cell, &picture, "http://x/api/chat",
	    "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"What?\",\"images\":[\"iVBORw0=\"]}],"
	    "\"stream\":true,\"think\":false,\"keep_alive\":\"30m\"," OPTIONS,
	    "chat with a picture");
	cell.task = CELL_TASK_EMBED;
	is_body(&cell, NULL, "http://x/api/embed",
	        "{\"model\":\"tiny\",\"input\":\"What?\",\"keep_alive\":\"30m\",\"options\":{\"num_ctx\":2048}}",
	        "embed has the options of the loaded model, and none of generation");
	ok(ollama()->can(CELL_TASK_EMBED) && ollama()->can(CELL_TASK_CAPTION) && !ollama()->can(CELL_TASK_TRANSCRIBE),
	   "it cannot transcribe");
}

/* As 0.24.0 answered, with fewer numbers. */
#define EMBEDDED                                                                                              \
	"{\"model\":\"tiny\",\"embeddings\":[[0.04494774,-0.092371635,0.029791577]],\"total_duration\":3100," \
	"\"load_duration\":2000,\"prompt_eval_count\":3}"

static void test_embeddings(void)
{
	static const struct {
		int status;
		enum transport transport;
		const char *body;
		enum outcome outcome;
		int64_t dimensions;
		const char *error;
	} cases[] = {
	    {200, TRANSPORT_COMPLETE, EMBEDDED, OUTCOME_OK, 3, NULL},
	    {200, TRANSPORT_PARTIAL, EMBEDDED, OUTCOME_OK, 3, NULL},
	    {200, TRANSPORT_COMPLETE, "{\"embeddings\":[[1]]}\n", OUTCOME_OK, 1, NULL},
	    {200, TRANSPORT_COMPLETE, "{\"embeddings\":[]}", OUTCOME_MALFORMED, JSON_UNKNOWN, "{\"embeddings\":[]}"},
	    {200, TRANSPORT_COMPLETE, "{\"embeddings\":[[]]}", OUTCOME_MALFORMED, JSON_UNKNOWN,
	     "{\"embeddings\":[[]]}"},
	    {200, TRANSPORT_COMPLETE, "{\"embedding\":[1]}", OUTCOME_MALFORMED, JSON_UNKNOWN, "{\"embedding\":[1]}"},
	    {200, TRANSPORT_COMPLETE, "", OUTCOME_TRUNCATED, JSON_UNKNOWN, NULL},
	    {200, TRANSPORT_COMPLETE, "{\"error\":\"no\"}", OUTCOME_ERROR_LINE, JSON_UNKNOWN, "no"},
	    {400, TRANSPORT_COMPLETE, "{\"error\":\"input length exceeds maximum context length\"}", OUTCOME_HTTP_4XX,
	     JSON_UNKNOWN, "input length exceeds maximum context length"},
	};
	struct cell cell = test_cell();

	cell.task = CELL_TASK_EMBED;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exchange exchange = reply(cases[i].status, cases[i].body);
		struct record record = {0};

		exchange.transport = cases[i].transport;
		ollama()->decode(&cell, &no_facts, &exchange, &record);
		is_int(record.outcome, cases[i].outcome, cases[i].body);
		is_int(record.dimensions, cases[i].dimensions, "dimensions");
		is_text(record.error, cases[i].error, "error");
		is_int(record.event_count, 0, "a vector is no text");
		if (i == 0) {
			is_int(record.prompt_tokens, 3, "tokens");
			is_int(record.server_total_ns, 3100, "total");
			is_int(record.server_load_ns, 2000, "load");
			is_int(record.done_ns, 1000, "done with the last byte");
		}
		record_release(&record);
		exchange_release(&exchange);
	}
}

static void test_load(void)
{
	static const struct {
		const char *body, *problem;
	} cases[] = {
	    {"{\"model\":\"tiny\",\"embeddings\":[]}", NULL},
	    {"{\"error\":\"no memory\"}", "no memory"},
	    {"{\"done\":true,\"done_reason\":\"load\"}", "the answer does not say that the model was loaded"},
	};
	struct cell cell = test_cell();
	struct request request;

	cell.task = CELL_TASK_EMBED;
	request = question_of(TARGET_LOAD, &cell);
	is_text(request.url, "http://x/api/embed", "a model that only embeds is loaded by an empty input");
	is_text(request.body,
	        "{\"model\":\"tiny\",\"input\":\"\",\"keep_alive\":\"30m\",\"options\":{\"num_ctx\":2048}}", "body");
	request_release(&request);
	request = question_of(TARGET_UNLOAD, &cell);
	is_text(request.url, "http://x/api/generate", "and unloaded as any other");
	request_release(&request);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct exchange exchange = reply(200, cases[i].body);
		struct server_facts server = {0};
		struct model_facts model = {0};
		struct text problem = {0};

		ok(ollama()->answer(TARGET_LOAD, &cell, &exchange, &server, &model, &problem) ==
		       (cases[i].problem == NULL),
		   cases[i].body);
		is_text(text_string(&problem), cases[i].problem ? cases[i].problem : "", "problem");
		text_release(&problem);
		exchange_release(&exchange);
	}
}

int main(void)
{
	test_requests();
	test_embeddings();
	test_load();
	return tap_done();
}
