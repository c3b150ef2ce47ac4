/*
 * The whisper adapter: its questions and their answers, what its servers say of failures, how they are known.
 */
#include "target/identify.h"
#include "test_transcribe.h"

static void test_questions(void)
{
	static const struct {
		const char *kind;
		enum target_question question;
		const char *url; /* NULL: not asked */
		int status;
		enum transport transport;
		const char *body;
		const char *problem; /* NULL: a good answer */
	} cases[] = {
	    {"whisper.cpp", TARGET_READY, "http://h/health", 200, TRANSPORT_COMPLETE, "{\"status\":\"ok\"}", NULL},
	    {"whisper.cpp", TARGET_READY, "http://h/health", 503, TRANSPORT_COMPLETE, "{\"status\":\"loading model\"}",
	     "{\"status\":\"loading model\"}"},
	    {"whisper.cpp", TARGET_READY, "http://h/health", 0, TRANSPORT_CONNECT, "", "no connection"},
	    {"whisper.cpp", TARGET_MODELS, NULL, 0, TRANSPORT_COMPLETE, "", NULL},
	    {"whisper.cpp", TARGET_LOAD, NULL, 0, TRANSPORT_COMPLETE, "", NULL},
	    {"whisper.cpp", TARGET_LOADED, NULL, 0, TRANSPORT_COMPLETE, "", NULL},
	    {"whisper.cpp", TARGET_UNLOAD, NULL, 0, TRANSPORT_COMPLETE, "", NULL},
	    {"whisper.cpp", TARGET_MODEL, NULL, 0, TRANSPORT_COMPLETE, "", NULL},
	    {"localai", TARGET_READY, "http://h/readyz", 503, TRANSPORT_COMPLETE, "{\"status\":\"starting\"}",
	     "{\"status\":\"starting\"}"},
	    {NULL, TARGET_READY, "http://h/v1/models", 404, TRANSPORT_COMPLETE, "File Not Found (/v1/models)", NULL},
	    {NULL, TARGET_READY, "http://h/v1/models", 503, TRANSPORT_COMPLETE, "loading", "loading"},
	    {NULL, TARGET_READY, "http://h/v1/models", 0, TRANSPORT_CONNECT, "", "no connection"},
	    {"speaches", TARGET_MODELS, "http://h/v1/models", 200, TRANSPORT_COMPLETE,
	     "{\"data\":[{\"id\":\"x\"},{\"id\":\"base.en\"}]}", NULL},
	    {"speaches", TARGET_MODELS, "http://h/v1/models", 200, TRANSPORT_COMPLETE,
	     "{\"data\":[{\"id\":\"x\"},{\"id\":\"\\u001b\"}]}",
	     "model \"base.en\" is not on this server; there is x, ?"},
	    {"speaches", TARGET_MODELS, "http://h/v1/models", 200, TRANSPORT_COMPLETE, "[]",
	     "model \"base.en\" is not on this server; there is none"},
	    {"speaches", TARGET_MODELS, "http://h/v1/models", 500, TRANSPORT_COMPLETE, "oh", "/v1/models: oh"},
	};
	const struct target *whisper = target_find("whisper");
	struct cell cell = test_cell();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_facts facts = {.kind = (char *)cases[i].kind};
		struct exchange exchange;
		struct model_facts model = {0};
		struct request request = {0};
		struct text problem = {0};
		bool asked = whisper->ask(cases[i].question, &cell, &(struct endpoint){"http://h", &facts}, &request);

		is_text(asked ? request.url : NULL, cases[i].url, "what is asked");
		if (asked) {
			exchange = reply_in(100, cases[i].status, cases[i].transport, cases[i].body);
			ok(whisper->answer(cases[i].question, &cell, &exchange, &facts, &model, &problem) ==
			       (cases[i].problem == NULL),
			   cases[i].body);
			is_text(text_string(&problem), cases[i].problem ? cases[i].problem : "", "problem");
			exchange_release(&exchange);
		}
		request_release(&request);
		model_facts_release(&model);
		text_release(&problem);
	}
}

static void test_telling(void)
{
	const char *log = "whisper_init_from_file_with_params_no_state: loading model from 'x.bin'\n"
			  "whisper_init_from_file_with_params_no_state: failed to open 'x.bin'\n"
			  "error: failed to initialize whisper context\n";
	char *words = target_find("whisper")->telling(NULL, log);

	is_text(words, "error: failed to initialize whisper context", "the last line of the log that tells a failure");
	free(words);
	words = target_find("whisper")->telling("busy\nvery", log);
	is_text(words, "busy", "the server's words before its log");
	free(words);
	is_text(target_find("whisper")->telling(NULL, "whisper server listening\n"), NULL, "nothing told");
}

static void test_kinds(void)
{
	struct cell cell = test_cell();
	struct identity identity = {0};
	struct text names = {0};

	ok(identify_command("whisper-server -m base.en.bin --port 1", &identity),
	   "whisper-server is known by its name");
	is_text(identity.kind, "whisper.cpp", "kind");
	is_text(identity.target->name, "whisper", "adapter");
	target_find("whisper")->unsettable(&cell, &names);
	is_text(text_string(&names), "", "defaults need nothing that a running server does not do");
	cell.parallel = 4;
	cell.flash_attention = CELL_ON;
	target_find("whisper")->unsettable(&cell, &names);
	is_text(text_string(&names), "parallel, flash_attention", "what only a start could set");
	text_release(&names);
}

int main(void)
{
	test_questions();
	test_telling();
	test_kinds();
	return tap_done();
}
