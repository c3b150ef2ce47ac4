/* Each rule of findings, recommendations and limitations: a run that makes it fire, and one that does not. */
#include "report/rules.h"

#include "report_runs.h"
#include "tap.h"

enum { ROWS_MAX = 3 };

/* What is done to a run before it is judged. */
enum twist { PLAIN, SIMULATED, SIZES, SHAPES, OTHER_MACHINE, HOT, GPU };

struct example {
	const char *rule;
	enum group group;
	struct run_row fires[ROWS_MAX];
	const char *words; /* that the sentence has */
	struct run_row not [ROWS_MAX];
	enum twist twist; /* of the run that fires */
};

static void twist_models(struct summary *run)
{
	for (size_t i = 0; i < run->model_count; i++) {
		run->models[i].size_bytes = (int64_t)(i + 1) * 1000000000;
		run->models[i].parameters = 1000000000;
		run->models[i].layers = 16;
		run->models[i].embedding_length = 2048;
		run->models[i].vocabulary = 32000;
	}
}

static void apply(enum twist twist, struct summary *run)
{
	static const char hot[] = "{\"flags\":[{\"rule\":\"throttled\",\"words\":\"the CPU was slowed\"}]}";

	switch (twist) {
	case SIMULATED:
		run->servers[0].simulated = memory_string("m4-16g at 100 times its speed");
		break;
	case SIZES:
	case SHAPES:
		twist_models(run);
		break;
	case OTHER_MACHINE:
		run->servers[1].simulated = memory_string("m4-16g at 100 times its speed");
		break;
	case HOT:
		run->cells[0].conditions = json_parse(hot, strlen(hot));
		break;
	case GPU:
		run->cells[0].memory.gpu_peak_bytes = 8 * GIB;
		break;
	case PLAIN:
		break;
	}
}

static size_t rows_in(const struct run_row rows[ROWS_MAX])
{
	size_t count = 0;

	while (count < ROWS_MAX && rows[count].model != NULL)
		count++;
	return count;
}

/* The rule's sentence; NULL: it does not fire. The caller frees it. */
static char *judged(const struct rule *rule, enum group group, const struct run_row rows[ROWS_MAX], enum twist twist)
{
	struct summary run = run_of("x", rows, rows_in(rows));
	struct report_run runs[] = {{.summary = &run}};
	struct report_input input = {.runs = runs, .count = 1};
	struct subjects subjects;
	struct rule_scope scope = {&subjects, group};
	struct text words = {0};
	bool fires;

	apply(twist, &run);
	subjects_collect(&input, &subjects);
	fires = rule->judge(&scope, &words);
	ok(fires == (words.size > 0), "a rule has words when it fires, and only then");
	subjects_release(&subjects);
	summary_release(&run);
	if (fires)
		return text_take(&words);
	text_release(&words);
	return NULL;
}

#define FAST                                          \
	{                                             \
		.model = "a", .speed = 100, .half = 2 \
	}
#define SLOW                                         \
	{                                            \
		.model = "b", .speed = 50, .half = 2 \
	}

static const struct example examples[] = {
    {"nothing-measured",
     GROUP_TEXT,
     {{.model = "a", .status = CELL_FAILED}},
     "Nothing was measured: 1 of 1",
     {FAST},
     PLAIN},
    {"fastest",
     GROUP_TEXT,
     {SLOW, FAST},
     "a\x02 (100.0 [98.0, 102.0] tokens/s) is the fastest: 2.00 times as fast as \x01"
     "b",
     {FAST},
     PLAIN},
    {"fastest",
     GROUP_SPEECH,
     {{.model = "a", .task = "transcribe", .rtf = 0.1}, {.model = "b", .task = "transcribe", .rtf = 0.2}},
     "a\x02 (0.100 RTF) is the fastest: 2.00 times",
     {{.model = "a", .task = "transcribe", .rtf = 0.1}, {.model = "b", .task = "transcribe", .rtf = 0.1}},
     PLAIN},
    {"not-apart",
     GROUP_TEXT,
     {FAST, {.model = "b", .speed = 99, .half = 2}},
     "cannot be told apart in speed.",
     {FAST, SLOW},
     PLAIN},
    {"reads-along",
     GROUP_TEXT,
     {{.model = "a", .tpot_ms = 50}},
     "In every cell the median answer comes faster than people read (5.3 tokens/s); the slowest: \x01"
     "a\x02 (20.0 tokens/s)",
     {{.model = "a", .tpot_ms = 500}},
     PLAIN},
    {"reads-along",
     GROUP_TEXT,
     {{.model = "a", .tpot_ms = 50}, {.model = "a", .parallel = 2, .speed = 9}, {.model = "b", .tpot_ms = 40}},
     "In each of the 2 of 3 cells with this figure the median answer comes faster than people read",
     {{.model = "a", .speed = 9}},
     PLAIN},
    {"slower-than-reading",
     GROUP_TEXT,
     {{.model = "a", .tpot_ms = 500}},
     "slower than people read (5.3 tokens/s); the slowest: \x01"
     "a\x02 (2.00 tokens/s)",
     {{.model = "a", .tpot_ms = 50}},
     PLAIN},
    {"begins-at-once",
     GROUP_TEXT,
     {{.model = "a", .ttft_ms = 900}},
     "In every cell the median answer begins within a second; the latest: \x01"
     "a\x02 (0.900 s)",
     {{.model = "a", .ttft_ms = 1100}},
     PLAIN},
    {"begins-at-once",
     GROUP_TEXT,
     {{.model = "a", .ttft_ms = 900}, {.model = "b", .status = CELL_FAILED}},
     "In the one of 2 cells with this figure the median answer begins within a second",
     {{.model = "a", .status = CELL_FAILED}},
     PLAIN},
    {"waits",
     GROUP_TEXT,
     {{.model = "a", .ttft_ms = 10100}},
     "more than ten seconds; the latest: \x01"
     "a\x02 (10.1 s)",
     {{.model = "a", .ttft_ms = 9900}},
     PLAIN},
    {"gain",
     GROUP_TEXT,
     {{.model = "a", .speed = 20, .half = 1}, {.model = "a", .parallel = 4, .speed = 60, .half = 1}},
     "parallel 4) makes 3.00 times the tokens of",
     {{.model = "a", .speed = 60, .half = 1}, {.model = "a", .parallel = 4, .speed = 20, .half = 1}},
     PLAIN},
    {"real-time",
     GROUP_SPEECH,
     {{.model = "a", .task = "transcribe", .rtf = 0.9}},
     "In every cell the median recording is written down faster than it plays; the slowest: \x01"
     "a\x02 (0.900 RTF)",
     {{.model = "a", .task = "transcribe", .rtf = 1.5}},
     PLAIN},
    {"real-time",
     GROUP_SPEECH,
     {{.model = "a", .task = "transcribe", .rtf = 0.9}, {.model = "b", .task = "transcribe"}},
     "In the one of 2 cells with this figure the median recording is written down",
     {{.model = "a", .task = "transcribe"}},
     PLAIN},
    {"slower-than-sound",
     GROUP_SPEECH,
     {{.model = "a", .task = "transcribe", .rtf = 1.5}},
     "slower than they play; the slowest: \x01"
     "a\x02 (1.50 RTF)",
     {{.model = "a", .task = "transcribe", .rtf = 0.9}},
     PLAIN},
    {"size",
     GROUP_TEXT,
     {FAST, SLOW},
     "b\x02 is 2.00 times as large on disk as \x01"
     "a\x02 and 0.500 times as fast.",
     {FAST, SLOW},
     SIZES},
    {"memory-room",
     GROUP_TEXT,
     {{.model = "a", .peak_bytes = 8 * GIB}},
     "a\x02 (8.0GiB), 50 % of 16.0GiB.",
     {{.model = "a", .peak_bytes = 15 * GIB}},
     PLAIN},
    {"memory-tight",
     GROUP_TEXT,
     {{.model = "a", .peak_bytes = 2 * GIB, .with_files_bytes = 15 * GIB},
      {.model = "b", .peak_bytes = 41 * GIB, .total_bytes = 64 * GIB}},
     "a\x02 (15.0GiB), 94 % of 16.0GiB.",
     {{.model = "a", .peak_bytes = 8 * GIB}},
     PLAIN},
    {"load-times",
     GROUP_TEXT,
     {{.model = "a", .load_s = 2}, {.model = "b", .load_s = 1}},
     "2 models were loaded in at best 1.00 s to 2.00 s.",
     {{.model = "a", .load_s = 2}, {.model = "b", .load_s = 1, .status = CELL_FAILED}},
     PLAIN},
    {"not-done",
     GROUP_TEXT,
     {FAST, {.model = "b", .status = CELL_FAILED}},
     "1 of 2 cells failed or were skipped: 1 of 1 with \x01"
     "b\x02.",
     {FAST, {.model = "b", .status = CELL_UNFINISHED}},
     PLAIN},
    {"choose-fastest",
     GROUP_TEXT,
     {FAST, SLOW},
     "For the fastest text generation: \x01"
     "a\x02 (100.0 [98.0, 102.0] tokens/s).",
     {FAST, {.model = "b", .status = CELL_FAILED, .speed = 200}},
     PLAIN},
    {"choose-memory",
     GROUP_TEXT,
     {{.model = "a", .load_s = 1, .peak_bytes = 3 * GIB, .baseline_bytes = GIB},
      {.model = "b", .load_s = 1, .peak_bytes = 5 * GIB, .baseline_bytes = GIB}},
     "For the least memory: \x01"
     "a\x02 (2.0GiB).",
     {{.model = "a", .load_s = 1, .peak_bytes = 3 * GIB, .baseline_bytes = GIB},
      {.model = "b", .load_s = 1, .zeros = true}},
     PLAIN},
    {"choose-server",
     GROUP_TEXT,
     {FAST, {.model = "a", .server = "vLLM", .speed = 150, .half = 1}},
     "Of the servers: \x01"
     "a on vLLM\x02 (150.0 [149.0, 151.0] tokens/s) is 1.50 times as fast as \x01"
     "a on ollama\x02",
     {FAST, {.model = "a", .server = "vLLM", .speed = 101, .half = 1}},
     PLAIN},
    {"choose-parallel",
     GROUP_TEXT,
     {{.model = "a", .speed = 20, .half = 1}, {.model = "a", .parallel = 4, .speed = 60, .half = 1}},
     "For many requests at once: \x01"
     "a\x02 (60.0 [59.0, 61.0] tokens/s, parallel 4).",
     {{.model = "a", .speed = 20, .half = 0.1}, {.model = "a", .parallel = 4, .speed = 21, .half = 0.1}},
     PLAIN},
    {"fine-tune",
     GROUP_TEXT,
     {{.model = "a", .load_s = 1, .peak_bytes = 8 * GIB, .baseline_bytes = 6 * GIB, .speed = 1}},
     "by an estimate and nothing measured: \x01"
     "a\x02 is the largest that would fit: about ",
     {{.model = "a", .load_s = 1, .peak_bytes = 8 * GIB, .baseline_bytes = 6 * GIB, .speed = 1}},
     SHAPES},
    {"simulated", GROUP_TEXT, {FAST}, "ollama is m4-16g at 100 times its speed.", {FAST}, SIMULATED},
    {"unfinished",
     GROUP_TEXT,
     {FAST, {.model = "b", .status = CELL_UNFINISHED}},
     "1 of 2 cells were not measured to their end",
     {FAST, {.model = "b", .status = CELL_FAILED}},
     PLAIN},
    {"few-trials",
     GROUP_TEXT,
     {FAST, {.model = "b", .speed = 9, .trials = 2}},
     "1 of 2 measured cells have fewer than 3 trials",
     {FAST, SLOW},
     PLAIN},
    {"noisy",
     GROUP_TEXT,
     {FAST, {.model = "b", .speed = 50, .half = 6}},
     "1 of 2 measured cells is known no better than to ±10 %",
     {FAST, SLOW},
     PLAIN},
    {"partly-failed",
     GROUP_TEXT,
     {{.model = "a", .speed = 9, .failed = 1}},
     "In 1 of 1 measured cells some requests failed",
     {FAST, {.model = "b", .failed = 1, .status = CELL_FAILED}},
     PLAIN},
    {"flagged",
     GROUP_TEXT,
     {{.model = "a", .flag = "asked context 4096, got 2048"}},
     "1 of 1 measured cells have flags: context-differs (1).",
     {FAST, {.model = "b", .flag = "asked context 4096, got 2048", .status = CELL_FAILED}},
     PLAIN},
    {"conditions", GROUP_TEXT, {FAST}, "The machine was not at its best: the CPU was slowed.", {FAST}, HOT},
    {"other-load",
     GROUP_TEXT,
     {{.model = "a", .parallel = 2}, {.model = "b", .parallel = 4}},
     "given different loads; they differ in: parallel.",
     {{.model = "a", .parallel = 2}, {.model = "b", .parallel = 2}, {.model = "b", .parallel = 4}},
     PLAIN},
    {"other-machines",
     GROUP_TEXT,
     {FAST, {.model = "a", .server = "other", .speed = 1}},
     "different machines.",
     {FAST, {.model = "a", .server = "other", .speed = 1}},
     OTHER_MACHINE},
    {"system-memory", GROUP_TEXT, {{.model = "a", .peak_bytes = GIB}}, "to them meanwhile is missing.", {FAST}, PLAIN},
    {"system-memory",
     GROUP_TEXT,
     {{.model = "a", .peak_bytes = GIB}},
     "is missing. A GPU's own memory, and what of a model lies there, is not in it.",
     {FAST},
     GPU},
    {"no-memory", GROUP_TEXT, {FAST}, "Memory was not measured.", {{.model = "a", .peak_bytes = GIB}}, PLAIN},
};
enum { EXAMPLE_COUNT = sizeof(examples) / sizeof(examples[0]) };

static void test_example(const struct example *example)
{
	const struct rule *rule = rule_find(example->rule);
	char *words = judged(rule, example->group, example->fires, example->twist);
	char *nothing = judged(rule, example->group, example->not, PLAIN);

	if (!ok(words != NULL && strstr(words, example->words) != NULL, example->rule))
		printf("#  got: %s\n# want: %s\n", words ? words : "(nothing)", example->words);
	is_text(nothing, NULL, "  and does not where it is not so");
	free(words);
	free(nothing);
}

static void test_all_have_examples(void)
{
	for (size_t i = 0; i < rule_count; i++) {
		bool had = false;

		for (size_t e = 0; e < EXAMPLE_COUNT; e++)
			had = had || text_equal(examples[e].rule, rules[i].name);
		ok(had, rules[i].name);
	}
}

/* Nothing is said of nothing: no rule may divide by it or crown it. */
static void test_empty(void)
{
	static const struct run_row none[ROWS_MAX] = {{.model = NULL}};

	for (size_t i = 0; i < rule_count; i++)
		for (int group = 0; group < GROUP_COUNT; group++) {
			char *words = judged(&rules[i], (enum group)group, none, PLAIN);

			is_text(words, NULL, rules[i].name);
			free(words);
		}
}

static void test_masked(void)
{
	static const struct run_row rows[ROWS_MAX] = {{.model = "a\x01\x1b[2J", .speed = 9},
	                                              {.model = "b", .speed = 8}};
	char *words = judged(rule_find("fastest"), GROUP_TEXT, rows, PLAIN);

	ok(words != NULL && strstr(words, STRONG_ON "a??[2J" STRONG_OFF) != NULL,
	   "foreign names are masked in sentences");
	free(words);
}

int main(void)
{
	for (size_t i = 0; i < EXAMPLE_COUNT; i++)
		test_example(&examples[i]);
	test_all_have_examples();
	test_empty();
	test_masked();
	return tap_done();
}
