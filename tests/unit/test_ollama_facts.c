/*
 * Answers to questions: recorded ones, a simulated server's, refusals, and
 * what is no answer.
 */
#include "target/ollama.h"
#include "test_ollama.h"

struct asked {
	struct server_facts server;
	struct model_facts model;
	struct text problem;
};

static struct asked nothing_asked(void)
{
	struct asked asked = {0};

	model_facts_reset(&asked.model);
	return asked;
}

static bool answer(struct asked *asked, enum target_question question, const char *model, int status, const char *body)
{
	struct cell cell = test_cell();
	struct exchange exchange = reply(status, body);
	bool good;

	cell.model = model;
	text_clear(&asked->problem);
	good = ollama()->answer(question, &cell, &exchange, &asked->server, &asked->model, &asked->problem);
	exchange_release(&exchange);
	return good;
}

static bool answer_recorded(struct asked *asked, enum target_question question, const char *model, const char *file)
{
	char *body = recorded(file);
	bool good = answer(asked, question, model, 200, body);

	free(body);
	return good;
}

static void asked_release(struct asked *asked)
{
	server_facts_release(&asked->server);
	model_facts_release(&asked->model);
	text_release(&asked->problem);
}

static void is_problem(const struct asked *asked, const char *want, const char *what)
{
	is_text(text_string(&asked->problem), want, what);
}

static void test_ready(void)
{
	struct asked asked = nothing_asked();

	ok(answer(&asked, TARGET_READY, "m", 200,
	          "{\"version\":\"0.6.3\",\"simulated\":{\"device\":\"m4-16g\",\"speed\":100,\"memory_file\":\"/tmp/"
	          "m\"}}"),
	   "a simulated server is ready");
	is_text(asked.server.version, "0.6.3", "version");
	is_text(asked.server.simulated, "m4-16g at 100 times its speed", "simulated device");
	is_text(asked.server.memory_file, "/tmp/m", "its memory");
	ok(answer(&asked, TARGET_READY, "m", 200, "{\"version\":\"0.32.15\"}"), "a real server is ready");
	is_text(asked.server.version, "0.32.15", "version");
	is_text(asked.server.simulated, NULL, "a real server is not simulated");
	is_text(asked.server.memory_file, NULL, "and has the machine's memory");
	ok(!answer(&asked, TARGET_READY, "m", 200, "Ollama is running"), "no JSON");
	is_problem(&asked, "/api/version: the answer is not a JSON object", "its problem");
	ok(!answer(&asked, TARGET_READY, "m", 200, "{\"object\":\"list\"}"), "another server");
	is_problem(&asked, "the answer names no version: is it an Ollama server?", "its problem");
	ok(!answer(&asked, TARGET_READY, "m", 404, "404 page not found\n"), "another server");
	is_problem(&asked, "/api/version: 404 page not found", "its problem");
	asked_release(&asked);
}

static void test_no_reply(void)
{
	struct asked asked = nothing_asked();
	struct cell cell = test_cell();
	struct exchange exchange = {.transport = TRANSPORT_CONNECT};

	ok(!ollama()->answer(TARGET_READY, &cell, &exchange, &asked.server, &asked.model, &asked.problem),
	   "no connection is no answer");
	is_problem(&asked, "/api/version: no connection", "its problem");
	text_clear(&asked.problem);
	exchange = (struct exchange){.transport = TRANSPORT_PARTIAL, .http_status = 200};
	exchange.body = memory_string("{\"version\":\"1\"}");
	exchange.body_size = strlen(exchange.body);
	ok(!ollama()->answer(TARGET_READY, &cell, &exchange, &asked.server, &asked.model, &asked.problem),
	   "only a complete reply is an answer");
	is_problem(&asked, "/api/version: the connection broke in the middle of the answer", "its problem");
	exchange_release(&exchange);
	asked_release(&asked);
}

static void test_models(void)
{
	static const char *const same[] = {"tiny", "tiny:latest", "library/tiny",
	                                   "registry.ollama.ai/library/tiny:latest"};
	struct asked asked = nothing_asked();

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		ok(answer_recorded(&asked, TARGET_MODELS, same[i], "tags-0.24.0.json"), same[i]);
		is_text(asked.model.full_name, "tiny:latest", "full name");
		is_int(asked.model.size_bytes, 7473379, "size on disk");
		is_text(asked.model.digest, "0d7c14dcd68d23ac09a464ca50c917e00edf0461e6153171b6c7ff1bd06f6878",
		        "digest");
	}
	ok(answer_recorded(&asked, TARGET_MODELS, "Some/wordy:v1", "tags-0.24.0.json"), "a model with folder and tag");
	is_int(asked.model.size_bytes, 7474309, "its size");
	ok(!answer_recorded(&asked, TARGET_MODELS, "Tiny", "tags-0.24.0.json"), "a model that is not there");
	is_problem(&asked,
	           "model \"Tiny\" is not installed on this server; installed: Some/wordy:v1, tiny:latest "
	           "(cure: ollama pull Tiny)",
	           "what is there, and the cure");
	ok(!answer(&asked, TARGET_MODELS, "tiny", 200, "{\"models\":[]}"), "no model at all");
	is_problem(&asked, "model \"tiny\" is not installed on this server; none is installed (cure: ollama pull tiny)",
	           "its problem");
	ok(!answer(&asked, TARGET_MODELS, "x", 200,
	           "{\"models\":[{},{\"name\":1},{\"name\":\"c\"},{\"name\":\"d\"},{\"name\":\"e\"},{\"name\":\"f\"},"
	           "{\"name\":\"g\"},{\"name\":\"h\"},{\"name\":\"i\"},{\"name\":\"j\\u001b\"},{\"name\":\"k\"},7]}"),
	   "many models, some without a name");
	is_problem(&asked,
	           "model \"x\" is not installed on this server; installed: ?, ?, c, d, e, f, g, h, i, j? and 2 more "
	           "(cure: ollama pull x)",
	           "its problem");
	ok(!answer(&asked, TARGET_MODELS, "x", 200, "{}"), "no list");
	is_problem(&asked, "the answer has no list of models", "its problem");
	asked_release(&asked);
}

static void test_model(void)
{
	struct asked asked = nothing_asked();

	ok(answer_recorded(&asked, TARGET_MODEL, "wordy", "show-0.24.0.json"), "a model's description");
	is_int(asked.model.context_length, 4096, "context that it was trained for");
	ok(asked.model.block != NULL && text_starts_with(asked.model.block, "  Model\n    architecture "), "its block");
	is_text(asked.model.architecture, "llama", "its architecture");
	is_text(asked.model.quantization, "F16", "its quantization");
	is_int(asked.model.parameters, 3719936, "its parameters, counted");
	is_int(asked.model.layers, 4, "its layers");
	is_int(asked.model.embedding_length, 256, "its embedding length");
	is_int(asked.model.vocabulary, 1117, "its vocabulary");
	ok(answer(&asked, TARGET_MODEL, "m", 200,
	          "{\"details\":{\"parameter_size\":\"3.2B\",\"quantization_level\":\"\"},"
	          "\"model_info\":{\"general.architecture\":\"a\\u0007b\"}}"),
	   "one that tells little");
	is_int(asked.model.parameters, 3200000000, "its parameters, as it rounds them");
	is_text(asked.model.architecture, "a?b", "foreign words are masked");
	is_text(asked.model.quantization, NULL, "an empty word is none");
	is_int(asked.model.layers, JSON_UNKNOWN, "what it does not tell is unknown");
	ok(!answer(&asked, TARGET_MODEL, "nope", 404, "{\"error\":\"model 'nope' not found\"}"), "an unknown model");
	is_problem(&asked, "/api/show: model 'nope' not found", "its problem");
	asked_release(&asked);
}

static void test_counts(void)
{
	static const struct {
		const char *words;
		int64_t count;
	} rows[] = {{"494.03M", 494030000}, {"8.0B", 8000000000},  {"12K", 12000},
	            {"1T", JSON_UNKNOWN},   {"B", JSON_UNKNOWN},   {"", JSON_UNKNOWN},
	            {NULL, JSON_UNKNOWN},   {"-1B", JSON_UNKNOWN}, {"1e99B", JSON_UNKNOWN}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_int(ollama_words_count(rows[i].words), rows[i].count, rows[i].words ? rows[i].words : "nothing");
}

static void test_loaded(void)
{
	struct asked asked = nothing_asked();

	ok(answer_recorded(&asked, TARGET_LOADED, "tiny", "ps-0.24.0.json"), "a loaded model, 0.24.0");
	is_int(asked.model.loaded_bytes, 8969728, "its memory");
	is_int(asked.model.loaded_vram_bytes, 0, "of it on the GPU");
	is_int(asked.model.loaded_context_size, 512, "its context");
	ok(answer_recorded(&asked, TARGET_LOADED, "tiny", "ps-0.6.3.json"), "a loaded model, 0.6.3");
	is_int(asked.model.loaded_bytes, 23653888, "its memory");
	is_int(asked.model.loaded_context_size, JSON_UNKNOWN, "versions before 0.10 do not tell the context");
	ok(answer(&asked, TARGET_LOADED, "tiny", 200, "{\"models\":[]}"), "no model is loaded");
	is_int(asked.model.loaded_bytes, JSON_UNKNOWN, "nothing is known of its memory");
	is_int(asked.model.loaded_vram_bytes, JSON_UNKNOWN, "nor on the GPU");
	asked_release(&asked);
}

static void test_load(void)
{
	static const struct {
		enum target_question question;
		int status;
		const char *body, *problem; /* NULL: it went well */
	} cases[] = {
	    {TARGET_LOAD, 200, "{\"model\":\"tiny\",\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}", NULL},
	    {TARGET_LOAD, 200, "{\"model\":\"tiny\",\"response\":\"\",\"done\":true}", NULL},
	    {TARGET_LOAD, 200, "{\"done\":true,\"done_reason\":\"unload\"}",
	     "the answer does not say that the model was loaded"},
	    {TARGET_LOAD, 200, "{\"done\":false}", "the answer does not say that the model was loaded"},
	    {TARGET_LOAD, 200, "{\"error\":\"out\\nof luck\"}", "out of luck"},
	    {TARGET_LOAD, 200, "{}\n{}", "the answer is not a JSON object"},
	    {TARGET_LOAD, 500, "{\"error\":\"llama runner process has terminated: exit status 2\"}",
	     "llama runner process has terminated: exit status 2"},
	    {TARGET_LOAD, 500, "", "HTTP status 500"},
	    {TARGET_UNLOAD, 200, "{\"model\":\"tiny\",\"response\":\"\",\"done\":true,\"done_reason\":\"unload\"}",
	     NULL},
	    {TARGET_UNLOAD, 200, "{\"done\":true,\"done_reason\":\"load\"}",
	     "the answer does not say that the model was unloaded"},
	    {TARGET_UNLOAD, 400, "{\"error\":\"invalid model name\"}", "/api/generate: invalid model name"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked asked = nothing_asked();
		bool good = answer(&asked, cases[i].question, "tiny", cases[i].status, cases[i].body);

		ok(good == (cases[i].problem == NULL), cases[i].body);
		is_problem(&asked, cases[i].problem != NULL ? cases[i].problem : "", "its problem");
		asked_release(&asked);
	}
}

int main(void)
{
	test_ready();
	test_no_reply();
	test_models();
	test_model();
	test_counts();
	test_loaded();
	test_load();
	return tap_done();
}
