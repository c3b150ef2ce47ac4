/* Servers of a matrix: which one it is, what it is called, its models, and what is filled into its command line. */
#include "matrix.h"
#include "plan/start.h"

/* "name adapter kind" of each server. */
static void check_servers(const char *servers, const char *want)
{
	char *matrix = text_format("model: m\nserver: %s\n", servers);
	struct failure failure = {0};
	struct plan plan = {0};
	struct text got = {0};

	load(matrix, nothing, nothing, &plan, &failure);
	text_add(&got, failure.message != NULL ? failure.message : "");
	for (size_t i = 0; i < plan.server_count; i++)
		text_addf(&got, "%s%s %s %s", i > 0 ? ", " : "", plan.servers[i].name,
		          plan.servers[i].adapter ? plan.servers[i].adapter : "?",
		          plan.servers[i].kind ? plan.servers[i].kind : "?");
	is_text(text_string(&got), want, servers);
	text_release(&got);
	failure_release(&failure);
	plan_release(&plan);
	free(matrix);
}

static void test_identity(void)
{
	check_servers("{start: ollama serve}", "ollama ollama ollama");
	check_servers("{start: /opt/bin/ollama serve, name: o}", "o ollama ollama");
	check_servers("{start: 'llmbench-sim --speed 9'}", "llmbench-sim ollama llmbench-sim");
	check_servers("{start: 'x {port}', kind: ollama}", "ollama ollama ollama");
	check_servers("{start: '/opt/x {port}', adapter: ollama}", "ollama ollama ?");
	check_servers("{start: '/opt/x {port}'}", "x ? ?");
	check_servers("{url: 'http://127.0.0.1:8080/'}", "127.0.0.1:8080 ? ?");
	check_servers("{url: 'http://127.0.0.1:8080', kind: ollama}", "ollama ollama ollama");
	check_servers("[{url: 'http://h:1'}, {start: ollama serve}]", "h:1 ? ?, ollama ollama ollama");
}

/* What is said of a server's settings; each message to the letter. */
static void test_mistakes(void)
{
	static const struct {
		const char *matrix, *want;
	} cases[] = {
	    {"server: {start: ollama, kind: olama}\n",
	     "a.conf:1:31: no such kind of server \"olama\" (did you mean \"ollama\"?)"},
	    {"server: {start: ollama, adapter: olama}\n",
	     "a.conf:1:34: no such adapter \"olama\" (did you mean \"ollama\"?)"},
	    {"server: {start: ollama, model: {m: x}}\n",
	     "a.conf:1:25: no such key of server \"model\" (did you mean \"models\"?)"},
	    {"server: {start: ollama, models: [m]}\n",
	     "a.conf:1:33: models is a map from the matrix's name of a model to this server's, such as "
	     "{llama3.2: llama3.2.gguf}"},
	    {"server: {start: ollama, models: {m: [a]}}\n",
	     "a.conf:1:37: m cannot be a list here; it is this server's name or file of the model"},
	    {"server: {start: ollama, models: {m: ''}}\n",
	     "a.conf:1:37: \"m\" cannot be empty; it is this server's name or file of the model"},
	    {"server: {start: x}\n",
	     "a.conf:1:17: start has no {port}, so this server would not know where to listen; write it where the "
	     "port belongs, such as --port {port}"},
	    {"server:\n  start: \"x 'a {port}\"\n",
	     "a.conf:2:10: start: cannot split the command \"x 'a {port}\": a ' is not closed"},
	    {"server: [{start: ollama}, {name: b, start: 'x {prot}'}]\n",
	     "a.conf:1:44: start: no such placeholder {prot} in \"{prot}\" (allowed: {port} {parallel} {context_size} "
	     "{context_total} {queue_size} {model}; for a brace itself write {{)"},
	    {"server: {start: 'x {port} {queue_size}'}\n",
	     "a.conf:1:17: start: {queue_size} in \"{queue_size}\" has no value: set queue_size"},
	    {"server: {start: ollama, env: {A: '{modle}'}}\n",
	     "a.conf:1:30: env: no such placeholder {modle} in \"{modle}\" (allowed: {port} {parallel} {context_size} "
	     "{context_total} {queue_size} {model}; for a brace itself write {{)"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *matrix = text_format("%smodel: m\n", cases[i].matrix);
		struct failure failure = {0};
		struct plan plan = {0};

		ok(!load(matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
		free(matrix);
	}
}

static void test_override_place(void)
{
	static const char *const set[MAX_OPTIONS] = {"server.start=x --port 1"};
	static const char *const models[MAX_OPTIONS] = {"server.models.m=m.gguf"};
	struct failure failure = {0};
	struct plan plan = {0};

	ok(!load("model: m\nserver: {start: ollama}\n", set, nothing, &plan, &failure), "a mistake in --set");
	ok(text_starts_with(failure.message, "--set server.start=x --port 1: start has no {port}"), "is told there");
	failure_release(&failure);
	ok(load("model: m\nserver: {start: ollama}\n", models, nothing, &plan, &failure), "a model in --set");
	is_text(cell_server_model(&plan.cells[0]), "m.gguf", "is the server's name of it");
	plan_release(&plan);
}

static void test_models(void)
{
	struct failure failure = {0};
	struct plan plan = {0};
	struct start_values values;
	struct text line = {0};

	ok(load("server:\n  - {start: 'x {port} {model}', models: {tiny: '/m/tiny q8.gguf'}}\n"
	        "  - {start: ollama, models: {tny: t}}\n"
	        "model: [tiny, other]\nparallel: 3\ncontext_size: 100\n",
	        nothing, nothing, &plan, &failure),
	   "a map of models");
	is_text(cell_server_model(&plan.cells[0]), "/m/tiny q8.gguf", "a model has this server's name");
	is_text(plan.cells[0].model, "tiny", "and the matrix's");
	start_values_make(&plan.cells[0], 80, &values);
	ok(command_line_fill("{model} {port} {parallel} {context_size} {context_total}", values.list, &line, &failure),
	   "a command line is filled");
	is_text(text_string(&line), "/m/tiny q8.gguf 80 3 100 300", "with the server's name of the model");
	start_values_release(&values);
	text_release(&line);
	is_int(plan.warning_count, 1, "a name that is no model of the matrix is told");
	is_text(plan.warnings[0], "a.conf:3:29: models: \"tny\" is no model of the matrix (did you mean \"tiny\"?)",
	        "with its place and the cure");
	is_int(plan_starts(&plan), 3, "a server whose start has {model} is started for each of them");
	plan_release(&plan);
	failure_release(&failure);
}

/* What is kept with the results of a matrix that has secrets in variables; NULL: it is refused. */
static void check_source(const char *matrix, const char *want)
{
	struct failure failure = {0};
	struct plan plan = {0};

	load(matrix, nothing, nothing, &plan, &failure);
	is_text(plan.source, want, matrix);
	if (want == NULL)
		ok(strstr(failure.message, "cannot be hidden") != NULL && strstr(failure.message, "s3") == NULL,
		   "and told without the value");
	plan_release(&plan);
	failure_release(&failure);
}

static void test_secrets(void)
{
	check_source("model: m\nserver: {start: ollama, env: {A_KEY: KEY, B: KEY}}\n",
	             "model: m\nserver: {start: ollama, env: {A_KEY: ***, B: KEY}}\n");
	check_source("model: m # é\nprofile: {é: {a_token: 's3 cret', A: x}}\nserver: {start: ollama}\n",
	             "model: m # é\nprofile: {é: {a_token: '*******', A: x}}\nserver: {start: ollama}\n");
	check_source("model: m\nserver:\n  start: ollama\n  env:\n    PASSWORD: |-\n      s3cret\n    B: s3cret\n",
	             "model: m\nserver:\n  start: ollama\n  env:\n    PASSWORD: |-\n      ******\n    B: s3cret\n");
	check_source("model: m\nserver: {start: ollama, env: {A_SECRET: \"\\x733cret\"}}\n", NULL);
}

static void test_access(void)
{
	static const char *const set[MAX_OPTIONS] = {"server.api_key_env=THE_KEY"};
	struct failure failure = {0};
	struct plan plan = {0};
	struct access access;

	setenv("THE_KEY", "sk-12345678", 1);
	ok(load("model: m\nserver: {url: 'https://h', api_key_env: THE_KEY}\n", nothing, nothing, &plan, &failure),
	   "a key of the environment");
	access = server_access(&plan.servers[0], plan.servers[0].url);
	is_text(access.key, "sk-12345678", "is read");
	is_int(plan.warning_count, 0, "https keeps it");
	plan_release(&plan);
	ok(load("model: m\nserver: {url: 'http://h:1'}\n", set, nothing, &plan, &failure), "its variable by --set");
	is_text(plan.warnings[0],
	        "a.conf:2:9: the key goes to http://h:1 as it is, for everybody on the way to read; https:// keeps it",
	        "http does not");
	plan_release(&plan);
	ok(load("model: m\nserver: {url: 'http://127.0.0.1:1'}\n", set, nothing, &plan, &failure), "on this machine");
	is_int(plan.warning_count, 0, "nobody reads it");
	plan_release(&plan);
}

int main(void)
{
	if (!enter_folder())
		return 1;
	test_identity();
	test_mistakes();
	test_override_place();
	test_models();
	test_secrets();
	test_access();
	return leave_folder(tap_done());
}
