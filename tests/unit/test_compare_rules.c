/*
 * The rules of a gate: what can be written, and when they trip.
 */
#include "two_runs.h"

static void test_read(void)
{
	static const struct {
		const char *text, *metric, *statistic;
		bool above, relative;
		double limit;
	} cases[] = {
	    {"output_tokens_per_s < -5%", "output_tokens_per_s", NULL, false, true, -5},
	    {"output_tokens_per_s<-5%", "output_tokens_per_s", NULL, false, true, -5},
	    {" ttft_ms.p99  >  500 ", "ttft_ms", "p99", true, false, 500},
	    {"ttft_ms > 10%", "ttft_ms", "p50", true, true, 10},
	    {"e2e_ms.mean > 0%", "e2e_ms", "mean", true, true, 0},
	    {"slo_met_pct < 95", "slo_met_pct", NULL, false, false, 95},
	    {"model_load_s > 1.5", "model_load_s", NULL, true, false, 1.5},
	    {"errors > 0", NULL, NULL, true, false, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct compare_rule rule;

		ok(compare_rule_read(cases[i].text, &rule, &failure), cases[i].text);
		is_text(rule.metric ? rule.metric->name : NULL, cases[i].metric, "its metric");
		is_text(rule.statistic ? rule.statistic->name : NULL, cases[i].statistic, "its statistic");
		ok(rule.above == cases[i].above && rule.relative == cases[i].relative && rule.limit == cases[i].limit,
		   "and its limit");
		compare_rule_release(&rule);
		failure_release(&failure);
	}
}

static void test_mistakes(void)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
	    {"", "has no < and no >"},
	    {"output_tokens_per_s", "has no < and no >"},
	    {"output_tokens_per_s = 5", "has no < and no >"},
	    {"output_tokens_per_s <= 5", "write < or > without ="},
	    {"< 5", "needs a metric and a limit"},
	    {"ttft_ms >", "needs a metric and a limit"},
	    {"output_token_per_s < 5", "did you mean \"output_tokens_per_s\"?"},
	    {"error > 0", "did you mean \"errors\"?"},
	    {"nonsense_and_more > 0", "`llmbench help` lists them"},
	    {"ttft_ms.p98 > 5", "no such statistic \"p98\": mean, p50, p90, p95, p99"},
	    {"output_tokens_per_s.p50 < 5", "has one value"},
	    {"errors.p50 > 5", "has one value"},
	    {"ttft_ms > many", "\"many\" is neither a number nor one with %"},
	    {"ttft_ms > nan", "neither a number"},
	    {"ttft_ms > 5%%", "neither a number"},
	    {"ttft_ms < 5%", "trips although nothing changed"},
	    {"ttft_ms > -5%", "trips although nothing changed"},
	    {"model_load_s > 5%", "measured once in a cell"},
	    {"errors > 5%", "measured once in a cell"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct compare_rule rule;

		ok(!compare_rule_read(cases[i].text, &rule, &failure) && rule.text == NULL, cases[i].text);
		is_int(failure.status, STATUS_USER_MISTAKE, "is a mistake of the user");
		if (!ok(strstr(failure.message, cases[i].words) != NULL, "and is told"))
			printf("# %s\n", failure.message);
		failure_release(&failure);
	}
}

/* The speed of one cell goes from 100 to 100 · ratio, with a spread of cv. */
static void test_gates(void)
{
	static const struct {
		const char *rule;
		struct drawn base, now;
		enum status want;
	} cases[] = {
	    {"output_tokens_per_s < -5%", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 1, 1}, STATUS_DONE},
	    {"output_tokens_per_s < -5%",
	     {1, 5, 0.001, 1, 0},
	     {1, 5, 0.001, 0.96, 1},
	     STATUS_DONE}, /* worse, but less */
	    {"output_tokens_per_s < -5%", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 0.94, 1}, STATUS_CELLS_FAILED},
	    {"output_tokens_per_s < -5%", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 1.5, 1}, STATUS_DONE},
	    {"output_tokens_per_s < -5%", {1, 3, 0.2, 1, 0}, {1, 3, 0.2, 0.94, 1}, STATUS_CANNOT_TELL}, /* noise */
	    {"output_tokens_per_s < -5%", {1, 1, 0.001, 1, 0}, {1, 1, 0.001, 0.5, 1}, STATUS_CANNOT_TELL},
	    {"ttft_ms > 5%", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 0.9, 1}, STATUS_CELLS_FAILED},
	    {"ttft_ms.p99 > 110", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 0.8, 1}, STATUS_CELLS_FAILED}, /* 125 */
	    {"ttft_ms.p99 > 140", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 0.8, 1}, STATUS_DONE},
	    {"ttft_ms.p99 > 100", {1, 5, 0.2, 1, 0}, {1, 5, 0.2, 1, 1}, STATUS_CANNOT_TELL},
	    {"ttft_ms.p99 > 1", {1, 1, 0.2, 1, 0}, {1, 1, 0.2, 1, 1}, STATUS_CANNOT_TELL}, /* one trial */
	    {"output_tokens_per_s < 90", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 1, 1}, STATUS_DONE},
	    {"output_tokens_per_s < 90", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 0.5, 1}, STATUS_CELLS_FAILED},
	    {"rtfx < 1", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 1, 1}, STATUS_CANNOT_TELL}, /* not measured */
	    {"rtfx < -5%", {1, 5, 0.001, 1, 0}, {1, 5, 0.001, 1, 1}, STATUS_CANNOT_TELL},
	    {"errors > 0", {1, 1, 0.2, 1, 0}, {1, 1, 0.2, 1, 1}, STATUS_DONE},
	    {"errors < 1", {1, 1, 0.2, 1, 0}, {1, 1, 0.2, 1, 1}, STATUS_CELLS_FAILED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct compare_rule rule;
		struct compare_options options = {.margin_pct = 5, .rules = &rule, .rule_count = 1};
		struct compare_result result;
		struct summary base, now;
		uint64_t state = 3;

		compare_rule_read(cases[i].rule, &rule, &failure);
		base = draw_run(&cases[i].base, &state);
		now = draw_run(&cases[i].now, &state);
		compare_runs(&base, &now, &options, &result);
		is_int(result.status, cases[i].want, cases[i].rule);
		is_int(result.gate_count, 1, "one gate for the cell");
		compare_release(&result);
		summary_release(&base);
		summary_release(&now);
		compare_rule_release(&rule);
		failure_release(&failure);
	}
}

/* To 0 all is lost; from 0 there is a growth, of no percentage. */
static void test_zero(void)
{
	static const double some[] = {10, 10.1, 9.9, 10, 10}, none[] = {0, 0, 0, 0, 0}, few[] = {0, 0, 0, 0, 10};
	static const struct {
		const char *rule;
		const double *base, *now;
		enum status want;
	} cases[] = {
	    {"goodput_rps < -5%", some, none, STATUS_CELLS_FAILED},
	    {"goodput_rps > 5%", some, none, STATUS_DONE},
	    {"goodput_rps < -5%", none, some, STATUS_DONE},
	    {"goodput_rps > 5%", none, some, STATUS_CELLS_FAILED},
	    {"goodput_rps < -5%", none, none, STATUS_DONE},
	    {"goodput_rps < -5%", some, few, STATUS_CELLS_FAILED},
	    {"goodput_rps < -99%", some, few, STATUS_DONE},
	    {"goodput_rps < -5%", few, none, STATUS_CANNOT_TELL},
	    {"goodput_rps > 5%", none, few, STATUS_CANNOT_TELL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct drawn one = {1, 5, 0.001, 1, 0};
		struct failure failure = {0};
		struct compare_rule rule;
		struct compare_options options = {.margin_pct = 5, .rules = &rule, .rule_count = 1};
		struct compare_result result;
		uint64_t state = 3;
		struct summary base = draw_run(&one, &state), now = draw_run(&one, &state);

		compare_rule_read(cases[i].rule, &rule, &failure);
		set_trials(&base.cells[0], "goodput_rps", cases[i].base, 5);
		set_trials(&now.cells[0], "goodput_rps", cases[i].now, 5);
		compare_runs(&base, &now, &options, &result);
		is_int(result.status, cases[i].want, cases[i].rule);
		compare_release(&result);
		summary_release(&base);
		summary_release(&now);
		compare_rule_release(&rule);
	}
}

/* A gate of a fixed percentage trips on noise; this one seldom does. */
static void test_noise(void)
{
	enum { PAIRS = 500 };
	const struct drawn noisy = {1, 3, 0.05, 1, 0};
	struct failure failure = {0};
	struct compare_rule rule;
	struct compare_options options = {.margin_pct = 5, .rules = &rule, .rule_count = 1};
	size_t fixed = 0, tripped = 0;
	uint64_t state = 1;

	compare_rule_read("output_tokens_per_s < -5%", &rule, &failure);
	for (size_t i = 0; i < PAIRS; i++) {
		struct compare_result result;
		struct summary base = draw_run(&noisy, &state), now = draw_run(&noisy, &state);

		compare_runs(&base, &now, &options, &result);
		fixed += result.gates[0].value < -5;
		tripped += result.gates[0].state == GATE_TRIPPED;
		compare_release(&result);
		summary_release(&base);
		summary_release(&now);
	}
	printf("# CV 5 %%, 3 trials, no change: a fixed gate of -5 %% trips in %.1f %% of pairs, the rule in %.1f %%\n",
	       100.0 * (double)fixed / PAIRS, 100.0 * (double)tripped / PAIRS);
	ok(100 * tripped <= 5 * PAIRS / 2, "noise trips the rule in at most 2.5 %");
	ok(100 * fixed > 5 * PAIRS, "where a fixed percentage would trip more often");
	compare_rule_release(&rule);
}

/* A failed cell has no figure to hold against a rule: it fails the comparison by itself, once. */
static void test_failed(void)
{
	const struct drawn two = {2, 5, 0.001, 1, 0};
	struct failure failure = {0};
	struct compare_rule rules[2];
	struct compare_options options = {.margin_pct = 5, .rules = rules, .rule_count = 2};
	struct compare_result result;
	uint64_t state = 1;
	struct summary base = draw_run(&two, &state), now = draw_run(&two, &state);

	compare_rule_read("output_tokens_per_s < -5%", &rules[0], &failure);
	compare_rule_read("ttft_ms.p90 > 5000", &rules[1], &failure);
	base.cells[0].status = CELL_FAILED;
	compare_runs(&base, &now, &options, &result);
	is_int(result.status, STATUS_DONE, "a cell that failed before has no change");
	is_int(result.gate_count, 3, "but a figure now");
	compare_release(&result);
	now.cells[1].errors = 2;
	compare_runs(&base, &now, &options, &result);
	is_int(result.status, STATUS_DONE, "requests that fail are the rules' business");
	compare_release(&result);
	base.cells[0].status = CELL_DONE;
	now.cells[0].status = CELL_FAILED;
	compare_runs(&base, &now, &options, &result);
	is_int(result.status, STATUS_CELLS_FAILED, "one that fails now fails the comparison");
	is_int(result.gate_count, 2, "and has no gate");
	compare_release(&result);
	summary_release(&base);
	summary_release(&now);
	compare_rule_release(&rules[0]);
	compare_rule_release(&rules[1]);
}

int main(void)
{
	test_read();
	test_mistakes();
	test_gates();
	test_zero();
	test_noise();
	test_failed();
	return tap_done();
}
