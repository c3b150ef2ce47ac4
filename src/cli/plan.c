#include "cli/plan.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/matrix.h"
#include "load/load.h"
#include "machine/identity.h"
#include "machine/sensor.h"
#include "run/learn.h"
#include "store/store.h"

static const int64_t answer_ns = 2 * NS_PER_S;

/* A server's answers about one model. */
struct told {
	const char *model;
	const struct server_settings *settings;
	bool answered;
	struct server_facts server;
	struct model_facts facts;
};

/* Everything that forecasts rest on, and the forecasts. */
struct work {
	struct plan plan;
	struct plan_view view;
	struct forecast *forecasts;
	struct told *told;
	size_t told_count;
	struct summary earlier;
	char *folder; /* of `earlier`; NULL: there is none */
};

static void remark(struct work *work, char *words)
{
	work->view.remarks =
	    memory_resize(work->view.remarks, work->view.remark_count + 1, sizeof(*work->view.remarks));
	work->view.remarks[work->view.remark_count++] = words;
}

static bool read_gpu(const char *word, enum memory_gpu *gpu, int64_t *vram_bytes, struct failure *failure)
{
	*vram_bytes = JSON_UNKNOWN;
	if (text_equal(word, "metal"))
		*gpu = MEMORY_METAL;
	else if (text_equal(word, "none"))
		*gpu = MEMORY_CPU;
	else if (units_read_size(word, vram_bytes) && *vram_bytes > 0)
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
static bool read_machine(const struct arguments *arguments, struct work *work, struct failure *failure)
{
	const char *memory = arguments_value(arguments, "memory", NULL);
	const char *gpu_word = arguments_value(arguments, "gpu", NULL);
	struct memory_machine here = machine_here();
	enum memory_gpu gpu = here.gpu;
	int64_t bytes = here.memory_bytes, vram_bytes = here.gpu_bytes;

	if (memory != NULL && (!units_read_size(memory, &bytes) || bytes <= 0))
		return failure_set(failure, STATUS_USER_MISTAKE, "--memory %s: it takes a size such as 16GiB", memory);
	if (memory != NULL && gpu == MEMORY_METAL)
		vram_bytes = JSON_UNKNOWN; /* the limit of another Mac is not this one's */
	if (gpu_word != NULL && !read_gpu(gpu_word, &gpu, &vram_bytes, failure))
		return false;
	work->view.machine = memory_machine_of(gpu, bytes, vram_bytes);
	work->view.described = memory != NULL || gpu_word != NULL;
	return true;
}

static const struct told *ask(struct work *work, const struct cell *cell)
{
	struct told *told;
	struct text problem = {0};

	for (size_t i = 0; i < work->told_count; i++)
		if (work->told[i].settings == cell->server &&
		    (work->told[i].server.version == NULL || text_equal(work->told[i].model, cell->model)))
			return &work->told[i]; /* also of one that did not answer: it is not asked again */
	work->told = memory_resize(work->told, work->told_count + 1, sizeof(*work->told));
	told = &work->told[work->told_count++];
	*told = (struct told){.model = cell->model, .settings = cell->server};
	model_facts_reset(&told->facts);
	told->answered = learn_model(cell, answer_ns, NULL, &told->server, &told->facts, &problem);
	if (!told->answered)
		remark(work, text_format("%s at %s was asked about %s: %s", cell->server->name, cell->server->url,
		                         cell->model, problem.size > 0 ? text_string(&problem) : "it does not answer"));
	text_release(&problem);
	return told;
}

/* The newest run of the matrix, when it was on a machine with as much memory as the plan is for. */
static void find_earlier(const struct arguments *arguments, struct work *work)
{
	char *results = text_format("%s/%s", arguments_value(arguments, "out", "results"), work->plan.name);
	struct failure none = {0};
	struct stat status;

	if (stat(results, &status) == 0 && S_ISDIR(status.st_mode)) {
		work->folder = store_find(results, &none);
		if (work->folder != NULL && !store_load(work->folder, &work->earlier, &none)) {
			free(work->folder);
			work->folder = NULL;
		}
	}
	if (failure_is_set(&none))
		remark(work, memory_string(none.message));
	if (work->folder != NULL &&
	    json_get_integer(work->earlier.host, "memory_bytes") != work->view.machine.memory_bytes) {
		remark(work, text_format("%s is of a machine with other memory: its times say nothing of this one",
		                         work->folder));
		summary_release(&work->earlier);
		free(work->folder);
		work->folder = NULL;
	}
	failure_release(&none);
	free(results);
}

static void forecast_all(struct work *work)
{
	work->forecasts = memory_new(work->plan.cell_count, sizeof(*work->forecasts));
	for (size_t i = 0; i < work->plan.cell_count; i++) {
		const struct cell *cell = &work->plan.cells[i];
		const struct told *told = cell->server->url != NULL ? ask(work, cell) : NULL;
		const struct forecast_input input = {
		    .machine = &work->view.machine,
		    .server = told != NULL && told->answered ? &told->server : NULL,
		    .model = told != NULL && told->answered ? &told->facts : NULL,
		    .earlier = work->folder != NULL ? &work->earlier : NULL,
		};

		forecast_cell(cell, &input, &work->forecasts[i]);
	}
}

static void work_release(struct work *work)
{
	for (size_t i = 0; i < work->plan.cell_count && work->forecasts != NULL; i++)
		forecast_release(&work->forecasts[i]);
	for (size_t i = 0; i < work->told_count; i++) {
		server_facts_release(&work->told[i].server);
		model_facts_release(&work->told[i].facts);
	}
	for (size_t i = 0; i < work->view.remark_count; i++)
		free(work->view.remarks[i]);
	free(work->view.remarks);
	free(work->forecasts);
	free(work->told);
	free(work->folder);
	summary_release(&work->earlier);
	plan_release(&work->plan);
}

static void add_times(const struct plan_view *view, size_t cell, size_t times, struct plan_time *sum)
{
	const struct forecast_time *time = &view->forecasts[cell].time;

	sum->cells += time->cells;
	if (isnan(time->seconds))
		sum->unknown += times;
	else
		sum->seconds += time->seconds * (double)times;
}

struct plan_time plan_view_time(const struct plan_view *view)
{
	struct plan_time sum = {0};

	for (size_t i = 0; i < view->plan->cell_count; i++)
		add_times(view, i, i == 0 ? 1 + plan_repeats(view->plan) : 1, &sum);
	return sum;
}

typedef void (*plan_writer)(const struct plan_view *view, struct text *into);

static plan_writer find_writer(const char *format, struct failure *failure)
{
	if (text_equal(format, "md"))
		return plan_add_markdown;
	if (text_equal(format, "json"))
		return plan_add_json;
	failure_set(failure, STATUS_USER_MISTAKE, "no such format \"%s\" of a plan: md or json", format);
	return NULL;
}

enum status command_plan(const struct arguments *arguments, struct failure *failure)
{
	plan_writer write = find_writer(arguments_value(arguments, "format", "md"), failure);
	struct work work = {0};
	struct text text = {0};

	if (write != NULL && read_machine(arguments, &work, failure) && matrix_load(arguments, &work.plan, failure) &&
	    load_open(failure)) {
		find_earlier(arguments, &work);
		forecast_all(&work);
		work.view.plan = &work.plan;
		work.view.forecasts = work.forecasts;
		work.view.earlier = work.folder;
		write(&work.view, &text);
		load_close();
		print_result(text_string(&text), failure);
	}
	text_release(&text);
	work_release(&work);
	return failure_is_set(failure) ? failure->status : STATUS_DONE;
}
