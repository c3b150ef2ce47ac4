/* The styles full and tasks as documents: seed 003's own figures, hostile names, nothing measured, several runs. */
#include "document/document.h"
#include "report/styles.h"
#include "report_runs.h"
#include "tap.h"

#define MB 1048576

typedef bool style(const struct report_input *input, struct document *into, struct failure *failure);

static char *written(style *build, struct summary *const *summaries, size_t count)
{
	struct report_run runs[4] = {0};
	struct report_input input = {.runs = runs, .count = count};
	struct document document = {0};
	struct failure failure = {0};
	struct text text = {0};

	for (size_t i = 0; i < count; i++)
		runs[i].summary = summaries[i];
	ok(build(&input, &document, &failure), "a report is built");
	document_write_markdown(&document, &text);
	document_release(&document);
	return text_take(&text);
}

static char *written_one(style *build, struct summary *summary)
{
	return written(build, &summary, 1);
}

static void has(const char *report, const char *words, const char *what)
{
	if (!ok(strstr(report, words) != NULL, what))
		printf("# want: %s\n# in:\n%s\n", words, report);
}

static void has_not(const char *report, const char *words, const char *what)
{
	if (!ok(strstr(report, words) == NULL, what))
		printf("# not: %s\n# in:\n%s\n", words, report);
}

/*
 * What seed 003 measured: two models whose inference failed, with 0.00 s,
 * 0 MB and 0.0 tokens/s in their place, and one that answered.
 */
#define SEED(first_status, measured_zeros)                                                                             \
	{                                                                                                              \
		{.model = "llama-3.1-8b-bf16",                                                                         \
		 .server = "mlx",                                                                                      \
		 .status = (first_status),                                                                             \
		 .load_s = 0.98,                                                                                       \
		 .zeros = (measured_zeros)},                                                                           \
		    {.model = "Meta-Llama-3.1-8B-Instruct-4bit",                                                       \
		     .server = "mlx",                                                                                  \
		     .status = (first_status),                                                                         \
		     .load_s = 0.56,                                                                                   \
		     .peak_bytes = (int64_t)2899 * MB,                                                                 \
		     .zeros = (measured_zeros)},                                                                       \
		{                                                                                                      \
			.model = "DialoGPT-medium (HF)", .server = "huggingface", .load_s = 1.65, .e2e_ms = 610,       \
			.speed = 82.4, .peak_bytes = (int64_t)208 * MB, .answer = "Machine learning is not a machine." \
		}                                                                                                      \
	}

/* The tables and sentences that prefer one to others. */
static char *crowns(const char *report)
{
	const char *best = strstr(report, "### Best Performers"), *end = strstr(report, "### Text Generation");
	const char *advice = strstr(report, "## Recommendations"), *advice_end = strstr(report, "## Technical Details");
	struct text text = {0};

	text_add_bytes(&text, best, (size_t)(end - best));
	/* What is missing stands there too, and may name anybody. */
	if (strstr(advice, "### What Is Missing") != NULL)
		advice_end = strstr(advice, "### What Is Missing");
	text_add_bytes(&text, advice, (size_t)(advice_end - advice));
	return text_take(&text);
}

static void test_seed_failed(void)
{
	static const struct run_row rows[] = SEED(CELL_FAILED, false);
	struct summary run = RUN_OF("Comprehensive 8B Model Benchmark Report", rows);
	char *report = written_one(style_full, &run), *crowned = crowns(report);

	has_not(crowned, "lama-3.1", "a failed model is best at nothing, not even with its load time");
	has(crowned, "| **Fastest Load** | DialoGPT-medium (HF) | 1.65 s | huggingface | the only one measured |",
	    "an only one is told to be one");
	has(crowned, "| **Fastest Inference** | DialoGPT-medium (HF) | 0.610 s | huggingface |",
	    "who was measured is there");
	has(crowned, "| **Highest Throughput** | DialoGPT-medium (HF) | 82.4 tokens/s | huggingface |", "by speed too");
	has_not(crowned, "First Token", "what nobody was measured for does not stand there");
	has(report, "- **Models Tested:** 3\n- **Successful Tests:** 1 of 3\n", "a failure is no success");
	has_not(report, "0.00", "no time of a failure is 0");
	has_not(report, " 0.0 ", "nor its speed");
	free(crowned);
	free(report);
	summary_release(&run);
}

/* The same zeros in cells that call themselves done: still nothing that was measured. */
static void test_seed_zeros(void)
{
	static const struct run_row rows[] = SEED(CELL_DONE, true);
	struct summary run = RUN_OF("x", rows);
	char *report = written_one(style_full, &run), *crowned = crowns(report);

	has(crowned, "| **Fastest Load** | Meta-Llama-3.1-8B-Instruct-4bit | 0.560 s | mlx | no interval |",
	    "a load that was timed is ranked");
	has(crowned, "| **Fastest Inference** | DialoGPT-medium (HF) | 0.610 s | huggingface | the only one measured |",
	    "an inference of 0 s is not");
	has(crowned, "| **Memory Efficient** | DialoGPT-medium (HF) | 208MiB | huggingface |", "nor a memory of 0");
	has(crowned, "| **Highest Throughput** | DialoGPT-medium (HF) | 82.4 tokens/s |", "nor a speed of 0");
	has_not(crowned, "llama-3.1-8b-bf16", "who has only zeros is best at nothing");
	free(crowned);
	free(report);
	summary_release(&run);
}

static void test_sections(void)
{
	static const char *const headings[] = {
	    "# x\n",
	    "## Executive Summary",
	    "### Key Findings",
	    "## Performance Comparison",
	    "### Best Perform",
	    "## Detailed Model",
	    "### DialoGPT",
	    "#### Performance Metrics",
	    "#### Sample Outputs",
	    "## Dataset Analysis",
	    "## Recommendations",
	    "## Technical Details",
	    "### Storage",
	    "### System Configuration",
	    "### Framework Status",
	    "### Model Files Tested",
	    "### Methodology",
	    "### Limitations",
	    "\n---\n",
	    "- **Timestamp:**",
	};
	static const struct run_row rows[] = SEED(CELL_FAILED, false);
	struct summary run = RUN_OF("x", rows);
	char *report = written_one(style_full, &run);
	const char *at = report;

	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]) && at != NULL; i++) {
		at = strstr(at, headings[i]);
		ok(at != NULL, headings[i]);
	}
	has(report, "- **Prompt:** why?\n- **Response:** Machine learning is not a machine.\n- **Time:** 0.610 s\n",
	    "an answer as an example");
	has(report,
	    "- **mlx 1.0**: could not be measured: no reason is known\n- **huggingface 1.0**: measured, 1 of 1 cells\n",
	    "the servers");
	has(report, "**Fine-tuning with LoRA (estimate):** cannot be estimated: not known: parameters,",
	    "no estimate of nothing");
	free(report);
	summary_release(&run);
}

static void test_tasks(void)
{
	static const struct run_row texts[] = {
	    {.model = "a", .speed = 20, .half = 1, .load_s = 1, .baseline_bytes = GIB, .peak_bytes = 4 * GIB},
	    {.model = "b",
	     .speed = 17,
	     .half = 1,
	     .load_s = 1,
	     .baseline_bytes = GIB,
	     .peak_bytes = 20 * GIB,
	     .total_bytes = 64 * GIB},
	    {.model = "part", .speed = 9, .failed = 1},
	    {.model = "huge", .status = CELL_FAILED, .reason = "out of memory"},
	};
	static const struct run_row pictures[] = {{.model = "blip", .task = "caption", .e2e_ms = 900}};
	static const struct run_row sounds[] = {
	    {.model = "whisper", .task = "transcribe", .rtf = 0.25, .peak_bytes = GIB}};
	static const struct run_row vectors[] = {{.model = "minilm", .task = "embed", .speed = 300}};
	struct summary runs[] = {RUN_OF("Texts", texts), RUN_OF("Pictures", pictures), RUN_OF("Sounds", sounds),
	                         RUN_OF("Vectors", vectors)};
	struct summary *forth[] = {&runs[0], &runs[1], &runs[2], &runs[3]},
		       *back[] = {&runs[3], &runs[2], &runs[1], &runs[0]};
	char *report, *again;

	for (int i = 0; i < 4; i++)
		runs[i].started_utc[12] = (char)('0' + i);
	report = written(style_tasks, forth, 4);
	again = written(style_tasks, back, 4);
	is_text(again, report, "runs in another order make the same report");
	has(report, "# Texts; Pictures; Sounds; Vectors\n\n- **Date**: 2026-11-28\n- **Hardware**: Apple M4\n",
	    "its head");
	has(report, "### Text Generation Models\n\n| Model | Parameters | Size | Speed | Memory | Notes |\n",
	    "the seed's columns");
	has(report, "| **a** | – | – | 20.0 [19.0, 21.0] tokens/s | 3.0GiB |  |\n", "a row");
	has(report, "| **huge** | – | – | – | – | failed: out of memory |\n", "one that failed");
	has(report, "| **part** | – | – | 9.00 tokens/s | – | 1 of 5 requests failed |\n",
	    "one of whose requests failed");
	has(report, "### Vision-Language Models\n\n| Model | Parameters | Size | Task | Latency | Memory | Notes |\n",
	    "of pictures");
	has(report, "| **blip** | – | – | Image captioning | 0.900 s | – |  |\n", "a row");
	has(report, "### Speech Recognition\n\n| Model | Parameters | Size | Performance | Memory | Notes |\n",
	    "of recordings");
	has(report, "| **whisper** | – | – | 0.250 RTF, 4.00 times as fast as it plays | system: 1.0GiB |  |\n",
	    "a row");
	has(report, "| **minilm** | – | – | 300 inputs/s | – |  |\n", "a row of embeddings");
	has(report, "### For 16 GB of Memory\n\n- **Text**: **a** (20.0 [19.0, 21.0] tokens/s, peak 4.0GiB)\n",
	    "what fits the class");
	has(report,
	    "### For 24 GB of Memory\n\n- **Text**: **a** (20.0 [19.0, 21.0] tokens/s, peak 4.0GiB)\n"
	    "- **Speech**: **whisper** (0.250 RTF, peak 1.0GiB)\n- also fits: **b** (17.0 [16.0, 18.0] tokens/s, peak "
	    "20.0GiB)\n",
	    "and what only the next one fits");
	has(report, "## Pending Models\n\n- **huge**: failed: out of memory\n", "what is missing, and why");
	free(report);
	free(again);
	for (int i = 0; i < 4; i++)
		summary_release(&runs[i]);
}

/* Names, words and answers of others: they end no table, and are no markup, link or tag. */
static void test_hostile(void)
{
	static const struct run_row rows[] = {
	    {.model = "a|b **x** <img src=x> \x1b[31m\n# c",
	     .server = "s|`t`",
	     .speed = 9,
	     .answer = "| # <b>|",
	     .load_s = 1},
	    {.model = "m\x01n", .status = CELL_FAILED, .reason = "](http://x) | *y*"},
	};
	style *const styles[] = {style_full, style_tasks};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		struct summary run = RUN_OF("t | <b>", rows);
		char *report = written_one(styles[i], &run);

		has_not(report, " <img", "no tag");
		has_not(report, "\n# c", "no heading");
		has_not(report, "\x1b", "no escape");
		has_not(report, "\x01", "no mark");
		has_not(report, "| a|b", "no end of a cell");
		has_not(report, "** \\*\\*x", "nothing bold");
		free(report);
		summary_release(&run);
	}
}

static void test_nothing(void)
{
	static const struct run_row failed[] = {{.model = "a", .status = CELL_FAILED, .reason = "no server"},
	                                        {.model = "b", .status = CELL_UNFINISHED}};
	struct summary run = RUN_OF("x", failed), empty = {.title = memory_string("y")};
	char *report = written_one(style_full, &run);

	has(report, "Nothing was measured: 2 of 2 cells failed, were skipped or are unfinished.",
	    "nothing is told to be nothing");
	has(report, "| **Fastest Load** | nobody was measured | – | – |  |\n", "crowns nobody");
	has(report, "- none: nothing was measured that could be preferred to something else\n",
	    "and recommends nothing");
	free(report);
	report = written_one(style_tasks, &run);
	has(report, "Memory was not measured, so nothing can be said of machines", "nor any machine");
	free(report);
	report = written_one(style_full, &empty);
	has(report, "0 of 0 models were measured, in 0 of 0 cells", "a run without cells");
	free(report);
	report = written_one(style_tasks, &empty);
	free(report);
	summary_release(&run);
	summary_release(&empty);
}

/* A model is one, in however many runs. */
static void test_repeated_runs(void)
{
	static const struct run_row rows[] = {{.model = "a", .speed = 20, .half = 1, .load_s = 1}};
	struct summary runs[] = {RUN_OF("x", rows), RUN_OF("x", rows)}, *both[] = {&runs[0], &runs[1]};
	char *report;

	runs[1].started_utc[12] = '9';
	report = written(style_full, both, 2);
	has(report, "2 of 2 combinations of model and run were measured, in 2 of 2 cells", "two runs of a model");
	has(report, "- **Models Tested:** 1\n", "are one model");
	has(report, "- 1 model was loaded in at best 1.00 s to 1.00 s.\n", "which was loaded");
	free(report);
	summary_release(&runs[0]);
	summary_release(&runs[1]);
}

static void ask(struct cell_summary *cell, const char *settings, size_t trials)
{
	json_free(cell->settings);
	cell->settings = json_parse(settings, strlen(settings));
	cell->metrics[metric_find("duration_s") - metrics].values = (struct distribution){.n = trials, .p50 = 1};
}

/* The load that was run, not the one that the knobs would have made. */
static void test_load(void)
{
	static const char datasets[] = "[{\"path\":\"p.txt\",\"samples\":2}]";
	static const struct run_row rows[] = {
	    {.model = "a", .speed = 20}, {.model = "b", .speed = 20}, {.model = "c", .rtf = 0.1}};
	struct summary run = RUN_OF("x", rows);
	char *report;

	ask(&run.cells[0], "{\"model\":\"a\",\"trials\":3,\"until_pct\":2,\"output_tokens\":{\"min\":4,\"max\":20}}",
	    6);
	ask(&run.cells[1], "{\"model\":\"b\",\"trials\":1,\"output_tokens\":8}", 1);
	ask(&run.cells[2],
	    "{\"model\":\"c\",\"task\":\"transcribe\",\"audio\":\"sky.wav\",\"trials\":1,\"output_tokens\":256}", 1);
	report = written_one(style_full, &run);
	has(report, "; trials 1 to 6; ", "trials that were measured");
	has(report, "; output tokens at most 8 or as drawn from {min: 4, max: 20}.\n",
	    "tokens by a distribution, none of transcriptions");
	free(report);
	ask(&run.cells[1], "{\"model\":\"b\",\"trials\":1,\"trace\":\"t.csv\",\"output_tokens\":256}", 1);
	run.datasets = json_parse(datasets, strlen(datasets));
	report = written_one(style_full, &run);
	has(report, "## Dataset Analysis\n\n- **Recordings:** sky.wav\n\n### p.txt\n",
	    "recordings beside a file of prompts");
	has(report, "or as the trace says, else 256.\n", "tokens by a trace");
	free(report);
	ask(&run.cells[1], "{\"model\":\"b\",\"trials\":2,\"output_tokens\":8}", INT64_MAX);
	report = written_one(style_full, &run);
	has(report, "; trials 1 to 6; ", "a count of trials that is no integer is none");
	free(report);
	summary_release(&run);
}

/* A figure is of the processor and the GPU beside it. */
static void test_machines(void)
{
	static const struct run_row rows[] = {{.model = "a", .speed = 20, .half = 1, .load_s = 1}};
	struct summary runs[] = {RUN_OF("x", rows), RUN_OF("x", rows)}, *both[] = {&runs[0], &runs[1]};
	char *report;

	json_set_string(runs[0].host, "gpu", "RTX 3060");
	json_set_string(runs[1].host, "gpu", "RTX 4090");
	json_set_integer(runs[1].host, "memory_bytes", 16 * GIB);
	report = written(style_full, both, 2);
	has(report, "Apple M4, GPU RTX 3060; Apple M4, 16.0GiB of memory, GPU RTX 4090\n", "machines with their GPUs");
	has(report, "| a, Apple M4 + RTX 4090 |", "which tell subjects apart");
	free(report);
	report = written_one(style_sweep, &runs[0]);
	has(report, "- Machine: Apple M4, RTX 3060.\n", "also where figures come from");
	free(report);
	summary_release(&runs[0]);
	summary_release(&runs[1]);
}

int main(void)
{
	test_seed_failed();
	test_seed_zeros();
	test_sections();
	test_tasks();
	test_hostile();
	test_nothing();
	test_repeated_runs();
	test_load();
	test_machines();
	return tap_done();
}
