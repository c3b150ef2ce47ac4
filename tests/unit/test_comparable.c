/*
 * Which runs are comparable, what is matched, and what is to be known of both.
 */
#include "two_runs.h"

static const struct drawn steady = {2, 5, 0.001, 1, 0};

static void replace_host(struct summary *run, const char *host)
{
	json_free(run->host);
	run->host = json_parse(host, strlen(host));
}

enum change { MACHINE, GPU, GPU_CORES, DEVICE, DIGEST, VERSION, KIND, STAMPS, PROMPT, MODEL, KNOB, DATASET };

static void change(struct summary *run, enum change what)
{
	static const char dataset[] = "[{\"path\":\"x\",\"samples\":4}]";

	switch (what) {
	case MACHINE:
		replace_host(run, "{\"title\":\"Apple M5\",\"memory_bytes\":17179869184}");
		break;
	case GPU:
		replace_host(run, "{\"title\":\"Apple M4\",\"gpu\":\"NVIDIA GeForce RTX 4090\",\"gpu_cores\":8}");
		break;
	case GPU_CORES:
		replace_host(run, "{\"title\":\"Apple M4\",\"gpu\":\"Apple M4\",\"gpu_cores\":10}");
		break;
	case DEVICE:
		replace(&run->servers[0].simulated, "m4-16g at 100 times its speed");
		break;
	case DIGEST:
		replace(&run->models[0].digest, "ffff");
		break;
	case VERSION:
		replace(&run->servers[0].version, "0.25.0");
		break;
	case KIND:
		replace(&run->servers[0].kind, "llama-server");
		break;
	case STAMPS:
		replace(&run->load_engine, "libcurl/8.9, epoll, waking stamps");
		break;
	case DATASET:
		json_free(run->datasets);
		run->datasets = json_parse(dataset, strlen(dataset));
		break;
	case PROMPT:
	case MODEL:
	case KNOB:
		for (size_t i = 0; i < run->cell_count; i++)
			change_setting(&run->cells[i],
			               what == PROMPT  ? "prompt"
			               : what == MODEL ? "model"
			                               : "kv_cache_type",
			               "x");
		break;
	}
}

static void test_comparable(void)
{
	static const struct {
		enum change what;
		enum compare_part part;
		const char *told;
	} cases[] = {
	    {MACHINE, COMPARE_MACHINE, "title"},
	    {GPU, COMPARE_MACHINE, "gpu"},
	    {GPU_CORES, COMPARE_MACHINE, "gpu_cores"},
	    {DEVICE, COMPARE_MACHINE, "simulated device"},
	    {DIGEST, COMPARE_MODEL, "digest of llama3.2"},
	    {VERSION, COMPARE_SERVER, "version of the server"},
	    {KIND, COMPARE_SERVER, "kind of server"},
	    {STAMPS, COMPARE_TOOL, "stamps"},
	    {DATASET, COMPARE_PROMPT, "data set"},
	    {PROMPT, COMPARE_PROMPT, "prompt"},
	    {MODEL, COMPARE_MODEL, "model"},
	    {KNOB, COMPARE_SETTINGS, "kv_cache_type"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int allowed = 0; allowed < 2; allowed++) {
			struct setup setup;
			const char *other = "[{\"path\":\"y\",\"samples\":3}]";

			set_up(&setup, &steady, &steady);
			setup.base.datasets = json_parse(other, strlen(other));
			setup.now.datasets = json_parse(other, strlen(other));
			change(&setup.now, cases[i].what);
			setup.options.allowed[cases[i].part] = allowed;
			is_int(compare(&setup), allowed ? STATUS_DONE : STATUS_NOT_COMPARABLE, cases[i].told);
			ok(setup.result.difference_count == 1 &&
			       text_equal(setup.result.differences[0].what, cases[i].told) &&
			       setup.result.differences[0].part == cases[i].part,
			   "is the one difference");
			ok((setup.result.figure_count > 0) == allowed && (setup.result.pair_count > 0 || !allowed),
			   "and figures are compared only when it is allowed");
			tear_down(&setup);
		}
	}
}

static void set_profiles(struct summary *run, const char *profiles)
{
	json_free(run->profiles);
	run->profiles = json_parse(profiles, strlen(profiles));
	change_setting(&run->cells[0], "profile", "a");
	change_setting(&run->cells[1], "profile", "b");
}

static void test_profiles(void)
{
	static const struct {
		const char *base, *now;
		size_t differences;
		const char *what;
	} cases[] = {
	    {"{\"a\":{\"X\":\"0\",\"Y\":\"1\"},\"b\":{}}", "{\"b\":{},\"a\":{\"Y\":\"1\",\"X\":\"0\"}}", 0,
	     "the same variables in another order"},
	    {"{\"a\":{\"X\":\"0\"},\"b\":{}}", "{\"a\":{\"X\":\"1\",\"Y\":\"q8_0\"},\"b\":{}}", 2,
	     "another value, and a variable more"},
	    {"{\"a\":{\"X\":\"0\"},\"b\":{\"Y\":\"1\"}}", "{\"a\":{\"X\":\"0\"},\"b\":{}}", 1, "a variable less"},
	    {"{\"a\":{\"X\":\"0\"},\"c\":{}}", "{\"a\":{\"X\":\"0\"},\"c\":{\"Y\":\"1\"}}", 0,
	     "a profile that no cell has"},
	    {"{\"a\":{\"X\":\"0\"}}", "{}", 0, "an unknown profile"},
	    {"{\"a\":{\"X\":\"0\"}}", "null", 0, "unknown profiles"},
	    {"{\"a\":{\"X\":\"0\"}}", "{\"a\":[1]}", 0, "what is none"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct setup setup;

		set_up(&setup, &steady, &steady);
		set_profiles(&setup.base, cases[i].base);
		set_profiles(&setup.now, cases[i].now);
		is_int(compare(&setup), cases[i].differences > 0 ? STATUS_NOT_COMPARABLE : STATUS_DONE, cases[i].what);
		is_int(setup.result.difference_count, cases[i].differences, "differences");
		if (setup.result.difference_count == 2) {
			is_text(setup.result.differences[1].what, "Y of profile a", "by variable");
			is_text(setup.result.differences[1].base, "unset", "and value");
		}
		compare_release(&setup.result);
		setup.options.allowed[COMPARE_SETTINGS] = true;
		is_int(compare(&setup), STATUS_DONE, "may differ where settings may");
		tear_down(&setup);
	}
}

static void test_matching(void)
{
	const struct drawn more = {4, 5, 0.001, 1, 0};
	struct setup setup;
	char *text;

	set_up(&setup, &steady, &more);
	for (size_t i = 0; i < 4; i++)
		change_setting(&setup.now.cells[i], "cooldown", "9");
	is_int(compare(&setup), STATUS_DONE, "a run with more cells, measured with more patience");
	ok(setup.result.pair_count == 2 && setup.result.lonely_count == 2 && !setup.result.lonely[0].of_base,
	   "is compared in the cells of both");
	is_text(setup.result.pairs[1].name, "parallel 2", "a cell's name is what varies");
	is_text(setup.result.lonely[1].name, "parallel 4", "the others are listed");
	text = markdown_of(&setup);
	ok(strstr(text, "## In one run only\n\n- NEW: parallel 3\n- NEW: parallel 4\n") != NULL, "in the report");
	free(text);
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	change_setting(&setup.now.cells[0], "parallel", "7");
	change_setting(&setup.now.cells[1], "parallel", "8");
	is_int(compare(&setup), STATUS_NOT_COMPARABLE, "no cell of both");
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.now.cell_count = 0;
	is_int(compare(&setup), STATUS_NOT_COMPARABLE, "no cell at all");
	setup.now.cell_count = 2;
	tear_down(&setup);
}

static void test_warnings(void)
{
	static const char conditions[] = "{\"flags\":[{\"rule\":\"battery\",\"words\":\"on battery\"}]}";
	struct setup setup;
	char *text, *told;

	set_up(&setup, &steady, &steady);
	for (size_t i = 0; i < 2; i++)
		setup.now.cells[i].conditions = json_parse(conditions, strlen(conditions));
	cell_summary_add_flag(&setup.base.cells[0], "trials drift");
	replace_host(&setup.now, "{\"title\":\"Apple M4\",\"system_version\":\"15.6\",\"gpu_driver\":\"NVIDIA 580\"}");
	setup.base.servers[0].command = memory_string("ollama serve");
	setup.now.servers[0].command = memory_string("ollama serve --x");
	set_requests(&setup.base.cells[1], "output_tokens", (double[]){256, 256, 256}, 3);
	set_requests(&setup.now.cells[1], "output_tokens", (double[]){200, 200, 200}, 3);
	is_int(compare(&setup), STATUS_DONE, "what is to be known does not change the status");
	text = markdown_of(&setup);
	ok(strstr(text, "- another version of the system: 15.5, then 15.6\n") != NULL, "the system's version");
	ok(strstr(text, "- another version of the GPU's driver: unknown, then NVIDIA 580\n") != NULL, "the driver's");
	ok(strstr(text, "- the GPU of one of the runs is not known\n") != NULL, "a GPU that is not known is no other");
	told = strstr(text, "- the server was started by another command: ollama serve, then ollama serve --x\n");
	ok(told != NULL && strstr(told + 1, "- the server was started") == NULL, "the start command, once");
	ok(strstr(text, "- parallel 2: answers had 256 tokens on average, then 200: durations depend on it\n") != NULL,
	   "answers of other lengths");
	ok(strstr(text, "- NEW, 2 of 2 cells: on battery\n") != NULL, "bad conditions, once for all cells");
	ok(strstr(text, "- parallel 1: only in BASE: trials drift\n") != NULL, "flags of one run");
	free(text);
	tear_down(&setup);
}

int main(void)
{
	test_comparable();
	test_profiles();
	test_matching();
	test_warnings();
	return tap_done();
}
