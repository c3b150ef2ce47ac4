/*
 * What became of the figures and cells of two runs, and what is said of it.
 */
#include "two_runs.h"

static const struct drawn steady = {2, 5, 0.001, 1, 0};

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
	is_text(find(&setup, 0, "goodput_rps", NULL)->reason, "too noisy", "nor what is 0 in one trial alone");
	is_text(find(&setup, 1, "server_queue_wait_ms", "p50")->reason, "not measured in NEW", "nor what is not there");
	tear_down(&setup);
}

static void test_zero(void)
{
	static const double some[] = {10, 10.1, 9.9, 10, 10}, none[] = {0, 0, 0, 0, 0};
	struct setup setup;
	char *text;

	set_up(&setup, &steady, &steady);
	set_trials(&setup.base.cells[0], "goodput_rps", some, 5);
	set_trials(&setup.now.cells[0], "goodput_rps", none, 5);
	set_trials(&setup.base.cells[1], "goodput_rps", none, 5);
	set_trials(&setup.now.cells[1], "goodput_rps", some, 5);
	set_trials(&setup.base.cells[0], "slo_met_pct", (double[]){50, 50, 50}, 3);
	set_trials(&setup.now.cells[0], "slo_met_pct", none, 3);
	set_trials(&setup.base.cells[1], "slo_met_pct", none, 5);
	set_trials(&setup.now.cells[1], "slo_met_pct", none, 5);
	is_int(compare(&setup), STATUS_CELLS_FAILED, "a figure that falls to 0");
	ok(find(&setup, 0, "goodput_rps", NULL)->verdict == VERDICT_WORSE, "is worse");
	ok(find(&setup, 1, "goodput_rps", NULL)->verdict == VERDICT_BETTER, "one that rises from 0 is better");
	ok(find(&setup, 1, "slo_met_pct", NULL)->verdict == VERDICT_SAME, "one that stays at 0 is the same");
	is_text(find(&setup, 0, "slo_met_pct", NULL)->reason, "too few trials", "without spread trials must be more");
	text = markdown_of(&setup);
	ok(strstr(text, "| parallel 1 | Goodput (requests/s) | 10.00 | 0 | -100.0 | [-100.0, -99.") != NULL ||
	       strstr(text, "| parallel 1 | Goodput (requests/s) | 10.00 | 0 | -100.0 | \\[-100.0, -99.") != NULL,
	   "with all of its loss");
	ok(strstr(text, "| parallel 2 | Goodput (requests/s) | 0 | 10.00 | – | – | **better** |") != NULL,
	   "or a growth of no percentage");
	free(text);
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
	test_zero();
	test_without_trials();
	test_failures();
	test_output();
	return tap_done();
}
