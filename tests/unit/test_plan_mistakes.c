/* What is said of wrong matrix files, options and prompt files; each message to the letter. */
#include "matrix.h"

/* Matrices that are refused, and what is said of them. */
static const struct {
	const char *matrix, *want;
} mistakes[] = {
    {"", "a.conf: the file is empty"},
    {"parallel: 1\n", "a.conf: no model; name one or more, such as \"model: llama3.2\""},
    {"- model\n", "a.conf:1:1: a matrix is a map of knobs, one a line, such as \"model: llama3.2\""},
    {"model: m\nmodle: n\n", "a.conf:2:1: no such knob \"modle\" (did you mean \"model\"?)"},
    {"model: m\nservr: {}\n", "a.conf:2:1: no such knob \"servr\" (did you mean \"server\"?)"},
    {"model: m\nmodel: n\n", "a.conf:2:1: \"model\" stands twice; first in line 1"},
    {"model: m\nmodels: n\n", "a.conf:2:1: \"models\" is another name of \"model\", which stands already"},
    {"model: m\nprompt: a\nprompts: b.txt\n", "a.conf:3:1: \"prompt\" and \"prompts\" exclude each other"},
    {"model: m\ninput_tokens: 9\nprompts: b.txt\n", "a.conf:3:1: \"input_tokens\" and \"prompts\" exclude each other"},
    {"model: m\nrate: 4/s\ntrace: b.csv\n", "a.conf:3:1: \"rate\" and \"trace\" exclude each other"},
    {"model: m\ninput_tokens: {mean: 9}\n",
     "a.conf:2:15: input_tokens cannot be \"{mean: 9}\"; it is an integer from 1 to 1000000, or a map such as "
     "{mean: 512, spread: 128}, {min: 100, max: 900} or {median: 512, sigma: 0.6}"},
    {"model: m\nprompt_field: x\n", "a.conf:2:15: prompt_field needs prompts"},
    {"model: m\nturns: 2\n", "a.conf:2:8: turns needs input_tokens or prompts"},
    {"model: m\nthink_time: 2s\n", "a.conf:2:13: think_time needs turns or prompts"},
    {"model: m\ntrace_speed: 2\n", "a.conf:2:14: trace_speed needs trace"},
    {"model: m\nshared_prefix_tokens: 5\n", "a.conf:2:23: shared_prefix_tokens needs input_tokens or trace"},
    {"model: m\ninput_tokens: 5\nshared_prefix_tokens: 5\n",
     "a.conf:3:23: shared_prefix_tokens is 5, which leaves nothing of input_tokens, typically 5; prompts need tokens "
     "of their own"},
    {"model: m\ninput_tokens: 5\nturns: [1, 2]\n",
     "a.conf:3:8: a conversation has several messages, which api: generate cannot send; set api: chat"},
    {"model: m\napi: [generate, chat]\nraw: [true, false]\n",
     "a.conf:3:6: raw: true leaves out the template, which api: chat cannot; set api: generate, or leave out these "
     "cells by except"},
    {"model: m\norder: random\n",
     "a.conf:2:8: order cannot be \"random\"; it is one of file, shuffled, interleaved, informative"},
    {"model: m\norder: [file, shuffled]\n",
     "a.conf:2:8: order cannot be a list here; it is one of file, shuffled, interleaved, informative"},
    {"model: m\norder_seed: -1\n", "a.conf:2:13: order_seed cannot be \"-1\"; it is an integer from 0 on"},
    {"model: m\nbudget: soon\n",
     "a.conf:2:9: budget cannot be \"soon\"; it is a duration such as 90s or 8h, from 1s on"},
    {"model: m\nbudget: 1ms\n", "a.conf:2:9: budget cannot be \"1ms\"; it is a duration such as 90s or 8h, from 1s on"},
    {"model: m\nbudget: [1h, 2h]\n",
     "a.conf:2:9: budget cannot be a list here; it is a duration such as 90s or 8h, from 1s on"},
    {"model: m\ngive_up_after: 0\n", "a.conf:2:16: give_up_after cannot be \"0\"; it is an integer from 1 on"},
    {"model: m\nbugdet: 8h\n", "a.conf:2:1: no such knob \"bugdet\" (did you mean \"budget\"?)"},
    {"model: m\nslo: {ttft: 500}\n",
     "a.conf:2:6: slo cannot be \"{ttft: 500}\"; it is a map of limits such as {ttft_ms: 500, tpot_ms: 50}, of "
     "ttft_ms, itl_ms, tpot_ms and e2e_ms, each above 0"},
    {"model: m\nslo: [{ttft_ms: 5}, {ttft_ms: 5.0}]\n", "a.conf:2:21: slo has \"{ttft_ms: 5}\" twice"},
    {"model: []\n", "a.conf:1:8: an empty list makes no cells"},
    {"model: [[a]]\n", "a.conf:1:9: model cannot be a list here; it is text that is not empty"},
    {"model: {a: b}\n", "a.conf:1:8: model cannot be a map; it is text that is not empty"},
    {"model:\n", "a.conf:1:7: model has no value; it is text that is not empty"},
    {"model: ''\n", "a.conf:1:8: model cannot be \"\"; it is text that is not empty"},
    {"model: [a, b, a]\n", "a.conf:1:15: model has \"a\" twice"},
    {"model: m\ntimeout: [60s, 1m]\n", "a.conf:2:16: timeout has \"1m\" twice"},
    {"model: m\nparallel: [1, x]\n", "a.conf:2:15: parallel cannot be \"x\"; it is an integer from 1 to 4096"},
    {"model: m\nparallel: 0\n", "a.conf:2:11: parallel cannot be \"0\"; it is an integer from 1 to 4096"},
    {"model: m\nstream: 2\n", "a.conf:2:9: stream cannot be \"2\"; it is true or false"},
    {"model: m\narrival: never\n", "a.conf:2:10: arrival cannot be \"never\"; it is one of poisson, constant"},
    {"model: m\n\tparallel: 1\n", "a.conf:2:1: a tab as indentation; use blanks"},
    {"model: \"\\e[2J\"\nparallel: \"\\e[2J\"\n",
     "a.conf:2:11: parallel cannot be \"?[2J\"; it is an integer from 1 to 4096"},
    {"model: m\ntitle: [a]\n", "a.conf:2:8: title cannot be a list here; it is text"},

    {"model: m\nserver: http://h\n", "a.conf:2:9: server is a map with url or start, such as {url: "
                                     "http://127.0.0.1:11434} or {start: ollama serve}"},
    {"model: m\nserver: {name: x}\n", "a.conf:2:9: neither url nor start; server is a map with url or start, "
                                      "such as {url: http://127.0.0.1:11434} or "
                                      "{start: ollama serve}"},
    {"model: m\nserver: {url: http://h, start: ollama}\n",
     "a.conf:2:9: url and start exclude each other: a server runs already or is started"},
    {"model: m\nserver: {urll: http://h}\n", "a.conf:2:10: no such key of server \"urll\" (did you mean \"url\"?)"},
    {"model: m\nserver: {url: [http://h]}\n",
     "a.conf:2:15: url cannot be a list here; it is http://HOST:PORT or https://HOST:PORT"},
    {"model: m\nserver: {start: ' '}\n",
     "a.conf:2:17: start cannot be empty; it is a command line, such as ollama serve"},
    {"model: m\nserver: []\n", "a.conf:2:9: an empty list makes no cells"},
    {"model: m\nserver: [{start: ollama}, {start: ollama}]\n",
     "a.conf:2:27: two servers are called \"ollama\"; name tells them apart"},
    {"model: m\nserver: {start: ollama, adapter: vllm}\n",
     "a.conf:2:34: no such adapter \"vllm\"; there are ollama, openai, whisper"},
    {"model: m\nserver: {start: ollama, env: [A]}\n", "a.conf:2:30: variables are a map, such as {OLLAMA_DEBUG: 1}"},
    {"model: m\nserver: {start: ollama, env: {A: [1]}}\n",
     "a.conf:2:34: A cannot be a list here; it is text; \"\" is the empty text"},
    {"model: m\nserver: {start: ollama, env: {A=B: 1}}\n", "a.conf:2:31: \"A=B\" cannot be the name of a variable"},
    {"model: m\nprofile: [a]\n",
     "a.conf:2:10: profile is a map of names to maps of variables, such as {debug: {OLLAMA_DEBUG: 1}}"},
    {"model: m\nprofile: {}\n", "a.conf:2:10: an empty map makes no cells"},

    {"model: m\nnotes: [changes]\n",
     "a.conf:2:9: notes cannot be \"changes\"; it is one or a list of: change, gpu, server"},
    {"model: m\nnotes: [change, change]\n", "a.conf:2:17: notes has \"change\" twice"},
    {"model: m\nexcept: [model]\n", "a.conf:2:10: except is a list of maps, such as [{model: mistral, parallel: 64}]"},
    {"model: m\nexcept: [{modle: m}]\n", "a.conf:2:11: no such knob \"modle\" (did you mean \"model\"?)"},
    {"model: m\nexcept: [{parallel: x}]\n", "a.conf:2:21: parallel cannot be \"x\"; it is an integer from 1 to 4096"},
    {"model: m\nexcept: [{model: m}]\n", "a.conf:2:9: no cell is left: except takes them all"},
    {"model: m\nparallel: &p [1,2,3,4,5,6,7,8,9,10]\nrequests: *p\ntrials: *p\nwarmup: *p\nseed: *p\nnum_gpu: "
     "*p\n",
     "a.conf: more than 100000 cells"},
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		ok(!load(mistakes[i].matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, mistakes[i].want, mistakes[i].want);
		is_int(failure.status, STATUS_USER_MISTAKE, "the user's mistake");
		ok(plan.cells == NULL && plan.memory == NULL, "nothing is left of the plan");
		failure_release(&failure);
	}
}

static void test_far_word(void)
{
	struct failure failure = {0};
	struct plan plan = {0};

	load("model: m\nxyzzyplugh: 1\n", nothing, nothing, &plan, &failure);
	ok(text_starts_with(failure.message, "a.conf:2:1: no such knob \"xyzzyplugh\"; there are model, "),
	   "a word near to none lists them");
	ok(strstr(failure.message, ", title, server, profile, notes, order, order_seed, anchor, on_battery, "
	                           "budget, give_up_after, except") != NULL,
	   "with the keys that are no knobs");
	failure_release(&failure);
}

static void test_option_mistakes(void)
{
	static const struct {
		const char *set[MAX_OPTIONS], *only[MAX_OPTIONS], *want;
	} cases[] = {
	    {{"parallel=x"}, {0}, "--set parallel=x: parallel cannot be \"x\"; it is an integer from 1 to 4096"},
	    {{"parallel"}, {0}, "--set parallel: this is not KEY=VALUE"},
	    {{"=1"}, {0}, "--set =1: this is not KEY=VALUE"},
	    {{"parallel="}, {0}, "--set parallel=: parallel has no value; it is an integer from 1 to 4096"},
	    {{"paralel=1"}, {0}, "--set paralel=1: no such knob \"paralel\" (did you mean \"parallel\"?)"},
	    {{"parallel=[1, 2"},
	     {0},
	     "--set parallel=[1, 2: \",\" or \"]\" is missing in the list: text with one of , [ ] { } in it needs "
	     "quotes"},
	    {{"parallel=[]"}, {0}, "--set parallel=[]: an empty list makes no cells"},
	    {{"except=[]"}, {0}, "--set except=[]: except cannot be set here"},
	    {{"server=x"}, {0}, "--set server=x: server cannot be set here; server.url and server.start can"},
	    {{"server.urll=x"}, {0}, "--set server.urll=x: no such key of server \"urll\" (did you mean \"url\"?)"},
	    {{"server.url=host:1"},
	     {0},
	     "--set server.url=host:1: url cannot be \"host:1\"; it is http://HOST:PORT or https://HOST:PORT"},
	    {{"server.env.=1"}, {0}, "--set server.env.=1: \"\" cannot be the name of a variable"},
	    {{"notes=x"}, {0}, "--set notes=x: notes cannot be \"x\"; it is one or a list of: change, gpu, server"},
	    {{"budget=1s 1"},
	     {0},
	     "--set budget=1s 1: budget cannot be \"1s 1\"; it is a duration such as 90s or 8h, from 1s on"},
	    {{0}, {"parallel"}, "--only parallel: this is not KEY=VALUE"},
	    {{0}, {"parallel=x"}, "--only parallel=x: parallel cannot be \"x\"; it is an integer from 1 to 4096"},
	    {{0}, {"modle=a"}, "--only modle=a: no such knob \"modle\" (did you mean \"model\"?)"},
	    {{0}, {"model=c"}, "no cell is left: none has model \"c\"; there is a, b"},
	    {{0}, {"parallel=4", "parallel=8"}, "no cell is left: none has parallel \"4\"; there is 2, 1"},
	    {{0}, {"profile=fast"}, "no cell is left: none has profile \"fast\"; there is none"},
	    {{0}, {"model=a", "parallel=1"}, "no cell is left: none matches every --only"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		ok(!load("model: [a, b]\nparallel: [2, 1]\nexcept: [{model: a, parallel: 1}]\n", cases[i].set,
		         cases[i].only, &plan, &failure),
		   "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
	}
}

static void test_warnings(void)
{
	static const struct {
		const char *matrix, *only[MAX_OPTIONS], *want;
	} cases[] = {
	    {"model: m\nserver: {start: ollama, env: {OLLAMA_NUM_THREADS: 8}}\n",
	     {0},
	     "a.conf:2:31: Ollama has no variable OLLAMA_NUM_THREADS; the nearest is the knob num_thread"},
	    {"model: m\nserver: {start: ollama}\nprofile: {p: {OLLAMA_METRICS: 1}}\n",
	     {0},
	     "a.conf:3:15: Ollama has no variable OLLAMA_METRICS"},
	    {"model: m\nserver: {start: ollama, env: {OLLAMA_NUM_PARALLEL: 4}}\n",
	     {0},
	     "a.conf:2:31: OLLAMA_NUM_PARALLEL belongs to the knob parallel; set that instead"},
	    {"model: m\nserver: {start: ollama}\nflash_attention: on\nprofile: {p: {OLLAMA_FLASH_ATTENTION: 1}}\n",
	     {0},
	     "a.conf:4:15: OLLAMA_FLASH_ATTENTION belongs to the knob flash_attention; set that instead"},
	    {"model: m\nserver: {start: ollama, env: {OLLAMA_FLASH_ATENTION: 1}}\n",
	     {0},
	     "a.conf:2:31: no variable OLLAMA_FLASH_ATENTION of Ollama is known (did you mean "
	     "OLLAMA_FLASH_ATTENTION?)"},
	    {"model: m\nserver: {start: ollama, env: {OLLAMA_INTEL_GPU: 1}}\n",
	     {0},
	     "a.conf:2:31: OLLAMA_INTEL_GPU was read by Ollama 0.1.45 to 0.12.10 alone"},
	    {"model: m\nserver: {start: ollama, env: {OLLAMA_HOST: h}}\n",
	     {0},
	     "a.conf:2:31: OLLAMA_HOST is chosen by llmbench for each start; this value is not used"},
	    {"model: m\nserver: {url: http://h, env: {OLLAMA_DEBUG: 1}}\n",
	     {0},
	     "a.conf:2:9: env changes nothing for a server that runs already (http://h)"},
	    {"model: m\nprofile: {p: {OLLAMA_DEBUG: 1}}\n",
	     {0},
	     "a.conf:2:10: profile changes nothing for a server that runs already (http://127.0.0.1:11434)"},
	    {"model: m\nexcept: [{parallel: 7}]\n", {0}, "a.conf:2:10: except matches no cell"},
	    {"model: [a, b]\n", {"model=a", "model=c"}, "--only: no cell has model \"c\"; there is a, b"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		load(cases[i].matrix, nothing, cases[i].only, &plan, &failure);
		is_text(failure.message, NULL, "a warning is no failure");
		is_int(plan.warning_count, 1, "one warning");
		is_text(plan.warning_count > 0 ? plan.warnings[0] : NULL, cases[i].want, cases[i].want);
		failure_release(&failure);
		plan_release(&plan);
	}
}

static void test_prompt_mistakes(void)
{
	static const struct {
		const char *name, *bytes, *want;
	} cases[] = {
	    {"none.txt", NULL, "a.conf:2:10: cannot read \"none.txt\": no such file or folder"},
	    {"p.tsv", "x\n",
	     "a.conf:2:10: prompts cannot be \"p.tsv\"; it is a file that ends in .txt, .jsonl or .csv"},
	    {"p.csv", "x\ny\n", "p.csv:1: no column \"prompt\" or \"text\""},
	    {"q.csv", "prompt\n", "q.csv: no prompt in it"},
	    {"r.csv", "n,text\n1,a\n\n2\n", "r.csv:4: no text in the column of the prompt"},
	    {"s.csv", "text\n\"a\nb\n", "s.csv:2: quotes that are not closed"},
	    {"p", "x\n", "a.conf:2:10: prompts cannot be \"p\"; it is a file that ends in .txt, .jsonl or .csv"},
	    {"e.txt", " \n\n", "e.txt: no prompt in it"},
	    {"u.txt", "good\nb\377d\n", "u.txt:2: this is not UTF-8 text"},
	    {"j.jsonl", "{\"prompt\":\"x\"}\n\n{\"prompt\":\n", "j.jsonl:3: this is not JSON"},
	    {"k.jsonl", "{\"question\":\"x\"}\n",
	     "k.jsonl:1: no member \"prompt\" or \"text\" with text in it, nor \"messages\""},
	    {"l.jsonl", "\"x\"\n", "l.jsonl:1: no member \"prompt\" or \"text\" with text in it, nor \"messages\""},
	    {"m.jsonl", "{\"prompt\":\"\"}\n",
	     "m.jsonl:1: no member \"prompt\" or \"text\" with text in it, nor \"messages\""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *matrix = text_format("model: m\nprompts: %s\n", cases[i].name);
		struct failure failure = {0};
		struct plan plan = {0};

		if (cases[i].bytes != NULL)
			write_file(cases[i].name, cases[i].bytes);
		ok(!load(matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
		free(matrix);
	}
}

static void test_trace_mistakes(void)
{
	static const struct {
		const char *name, *bytes, *knobs, *want;
	} cases[] = {
	    {"t.txt", "1\n", "", "a.conf:2:8: trace cannot be \"t.txt\"; it is a file that ends in .jsonl or .csv"},
	    {"t.csv", "arrival_s,input_tokens\n1,5\n", "requests: 2\n",
	     "a.conf:3:11: requests is 2, but \"t.csv\" has 1 arrivals"},
	    {"u.csv", "timestamp,input_tokens\n1,5\n", "",
	     "u.csv:1: no column arrival_s or arrival_ms; the first line names the columns"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *matrix = text_format("model: m\ntrace: %s\n%s", cases[i].name, cases[i].knobs);
		struct failure failure = {0};
		struct plan plan = {0};

		write_file(cases[i].name, cases[i].bytes);
		ok(!load(matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
		free(matrix);
	}
}

/* What files say is a conversation, and knobs that do not suit it. */
static void test_conversation_mistakes(void)
{
	static const struct {
		const char *matrix, *want;
	} cases[] = {
	    {"model: m\nprompts: one.txt\nturns: 3\napi: chat\n",
	     "a.conf:3:8: turns is 3, but \"one.txt\" has no conversations; they are objects of a .jsonl file with "
	     "messages: [{\"role\": \"user\", \"content\": \"…\"}, …]"},
	    {"model: m\nprompts: two.jsonl\n",
	     "a.conf:2:10: a conversation has several messages, which api: generate cannot send; set api: chat"},
	};

	write_file("one.txt", "a\nb\n");
	write_file("two.jsonl",
	           "{\"messages\":[{\"role\":\"system\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]}");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		ok(!load(cases[i].matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
	}
}

static void test_files(void)
{
	struct failure failure = {0};
	struct plan plan = {0};
	struct text large = {0};

	ok(!plan_load("configs/none.conf", NULL, &plan, &failure), "a file that is not there");
	is_text(failure.message, "cannot read \"configs/none.conf\": no such file or folder", "says so");
	is_int(failure.status, STATUS_USER_MISTAKE, "the user's mistake");
	failure_release(&failure);
	for (size_t i = 0; i <= 1 << 20; i++)
		text_add_char(&large, '#');
	ok(!load(large.data, nothing, nothing, &plan, &failure), "a file of more than 1 MiB");
	is_text(failure.message, "cannot read \"a.conf\": it is larger than 1048576 bytes", "says so");
	failure_release(&failure);
	text_release(&large);
}

int main(void)
{
	if (!enter_folder())
		return 1;
	test_mistakes();
	test_far_word();
	test_option_mistakes();
	test_warnings();
	test_prompt_mistakes();
	test_trace_mistakes();
	test_conversation_mistakes();
	test_files();
	return leave_folder(tap_done());
}
