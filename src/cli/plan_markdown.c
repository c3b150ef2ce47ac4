#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "cli/grid.h"
#include "cli/plan.h"
#include "core/until.h"
#include "document/markdown.h"

/* --- What stands in a row --- */

static struct text *next(struct text *value)
{
	text_clear(value);
	return value;
}

static bool is_axis(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->axis_count; i++)
		if (text_equal(plan->axes[i], name))
			return true;
	return false;
}

/* Knobs that every plan shows; others only when they vary. */
static bool is_shown(const struct plan *plan, const struct cell_field *field)
{
	static const char *const always[] = {"model", "queue_size", "context_size", "parallel", "requests"};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (text_equal(field->name, always[i]))
			return true;
	return is_axis(plan, field->name);
}

static void add_gi(int64_t bytes, struct text *into)
{
	if (bytes == JSON_UNKNOWN)
		text_add(into, "–");
	else
		units_add_gi(into, bytes);
}

void plan_add_fits(const struct forecast *forecast, struct text *into)
{
	const struct memory_prediction *memory = &forecast->memory;

	switch (memory->verdict) {
	case MEMORY_UNKNOWN:
		text_addf(into, "cannot be predicted: %s", text_string(&forecast->why));
		break;
	case MEMORY_FITS:
		text_add(into, "yes");
		break;
	case MEMORY_SPILLS:
		text_addf(into, "in part: %" PRId64 " layers spill to the CPU", memory->layers - memory->layers_on_gpu);
		break;
	case MEMORY_EXCEEDS:
		text_add(into, "no: more than the memory");
		break;
	case MEMORY_FAILS:
		text_addf(into, "no: a buffer of %" PRId64 " bytes", memory->compute_bytes);
		break;
	}
}

static void add_duration(double seconds, bool exact, struct text *into)
{
	long whole = isnan(seconds) ? 0 : lround(seconds);

	if (isnan(seconds))
		text_add(into, "–");
	else if (seconds < 10)
		text_addf(into, "%s%.1f s", exact ? "" : "~", seconds);
	else
		text_addf(into, "%s%ld:%02ld:%02ld", exact ? "" : "~", whole / 3600, whole / 60 % 60, whole % 60);
}

struct column {
	const char *title;
	bool gpu; /* only where there is one */
	void (*add)(const struct forecast *forecast, struct text *into);
};

#define BYTES(name, member)                                                  \
	static void name(const struct forecast *forecast, struct text *into) \
	{                                                                    \
		add_gi(forecast->memory.member, into);                       \
	}
BYTES(add_weights, weights_bytes)
BYTES(add_kv, kv_bytes)
BYTES(add_compute, compute_bytes)
BYTES(add_rest, rest_bytes)
BYTES(add_total, total_bytes)
BYTES(add_gpu, gpu_bytes)
#undef BYTES

static void add_layers(const struct forecast *forecast, struct text *into)
{
	const struct memory_prediction *memory = &forecast->memory;

	if (memory->layers == JSON_UNKNOWN)
		text_add(into, "–");
	else
		text_addf(into, "%" PRId64 "/%" PRId64, memory->layers_on_gpu, memory->layers);
}

static const struct column columns[] = {
    {"Weights", false, add_weights},  {"KV cache", false, add_kv},    {"Compute", false, add_compute},
    {"Other", true, add_rest},        {"Memory", false, add_total},   {"GPU memory", true, add_gpu},
    {"GPU layers", true, add_layers}, {"Fits", false, plan_add_fits},
};

static bool has_column(const struct plan_view *view, const struct column *column)
{
	return !column->gpu || view->machine.gpu != MEMORY_CPU;
}

static void add_head(const struct plan_view *view, struct grid *grid)
{
	const struct plan *plan = view->plan;

	grid_add(grid, "Cell");
	grid_add(grid, "Start");
	for (size_t f = 0; f < cell_field_count; f++)
		if (is_shown(plan, &cell_fields[f]))
			grid_add(grid, cell_fields[f].name);
	if (plan->server_count > 1)
		grid_add(grid, "server");
	if (is_axis(plan, "profile"))
		grid_add(grid, "profile");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (has_column(view, &columns[i]))
			grid_add(grid, columns[i].title);
	grid_add(grid, "Time");
	grid->columns = grid->count;
}

static void add_row(const struct plan_view *view, const struct plan_visit *visit, struct grid *grid)
{
	const struct cell *cell = visit->cell;
	struct text value = {0};

	text_addf(next(&value), "%zu%s", cell->index + 1, visit->anchor ? "*" : "");
	grid_add(grid, text_string(&value));
	grid_add(grid, visit->starts ? "yes" : "");
	for (size_t f = 0; f < cell_field_count; f++) {
		if (!is_shown(view->plan, &cell_fields[f]))
			continue;
		cell_field_add_value(&cell_fields[f], cell, next(&value));
		grid_add_foreign(grid, text_string(&value));
	}
	if (view->plan->server_count > 1)
		grid_add_foreign(grid, cell->server->name);
	if (is_axis(view->plan, "profile"))
		grid_add_foreign(grid, cell->profile_name);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!has_column(view, &columns[i]))
			continue;
		columns[i].add(&view->forecasts[cell->index], next(&value));
		grid_add(grid, text_string(&value));
	}
	add_duration(plan_view_seconds(view, visit), view->forecasts[cell->index].time.same, next(&value));
	grid_add(grid, text_string(&value));
	text_release(&value);
}

struct rows {
	const struct plan_view *view;
	struct grid *grid;
};

static void add_visit(void *context, const struct plan_visit *visit)
{
	const struct rows *rows = context;

	add_row(rows->view, visit, rows->grid);
}

/* Without an anchor the rounds of interleaved cells are not told one by one. */
static void add_cells(const struct plan_view *view, struct grid *grid)
{
	const struct plan *plan = view->plan;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[plan->sequence[i]];
		bool first = i == 0 || !plan_share_start(&plan->cells[plan->sequence[i - 1]], cell);
		const struct plan_visit whole = {
		    .cell = cell,
		    .starts = first && cell->server->start != NULL,
		    .trials = cell_trials_most(cell),
		};

		add_row(view, &whole, grid);
	}
}

/* --- What stands under the table --- */

static void add_counts(const struct plan *plan, struct text *into)
{
	long long requests = 0;
	bool until = false;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[i];
		long long times = i == 0 ? 1 + (long long)plan_repeats(plan) : 1;

		requests += times * cell->requests * cell_trials_most(cell);
		until = until || cell_trials_most(cell) > cell->trials;
	}
	text_addf(into, "\n%zu cell%s, %zu server start%s, %s%lld measured request%s.\n", plan->cell_count,
	          plan->cell_count == 1 ? "" : "s", plan_starts(plan), plan_starts(plan) == 1 ? "" : "s",
	          until ? "at most " : "", requests, requests == 1 ? "" : "s");
}

static void add_anchor(const struct plan *plan, struct text *into)
{
	const char *visit = plan->order == PLAN_INTERLEAVED ? "visit" : "cell";
	struct plan bare = *plan;

	bare.anchor = 0;
	text_add(into, "* The anchor: the first cell is measured again after ");
	if (plan->anchor == 1)
		text_addf(into, "each %s", visit);
	else
		text_addf(into, "every %lld %ss", (long long)plan->anchor, visit);
	text_addf(into, ", %zu times; it costs %zu of the server starts.\n", plan_repeats(plan),
	          plan_starts(plan) - plan_starts(&bare));
}

static void add_machine(const struct plan_view *view, struct text *into)
{
	const struct memory_machine *machine = &view->machine;

	text_addf(into, "- Memory is predicted for %s of ", view->described ? "a machine" : "this machine,");
	add_gi(machine->memory_bytes, into);
	switch (machine->gpu) {
	case MEMORY_CPU:
		text_addf(into, "%s",
		          view->described ? " without a GPU" : "; of a GPU nothing is known (--gpu tells it)");
		break;
	case MEMORY_METAL:
		text_add(into, " whose GPU, by Metal, may hold ");
		add_gi(machine->gpu_bytes, into);
		text_add(into, " of it, and ");
		add_gi(machine->buffer_bytes, into);
		text_add(into, " in one buffer. Other: the desktop and Metal itself, ± 0.021Gi");
		break;
	case MEMORY_VRAM:
		text_add(into, " with a GPU of ");
		add_gi(machine->gpu_bytes, into);
		break;
	}
	text_add(into, ".\n");
}

/* Whether the cell is the first of its model whose shape has this source. */
static bool is_first(const struct plan_view *view, size_t cell, enum shape_source source)
{
	if (view->forecasts[cell].source != source)
		return false;
	for (size_t i = 0; i < cell; i++)
		if (view->forecasts[i].source == source &&
		    text_equal(view->plan->cells[i].model, view->plan->cells[cell].model))
			return false;
	return true;
}

/* "- Models: llama3.2, mistral from the table of llmbench; phi3 from its GGUF file." */
static void add_sources(const struct plan_view *view, struct text *into)
{
	const char *end = "- Models:";

	for (int source = SHAPE_UNKNOWN + 1; shape_source_word((enum shape_source)source) != NULL; source++) {
		size_t models = 0;

		for (size_t i = 0; i < view->plan->cell_count; i++) {
			const char *model = view->plan->cells[i].model;

			if (!is_first(view, i, (enum shape_source)source))
				continue;
			text_addf(into, "%s ", models++ == 0 ? end : ",");
			markdown_add_foreign(into, model, false);
		}
		if (models > 0) {
			text_addf(into, " from %s", shape_source_word((enum shape_source)source));
			end = ";";
		}
	}
	if (*end == ';')
		text_add(into, ".\n");
}

/* What the matrix leaves open, of the first cell that leaves something. */
static void add_assumed(const struct plan_view *view, struct text *into)
{
	for (size_t i = 0; i < view->plan->cell_count; i++) {
		const struct forecast *forecast = &view->forecasts[i];

		if (forecast->assumed.size == 0 || forecast->memory.verdict == MEMORY_UNKNOWN)
			continue;
		text_addf(into, "- What the matrix does not say is taken as the server's default: %s.\n",
		          text_string(&forecast->assumed));
		return;
	}
}

static void add_exactness(const struct plan_view *view, struct text *into)
{
	bool near = false, known = false;

	for (size_t i = 0; i < view->plan->cell_count; i++) {
		known = known || view->forecasts[i].memory.verdict != MEMORY_UNKNOWN;
		near =
		    near || (view->forecasts[i].memory.verdict != MEMORY_UNKNOWN && !view->forecasts[i].memory.exact);
	}
	if (near)
		text_add(into,
		         "- Compute is exact for llama and qwen2 without flash attention, and else an estimate.\n");
	if (known && view->machine.gpu != MEMORY_CPU)
		text_add(into, "- GPU memory is what its driver will show when all is loaded; how many layers a server "
		               "leaves to the CPU is an estimate.\n");
}

static void add_total_time(const struct plan_view *view, struct text *into)
{
	const struct plan_time time = plan_view_time(view);

	if (view->earlier == NULL) {
		text_add(into, "- Time: not known, there is no earlier run of this matrix.\n");
		return;
	}
	text_add(into, "- Time: ");
	add_duration(time.seconds, true, into);
	text_addf(into, " for all, from %zu earlier cell%s in %s (~: scaled from the nearest)", time.cells,
	          time.cells == 1 ? "" : "s", view->earlier);
	if (time.unknown > 0)
		text_addf(into, "; %zu cell%s not in it", time.unknown, time.unknown == 1 ? " is" : "s are");
	text_add(into, ".\n");
}

void plan_add_remarks(const struct plan_view *view, struct text *into)
{
	for (size_t i = 0; i < view->remark_count; i++) {
		text_add(into, "- ");
		markdown_add_foreign(into, view->remarks[i], false);
		text_add_char(into, '\n');
	}
}

void plan_add_markdown(const struct plan_view *view, struct text *into)
{
	const struct plan *plan = view->plan;
	struct grid grid = {0};
	struct rows rows = {view, &grid};

	add_head(view, &grid);
	if (plan->anchor > 0)
		plan_walk(plan, add_visit, &rows);
	else
		add_cells(view, &grid);
	grid_write(&grid, into);
	grid_release(&grid);
	add_counts(plan, into);
	if (plan->anchor > 0)
		add_anchor(plan, into);
	if (plan->order == PLAN_INTERLEAVED)
		text_add(into, "Interleaved: between two starts, one trial of each cell in turn.\n");
	text_add_char(into, '\n');
	add_machine(view, into);
	add_sources(view, into);
	add_assumed(view, into);
	add_exactness(view, into);
	add_total_time(view, into);
	plan_add_budget(view, into);
	plan_add_remarks(view, into);
}
