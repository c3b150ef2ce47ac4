#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/comparison.h"
#include "document/document.h"
#include "report/report.h"
#include "report/styles.h"
#include "tap.h"

enum { CELLS = 8, TRIALS = 3 };

struct run {
	struct summary summary;
	struct cell cell;
	struct server_settings server;
};

static void begin(struct run *run, const char *machine)
{
	*run = (struct run){.server = {.name = "ollama"}};
	run->summary.title = memory_string("Apple M4");
	run->summary.host = json_new_object();
	json_set_string(run->summary.host, "title", machine);
	run->summary.profiles = json_new_object();
	run->summary.servers = memory_new(1, sizeof(struct server_facts));
	run->summary.server_count = 1;
	run->summary.servers[0] = (struct server_facts){
	    .name = memory_string("ollama"),
	    .adapter = memory_string("ollama"),
	    .command = memory_string("ollama serve"),
	};
	run->summary.cells = memory_new(CELLS, sizeof(*run->summary.cells));
	cell_reset(&run->cell);
	run->cell.server = &run->server;
}

/* {variable: value} of a profile. */
static void profile(struct run *run, const char *name, const char *variable, const char *value)
{
	struct json *variables = json_new_object();

	if (variable != NULL)
		json_set_string(variables, variable, value);
	json_set(run->summary.profiles, name, variables);
}

static struct cell_summary *add(struct run *run, const char *model, const char *name, const double *trials)
{
	static const struct environment none = {0};
	struct cell_summary *cell = &run->summary.cells[run->summary.cell_count++];
	struct metric_summary *speed;

	run->cell.model = model;
	run->cell.profile_name = name;
	run->cell.profile = name != NULL ? &none : NULL;
	cell_summary_init(cell);
	cell->settings = cell_settings(&run->cell);
	cell->status = trials != NULL ? CELL_DONE : CELL_FAILED;
	if (trials == NULL)
		return cell;
	cell->sent = cell->ok = 8;
	cell->memory.system_peak_bytes = 6200000000;
	cell->memory.total_bytes = 16000000000;
	cell_summary_set(cell, "server_cpu_pct", 84.6);
	cell->conditions = json_new_object();
	speed = &cell->metrics[metric_find("output_tokens_per_s") - metrics];
	speed->trials = memory_new(TRIALS, sizeof(*trials));
	memcpy(speed->trials, trials, TRIALS * sizeof(*trials));
	speed->values = (struct distribution){.n = TRIALS, .p50 = trials[1]};
	speed->interval = interval_of(trials, TRIALS);
	return cell;
}

static void load(struct cell_summary *cell, enum load_kind kind, double seconds)
{
	cell->load = kind;
	cell_summary_set(cell, "model_load_s", seconds);
}

static char *guide(const struct report_run *runs, size_t count, const char *baseline)
{
	const struct report_input input = {.runs = runs, .count = count, .options.baseline = baseline};
	struct document document = {0};
	struct failure failure = {0};
	struct text text = {0};

	if (style_guide(&input, &document, &failure))
		document_write_markdown(&document, &text);
	else
		text_add(&text, failure.message);
	document_release(&document);
	failure_release(&failure);
	return text_take(&text);
}

static void has(const struct report_run *runs, size_t count, const char *baseline, const char *want, const char *what)
{
	char *got = guide(runs, count, baseline);

	if (!ok(strstr(got, want) != NULL, what))
		printf("#  got: %s\n# want: %s\n", got, want);
	free(got);
}

static const double slow[] = {9.9, 10, 10.1}, fast[] = {13.9, 14, 14.1};

static void profiles_over_a_baseline(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};
	struct comparison change = comparison_of(slow, TRIALS, fast, TRIALS);
	struct text want = {0};

	begin(&run, "Apple M4 Max");
	add(&run, "llama2", "default", slow);
	add(&run, "llama2", "fast", fast);
	add(&run, "big", "default", NULL)->server_words = memory_string("out of memory");
	add(&run, "big", "fast", slow);
	has(&input, 1, NULL,
	    "#### llama2 Performance\n\n| Apple Silicon | Tokens/Second | Memory Usage | CPU Usage | Improvement |\n"
	    "|----|----:|----:|----:|----:|\n| **Apple M4 Max**, default | 10.00 tok/s | 6.2GB | 85% | baseline |\n",
	    "the seed's columns");
	text_addf(&want, "| **Apple M4 Max**, fast | 14.00 tok/s | 6.2GB | 85%% | +%.1f%% [+%.1f, +%.1f] |\n",
	          change.change_pct, change.interval.low, change.interval.high);
	has(&input, 1, NULL, text_string(&want), "the improvement and its interval are those of the comparison");
	text_release(&want);
	has(&input, 1, "profile=fast", "| **Apple M4 Max**, default | 10.00 tok/s | 6.2GB | 85% | -28.",
	    "another baseline");
	has(&input, 1, NULL, "| **Apple M4 Max**, default | N/A | – | – | baseline |\n", "a failed cell has no figure");
	has(&input, 1, NULL, "| **Apple M4 Max**, fast | 10.00 tok/s | 6.2GB | 85% | – |\n",
	    "nothing is an improvement over what failed");
	has(&input, 1, NULL, "- N/A, big on **Apple M4 Max**, default: out of memory\n", "why it failed");
	has(&input, 1, NULL, "- **Best For**: llama2 on Apple M4 Max; big on Apple M4 Max: faster there",
	    "what a profile is best for");
	for (size_t i = 0; i < run.summary.cell_count; i++)
		if (text_equal(json_get_string(run.summary.cells[i].settings, "model"), "llama2") &&
		    text_equal(json_get_string(run.summary.cells[i].settings, "profile"), "fast"))
			run.summary.cells[i].failed = 1;
	has(&input, 1, NULL, "- **Best For**: big on Apple M4 Max: faster there", "and not where it failed requests");
	has(&input, 1, NULL, "- **Memory Efficiency**: at most 39% of 16.0GB in use, by llama2 on",
	    "memory of a profile");
	summary_release(&run.summary);
}

static void baselines_that_are_none(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};

	begin(&run, "A");
	add(&run, "m", "default", slow);
	add(&run, "m", "fast", fast);
	has(&input, 1, "profile=fats", "no cell of these runs has profile \"fats\"; they have default, fast",
	    "a value");
	has(&input, 1, "profil=fast", "(did you mean \"profile\"?)", "a field");
	has(&input, 1, "fast", "--baseline fast: this is not FIELD=VALUE", "neither");
	has(&input, 1, "run=x", "--baseline: one of machine, server, profile and the knobs", "a run");
	has(&input, 1, "parallel=1", "Improvements are over parallel 1", "a knob");
	summary_release(&run.summary);
}

static void machines_over_the_first(void)
{
	struct run runs[2];
	struct report_run inputs[2] = {{&runs[0].summary, NULL}, {&runs[1].summary, NULL}};

	begin(&runs[0], "PC");
	add(&runs[0], "m", NULL, slow);
	begin(&runs[1], "Apple M4");
	add(&runs[1], "m", NULL, fast)->flag_count = 0;
	has(inputs, 2, NULL, "| Machine | Tokens/Second |", "a machine that is no Mac");
	has(inputs, 2, NULL, "| **PC** | 10.00 tok/s | 6.2GB | 85% | baseline |\n| **Apple M4** | 14.00 tok/s |",
	    "the first machine is the baseline");
	cell_summary_set(&runs[1].summary.cells[0], "server_cpu_pct", NAN);
	has(inputs, 2, NULL, "| **Apple M4** | 14.00 tok/s | 6.2GB | – |", "a CPU share that was not measured");
	has(inputs, 2, NULL, "None was measured: `profile` in a matrix", "no profiles");
	summary_release(&runs[0].summary);
	summary_release(&runs[1].summary);
}

static void loads_by_size(void)
{
	struct run runs[2];
	struct report_run inputs[2] = {{&runs[0].summary, NULL}, {&runs[1].summary, NULL}};

	for (size_t i = 0; i < 2; i++) {
		begin(&runs[i], i == 0 ? "A" : "B");
		runs[i].summary.models = memory_new(2, sizeof(struct model_facts));
		runs[i].summary.model_count = 2;
		for (size_t m = 0; m < 2; m++) {
			model_facts_reset(&runs[i].summary.models[m]);
			runs[i].summary.models[m].name = memory_string(m == 0 ? "big" : "small");
			runs[i].summary.models[m].parameters = m == 0 ? 13000000000 : 7000000000;
		}
		load(add(&runs[i], "big", "a", slow), LOAD_COLD, i == 0 ? 20 : 10);
		load(add(&runs[i], "big", "b", slow), LOAD_WARM, i == 0 ? 3 : 2);
		load(add(&runs[i], "big", "c", slow), LOAD_WARM, i == 0 ? 5 : 4);
	}
	load(add(&runs[0], "small", "a", slow), LOAD_COLD, 8);
	has(inputs, 2, NULL,
	    "| Model Size | A | B | Improvement |\n|----|----:|----:|----:|\n| **7.0B** small, cold | 8.0s | N/A | – "
	    "|\n"
	    "| **13.0B** big, cold | 20.0s | 10.0s | +50% |\n| **13.0B** big, warm | 4.0s | 3.0s | +25% |\n",
	    "small ones first, cold and warm apart, medians, and what a machine saves");
	has(inputs, 2, "machine=B", "| **13.0B** big, cold | 20.0s | 10.0s | -100% |\n", "over another machine");
	summary_release(&runs[0].summary);
	summary_release(&runs[1].summary);
}

static void variables_that_do_nothing(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};

	begin(&run, "A");
	profile(&run, "hearsay", "OLLAMA_CPU_LIMIT", "0.9");
	profile(&run, "knob", "OLLAMA_NUM_PARALLEL", "4");
	profile(&run, "flash", "OLLAMA_FLASH_ATTENTION", "1");
	profile(&run, "typo", "OLLAMA_FLASH_ATENTION", "1");
	profile(&run, "evil", "X\n```\n# a", "1\n| b |\x1b[2J");
	run.cell.parallel = 2;
	add(&run, "m", "hearsay", slow);
	add(&run, "m", "knob", slow);
	add(&run, "m", "flash", slow);
	add(&run, "m", "typo", slow);
	add(&run, "m", "evil", slow);
	has(&input, 1, NULL,
	    "```yaml\n# hearsay\nOLLAMA_CPU_LIMIT=0.9\n```\n\n- **Does nothing**: Ollama has no variable "
	    "OLLAMA_CPU_LIMIT; the nearest is the knob num_thread, or a limit of the system.\n",
	    "a variable that Ollama has never read");
	has(&input, 1, NULL, "- **Overridden**: OLLAMA_NUM_PARALLEL by the knob parallel, which is 2.\n",
	    "one with a knob");
	has(&input, 1, NULL, "OLLAMA_FLASH_ATTENTION=1\n```\n\n**Performance Characteristics:**",
	    "one whose knob is unset does what it says");
	has(&input, 1, NULL, "(did you mean OLLAMA_FLASH_ATTENTION?)", "a slip in a variable");
	has(&input, 1, NULL, "````yaml\n# evil\nX ``` # a=1 | b |?[2J\n````\n", "a hostile variable stays in its line");
	summary_release(&run.summary);
}

static void health(void)
{
	struct run run;
	struct report_run input = {&run.summary, NULL};
	static const char conditions[] =
	    "{\"worst\": {\"thermal_state\": \"serious\", \"power_source\": \"battery\", \"cpu_temperature_c\": 97},"
	    "\"flags\": [{\"rule\": \"hot\", \"words\": \"the CPU was hot\", \"cure\": \"x\"}]}";
	struct cell_summary *cell;

	begin(&run, "A");
	add(&run, "m", "p", slow);
	cell = add(&run, "n", "p", slow);
	json_free(cell->conditions);
	cell->conditions = json_parse(conditions, sizeof(conditions) - 1);
	cell->failed = 1;
	cell_summary_add_flag(cell, "asked context 4096, got 2048");
	has(&input, 1, NULL, "| No errors | **no**, 1 of 16 requests and 0 of 2 cells failed |\n", "errors");
	has(&input, 1, NULL, "| Settings as asked | **no**, in 1 of 2 cells |\n", "settings that were not granted");
	has(&input, 1, NULL, "| Machine cool | **no**, in 1 of 2 cells |\n| Machine calm | yes, in 2 cells |\n",
	    "heat");
	has(&input, 1, NULL, "1. **context-differs** (1 cell): asked context 4096, got 2048. Cure: ", "a flag's cure");
	has(&input, 1, NULL, "2. **hot** (1 cell): the CPU was hot. Cure: let it cool", "a condition's cure");
	has(&input, 1, NULL, "- **Thermal Profile**: serious at worst, the CPU at most 97 °C.\n", "heat of a profile");
	has(&input, 1, NULL, "energy was not measured; power source battery, low-power mode not known.\n",
	    "power of a profile");
	cell_summary_add_flag(&run.summary.cells[0], "asked context 8192, got 4096");
	has(&input, 1, NULL,
	    "1. **context-differs** (2 cells, the first in these words): asked context 8192, got 4096. Cure: ",
	    "a flag of cells that differ in its words");
	cell_summary_set(cell, "tokens_per_j", 0.81);
	cell->machine = json_new_object();
	json_set_string(cell->machine, "energy_source", "gpu and cpu");
	has(&input, 1, NULL, "**: 0.81 tokens per joule, energy of the gpu and cpu; power source", "its energy");
	has(&input, 1, NULL, "| llmbench fast enough | yes, in 2 cells |\n", "nothing bounds");
	cell->client.bounds = 1;
	has(&input, 1, NULL, "| llmbench fast enough | **no**, in 1 of 2 cells |\n", "llmbench bounds, without a flag");
	run.summary.servers[0].simulated = memory_string("m4-16g at 100 times its speed");
	has(&input, 1, NULL, "| Machine cool | not known |\n", "of a simulated device nothing of this is known");
	has(&input, 1, NULL, "- **Thermal Profile**: not known.\n", "nor its heat");
	has(&input, 1, NULL, "| **m4-16g**, p | 10.00 tok/s | 6.2GB | – |", "nor its CPU; it has the device's name");
	summary_release(&run.summary);
}

static void which_loads_are_cold(void)
{
	struct run run;
	struct cell_summary *first, *second, *other;

	begin(&run, "A");
	first = add(&run, "m", "a", slow);
	second = add(&run, "m", "b", slow);
	other = add(&run, "n", "a", slow);
	is_int(summary_next_load(&run.summary, first), LOAD_COLD, "the first load of a model");
	first->load = LOAD_COLD;
	is_int(summary_next_load(&run.summary, first), LOAD_WARM, "the second visit of its cell");
	is_int(summary_next_load(&run.summary, second), LOAD_WARM, "another cell of that model");
	is_int(summary_next_load(&run.summary, other), LOAD_COLD, "another model");
	run.summary.models = memory_new(2, sizeof(struct model_facts));
	run.summary.model_count = 2;
	for (size_t m = 0; m < 2; m++) {
		model_facts_reset(&run.summary.models[m]);
		run.summary.models[m].name = memory_string(m == 0 ? "m" : "n");
		run.summary.models[m].digest = memory_string("abc");
	}
	is_int(summary_next_load(&run.summary, other), LOAD_WARM, "the same file by another name");
	summary_release(&run.summary);
}

int main(void)
{
	profiles_over_a_baseline();
	baselines_that_are_none();
	machines_over_the_first();
	loads_by_size();
	variables_that_do_nothing();
	health();
	which_loads_are_cold();
	return tap_done();
}
