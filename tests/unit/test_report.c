#include <stdlib.h>

#include "base/memory.h"
#include "report/report.h"
#include "tap.h"

static struct cell_summary make_cell(struct cell *cell, const char *model, int64_t parallel)
{
	struct cell_summary summary = {0};

	cell_reset(cell);
	cell->model = model;
	cell->queue_size = 512;
	cell->requests = 128;
	cell->parallel = parallel;
	cell_summary_init(&summary);
	summary.settings = cell_settings(cell);
	return summary;
}

/* The four kinds of rows that seed 000 knows. */
static void fill_rows(struct summary *summary)
{
	struct cell cell;

	summary->cells = memory_new(4, sizeof(*summary->cells));
	summary->cell_count = 4;
	for (size_t i = 0; i < 4; i++)
		summary->cells[i] = make_cell(&cell, "mistral", 128 >> i);
	summary->cells[0].status = CELL_FAILED;
	summary->cells[1].status = CELL_FAILED;
	summary->cells[1].errors = 1;
	summary->cells[1].server_words = memory_string("failed to allocate Metal buffer of size 8891928576");
	summary->cells[2].status = CELL_DONE;
	summary->cells[2].errors = 0;
	summary->cells[2].duration_s = 656.2;
	summary->cells[2].memory.system_peak_bytes = 10623601541;
	summary->cells[2].memory.total_bytes = 17179869184;
	summary->cells[3].status = CELL_UNFINISHED;
}

static char *report_of(const struct summary *summary)
{
	struct text text = {0};

	report_sweep_markdown(summary, NULL, NULL, &text, NULL);
	return text_take(&text);
}

static void seed_rows_to_the_letter(void)
{
	static const char want[] =
	    "# Apple M4\n\n## Model: mistral (4.1GB)\n\n```\n  Model\n    architecture    llama    \n\n```\n\n"
	    "| Queue Size | Context Size | Requests | Number of Parallel Model Requests Allowed | "
	    "Duration (Seconds) | Errors | Notes |\n|----|----|----|----|----|----|----|\n"
	    "| 512 | 2048 | 128 | 128 |  |  | Could not run 128 runners. |\n"
	    "| 512 | 2048 | 128 | 64 | n/a | 1 | failed to allocate Metal buffer of size 8891928576 |\n"
	    "| 512 | 2048 | 128 | 32 | 656 | 0 | Memory Usage: 9.894Gi/16.000Gi |\n"
	    "| 512 | 2048 | 128 | 16 |  |  |  |\n\n";
	struct summary summary = {.title = memory_string("Apple M4"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	summary.models = memory_new(1, sizeof(*summary.models));
	summary.model_count = 1;
	model_facts_reset(&summary.models[0]);
	summary.models[0].name = memory_string("mistral");
	summary.models[0].size_bytes = 4113301824;
	summary.models[0].block = memory_string("  Model\n    architecture    llama    \n\n");
	report = report_of(&summary);
	report[strlen(want)] = '\0';
	is_text(report, want, "the table of seed 000, to the letter");
	free(report);
	summary_release(&summary);
}

static void notes_follow_the_memory(void)
{
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	summary.notes = memory_new(1, sizeof(*summary.notes));
	summary.notes[0] = memory_string("change");
	summary.note_count = 1;
	summary.cells[2].memory.baseline_bytes = 10623601541 - 1073741824;
	cell_summary_add_flag(&summary.cells[2], "asked context %d, got %d", 4096, 2048);
	summary.cells[2].duration_s = 9.94;
	report = report_of(&summary);
	ok(strstr(report, "16.000Gi; asked context 4096, got 2048 |") != NULL,
	   "no change from idle where no load was timed: the model may have been there before");
	free(report);
	cell_summary_set(&summary.cells[2], "model_load_s", 1);
	report = report_of(&summary);
	ok(strstr(report, "| 32 | 9.9 | 0 | Memory Usage: 9.894Gi/16.000Gi; Change from Idle: +1.000Gi; "
	                  "asked context 4096, got 2048 |") != NULL,
	   "further figures and flags follow after '; ', one decimal under 10 s");
	ok(strstr(report, "3 of 4 cells") == NULL && strstr(report, "1 of 4 cells were not measured") != NULL,
	   "unfinished cells are counted under the tables");
	free(report);
	summary_release(&summary);
}

static void ask_for(struct summary *summary, const char *const *names)
{
	for (; *names != NULL; names++) {
		summary->notes = memory_resize(summary->notes, summary->note_count + 1, sizeof(*summary->notes));
		summary->notes[summary->note_count++] = memory_string(*names);
	}
}

static void notes_have_what_the_matrix_asks(void)
{
	static const char *const asked[] = {"server", "gpu", "change", NULL};
	static const char machine[] = "{\"phases\":{\"loaded\":{\"gpu_total_bytes\":{\"peak\":17179869184}}}}";
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	struct cell_summary *cell;
	char *report;

	fill_rows(&summary);
	ask_for(&summary, asked);
	cell = &summary.cells[2];
	report = report_of(&summary);
	ok(strstr(report, "| 32 | 656 | 0 | Memory Usage: 9.894Gi/16.000Gi |") != NULL,
	   "what the machine does not tell is left out");
	free(report);
	cell->memory.server_peak_bytes = INT64_C(1325000000);
	cell->memory.gpu_peak_bytes = INT64_C(10623601541);
	report = report_of(&summary);
	ok(strstr(report, "Memory Usage: 9.894Gi/16.000Gi; Server Memory: 1.234Gi; GPU Memory: 9.894Gi |") != NULL,
	   "in the matrix's order; a GPU of unknown size without one");
	free(report);
	cell->machine = json_parse(machine, strlen(machine));
	report = report_of(&summary);
	ok(strstr(report, "; GPU Memory: 9.894Gi/16.000Gi |") != NULL, "and with it");
	free(report);
	cell->memory.system_peak_bytes = JSON_UNKNOWN;
	report = report_of(&summary);
	ok(strstr(report, "| 0 | Server Memory: 1.234Gi; GPU Memory:") != NULL, "without the system's memory too");
	free(report);
	summary_release(&summary);
}

static void prefill_and_decode_are_told_apart(void)
{
	static const char machine[] =
	    "{\"phases\":{\"prefill\":{\"samples\":2,\"gpu_power_mw\":{\"peak\":90000,\"mean\":80500}},"
	    "\"decode\":{\"samples\":30,\"gpu_power_mw\":{\"peak\":90000,\"mean\":50000},"
	    "\"gpu_energy_uj\":{\"grown\":120000000,\"over_s\":2},\"cpu_energy_uj\":{\"grown\":0,\"over_s\":2}}}}";
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	summary.cells[2].machine = json_new_object();
	cell_summary_set(&summary.cells[2], "gpu_power_w", 55);
	report = report_of(&summary);
	ok(strstr(report, "## Machine") != NULL && strstr(report, "Prefill and decode") == NULL,
	   "nothing was sampled while only one of them was going on");
	free(report);
	json_free(summary.cells[2].machine);
	summary.cells[2].machine = json_parse(machine, strlen(machine));
	report = report_of(&summary);
	ok(strstr(report,
	          "| Model | Cell | Stage | Samples | GPU power (W) |\n|----|----|----|----:|----:|\n"
	          "| mistral | parallel 32 | prefill | 2 | 80.5 |\n| mistral | parallel 32 | decode | 30 | 60.0 |\n") !=
	       NULL,
	   "a row for each; a counter goes before a gauge, and one that stands still is none");
	free(report);
	summary_release(&summary);
}

static void decode_stands_under_its_roof(void)
{
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	report = report_of(&summary);
	ok(strstr(report, "memory bandwidth") == NULL, "nothing is known of it");
	free(report);
	json_set_number(summary.host, "gpu_bandwidth_bytes_per_s", 300048e6);
	json_set_number(summary.host, "memory_bandwidth_bytes_per_s", 20e9);
	json_set_string(summary.host, "memory_bandwidth_source", "measured: all processors reading");
	cell_summary_set(&summary.cells[2], "expected_decode_tokens_per_s", 73.25);
	cell_summary_set(&summary.cells[2], "mbu_pct", 61.5);
	report = report_of(&summary);
	ok(strstr(report, "## Decode and memory bandwidth\n\n"
	                  "| Model | Cell | Expected (tokens/s) | Decode p50 (tokens/s) | MBU (%) |\n"
	                  "|----|----|----:|----:|----:|\n| mistral | parallel 32 | 73.2 | – | 61.5 |\n\n") != NULL,
	   "a row for each cell that knows it");
	ok(strstr(report, "- **Bandwidth of the GPU**: 300.0 GB/s, by its driver") != NULL &&
	       strstr(report, "- **Bandwidth of the memory**: 20.0 GB/s, measured: all processors reading.") != NULL,
	   "whose bandwidth, by whom");
	free(report);
	summary_release(&summary);
}

static void the_client_is_told(void)
{
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	struct client_check *check;
	char *report;

	fill_rows(&summary);
	report = report_of(&summary);
	ok(strstr(report, "Error floor") == NULL, "nothing was measured: nothing about the client");
	free(report);
	summary.cells[2].ok = summary.cells[3].ok = 4;
	report = report_of(&summary);
	ok(strstr(report, "- Error floor: not measured.\n") != NULL, "an error floor that is not known");
	free(report);
	check = &summary.cells[2].client;
	check->core_share = 0.71;
	check->bounds = 1u << CLIENT_BOUND_CPU;
	check->floor.texts = 20;
	check->floor.capped = true;
	check->floor.itl_ms.p99 = 0.25;
	summary.cells[3].client.floor.itl_ms.p99 = 0.125;
	report = report_of(&summary);
	ok(strstr(report, "TTFT up to – ms, ITL up to 0.250 ms, send lag up to – ms; llmbench's load thread used at "
	                  "most 71 % of a core while it measured. 1 of 1 cells streamed faster") != NULL,
	   "the highest of all cells stands, what is unknown is –");
	ok(strstr(report, "- **Client-bound**: 1 of 2 cells") != NULL &&
	       strstr(report, "\n  - mistral, parallel 32: client's thread 71 % of a core\n") != NULL,
	   "cells that are client-bound are named");
	free(report);
	check->bounds = 0;
	report = report_of(&summary);
	ok(strstr(report, "Client-bound") == NULL, "only when there are any");
	free(report);
	summary_release(&summary);
}

static void other_axes_get_headings(void)
{
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	struct cell cell;
	char *report;

	summary.cells = memory_new(2, sizeof(*summary.cells));
	summary.cell_count = 2;
	for (size_t i = 0; i < 2; i++) {
		summary.cells[i] = make_cell(&cell, "m", 1);
		json_free(summary.cells[i].settings);
		cell.num_gpu = i == 0 ? -1 : 0;
		summary.cells[i].settings = cell_settings(&cell);
	}
	report = report_of(&summary);
	ok(strstr(report, "### num_gpu -1\n") != NULL && strstr(report, "### num_gpu 0\n") != NULL,
	   "cells that differ in a knob without a column stand in tables of their own");
	free(report);
	summary_release(&summary);
}

/* A row for each server, its name before the columns of the seed. */
static void servers_share_a_table(void)
{
	static const char want[] =
	    "| Framework | Queue Size | Context Size | Requests | Number of Parallel Model Requests "
	    "Allowed | Duration (Seconds) | Errors | Notes |\n"
	    "|----|----|----|----|----|----|----|----|\n"
	    "| ollama | 512 | 2048 | 128 | 1 |  |  |  |\n"
	    "| a\\|b | 512 | 2048 | 128 | 1 |  |  |  |\n\n";
	static const int64_t sizes[] = {4113301824, 4113301824, 2000000000};
	struct server_settings servers[] = {{.name = "ollama"}, {.name = "a|b"}};
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	struct cell cell;
	char *report;

	summary.cells = memory_new(2, sizeof(*summary.cells));
	summary.cell_count = 2;
	summary.servers = memory_new(2, sizeof(*summary.servers));
	summary.server_count = 2;
	summary.models = memory_new(3, sizeof(*summary.models));
	summary.model_count = 2;
	for (size_t i = 0; i < 2; i++) {
		summary.cells[i] = make_cell(&cell, "m", 1);
		json_free(summary.cells[i].settings);
		cell.server = &servers[i];
		summary.cells[i].settings = cell_settings(&cell);
		summary.servers[i] = (struct server_facts){.name = memory_string(servers[i].name),
		                                           .kind = memory_string(i == 0 ? "ollama" : "vllm"),
		                                           .version = memory_string("1.2")};
	}
	for (size_t i = 0; i < 3; i++) {
		model_facts_reset(&summary.models[i]);
		summary.models[i].name = memory_string("m");
		summary.models[i].server = memory_string(servers[i % 2].name);
		summary.models[i].full_name = memory_string(i == 0 ? "m" : "m.gguf");
		summary.models[i].size_bytes = sizes[i];
	}
	report = report_of(&summary);
	ok(strstr(report, want) != NULL, "several servers are rows of one table");
	ok(strstr(report, "## Model: m (4.1GB)\n") != NULL, "a size that all of them have stands in the heading");
	ok(strstr(report, "- Server: ollama, version 1.2, already running; model m, 4.1GB.\n") != NULL &&
	       strstr(report, "- Server: a|b, a vllm, version 1.2, already running; model m is m.gguf, 4.1GB.\n") !=
	           NULL,
	   "each server is told with its kind, version and own name of the model");
	free(report);
	summary.model_count = 3;
	report = report_of(&summary);
	ok(strstr(report, "## Model: m\n") != NULL, "sizes that differ do not stand in the heading");
	free(report);
	summary_release(&summary);
}

/* Conditions that hold for a whole run stand once under the tables, not in each row. */
static void conditions_are_summed_up(void)
{
	static const char *const conditions[] = {
	    "{\"start\":{\"power_source\":\"battery\",\"swap_used_bytes\":0},\"during\":{\"other_cpu_pct\":12},"
	    "\"flags\":[{\"rule\":\"on_battery\",\"words\":\"on battery\",\"cure\":\"run on mains power\"},"
	    "{\"rule\":\"other_load\",\"words\":\"other programs used 12 % of the CPU\",\"cure\":\"end them\"}]}",
	    "{\"start\":{\"power_source\":\"battery\"},\"flags\":[{\"rule\":\"on_battery\","
	    "\"words\":\"on battery\",\"cure\":\"run on mains power\"}]}",
	};
	static const char calm[] = "{\"start\":{\"power_source\":\"ac\",\"thermal_state\":\"nominal\","
				   "\"swap_used_bytes\":0},\"during\":{\"other_cpu_pct\":1},\"flags\":[]}";
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	report = report_of(&summary);
	ok(strstr(report, "Conditions") == NULL, "conditions that were not read are not told");
	free(report);
	for (size_t i = 0; i < 2; i++)
		summary.cells[i + 1].conditions = json_parse(conditions[i], strlen(conditions[i]));
	report = report_of(&summary);
	ok(strstr(report, "- **Conditions**: on battery (2 of 2 cells, the first in these words): run on mains power.\n"
	                  "- **Conditions**: other programs used 12 % of the CPU (1 of 2 cells): end them.\n"
	                  "- Conditions that are not known: thermal state.\n") != NULL,
	   "each flag once, with the number of cells and the cure");
	ok(strstr(report, "| 32 | 656 | 0 | Memory Usage: 9.894Gi/16.000Gi |") != NULL, "the rows stay as they are");
	free(report);
	for (size_t i = 0; i < 2; i++) {
		json_free(summary.cells[i + 1].conditions);
		summary.cells[i + 1].conditions = json_parse(calm, strlen(calm));
	}
	report = report_of(&summary);
	ok(strstr(report, "- Conditions: nothing that spoils figures was seen on this machine.\n") != NULL &&
	       strstr(report, "**Conditions**") == NULL && strstr(report, "not known") == NULL,
	   "all is well, and all is known");
	free(report);
	summary_release(&summary);
}

/* As a damaged summary has it, which knows of an order and nothing else. */
static void a_queue_of_unknown_figures(void)
{
	static const char queue[] = "{\"order\":{\"pairs\":3}}";
	struct summary summary = {.title = memory_string("x"), .host = json_new_object()};
	char *report;

	fill_rows(&summary);
	summary.cells[2].queue = json_parse(queue, strlen(queue));
	report = report_of(&summary);
	ok(strstr(report, "| mistral | parallel 32 | – | – | – | – | – | – | – |\n") != NULL, "unknown is no number");
	free(report);
	summary_release(&summary);
}

int main(void)
{
	seed_rows_to_the_letter();
	notes_follow_the_memory();
	notes_have_what_the_matrix_asks();
	prefill_and_decode_are_told_apart();
	decode_stands_under_its_roof();
	the_client_is_told();
	other_axes_get_headings();
	servers_share_a_table();
	conditions_are_summed_up();
	a_queue_of_unknown_figures();
	return tap_done();
}
