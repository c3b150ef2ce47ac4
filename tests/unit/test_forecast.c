/* Forecasts of cells: where a model's shape comes from, which servers are modelled, time by earlier cells. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plan/forecast.h"
#include "plan/known_models.h"
#include "tap.h"

static struct server_settings server;
static struct cell cell;

static void begin(void)
{
	static char name[] = "ollama";

	cell_reset(&cell);
	server = (struct server_settings){.name = name, .adapter = name};
	cell.server = &server;
	cell.model = "llama3.2";
	cell.parallel = 4;
}

static void test_names(void)
{
	ok(known_model("llama3.2") != NULL && known_model("llama3.2") == known_model("library/LLAMA3.2:3b"),
	   "names of one model");
	ok(known_model("GandalfBaum/llama3.1-claude3.7") != NULL, "with a namespace");
	ok(known_model("llama3.2:1b") == NULL && known_model("mistral-nemo") == NULL && known_model("") == NULL,
	   "others are not known");
}

static void test_sources(void)
{
	struct model_facts told;
	struct model_shape shape;
	struct summary earlier = {0};
	struct text problem = {0};
	char model[] = "phi3", name[] = "ollama";

	begin();
	model_facts_reset(&told);
	is_int(forecast_shape(&cell, &told, NULL, &shape, NULL), SHAPE_TABLE, "a model of the table");
	cell.model = "phi3";
	is_int(forecast_shape(&cell, NULL, NULL, &shape, NULL), SHAPE_UNKNOWN, "a model that nobody knows");
	environment_set(&server.models, "phi3", "none.gguf");
	is_int(forecast_shape(&cell, NULL, NULL, &shape, &problem), SHAPE_UNKNOWN, "a file that is not there");
	is_text(text_string(&problem), "cannot be read: No such file or directory", "is told");

	told.name = model;
	told.server = name;
	told.shape = *known_model("mistral");
	earlier.models = &told;
	earlier.model_count = 1;
	is_int(forecast_shape(&cell, NULL, &earlier, &shape, NULL), SHAPE_RUN, "a model of an earlier run");
	is_int(forecast_shape(&cell, &told, NULL, &shape, NULL), SHAPE_SERVER, "or of a server that answers");
	environment_release(&server.models);
	text_release(&problem);
}

static void test_completed(void)
{
	struct model_facts told;
	struct model_shape shape;

	begin();
	model_facts_reset(&told);
	told.shape = *known_model("llama3.2");
	told.shape.weights_bytes = told.shape.vocabulary = JSON_UNKNOWN;
	forecast_shape(&cell, &told, NULL, &shape, NULL);
	is_int(shape.weights_bytes, known_model("llama3.2")->weights_bytes,
	       "tensors of the same model are the table's");
	told.shape.file_bytes = INT64_C(3000000000);
	forecast_shape(&cell, &told, NULL, &shape, NULL);
	is_int(shape.weights_bytes, JSON_UNKNOWN, "but not those of another quantization");
}

static void test_servers(void)
{
	const struct memory_machine machine = memory_machine_of(MEMORY_CPU, INT64_C(1) << 34, JSON_UNKNOWN);
	const struct forecast_input input = {.machine = &machine};
	struct forecast forecast = {0};
	char llama[] = "llama-server", vllm[] = "vllm", openai[] = "openai";

	begin();
	forecast_cell(&cell, &input, &forecast);
	is_int(forecast.memory.verdict, MEMORY_FITS, "Ollama");
	is_text(text_string(&forecast.assumed), "flash attention on, num_batch 512", "by its defaults");
	forecast_release(&forecast);
	forecast = (struct forecast){0};
	server.adapter = openai;
	server.kind = llama;
	forecast_cell(&cell, &input, &forecast);
	is_int(forecast.memory.verdict, MEMORY_FITS, "llama-server");
	forecast_release(&forecast);
	forecast = (struct forecast){0};
	server.kind = vllm;
	forecast_cell(&cell, &input, &forecast);
	is_int(forecast.memory.verdict, MEMORY_UNKNOWN, "vLLM");
	is_text(text_string(&forecast.why), "how vllm uses memory is not known", "cannot be predicted");
	ok(isnan(forecast.time.seconds), "nor the time, without an earlier run");
	forecast_release(&forecast);
}

/* --- Time --- */

/* A cell that was run with these settings and took so long. */
static void add_earlier(struct summary *earlier, const struct cell *run, double duration_s, double load_s)
{
	struct cell_summary *into = &earlier->cells[earlier->cell_count++];
	struct text id = {0};

	cell_summary_init(into);
	cell_add_id(run, &id);
	into->id = text_take(&id);
	into->settings = cell_settings(run);
	into->status = CELL_DONE;
	into->duration_s = duration_s;
	cell_summary_set(into, "model_load_s", load_s);
}

static void test_time(void)
{
	struct summary earlier = {.cells = memory_new(8, sizeof(*earlier.cells))};
	struct cell other;
	struct forecast_time time;

	begin();
	cell.requests = 16;
	cell.output_tokens = 64;
	ok(isnan(forecast_time(&cell, &earlier).seconds), "no earlier cell");
	other = cell;
	other.parallel = 1;
	add_earlier(&earlier, &other, 100, 0);
	other = cell;
	other.parallel = 8;
	other.requests = 32;
	other.output_tokens = 128;
	add_earlier(&earlier, &other, 90, 2);
	time = forecast_time(&cell, &earlier);
	is_real(time.seconds, 100, 1e-9, "the nearest: a quarter of the slots, but the same load");
	ok(!time.same && time.cells == 1, "which is not the same");
	other = cell;
	other.parallel = 2;
	other.requests = 32;
	other.output_tokens = 64;
	add_earlier(&earlier, &other, 40, 2);
	add_earlier(&earlier, &other, 60, 2);
	earlier.cells[0].status = CELL_FAILED;
	time = forecast_time(&cell, &earlier);
	is_real(time.seconds, 27, 1e-9, "the mean of the nearest, for half of the tokens, and their loading");
	is_int(time.cells, 2, "two cells");
	cell.trials = 3;
	is_real(forecast_time(&cell, &earlier).seconds, 77, 1e-9, "three trials");
	add_earlier(&earlier, &cell, 20, 1);
	time = forecast_time(&cell, &earlier);
	is_real(time.seconds, 61, 1e-9, "the same cell is better than the nearest");
	ok(time.same && time.cells == 1, "and told");
	cell.model = "mistral";
	ok(isnan(forecast_time(&cell, &earlier).seconds), "other models say nothing");
	summary_release(&earlier);
}

int main(void)
{
	test_names();
	test_sources();
	test_completed();
	test_servers();
	test_time();
	return tap_done();
}
