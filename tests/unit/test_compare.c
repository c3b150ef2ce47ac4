/*
 * What is comparable, what is matched, and what is said of it.
 */
#include "document/document.h"
#include "two_runs.h"

static const struct drawn steady = {2, 5, 0.001, 1, 0};

struct setup {
	struct summary base, now;
	struct compare_options options;
	struct compare_result result;
};

static void set_up(struct setup *setup, const struct drawn *base, const struct drawn *now)
{
	uint64_t state = 7;

	*setup = (struct setup){.options.margin_pct = COMPARE_MARGIN_PCT};
	setup->base = draw_run(base, &state);
	setup->now = draw_run(now, &state);
}

static enum status compare(struct setup *setup)
{
	compare_runs(&setup->base, &setup->now, &setup->options, &setup->result);
	return setup->result.status;
}

static char *markdown_of(const struct setup *setup)
{
	struct document document = {0};
	struct text text = {0};

	compare_document(&setup->result, &document);
	document_write_markdown(&document, &text);
	document_release(&document);
	return text_take(&text);
}

static void tear_down(struct setup *setup)
{
	compare_release(&setup->result);
	summary_release(&setup->base);
	summary_release(&setup->now);
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = memory_string(with);
}

/* --- Statuses --- */

static void test_statuses(void)
{
	static const struct {
		struct drawn base, now;
		enum status want;
		const char *outcome;
	} cases[] = {
	    {{2, 5, 0.001, 1, 0}, {2, 5, 0.001, 1, 0}, STATUS_DONE, "nothing worse"},
	    {{2, 5, 0.001, 1, 0}, {2, 5, 0.001, 1.1, 1}, STATUS_DONE, "nothing worse"},
	    {{2, 5, 0.001, 1, 0}, {2, 5, 0.001, 0.95, 1}, STATUS_CELLS_FAILED, "worse"},
	    {{2, 5, 0.001, 1, 0}, {2, 5, 0.001, 0.995, 2}, STATUS_DONE, "nothing worse"}, /* certain, and small */
	    {{2, 1, 0.001, 1, 0}, {2, 1, 0.001, 0.5, 2}, STATUS_CANNOT_TELL, "cannot tell"},
	    {{2, 2, 0.001, 1, 0}, {2, 5, 0.001, 0.5, 2}, STATUS_CANNOT_TELL, "cannot tell"},
	    {{1, 3, 0.2, 1, 0}, {1, 3, 0.2, 1, 0}, STATUS_CANNOT_TELL, "cannot tell"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct setup setup;

		set_up(&setup, &cases[i].base, &cases[i].now);
		is_int(compare(&setup), cases[i].want, cases[i].outcome);
		is_text(compare_outcome(&setup.result), cases[i].outcome, "in words");
		tear_down(&setup);
	}
}

static const struct compare_figure *find(const struct setup *setup, size_t pair, const char *metric,
                                         const char *statistic)
{
	for (size_t i = 0; i < setup->result.figure_count; i++) {
		const struct compare_figure *figure = &setup->result.figures[i];

		if (figure->pair == pair && text_equal(figure->metric->name, metric) &&
		    text_equal(figure->statistic ? figure->statistic->name : NULL, statistic))
			return figure;
	}
	return NULL;
}

static void test_figures(void)
{
	const struct drawn slower = {2, 5, 0.001, 0.9, 1};
	const struct compare_figure *figure;
	struct setup setup;

	set_up(&setup, &steady, &slower);
	cell_summary_set(&setup.base.cells[0], "model_load_s", 2);
	cell_summary_set(&setup.now.cells[0], "model_load_s", 4);
	set_trials(&setup.base.cells[0], "goodput_rps", (double[]){1, 2, 0, 1, 1}, 5);
	set_trials(&setup.now.cells[0], "goodput_rps", (double[]){1, 2, 2, 1, 1}, 5);
	set_requests(&setup.base.cells[1], "server_queue_wait_ms", (double[]){1, 1, 1, 1, 1}, 5);
	compare(&setup);
	figure = find(&setup, 0, "output_tokens_per_s", NULL);
	ok(figure->main && figure->verdict == VERDICT_WORSE && figure->established, "fewer tokens/s are worse");
	is_real(figure->comparison.change_pct, -10, 0.2, "by as much");
	ok(find(&setup, 1, "output_tokens_per_s", NULL)->verdict == VERDICT_SAME, "the other cell is the same");
	figure = find(&setup, 0, "ttft_ms", "p50");
	ok(!figure->main && figure->verdict == VERDICT_WORSE, "more time to the first token is worse");
	is_real(find(&setup, 0, "ttft_ms", "p99")->comparison.base, 100, 1, "by trial: the p99 of each");
	ok(find(&setup, 0, "ttft_ms", "mean") == NULL && find(&setup, 0, "output_tokens", "p50") == NULL,
	   "other statistics, and what is neither better nor worse, are no figures");
	figure = find(&setup, 0, "model_load_s", NULL);
	ok(figure->verdict == VERDICT_CANNOT_TELL && figure->comparison.change_pct == 100, "what is measured once");
	is_text(figure->reason, "measured once", "cannot be told");
	is_text(find(&setup, 0, "goodput_rps", NULL)->reason, "a value is 0, so there is no ratio", "nor a ratio to 0");
	is_text(find(&setup, 1, "server_queue_wait_ms", "p50")->reason, "not measured in NEW", "nor what is not there");
	tear_down(&setup);
}

/* Summaries of before there were figures by trial can be compared by those of trials. */
static void test_without_trials(void)
{
	struct setup setup;
	struct metric_summary *ttft;

	set_up(&setup, &steady, &steady);
	ttft = figure_of(&setup.base.cells[0], "ttft_ms");
	free(ttft->by_trial);
	ttft->by_trial = NULL;
	ttft->by_trial_count = 0;
	is_int(compare(&setup), STATUS_DONE, "figures by trial that are not told");
	is_text(find(&setup, 0, "ttft_ms", "p50")->reason, "too few trials", "are too few");
	ok(!isnan(find(&setup, 0, "ttft_ms", "p50")->comparison.change_pct), "but have a change");
	tear_down(&setup);
}

static void test_failures(void)
{
	struct setup setup;
	char *text;

	set_up(&setup, &steady, &steady);
	setup.now.cells[0].status = CELL_FAILED;
	setup.now.cells[0].reason = memory_string("out of | memory \x1b[31m");
	is_int(compare(&setup), STATUS_CELLS_FAILED, "a cell that fails now");
	ok(setup.result.pairs[0].failed && find(&setup, 0, "duration_s", NULL) == NULL, "has no figures");
	text = markdown_of(&setup);
	ok(strstr(text, "failed: out of \\| memory ?[31m | **worse** |") != NULL, "its reason is told, masked");
	free(text);
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.base.cells[0].status = CELL_FAILED;
	is_int(compare(&setup), STATUS_DONE, "one that failed before and is done now is no reason to fail");
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.now.cells[1].errors = 3;
	is_int(compare(&setup), STATUS_CELLS_FAILED, "more requests that fail");
	text = markdown_of(&setup);
	ok(strstr(text, "| parallel 2 | done | done, 3 errors | **worse** |") != NULL, "are told");
	free(text);
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.now.cells[1].status = CELL_UNFINISHED;
	is_int(compare(&setup), STATUS_CANNOT_TELL, "a cell that was not measured to its end");
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.now.cells[1].status = CELL_SKIPPED;
	setup.now.cells[1].cause = CAUSE_BUDGET;
	is_int(compare(&setup), STATUS_CANNOT_TELL, "nor one that the budget left no time for");
	tear_down(&setup);
	set_up(&setup, &steady, &steady);
	setup.now.cells[1].status = CELL_SKIPPED;
	setup.now.cells[1].cause = CAUSE_SMALLER;
	is_int(compare(&setup), STATUS_CELLS_FAILED, "one whose smaller neighbour ran out of memory fails, too");
	tear_down(&setup);
}

/* --- Comparable --- */

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
	char *text;

	set_up(&setup, &steady, &steady);
	for (size_t i = 0; i < 2; i++)
		setup.now.cells[i].conditions = json_parse(conditions, strlen(conditions));
	cell_summary_add_flag(&setup.base.cells[0], "trials drift");
	replace_host(&setup.now, "{\"title\":\"Apple M4\",\"system_version\":\"15.6\",\"gpu_driver\":\"NVIDIA 580\"}");
	set_requests(&setup.base.cells[1], "output_tokens", (double[]){256, 256, 256}, 3);
	set_requests(&setup.now.cells[1], "output_tokens", (double[]){200, 200, 200}, 3);
	is_int(compare(&setup), STATUS_DONE, "what is to be known does not change the status");
	text = markdown_of(&setup);
	ok(strstr(text, "- another version of the system: 15.5, then 15.6\n") != NULL, "the system's version");
	ok(strstr(text, "- another version of the GPU's driver: unknown, then NVIDIA 580\n") != NULL, "the driver's");
	ok(strstr(text, "- the GPU of one of the runs is not known\n") != NULL, "a GPU that is not known is no other");
	ok(strstr(text, "- parallel 2: answers had 256 tokens on average, then 200: durations depend on it\n") != NULL,
	   "answers of other lengths");
	ok(strstr(text, "- NEW, 2 of 2 cells: on battery\n") != NULL, "bad conditions, once for all cells");
	ok(strstr(text, "- parallel 1: only in BASE: trials drift\n") != NULL, "flags of one run");
	free(text);
	tear_down(&setup);
}

/* --- Output --- */

static void test_output(void)
{
	const struct drawn slower = {2, 5, 0.001, 0.9, 1};
	struct setup setup;
	struct json *json;
	char *first, *second;
	struct text text = {0};

	set_up(&setup, &steady, &slower);
	replace(&setup.now.title, "M4 | \x1b]0;x\x07 **bold**");
	compare(&setup);
	setup.result.options.all = true;
	first = markdown_of(&setup);
	ok(strstr(first, "## Other figures\n") != NULL && strstr(first, "| parallel 2 | TTFT p50 (ms) |") != NULL,
	   "with all, what did not change stands there, too");
	free(first);
	setup.result.options.all = false;
	first = markdown_of(&setup);
	ok(strstr(first, "## Other figures that changed\n") != NULL &&
	       strstr(first, "| parallel 1 | TTFT p50 (ms) |") != NULL &&
	       strstr(first, "| parallel 2 | TTFT p50 (ms) |") == NULL &&
	       strstr(first,
	              "\n9 other figures are the same within noise, or it cannot be told: `--all` lists them.\n"),
	   "else only their number");
	ok(strstr(first, "\x1b") == NULL && strstr(first, "\x07") == NULL, "control bytes of a title are masked");
	ok(text_starts_with(first, "# Comparison\n\n**worse**. Of 20 figures in 2 cells: "), "the outcome comes first");
	compare_release(&setup.result);
	compare(&setup);
	second = markdown_of(&setup);
	is_text(second, first, "the same runs give the same bytes");
	json = compare_json(&setup.result);
	json_add_to(&text, json);
	ok(text_starts_with(text_string(&text),
	                    "{\"schema\":\"llmbench.comparison/1\",\"outcome\":\"worse\",\"status\":1,"),
	   "as JSON");
	is_int(json_count(json_get(json, "cells")), 2, "with all cells");
	is_text(json_get_string(json_first(json_get(json_first(json_get(json, "cells")), "figures")), "metric"),
	        "ttft_ms", "and their figures");
	json_free(json);
	text_release(&text);
	free(first);
	free(second);
	tear_down(&setup);
}

int main(void)
{
	test_statuses();
	test_figures();
	test_without_trials();
	test_failures();
	test_comparable();
	test_matching();
	test_warnings();
	test_output();
	return tap_done();
}
