/*
 * What is asked of Ollama: bodies to the byte, the same runner options in all
 * requests of a cell, and the environment of a managed server.
 */
#include "test_ollama.h"

static char *body_of(const struct cell *cell)
{
	struct request request = encoded(cell, "http://127.0.0.1:11434", "Why?");
	char *body;

	body = memory_string(request.body);
	is_int(request.body_size, strlen(body), "the size is the body's");
	request_release(&request);
	return body;
}

static void is_body(const struct cell *cell, const char *want, const char *what)
{
	char *body = body_of(cell);

	is_text(body, want, what);
	free(body);
}

static void test_bodies(void)
{
	struct cell cell = test_cell();

	is_body(&cell,
	        "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"stream\":true,\"think\":false,\"keep_alive\":\"30m\","
	        "\"options\":{\"num_ctx\":2048,\"num_predict\":256,\"seed\":1,\"temperature\":0}}",
	        "generate with the defaults of all knobs");
	cell.raw = CELL_ON;
	cell.stream = CELL_OFF;
	cell.think = CELL_THINK_ON;
	cell.keep_alive = "-1";
	cell.num_gpu = 0;
	cell.num_batch = 512;
	cell.num_thread = 4;
	cell.temperature = 0.1;
	is_body(&cell,
	        "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"stream\":false,\"think\":true,\"raw\":true,"
	        "\"keep_alive\":-1,\"options\":{\"num_ctx\":2048,\"num_batch\":512,\"num_gpu\":0,\"num_thread\":4,"
	        "\"num_predict\":256,\"seed\":1,\"temperature\":0.1}}",
	        "generate with everything set");
	cell.api = CELL_API_CHAT;
	cell.keep_alive = NULL;
	is_body(&cell,
	        "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],\"stream\":false,"
	        "\"think\":true,\"options\":{\"num_ctx\":2048,\"num_batch\":512,\"num_gpu\":0,\"num_thread\":4,"
	        "\"num_predict\":256,\"seed\":1,\"temperature\":0.1}}",
	        "chat has no raw; keep_alive is left out when it is not set");
}

static void test_conversation(void)
{
	static const struct turn turns[] = {
	    {TURN_SYSTEM, "Be short."}, {TURN_USER, "Why?"}, {TURN_ASSISTANT, "Because."}};
	const struct input input = {.prompt = "Really?", .turns = turns, .turn_count = 3, .output_tokens = 5};
	struct cell cell = test_cell();
	struct request request = {0};

	cell.api = CELL_API_CHAT;
	ollama()->encode(&cell, &(struct endpoint){"http://x", &no_facts}, &input, &request);
	ok(strstr(request.body, "\"messages\":[{\"role\":\"system\",\"content\":\"Be short.\"},"
	                        "{\"role\":\"user\",\"content\":\"Why?\"},"
	                        "{\"role\":\"assistant\",\"content\":\"Because.\"},"
	                        "{\"role\":\"user\",\"content\":\"Really?\"}]") != NULL,
	   "chat has the earlier messages first");
	ok(strstr(request.body, "\"num_predict\":5") != NULL, "and the request's own limit");
	request_release(&request);
}

static void test_think(void)
{
	static const char *const words[] = {"false", "true", "\"low\"", "\"medium\"", "\"high\"", "\"max\""};
	struct cell cell = test_cell();

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *want = text_format("\"think\":%s,", words[i]), *body;

		cell.think = (int64_t)i;
		body = body_of(&cell);
		ok(strstr(body, want) != NULL, want);
		free(body);
		free(want);
	}
}

static void test_requests(void)
{
	struct cell cell = test_cell();
	struct request request = {0}, again = {0};

	request = encoded(&cell, "http://127.0.0.1:1", "a\"b\n\xff");
	again = encoded(&cell, "http://127.0.0.1:1", "a\"b\n\xff");
	is_text(request.method, "POST", "method");
	is_text(request.url, "http://127.0.0.1:1/api/generate", "URL of generate");
	is_text(request.body, again.body, "the same cell and prompt give the same bytes");
	ok(strstr(request.body, "\"a\\\"b\\n\xef\xbf\xbd\"") != NULL, "the prompt is escaped, and valid UTF-8");
	ok(request.due_ns == TIME_UNKNOWN, "due is for the schedule to say");
	request_release(&request);
	request_release(&again);
	cell.api = CELL_API_CHAT;
	request = encoded(&cell, "http://127.0.0.1:1", "");
	is_text(request.url, "http://127.0.0.1:1/api/chat", "URL of chat");
	request_release(&request);
}

/* The beginning of the options up to num_predict, or their end. Must be the same in all requests of a cell. */
static char *runner_options(const char *body)
{
	const char *begin = strstr(body, "\"options\":{"), *end;

	if (begin == NULL)
		return memory_string("none");
	end = strstr(begin, ",\"num_predict\"");
	return memory_copy(begin, end != NULL ? (size_t)(end - begin) : strcspn(begin, "}"));
}

static void test_runner_options(void)
{
	struct cell cell = test_cell();
	struct request load = {0};
	char *measured, *mine, *loaded;

	cell.num_gpu = -1;
	cell.num_thread = 2;
	measured = body_of(&cell);
	load = question_of(TARGET_LOAD, &cell);
	mine = runner_options(measured);
	loaded = runner_options(load.body);
	is_text(loaded, mine, "loading asks for the same runner options as a measured request");
	is_text(mine, "\"options\":{\"num_ctx\":2048,\"num_gpu\":-1,\"num_thread\":2", "these are all of them");
	free(measured);
	free(mine);
	free(loaded);
	request_release(&load);
}

static void test_questions(void)
{
	static const struct {
		enum target_question question;
		const char *method, *url, *body;
	} cases[] = {
	    {TARGET_READY, "GET", "http://x/api/version", NULL},
	    {TARGET_MODELS, "GET", "http://x/api/tags", NULL},
	    {TARGET_MODEL, "POST", "http://x/api/show", "{\"model\":\"tiny\"}"},
	    {TARGET_LOAD, "POST", "http://x/api/generate",
	     "{\"model\":\"tiny\",\"stream\":false,\"keep_alive\":300,\"options\":{\"num_ctx\":2048}}"},
	    {TARGET_LOADED, "GET", "http://x/api/ps", NULL},
	    {TARGET_UNLOAD, "POST", "http://x/api/generate", "{\"model\":\"tiny\",\"stream\":false,\"keep_alive\":0}"},
	};
	struct cell cell = test_cell();
	struct request request = {0};

	cell.keep_alive = "300";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		request = question_of(cases[i].question, &cell);
		is_text(request.method, cases[i].method, "method of a question");
		is_text(request.url, cases[i].url, cases[i].url);
		is_text(request.body, cases[i].body, "body of a question");
		request_release(&request);
	}
	cell.keep_alive = "0s";
	request = question_of(TARGET_LOAD, &cell);
	ok(strstr(request.body, "keep_alive") == NULL, "a keep_alive of 0 would turn the load into an unload");
	request_release(&request);
}

static void is_variable(const struct environment *environment, const char *name, const char *want)
{
	is_text(environment_get(environment, name), want, name);
}

static void test_environment(void)
{
	struct environment environment = {0};
	struct cell cell = test_cell();

	cell.parallel = 4;
	environment_set(&environment, "OLLAMA_NUM_PARALLEL", "7");
	environment_set(&environment, "OLLAMA_NOPRUNE", "0");
	environment_set(&environment, "OLLAMA_MAX_QUEUE", "9");
	environment_set(&environment, "OLLAMA_HOST", "0.0.0.0:11434");
	ollama()->environment(&cell, 4711, &environment);
	is_variable(&environment, "OLLAMA_HOST", "127.0.0.1:4711");
	is_variable(&environment, "OLLAMA_NUM_PARALLEL", "4");
	is_variable(&environment, "OLLAMA_CONTEXT_LENGTH", "2048");
	is_variable(&environment, "OLLAMA_KEEP_ALIVE", "30m");
	is_variable(&environment, "OLLAMA_NOPRUNE", "0");
	is_variable(&environment, "OLLAMA_NO_CLOUD", "1");
	is_variable(&environment, "OLLAMA_MAX_LOADED_MODELS", "1");
	is_variable(&environment, "OLLAMA_MAX_QUEUE", "9");
	is_variable(&environment, "OLLAMA_FLASH_ATTENTION", NULL);
	is_variable(&environment, "OLLAMA_KV_CACHE_TYPE", NULL);
	is_variable(&environment, "LLAMA_ARG_CACHE_RAM", NULL);
	cell.queue_size = 512;
	cell.flash_attention = CELL_OFF;
	cell.kv_cache_type = CELL_KV_Q8_0;
	ollama()->environment(&cell, 4711, &environment);
	is_variable(&environment, "OLLAMA_MAX_QUEUE", "512");
	is_variable(&environment, "OLLAMA_FLASH_ATTENTION", "0");
	is_variable(&environment, "OLLAMA_KV_CACHE_TYPE", "q8_0");
	environment_release(&environment);
}

static void test_unsettable(void)
{
	struct environment profile = {0};
	struct cell cell = test_cell();
	struct text names = {0};

	ollama()->unsettable(&cell, &names);
	is_text(text_string(&names), "parallel", "parallel always has a value");
	text_clear(&names);
	cell.queue_size = 512;
	cell.flash_attention = CELL_ON;
	cell.num_gpu = 0;
	environment_set(&profile, "A", "b");
	cell.profile = &profile;
	ollama()->unsettable(&cell, &names);
	is_text(text_string(&names), "queue_size, parallel, flash_attention, profile",
	        "what needs a start; num_gpu and context go with each request");
	text_release(&names);
	environment_release(&profile);
}

int main(void)
{
	ok(target_find("ollama") == targets[0], "found by name");
	ok(target_find("nothing") == NULL, "an adapter that does not exist");
	test_bodies();
	test_conversation();
	test_think();
	test_requests();
	test_runner_options();
	test_questions();
	test_environment();
	test_unsettable();
	return tap_done();
}
