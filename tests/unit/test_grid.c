#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "document/document.h"
#include "report/figure.h"
#include "report/report.h"
#include "report/styles.h"
#include "tap.h"

enum { CELLS = 4 };

/* A run of one machine with room for CELLS cells. */
struct run {
	struct summary summary;
	struct cell cell;
};

static void begin(struct run *run, const char *machine, const char *started)
{
	*run = (struct run){0};
	run->summary.name = memory_string("hardware");
	run->summary.title = memory_string("Hardware");
	run->summary.started_utc = memory_string(started);
	run->summary.host = json_new_object();
	json_set_string(run->summary.host, "title", machine);
	run->summary.cells = memory_new(CELLS, sizeof(*run->summary.cells));
	cell_reset(&run->cell);
}

/* The figures are those of decode_tokens_per_s and of three trials of output_tokens_per_s; NAN: the cell failed. */
static struct cell_summary *add(struct run *run, const char *model, double figure)
{
	struct cell_summary *cell = &run->summary.cells[run->summary.cell_count++];
	struct metric_summary *decode, *output;

	run->cell.model = model;
	cell_summary_init(cell);
	cell->settings = cell_settings(&run->cell);
	cell->status = isnan(figure) ? CELL_FAILED : CELL_DONE;
	if (isnan(figure))
		return cell;
	decode = &cell->metrics[metric_find("decode_tokens_per_s") - metrics];
	decode->values = (struct distribution){.n = 1, .p50 = figure};
	output = &cell->metrics[metric_find("output_tokens_per_s") - metrics];
	output->values = (struct distribution){.n = 3, .p50 = figure / 2};
	output->interval = (struct interval){figure / 2 - 1, figure / 2 + 1};
	return cell;
}

/* The caller frees it; a failure's message when there is no report. */
static char *grid(const struct report_run *runs, size_t count, const struct report_options *options)
{
	const struct report_input input = {.runs = runs, .count = count, .options = *options};
	struct document document = {0};
	struct failure failure = {0};
	struct text text = {0};

	if (style_grid(&input, &document, &failure))
		document_write_markdown(&document, &text);
	else
		text_add(&text, failure.message);
	document_release(&document);
	failure_release(&failure);
	return text_take(&text);
}

/* Three machines as in the seed: one that lacks memory, one on which a model was not run. */
static void make_machines(struct run runs[3], struct report_run inputs[3])
{
	begin(&runs[0], "i7-8700", "2026-01-01T00:00:00Z");
	add(&runs[0], "qwen2.5:0.5b", 54.12);
	add(&runs[0], "llama3.1:70b", 0.6432);
	begin(&runs[1], "GTX 960", "2026-01-02T00:00:00Z");
	add(&runs[1], "qwen2.5:0.5b", 68.9);
	add(&runs[1], "llama3.1:70b", NAN)->server_words = memory_string("out of memory");
	begin(&runs[2], "X Elite", "2026-01-03T00:00:00Z");
	add(&runs[2], "qwen2.5:0.5b", 1204);
	for (size_t i = 0; i < 3; i++)
		inputs[i].summary = &runs[i].summary;
}

static void release(struct run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		summary_release(&runs[i].summary);
}

static void has(const struct report_run *runs, size_t count, struct report_options options, const char *want,
                const char *what)
{
	char *got = grid(runs, count, &options);

	if (!ok(strstr(got, want) != NULL, what))
		printf("#  got: %s\n# want: %s\n", got, want);
	free(got);
}

static void machines_by_models(void)
{
	struct run runs[3];
	struct report_run inputs[3];

	make_machines(runs, inputs);
	has(inputs, 3, (struct report_options){0},
	    "| CPU GPU | qwen2.5:0.5b | llama3.1:70b |\n|----|----:|----:|\n| i7-8700 | 54.1 | 0.64 |\n"
	    "| GTX 960 | 68.9 | - |\n| X Elite | 1204 |  |\n",
	    "the seed's table: given order, - where it failed, empty where it was not run");
	has(inputs, 3, (struct report_options){0}, "- **GTX 960, llama3.1:70b**: out of memory\n",
	    "why it failed, under the table");
	has(inputs, 3, (struct report_options){0}, "**Decode** in tokens/s, p50 over all requests of a cell.",
	    "what the figures are");
	has(inputs, 3, (struct report_options){.rows = "model", .columns = "machine"},
	    "| model | i7-8700 | GTX 960 | X Elite |\n", "turned round");
	has(inputs, 3, (struct report_options){.columns = "machine"}, "| model | i7-8700 |",
	    "rows give way to columns");
	release(runs, 3);
}

static void metrics_and_marks(void)
{
	struct run runs[3];
	struct report_run inputs[3];

	make_machines(runs, inputs);
	has(inputs, 3, (struct report_options){.metric = "output_tokens_per_s"}, "| i7-8700 | 27.1 | 0.3 |\n",
	    "digits that the interval supports");
	has(inputs, 3, (struct report_options){.metric = "output_tokens_per_s", .intervals = true},
	    "| i7-8700 | 27.1 [26.1, 28.1] |", "with the interval");
	has(inputs, 3, (struct report_options){.mark_best = REPORT_BEST_COLUMN}, "| X Elite | **1204** |  |\n",
	    "the best of a column");
	has(inputs, 3, (struct report_options){.mark_best = REPORT_BEST_COLUMN}, "| i7-8700 | 54.1 | 0.64 |\n",
	    "what has no rival is not the best; a failed one is no rival");
	has(inputs, 3, (struct report_options){.mark_best = REPORT_BEST_ROW}, "| i7-8700 | **54.1** | 0.64 |\n",
	    "the best of a row");
	runs[2].summary.cells[0].failed = 18;
	runs[2].summary.cells[0].reason = memory_string("18 of 36 requests failed");
	has(inputs, 3, (struct report_options){.mark_best = REPORT_BEST_COLUMN}, "| X Elite | 1204 |  |\n",
	    "a cell of which requests failed is shown, but not the best");
	has(inputs, 3, (struct report_options){.mark_best = REPORT_BEST_COLUMN}, "| GTX 960 | **68.9** | - |\n",
	    "and no rival");
	has(inputs, 3, (struct report_options){0},
	    "## Read these with care\n\n- **X Elite, qwen2.5:0.5b**: 18 of 36 requests failed\n", "which is told");
	has(inputs, 3, (struct report_options){.metric = "decode_token_per_s"},
	    "no metric \"decode_token_per_s\" (did you mean \"decode_tokens_per_s\"?)", "a slip in the metric");
	has(inputs, 3, (struct report_options){.metric = "rtfx"},
	    "no cell of these runs has it; they have decode_tokens_per_s, output_tokens_per_s", "a metric nobody has");
	has(inputs, 3, (struct report_options){.intervals = true}, "decode_tokens_per_s is no figure of trials",
	    "no interval of a figure over requests");
	runs[0].summary.cells[0].metrics[metric_find("prompt_tokens") - metrics].values =
	    (struct distribution){.n = 1, .p50 = 26};
	has(inputs, 3, (struct report_options){.metric = "prompt_tokens", .mark_best = REPORT_BEST_BOTH},
	    "neither more nor less is better", "a neutral metric has no best");
	has(inputs, 3, (struct report_options){.metric = "prompt_tokens"}, "| GTX 960 | – | - |\n",
	    "measured, but not this metric");
	has(inputs, 3, (struct report_options){.metric = "prompt_tokens"},
	    "`–`: measured, but its prompt_tokens is unknown. ", "which has many reasons, so none is given");
	release(runs, 3);
}

static void axes_of_other_fields(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};

	begin(&run, "Apple M4", "2026-01-01T00:00:00Z");
	run.cell.parallel = 4;
	add(&run, "a", 40);
	run.cell.parallel = 1;
	add(&run, "a", 10);
	add(&run, "b", 20);
	has(&input, 1, (struct report_options){0},
	    "| CPU GPU | parallel | a | b |\n|----|----|----:|----:|\n"
	    "| Apple M4 | 4 | 40.0 |  |\n| Apple M4 | 1 | 10.0 | 20.0 |\n",
	    "what would share a place becomes rows of its own");
	has(&input, 1, (struct report_options){.rows = "model"}, "| model | Apple M4, 4 | Apple M4, 1 |\n",
	    "or columns, where the rows are given");
	has(&input, 1, (struct report_options){.rows = "parallelism", .columns = "model"}, "| parallel | a | b |\n",
	    "a knob by its other name");
	has(&input, 1, (struct report_options){.rows = "machine", .columns = "model"},
	    "several cells fall in one place of the grid (Apple M4 and a): they differ in parallel; add that: --rows "
	    "machine,parallel",
	    "neither axis may take it");
	has(&input, 1, (struct report_options){.rows = "run,parallel"}, "| Run | parallel | a | b |\n", "two fields");
	has(&input, 1, (struct report_options){.rows = "machne"}, "(did you mean \"machine\"?)", "a slip in a field");
	has(&input, 1, (struct report_options){.rows = ""}, "--rows: \"\" is none of machine", "no field");
	has(&input, 1, (struct report_options){.rows = "model,model"}, "--rows: model is named twice", "one twice");
	has(&input, 1, (struct report_options){.rows = "model", .columns = "model"},
	    "model is both in --rows and in --columns", "one on both axes");
	summary_release(&run.summary);
}

/* Settings keep them by a key that has the unit, which is not the knob's name. */
static void axes_with_units(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};

	begin(&run, "Apple M4", "2026-01-01T00:00:00Z");
	run.cell.think_time_ns = 1500000000;
	add(&run, "a", 40);
	run.cell.think_time_ns = 0;
	add(&run, "a", 10);
	has(&input, 1, (struct report_options){0},
	    "| CPU GPU | think_time | a |\n|----|----|----:|\n| Apple M4 | 1.5s | 40.0 |\n| Apple M4 | 0s | 10.0 |\n",
	    "a duration tells cells apart");
	has(&input, 1, (struct report_options){.rows = "model", .columns = "think_time"}, "| model | 1.5s | 0s |\n",
	    "and is an axis");
	run.cell.think_time_ns = 1500000000;
	run.cell.until_pct = 5;
	add(&run, "b", 20);
	has(&input, 1, (struct report_options){.rows = "model,think_time"},
	    "- **Cells also differ in until**: unset, 5%.\n", "a share is a difference that is told");
	summary_release(&run.summary);
}

static void newest_run_counts(void)
{
	struct run runs[3];
	struct report_run inputs[3];

	begin(&runs[0], "M4", "2026-01-02T00:00:00Z");
	add(&runs[0], "a", 20);
	begin(&runs[1], "M4", "2026-01-01T00:00:00Z");
	add(&runs[1], "a", 10);
	begin(&runs[2], "M4", "2026-01-03T00:00:00Z");
	add(&runs[2], "a", 30)->status = CELL_UNFINISHED;
	for (size_t i = 0; i < 3; i++)
		inputs[i].summary = &runs[i].summary;
	has(inputs, 3, (struct report_options){0}, "| M4 | 20.0 |\n", "the newest that came to its end");
	has(inputs, 3, (struct report_options){0},
	    "2 cells were measured more than once on one machine: the newest run counts.", "which is told");
	has(inputs, 3, (struct report_options){.rows = "run"},
	    "| hardware 2026-01-02T00:00:00Z | 20.0 |\n| hardware 2026-01-01T00:00:00Z | 10.0 |\n"
	    "| hardware 2026-01-03T00:00:00Z |  |\n",
	    "but an axis of runs tells each, in the order given");
	has(inputs, 3, (struct report_options){.rows = "model", .columns = "title"},
	    "2 cells were measured more than once on one machine", "titles that are equal tell nothing");
	free(runs[1].summary.title);
	runs[1].summary.title = memory_string("Before");
	has(inputs, 3, (struct report_options){.rows = "model", .columns = "title"},
	    "| model | Hardware | Before |\n|----|----:|----:|\n| a | 20.0 | 10.0 |\n", "others do");
	runs[2].summary.cells[0].status = CELL_FAILED;
	has(inputs, 3, (struct report_options){0}, "| M4 | - |\n",
	    "a failure is an end: an old success does not hide it");
	release(runs, 3);
}

/* What tells machines of one processor apart is in their names. */
static void machines_of_one_processor(void)
{
	static const struct {
		const char *title, *gpu;
		int64_t memory_bytes;
	} hosts[] = {
	    {"i7-8700", "RTX 3060", INT64_C(32) << 30},  {"i7-8700", "RTX 4090", INT64_C(16) << 30},
	    {"Apple M4", "Apple M4", INT64_C(16) << 30}, {"Apple M4", "Apple M4", INT64_C(31) << 29},
	    {"Apple M4", "Apple M4", INT64_C(32) << 30},
	};
	enum { COUNT = sizeof(hosts) / sizeof(hosts[0]) };
	struct run runs[COUNT];
	struct report_run inputs[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		begin(&runs[i], hosts[i].title, "2026-01-01T00:00:00Z");
		json_set_string(runs[i].summary.host, "gpu", hosts[i].gpu);
		json_set_integer(runs[i].summary.host, "memory_bytes", hosts[i].memory_bytes);
		add(&runs[i], "a", 10 * (double)(i + 1));
		inputs[i].summary = &runs[i].summary;
	}
	has(inputs, 3, (struct report_options){0},
	    "| i7-8700 + RTX 3060 | 10.0 |\n| i7-8700 + RTX 4090 | 20.0 |\n| Apple M4 | 30.0 |\n",
	    "a GPU that the title does not name, and no memory where that tells enough");
	has(inputs + 2, 2, (struct report_options){0}, "| Apple M4 | 30.0 |\n\n",
	    "what a system keeps back of its memory makes no other machine");
	has(inputs + 2, 3, (struct report_options){0}, "| Apple M4, 16.0GiB | 30.0 |\n| Apple M4, 32.0GiB | 50.0 |\n",
	    "memory where nothing else tells");
	has(inputs + 2, 3, (struct report_options){0}, "- **Apple M4, 32.0GiB**, run hardware", "also under the table");
	release(runs, COUNT);
}

static void differences_are_told(void)
{
	struct run runs[2];
	struct report_run inputs[2] = {{&runs[0].summary, NULL}, {&runs[1].summary, NULL}};

	for (size_t i = 0; i < 2; i++) {
		begin(&runs[i], i == 0 ? "A" : "B", "2026-01-01T00:00:00Z");
		runs[i].cell.context_size = i == 0 ? 2048 : 4096;
		add(&runs[i], "m", 10);
		runs[i].summary.models = memory_new(1, sizeof(struct model_facts));
		runs[i].summary.model_count = 1;
		model_facts_reset(&runs[i].summary.models[0]);
		runs[i].summary.models[0].name = memory_string("m");
		runs[i].summary.models[0].digest = memory_string(i == 0 ? "0123456789abcdef" : "fedcba9876543210");
	}
	cell_summary_add_flag(&runs[1].summary.cells[0], "asked context 4096, got 2048");
	has(inputs, 2, (struct report_options){0}, "- **Cells also differ in context_size**: 2048, 4096.\n",
	    "settings that no axis shows");
	has(inputs, 2, (struct report_options){0},
	    "- **m** is not the same file everywhere: A has 0123456789ab, B has fedcba987654.\n", "files that differ");
	has(inputs, 2, (struct report_options){0}, "- **B, m**: asked context 4096, got 2048\n", "flags of the notes");
	release(runs, 2);
}

static void hostile_names(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};
	char *report;

	begin(&run, "a|b\x1b[31m\n# c", "2026-01-01T00:00:00Z");
	add(&run, "m\x01|x\n| y", 10);
	add(&run, "n", NAN)->reason = memory_string("it said \x1b[2J **bold** <b>\n## heading");
	report = grid(&input, 1, &(struct report_options){0});
	ok(strchr(report, '\x1b') == NULL && strchr(report, '\x01') == NULL, "no control byte comes through");
	ok(strstr(report, "\n# c") == NULL && strstr(report, "\n## heading") == NULL, "no name begins a line");
	ok(strstr(report, "\n|----|----:|----:|\n| a\\|b?[31m \\# c | 10.0 | - |\n") != NULL, "no name makes a cell");
	free(report);
	summary_release(&run.summary);
}

static void digits(void)
{
	static const struct {
		double value;
		int decimals;
	} cases[] = {{0, 0}, {0.0123, 3}, {0.57, 2}, {4.15, 1}, {163.5, 1}, {1204, 0}, {-0.5, 2}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(figure_usual_decimals(cases[i].value), cases[i].decimals,
		       "decimals of a figure without interval");
}

int main(void)
{
	machines_by_models();
	metrics_and_marks();
	axes_of_other_fields();
	axes_with_units();
	newest_run_counts();
	machines_of_one_processor();
	differences_are_told();
	hostile_names();
	digits();
	return tap_done();
}
