/*
 * What is asked of servers of the OpenAI interface: bodies to the byte, for
 * each kind, and the questions.
 */
#include "core/server_settings.h"
#include "test_openai.h"

static struct request encoded(const struct cell *cell, const char *kind, const struct input *input)
{
	const struct server_facts facts = facts_of(kind);
	struct request request = {0};

	openai()->encode(cell, &(struct endpoint){"http://h:1", &facts}, input, &request);
	return request;
}

static void is_request(const struct cell *cell, const char *kind, const struct input *input, const char *path,
                       const char *body)
{
	struct request request = encoded(cell, kind, input);
	char *url = text_format("http://h:1%s", path);

	is_text(request.url, url, kind != NULL ? kind : "no kind");
	is_text(request.body, body, "  its body");
	is_int(request.body_size, strlen(body), "  its size");
	is_text(request.method, "POST", "  its method");
	free(url);
	request_release(&request);
}

#define HEAD "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"stream\":true,"
#define CHAT "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],\"stream\":true,"
#define TAIL "\"stream_options\":{\"include_usage\":true},\"max_tokens\":256,\"temperature\":0"

static const struct input why = {.prompt = "Why?", .output_tokens = 256};

static void test_portable(void)
{
	struct cell cell = test_cell();

	is_request(&cell, NULL, &why, "/v1/completions", HEAD TAIL "}");
	is_request(&cell, "no such kind", &why, "/v1/completions", HEAD TAIL "}");
	cell.api = CELL_API_CHAT;
	cell.ignore_eos = CELL_ON;
	cell.unique_prompts = CELL_UNIQUE_ON;
	is_request(&cell, "openai", &why, "/v1/chat/completions", CHAT TAIL "}");
	cell.stream = CELL_OFF;
	cell.temperature = CELL_UNSET_REAL;
	is_request(&cell, "openai", &(struct input){.prompt = "Why?", .output_tokens = CELL_UNSET},
	           "/v1/chat/completions",
	           "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],\"stream\":false}");
}

/* With ignore_eos, unique prompts and chat: everything that a row can say. */
static void test_kinds(void)
{
	static const struct {
		const char *kind, *rest;
	} cases[] = {
	    {"llama-server", TAIL ",\"ignore_eos\":true,\"temperature\":0,\"seed\":1,\"chat_template_kwargs\":{"
	                          "\"enable_thinking\":false},\"cache_prompt\":false}"},
	    {"mlx_lm", TAIL ",\"chat_template_kwargs\":{\"enable_thinking\":false}}"},
	    {"mlx-vlm", TAIL "}"},
	    {"vllm-mlx", TAIL "}"},
	    {"lmstudio", TAIL ",\"seed\":1}"},
	    {"vllm", TAIL ",\"ignore_eos\":true,\"temperature\":0,\"seed\":1,\"chat_template_kwargs\":{"
	                  "\"enable_thinking\":false}}"},
	    {"sglang",
	     TAIL ",\"ignore_eos\":true,\"temperature\":0,\"chat_template_kwargs\":{\"enable_thinking\":false}}"},
	    {"transformers",
	     "\"max_tokens\":256,\"generation_config\":\"{\\\"min_new_tokens\\\":256,\\\"max_new_tokens\\\":256,"
	     "\\\"do_sample\\\":false}\",\"temperature\":0,\"seed\":1,\"chat_template_kwargs\":{\"enable_thinking\":"
	     "false}}"},
	    {"tgi", TAIL ",\"seed\":1}"},
	    {"koboldcpp", TAIL "}"},
	    {"localai", TAIL ",\"ignore_eos\":true,\"temperature\":0,\"seed\":1}"},
	    {"llamafile", TAIL ",\"ignore_eos\":true,\"temperature\":0,\"seed\":1,\"cache_prompt\":false}"},
	    {"llama-cpp-python", TAIL ",\"seed\":1}"},
	    {"ollama", TAIL ",\"seed\":1,\"reasoning_effort\":\"none\"}"},
	};
	static const char temperature[] = ",\"temperature\":0";
	struct cell cell = test_cell();

	cell.api = CELL_API_CHAT;
	cell.ignore_eos = CELL_ON;
	cell.unique_prompts = CELL_UNIQUE_ON;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *body = text_format("%s%s", CHAT, cases[i].rest);
		char *first = strstr(body, temperature);

		/* Where the length is forced, the temperature stands after that. */
		if (first != NULL && strstr(first + 1, temperature) != NULL)
			memmove(first, first + strlen(temperature), strlen(first + strlen(temperature)) + 1);
		is_request(&cell, cases[i].kind, &why, "/v1/chat/completions", body);
		free(body);
	}
}

static void test_thinking(void)
{
	static const struct {
		enum cell_think think;
		const char *template, *effort;
	} cases[] = {
	    {CELL_THINK_OFF, ",\"chat_template_kwargs\":{\"enable_thinking\":false}}",
	     ",\"reasoning_effort\":\"none\"}"},
	    {CELL_THINK_ON, ",\"chat_template_kwargs\":{\"enable_thinking\":true}}", "}"},
	    {CELL_THINK_HIGH, ",\"chat_template_kwargs\":{\"enable_thinking\":true,\"reasoning_effort\":\"high\"}}",
	     ",\"reasoning_effort\":\"high\"}"},
	};
	struct cell cell = test_cell();

	cell.api = CELL_API_CHAT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *template = text_format(CHAT TAIL ",\"seed\":1%s", cases[i].template);
		char *effort = text_format(CHAT TAIL ",\"seed\":1%s", cases[i].effort);

		cell.think = cases[i].think;
		is_request(&cell, "vllm", &why, "/v1/chat/completions", template);
		is_request(&cell, "ollama", &why, "/v1/chat/completions", effort);
		free(template);
		free(effort);
	}
}

static void test_routes(void)
{
	static const struct turn turns[] = {
	    {TURN_SYSTEM, "Be short."}, {TURN_USER, "Hi"}, {TURN_ASSISTANT, "Hello \"you\""}};
	static const struct media picture = {.name = "a.png", .type = "image/png", .bytes = "\x89PNG\r", .size = 5};
	struct input input = why;
	struct cell cell = test_cell();

	is_request(&cell, "mlx-vlm", &input, "/v1/chat/completions", CHAT TAIL "}");
	input.turns = turns;
	input.turn_count = 3;
	is_request(
	    &cell, NULL, &input, "/v1/chat/completions",
	    "{\"model\":\"tiny\",\"messages\":[{\"role\":\"system\",\"content\":\"Be short.\"},{\"role\":\"user\","
	    "\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello \\\"you\\\"\"},{\"role\":\"user\","
	    "\"content\":\"Why?\"}],\"stream\":true," TAIL "}");
	input = why;
	input.image = &picture;
	cell.task = CELL_TASK_VQA;
	is_request(
	    &cell, NULL, &input, "/v1/chat/completions",
	    "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Why?\"},"
	    "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0=\"}}]}],"
	    "\"stream\":true," TAIL "}");
	cell.task = CELL_TASK_EMBED;
	is_request(&cell, "llama-server", &why, "/v1/embeddings", "{\"model\":\"tiny\",\"input\":\"Why?\"}");
}

static void test_names(void)
{
	static struct variable variable = {(char *)"tiny", (char *)"org/tiny-4bit"};
	struct server_settings server = {.kind = (char *)"mlx_lm", .models = {1, &variable}};
	struct cell cell = test_cell();
	static const char *const urls[] = {"http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"};

	cell.server = &server;
	is_request(&cell, NULL, &why, "/v1/completions",
	           "{\"model\":\"org/tiny-4bit\",\"prompt\":\"Why?\",\"stream\":true," TAIL "}");
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct request request = {0};

		openai()->encode(&cell, &(struct endpoint){urls[i], NULL}, &why, &request);
		is_text(request.url, "http://h:1/v1/completions", urls[i]);
		request_release(&request);
	}
}

static void is_question(const char *kind, enum target_question question, const char *url, const char *body)
{
	const struct server_facts facts = facts_of(kind);
	const struct cell cell = test_cell();
	struct request request = {0};
	bool asked = openai()->ask(question, &cell, &(struct endpoint){"http://h:1/v1", &facts}, &request);

	ok(asked == (url != NULL), kind);
	is_text(request.url, url, "  its URL");
	is_text(request.body, body, "  its body");
	request_release(&request);
}

#define ONE(model) "{\"model\":\"" model "\",\"prompt\":\"Hi\",\"stream\":false,\"max_tokens\":1,\"temperature\":0}"

static void test_questions(void)
{
	is_question("llama-server", TARGET_READY, "http://h:1/props", NULL);
	is_question("llama-server", TARGET_MODELS, "http://h:1/v1/models", NULL);
	is_question("llama-server", TARGET_LOAD, NULL, NULL);
	is_question("llama-server", TARGET_LOADED, "http://h:1/props", NULL);
	is_question("llama-server", TARGET_UNLOAD, NULL, NULL);
	is_question("mlx_lm", TARGET_READY, "http://h:1/v1/completions", ONE("default_model"));
	is_question("mlx_lm", TARGET_LOAD, "http://h:1/v1/completions", ONE("tiny"));
	is_question("mlx_lm", TARGET_LOADED, NULL, NULL);
	is_question("mlx_lm", TARGET_MODEL, NULL, NULL);
	is_question("transformers", TARGET_MODELS, NULL, NULL);
	is_question("vllm", TARGET_READY, "http://h:1/version", NULL);
	is_question("tgi", TARGET_MODEL, "http://h:1/info", NULL);
	is_question(NULL, TARGET_READY, "http://h:1/v1/models", NULL);
	is_question(NULL, TARGET_LOAD, "http://h:1/v1/completions", ONE("tiny"));
}

static void test_unsettable(void)
{
	struct cell cell = test_cell();
	struct text names = {0};

	cell.num_gpu = 3;
	openai()->unsettable(&cell, &names);
	is_text(text_string(&names), "parallel, context_size, num_gpu",
	        "a request of this interface sets nothing of these");
	text_release(&names);
}

int main(void)
{
	test_portable();
	test_kinds();
	test_thinking();
	test_routes();
	test_names();
	test_questions();
	test_unsettable();
	return tap_done();
}
