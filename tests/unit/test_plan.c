/* Small matrix files, and the cells that come out; test_plan_mistakes.c has what is said of wrong ones. */
#include "matrix.h"

/* "a/2 b/2": the named knobs of each cell. */
static char *cells_of(const struct plan *plan, const char *const *knobs)
{
	struct text text = {0};

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[i];

		text_add(&text, i > 0 ? " " : "");
		for (size_t k = 0; k < count_of(knobs); k++) {
			text_add(&text, k > 0 ? "/" : "");
			if (strcmp(knobs[k], "server") == 0)
				text_add(&text, cell->server->name);
			else if (strcmp(knobs[k], "profile") == 0)
				text_add(&text, cell->profile_name);
			else
				cell_field_add_value(cell_field_find(knobs[k]), cell, &text);
		}
	}
	return text_take(&text);
}

static void test_limits(void)
{
	static const struct {
		const char *matrix, *set[MAX_OPTIONS], *want;
	} cases[] = {
	    {"model: m\nslo: {tpot_ms: 50.0, ttft_ms: 500}\n", {0}, "{ttft_ms: 500, tpot_ms: 50}"},
	    {"model: m\nslo: [{itl_ms: 5}, {itl_ms: 6}]\n", {0}, "{itl_ms: 5} {itl_ms: 6}"},
	    {"model: m\n", {"slo={itl_ms: 5}"}, "{itl_ms: 5}"},
	};
	static const char *const slo[MAX_OPTIONS] = {"slo"};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};
		char *cells;

		ok(load(cases[i].matrix, cases[i].set, nothing, &plan, &failure), "limits are a map");
		cells = cells_of(&plan, slo);
		is_text(cells, cases[i].want, cases[i].want);
		free(cells);
		plan_release(&plan);
	}
}

static void test_cells(void)
{
	static const struct {
		const char *matrix, *set[MAX_OPTIONS], *only[MAX_OPTIONS], *knobs[MAX_OPTIONS], *want;
	} cases[] = {
	    {"model: m\n", {0}, {0}, {"model", "parallel", "prompt", "server"}, "m/1/Why is the blue sky blue?/ollama"},
	    {"model: [a, b]\nparallel: [2, 1]\n", {0}, {0}, {"model", "parallel"}, "a/2 a/1 b/2 b/1"},
	    {"parallel: [2, 1]\nmodel: [a, b]\n", {0}, {0}, {"model", "parallel"}, "a/2 b/2 a/1 b/1"},
	    {"models: m\nparallelism: 4\ncontext_sizes: [1024]\n", {0}, {0}, {"parallel", "context_size"}, "4/1024"},
	    {"model: m\nrate: [30/min, 4/s]\ntimeout: 1h30m\n", {0}, {0}, {"rate", "timeout"}, "0.5/s/1h30m 4/s/1h30m"},
	    {"model: m\nconcurrency: 9\nrequests: 4\n", {0}, {0}, {"concurrency", "requests"}, "9/4"},
	    {"model: '7'\nthink: [on, off]\n", {0}, {0}, {"model", "think"}, "7/on 7/off"},
	    {"model: m\nserver: [{url: http://h:1}, {name: b, start: ollama}]\n", {0}, {0}, {"server"}, "h:1 b"},
	    {"profile: {p: {A: 1}, q: {}}\nmodel: [a, b]\n", {0}, {0}, {"profile", "model"}, "p/a p/b q/a q/b"},

	    {"model: [a, b]\nparallel: 4\n", {"parallel=[2, 1]"}, {0}, {"model", "parallel"}, "a/2 a/1 b/2 b/1"},
	    {"model: [a, b]\nparallel: [1, 2]\n", {"models=c"}, {0}, {"model", "parallel"}, "c/1 c/2"},
	    {"model: m\n", {"requests=3", "requests=5"}, {0}, {"requests"}, "5"},
	    {"model: m\nparallel: wrong\n", {"parallel=3"}, {0}, {"parallel"}, "3"},
	    {"parallel: 1\n", {"model=m"}, {0}, {"model"}, "m"},
	    {"model: m\nprompts: p.txt\n", {"prompt=q"}, {0}, {"prompt", "prompts"}, "q/"},

	    {"model: [a, b]\nparallel: [4, 2, 1]\nexcept: [{model: a, parallel: [4, 2]}]\n",
	     {0},
	     {0},
	     {"model", "parallel"},
	     "a/1 b/4 b/2 b/1"},
	    {"model: [a, b]\nexcept: {models: b}\n", {0}, {0}, {"model"}, "a"},
	    {"model: m\ntimeout: [60s, 2m]\nexcept: [{timeout: 1m}]\n", {0}, {0}, {"timeout"}, "2m"},
	    {"model: m\nprofile: {p: {}, q: {}}\nexcept: [{profile: p}]\n", {0}, {0}, {"profile"}, "q"},
	    {"model: [a, b, c]\nparallel: [2, 1]\n",
	     {0},
	     {"model=c", "model=a"},
	     {"model", "parallel"},
	     "a/2 a/1 c/2 c/1"},
	    {"model: [a, b, c]\nparallel: [2, 1]\n", {0}, {"model=c", "parallel=1"}, {"model", "parallel"}, "c/1"},
	    {"model: [a, b]\nserver: [{name: s, start: ollama}, {name: t, start: ollama}]\n",
	     {0},
	     {"server=t"},
	     {"server", "model"},
	     "t/a t/b"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};
		char *cells;
		bool numbered = true;

		load(cases[i].matrix, cases[i].set, cases[i].only, &plan, &failure);
		is_text(failure.message, NULL, cases[i].want);
		cells = cells_of(&plan, cases[i].knobs);
		is_text(cells, cases[i].want, "its cells in their order");
		for (size_t c = 0; c < plan.cell_count; c++)
			numbered = numbered && plan.cells[c].index == c;
		ok(numbered, "numbered from 0");
		free(cells);
		failure_release(&failure);
		plan_release(&plan);
	}
}

static void test_urls(void)
{
	static const struct {
		const char *url, *want; /* NULL: refused */
	} cases[] = {
	    {"http://127.0.0.1:11434", "http://127.0.0.1:11434"},
	    {"http://127.0.0.1:11434//", "http://127.0.0.1:11434"},
	    {"https://host/behind/a/proxy/", "https://host/behind/a/proxy"},
	    {"http://[::1]:8080", "http://[::1]:8080"},
	    {"http://", NULL},
	    {"http:///x", NULL},
	    {"http://:80", NULL},
	    {"http://h:", NULL},
	    {"http://h:0", NULL},
	    {"http://h:65536", NULL},
	    {"http://h:99999999999999999999", NULL},
	    {"http://h:8o", NULL},
	    {"http://[::1", NULL},
	    {"ftp://h", NULL},
	    {"127.0.0.1:11434", NULL},
	    {"http://a b", NULL},
	    {"http://h?x=1", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *matrix = text_format("model: m\nserver: {url: \"%s\"}\n", cases[i].url);
		struct failure failure = {0};
		struct plan plan = {0};

		ok(load(matrix, nothing, nothing, &plan, &failure) == (cases[i].want != NULL), "taken or refused");
		is_text(plan.servers != NULL ? plan.servers[0].url : NULL, cases[i].want, cases[i].url);
		failure_release(&failure);
		plan_release(&plan);
		free(matrix);
	}
}

static void test_server_settings(void)
{
	static const char *const start[MAX_OPTIONS] = {"server.start=sim --port {port}",
	                                               "server.env.LLAMA_ARG_CACHE_RAM=0", "server.name=other"};
	static const char *const url[MAX_OPTIONS] = {"server.url=http://h:1/"};
	struct failure failure = {0};
	struct plan plan = {0};

	ok(load("model: m\nserver: {url: http://h, env: {A: 1, B: ''}}\n", start, nothing, &plan, &failure),
	   "server.start instead of url");
	is_text(plan.servers[0].start, "sim --port {port}", "is how it is started");
	is_text(plan.servers[0].url, NULL, "and the url is gone");
	is_text(plan.servers[0].name, "other", "a name");
	is_text(plan.servers[0].adapter, NULL, "a program of an unknown name is asked what it is");
	is_text(environment_get(&plan.servers[0].environment, "LLAMA_ARG_CACHE_RAM"), "0", "a variable is added");
	is_text(environment_get(&plan.servers[0].environment, "A"), "1", "to those of the file");
	is_text(environment_get(&plan.servers[0].environment, "B"), "", "which may be empty");
	is_int(plan.servers[0].line, 2, "line of the server");
	is_int(plan.warning_count, 0, "nothing to warn of");
	plan_release(&plan);

	ok(load("model: m\nserver: {start: ollama}\n", url, nothing, &plan, &failure), "server.url instead of start");
	is_text(plan.servers[0].url, "http://h:1", "without the slash");
	is_text(plan.servers[0].start, NULL, "and nothing is started");
	plan_release(&plan);

	ok(!load("model: m\nserver: [{name: a, start: ollama}, {name: b, start: ollama}]\n", url, nothing, &plan,
	         &failure),
	   "of several servers");
	is_text(failure.message,
	        "--set server.url=http://h:1/: the matrix has 2 servers; only server.env.NAME can be set",
	        "only variables can be set");
	failure_release(&failure);
	ok(load("model: m\n", nothing, nothing, &plan, &failure), "no server");
	is_text(plan.servers[0].url, "http://127.0.0.1:11434", "means Ollama here");
	plan_release(&plan);
}

static void test_rest_of_plan(void)
{
	struct failure failure = {0};
	struct plan plan = {0};
	const char *matrix =
	    "title: Apple M4\nnotes: [server, change, gpu]\nserver: {start: ollama}\nprofile: {p: {A: 1}, q: {A: 2}}\n"
	    "model: [a, b]\nparallel: [2, 1]\nrequests: [3]\n";

	ok(load(matrix, nothing, nothing, &plan, &failure), "a plan");
	is_text(plan.name, "a", "its name");
	is_text(plan.path, "a.conf", "its file");
	is_text(plan.source, matrix, "the bytes of it");
	is_text(plan.title, "Apple M4", "its title");
	is_int(plan.note_count, 3, "notes");
	is_text(plan.notes[0], "server", "in the file's order");
	is_text(plan.notes[2], "gpu", "to the last");
	is_int(plan.axis_count, 3, "a list of one value is no axis");
	is_text(plan.axes[0], "profile", "axes in the file's order");
	is_text(plan.axes[2], "parallel", "to the last");
	is_text(environment_get(plan.cells[4].profile, "A"), "2", "cells have their profile");
	/* Each profile: a/2 a/1 b/2 b/1; all differ in parallel from the one before. */
	is_int(plan_starts(&plan), 8, "starts");
	plan_release(&plan);
	plan_release(&plan);
	ok(load("model: [a, b]\nserver: {start: ollama}\nparallel: 2\n", nothing, nothing, &plan, &failure),
	   "models only");
	is_int(plan_starts(&plan), 1, "one start serves several models");
	plan_release(&plan);
	ok(load("model: [a, b]\nparallel: [2, 1]\n", nothing, nothing, &plan, &failure), "a server that runs");
	is_int(plan_starts(&plan), 0, "is not started");
	plan_release(&plan);
}

/* What its request asks; NULL: the cell has no file. */
static const char *asked(const struct plan *plan, size_t cell, size_t request)
{
	const struct dataset *dataset = plan_dataset(plan, &plan->cells[cell]);
	const struct dataset_sample *sample;
	size_t turn;

	if (dataset == NULL)
		return NULL;
	sample = dataset_find(dataset, request, &turn);
	return dataset->messages[dataset_asked(dataset, sample, turn)].text;
}

static void test_prompts(void)
{
	struct failure failure = {0};
	struct plan plan = {0};

	write_file("p.txt", "first\r\n\n  \n second \303\251\nlast");
	write_file("q.jsonl", "{\"prompt\":\"one\"}\n\n{\"text\":\"two\\nlines\",\"n\":1}\n");
	ok(load("model: m\nprompts: [p.txt, q.jsonl]\n", nothing, nothing, &plan, &failure), "two files");
	is_text(asked(&plan, 0, 0), "first", "the first");
	is_text(asked(&plan, 0, 4), "second \303\251", "in turn");
	is_text(asked(&plan, 1, 1), "two\nlines", "each cell has its own");
	is_text(plan.cells[0].prompt, NULL, "the default prompt does not stand beside them");
	plan_release(&plan);

	write_file("f.csv", "prompt,question\nno,yes\n");
	ok(load("model: m\nprompts: f.csv\nprompt_field: [prompt, question]\n", nothing, nothing, &plan, &failure),
	   "two columns");
	is_text(asked(&plan, 0, 0), "no", "the one");
	is_text(asked(&plan, 1, 0), "yes", "and the other");
	plan_release(&plan);

	write_file("c.jsonl",
	           "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":"
	           "\"b\"},{\"role\":\"user\",\"content\":\"c\"}]}\n");
	ok(load("model: m\nprompts: c.jsonl\napi: chat\nturns: [1, 2]\n", nothing, nothing, &plan, &failure),
	   "conversations");
	is_int(plan_dataset(&plan, &plan.cells[0])->requests, 1, "the first turn only");
	is_int(plan_dataset(&plan, &plan.cells[1])->requests, 2, "both");
	plan_release(&plan);

	ok(load("model: m\n", nothing, nothing, &plan, &failure), "neither prompt nor prompts");
	ok(plan_dataset(&plan, &plan.cells[0]) == NULL, "no file");
	is_text(plan.cells[0].prompt, "Why is the blue sky blue?", "the default");
	plan_release(&plan);

	ok(file_make_folder("sub", &failure), "a folder");
	write_file("sub/p.txt", "beside");
	write_file("sub/b.conf", "model: m\nprompts: p.txt\n");
	ok(plan_load("sub/b.conf", NULL, &plan, &failure), "a matrix in another folder");
	is_text(asked(&plan, 0, 0), "beside", "has its prompts beside it");
	plan_release(&plan);
	failure_release(&failure);
}

static void test_lengths_and_traces(void)
{
	static const struct {
		const char *matrix, *set[MAX_OPTIONS], *knobs[MAX_OPTIONS], *want;
	} cases[] = {
	    {"model: m\ninput_tokens: [512, {spread: 8, mean: 64}]\n",
	     {0},
	     {"input_tokens", "prompt"},
	     "512/ {mean: 64, spread: 8}/"},
	    {"model: m\ninput_tokens: {median: 512, sigma: 0.50, max: 2000}\n",
	     {0},
	     {"input_tokens"},
	     "{median: 512, sigma: 0.5, max: 2000}"},
	    {"model: m\n", {"output_tokens={min: 1, max: 9}"}, {"output_tokens"}, "{min: 1, max: 9}"},
	    {"model: m\nprompt: x\n", {"input_tokens=7"}, {"input_tokens", "prompt"}, "7/"},
	    {"model: m\ntrace: t.csv\n", {0}, {"requests", "trace"}, "3/t.csv"},
	    {"model: m\ntrace: t.csv\nrequests: [1, 2]\n", {0}, {"requests"}, "1 2"},
	    {"model: m\ntrace: t.csv\ntrace_speed: [1, 0.5]\n", {0}, {"requests", "trace_speed"}, "3/1 3/0.5"},
	    {"model: m\ntrace: t.csv\n", {"rate=2/s"}, {"requests", "trace", "rate"}, "16//2/s"},
	};

	write_file("t.csv", "arrival_s,input_tokens\n0,5\n1,6\n2,7\n");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};
		char *cells;

		load(cases[i].matrix, cases[i].set, nothing, &plan, &failure);
		is_text(failure.message, NULL, "taken");
		cells = cells_of(&plan, cases[i].knobs);
		is_text(cells, cases[i].want, cases[i].want);
		free(cells);
		failure_release(&failure);
		plan_release(&plan);
	}
}

static void test_shipped(void)
{
	static const struct {
		const char *path;
		size_t cells, starts;
	} cases[] = {{"configs/m4.conf", 40, 40},
	             {"configs/demo.conf", 6, 6},
	             {"configs/reference.conf", 10, 0},
	             {"configs/frameworks.conf", 12, 12},
	             {"configs/hardware.conf", 5, 1}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		plan_load(cases[i].path, NULL, &plan, &failure);
		is_text(failure.message, NULL, cases[i].path);
		is_int(plan.cell_count, cases[i].cells, "its cells");
		is_int(plan_starts(&plan), cases[i].starts, "its starts");
		is_int(plan.warning_count, 0, "no warning");
		failure_release(&failure);
		plan_release(&plan);
	}
}

int main(void)
{
	test_shipped();
	if (!enter_folder())
		return 1;
	test_cells();
	test_limits();
	test_urls();
	test_server_settings();
	test_rest_of_plan();
	test_prompts();
	test_lengths_and_traces();
	return leave_folder(tap_done());
}
