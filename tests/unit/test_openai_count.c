/*
 * How many tokens a prompt has, asked of each kind of server that has a route for that: bodies to the byte, answers.
 */
#include "test_openai.h"

static const struct input why = {.prompt = "Why?", .output_tokens = 1};

#define CHAT  "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],\"stream\":true,"
#define TAIL  "\"stream_options\":{\"include_usage\":true},\"max_tokens\":1,\"temperature\":0"
#define THINK "\"chat_template_kwargs\":{\"enable_thinking\":false}}"

static const struct {
	const char *kind;
	enum cell_api api;
	enum cell_task task;
	const char *url, *body; /* NULL: it cannot be asked */
} cases[] = {
    {"llama-server", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"content\":\"Why?\",\"add_special\":true,\"parse_special\":true}"},
    {"llama-server", CELL_API_CHAT, CELL_TASK_TEXT, "http://h:1/v1/chat/completions/input_tokens",
     CHAT TAIL ",\"seed\":1," THINK},
    {"llama-server", CELL_API_CHAT, CELL_TASK_EMBED, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"content\":\"Why?\",\"add_special\":true,\"parse_special\":true}"},
    {"llamafile", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"content\":\"Why?\",\"add_special\":true,\"parse_special\":true}"},
    {"llamafile", CELL_API_CHAT, CELL_TASK_TEXT, NULL, NULL},
    {"llama-cpp-python", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/extras/tokenize/count",
     "{\"model\":\"tiny\",\"input\":\"Why?\"}"},
    {"vllm", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"add_special_tokens\":true}"},
    {"vllm", CELL_API_CHAT, CELL_TASK_TEXT, "http://h:1/tokenize", CHAT TAIL ",\"seed\":1," THINK},
    {"sglang", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"add_special_tokens\":true}"},
    {"sglang", CELL_API_CHAT, CELL_TASK_TEXT, NULL, NULL},
    {"tgi", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/tokenize",
     "{\"model\":\"tiny\",\"inputs\":\"Why?\",\"add_special_tokens\":true}"},
    {"tgi", CELL_API_CHAT, CELL_TASK_TEXT, "http://h:1/chat_tokenize", CHAT TAIL ",\"seed\":1}"},
    {"koboldcpp", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/api/extra/tokencount",
     "{\"model\":\"tiny\",\"prompt\":\"Why?\",\"special\":true}"},
    {"localai", CELL_API_GENERATE, CELL_TASK_TEXT, "http://h:1/v1/tokenize",
     "{\"model\":\"tiny\",\"content\":\"Why?\"}"},
    {"mlx_lm", CELL_API_GENERATE, CELL_TASK_TEXT, NULL, NULL},
    {"mlx-vlm", CELL_API_CHAT, CELL_TASK_TEXT, NULL, NULL},
    {"transformers", CELL_API_CHAT, CELL_TASK_TEXT, NULL, NULL},
    {"openai", CELL_API_GENERATE, CELL_TASK_TEXT, NULL, NULL},
    {NULL, CELL_API_GENERATE, CELL_TASK_TEXT, NULL, NULL},
};

static void test_questions(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct server_facts facts = facts_of(cases[i].kind);
		struct cell cell = test_cell();
		struct request request = {0};
		bool asked;

		cell.api = cases[i].api;
		cell.task = cases[i].task;
		asked = openai()->ask_tokens(&cell, &(struct endpoint){"http://h:1/v1/", &facts}, &why, &request);
		is_text(asked ? request.url : NULL, cases[i].url, cases[i].kind != NULL ? cases[i].kind : "no kind");
		is_text(asked ? request.body : NULL, cases[i].body, "  its body");
		request_release(&request);
	}
}

static void test_picture(void)
{
	static const struct media picture = {.name = "a.png", .type = "image/png", .bytes = "\x89PNG\r", .size = 5};
	const struct server_facts facts = facts_of("llama-server");
	struct input input = why;
	struct cell cell = test_cell();
	struct request request = {0};

	input.image = &picture;
	ok(!openai()->ask_tokens(&cell, &(struct endpoint){"http://h:1", &facts}, &input, &request),
	   "what a picture comes to is not counted");
}

static void test_answers(void)
{
	static const struct {
		int status;
		const char *body;
		int64_t tokens;
	} answers[] = {
	    {200, "{\"tokens\":[1,15043,3186]}", 3},
	    {200, "{\"tokens\":[{\"id\":1,\"piece\":\"a\"}]}", 1},
	    {200, "{\"input_tokens\":24}", 24},
	    {200, "{\"count\":5,\"max_model_len\":4096,\"tokens\":[1,2,3,4,5],\"token_strs\":null}", 5},
	    {200, "{\"value\":7,\"ids\":[1,2,3,4,5,6,7]}", 7},
	    {200, "[{\"id\":1,\"text\":\"a\",\"start\":0,\"stop\":1},{\"id\":2,\"text\":\"b\",\"start\":1,\"stop\":2}]",
	     2},
	    {200, "{\"templated_text\":\"a\",\"tokenize_response\":[{\"id\":1}]}", 1},
	    {404, "{\"input_tokens\":24}", JSON_UNKNOWN},
	    {200, "{\"tokens\":[]}", JSON_UNKNOWN},
	    {200, "{\"count\":-1}", JSON_UNKNOWN},
	    {200, "{\"tokens\":3}", JSON_UNKNOWN},
	    {200, "{\"error\":\"no\"}", JSON_UNKNOWN},
	    {200, "<html>", JSON_UNKNOWN},
	    {200, "", JSON_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct exchange exchange = reply(answers[i].status, answers[i].body);

		is_int(openai()->read_tokens(&exchange), answers[i].tokens, answers[i].body);
		exchange_release(&exchange);
	}
}

int main(void)
{
	test_questions();
	test_picture();
	test_answers();
	return tap_done();
}
