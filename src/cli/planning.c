#include "cli/planning.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/matrix.h"
#include "machine/identity.h"
#include "machine/sensor.h"
#include "run/earlier.h"
#include "run/learn.h"

static const int64_t answer_ns = 2 * NS_PER_S;

/* A server's answers about one model. */
struct told {
	const char *model;
	const struct server_settings *settings;
	bool answered;
	struct server_facts server;
	struct model_facts facts;
};

static void remark(struct planning *planning, char *words)
{
	planning->view.remarks =
	    memory_resize(planning->view.remarks, planning->view.remark_count + 1, sizeof(*planning->view.remarks));
	planning->view.remarks[planning->view.remark_count++] = words;
}

/* A number without a unit is one of bytes: who writes 16 does not mean that. */
static bool read_size(const char *word, int64_t *bytes)
{
	enum { SMALLEST = 1 << 20 };

	return units_read_size(word, bytes) && *bytes >= SMALLEST;
}

static bool read_gpu(const char *word, enum memory_gpu *gpu, int64_t *vram_bytes, struct failure *failure)
{
	*vram_bytes = JSON_UNKNOWN;
	if (text_equal(word, "metal"))
		*gpu = MEMORY_METAL;
	else if (text_equal(word, "none"))
		*gpu = MEMORY_CPU;
	else if (read_size(word, vram_bytes))
		*gpu = MEMORY_VRAM;
	else
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--gpu %s: it takes metal, none, or the size of a GPU's memory such as 12GiB", word);
	return true;
}

/* Memory of this machine's GPUs, by their drivers; JSON_UNKNOWN: there is none, or it is not told. */
static int64_t gpu_memory_here(void)
{
	const struct sensor_context context = {0};
	struct sensor_bank *bank = sensor_bank_open(&context);
	struct sample sample;

	sample_reset(&sample);
	sensor_bank_read(bank, true, &sample);
	sensor_bank_close(bank);
	return sample.gpu_total_bytes;
}

static struct memory_machine machine_here(void)
{
	struct machine_identity here;
	struct memory_machine machine;
	int64_t vram_bytes;

	machine_identify(&here);
	if (text_equal(here.system, "macOS") && text_equal(here.architecture, "arm64")) {
		machine = memory_machine_of(MEMORY_METAL, here.memory_bytes, here.gpu_limit_bytes);
	} else {
		vram_bytes = gpu_memory_here();
		machine = memory_machine_of(vram_bytes > 0 ? MEMORY_VRAM : MEMORY_CPU, here.memory_bytes, vram_bytes);
	}
	machine_identity_release(&here);
	return machine;
}

/* This machine, or the one that the options describe. */
static bool read_machine(const struct arguments *arguments, struct planning *planning, struct failure *failure)
{
	const char *memory = arguments_value(arguments, "memory", NULL);
	const char *gpu_word = arguments_value(arguments, "gpu", NULL);
	struct memory_machine here = machine_here();
	enum memory_gpu gpu = here.gpu;
	int64_t bytes = here.memory_bytes, vram_bytes = here.gpu_bytes;

	if (memory != NULL && !read_size(memory, &bytes))
		return failure_set(failure, STATUS_USER_MISTAKE, "--memory %s: it takes a size such as 16GiB", memory);
	if (memory != NULL && gpu == MEMORY_METAL)
		vram_bytes = JSON_UNKNOWN; /* the limit of another Mac is not this one's */
	if (gpu_word != NULL && !read_gpu(gpu_word, &gpu, &vram_bytes, failure))
		return false;
	planning->view.machine = memory_machine_of(gpu, bytes, vram_bytes);
	planning->view.described = memory != NULL || gpu_word != NULL;
	return true;
}

static const struct told *ask(struct planning *planning, const struct cell *cell)
{
	struct told *told;
	struct text problem = {0};

	for (size_t i = 0; i < planning->told_count; i++)
		if (planning->told[i].settings == cell->server &&
		    (planning->told[i].server.version == NULL || text_equal(planning->told[i].model, cell->model)))
			return &planning->told[i]; /* also of one that did not answer: it is not asked again */
	planning->told = memory_resize(planning->told, planning->told_count + 1, sizeof(*planning->told));
	told = &planning->told[planning->told_count++];
	*told = (struct told){.model = cell->model, .settings = cell->server};
	model_facts_reset(&told->facts);
	told->answered = learn_model(cell, answer_ns, NULL, &told->server, &told->facts, &problem);
	if (!told->answered)
		remark(planning,
		       text_format("%s at %s was asked about %s: %s", cell->server->name, cell->server->url,
		                   cell->model, problem.size > 0 ? text_string(&problem) : "it does not answer"));
	text_release(&problem);
	return told;
}

static void find_earlier(const struct arguments *arguments, struct planning *planning)
{
	struct text why = {0};

	planning->folder = earlier_load(&planning->plan, arguments_value(arguments, "out", "results"),
	                                planning->view.machine.memory_bytes, &planning->earlier, &why);
	if (why.size > 0)
		remark(planning, text_take(&why));
	text_release(&why);
	plan_order_informative(&planning->plan, planning->folder != NULL ? &planning->earlier : NULL);
}

static void forecast_all(struct planning *planning)
{
	planning->forecasts = memory_new(planning->plan.cell_count, sizeof(*planning->forecasts));
	for (size_t i = 0; i < planning->plan.cell_count; i++) {
		const struct cell *cell = &planning->plan.cells[i];
		const struct told *told = cell->server->url != NULL ? ask(planning, cell) : NULL;
		const struct forecast_input input = {
		    .machine = &planning->view.machine,
		    .server = told != NULL && told->answered ? &told->server : NULL,
		    .model = told != NULL && told->answered ? &told->facts : NULL,
		    .earlier = planning->folder != NULL ? &planning->earlier : NULL,
		};

		forecast_cell(cell, &input, &planning->forecasts[i]);
	}
}

bool planning_read(const struct arguments *arguments, struct planning *planning, struct failure *failure)
{
	return read_machine(arguments, planning, failure) && matrix_load(arguments, &planning->plan, failure);
}

void planning_forecast(const struct arguments *arguments, struct planning *planning)
{
	find_earlier(arguments, planning);
	forecast_all(planning);
	planning->view.plan = &planning->plan;
	planning->view.forecasts = planning->forecasts;
	planning->view.earlier = planning->folder;
}

void planning_release(struct planning *planning)
{
	for (size_t i = 0; i < planning->plan.cell_count && planning->forecasts != NULL; i++)
		forecast_release(&planning->forecasts[i]);
	for (size_t i = 0; i < planning->told_count; i++) {
		server_facts_release(&planning->told[i].server);
		model_facts_release(&planning->told[i].facts);
	}
	for (size_t i = 0; i < planning->view.remark_count; i++)
		free(planning->view.remarks[i]);
	free(planning->view.remarks);
	free(planning->forecasts);
	free(planning->told);
	free(planning->folder);
	summary_release(&planning->earlier);
	plan_release(&planning->plan);
}
