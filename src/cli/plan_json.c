/* llmbench.plan/1 */
#include <math.h>

#include "base/clock.h"
#include "cli/plan.h"

static const char *gpu_name(enum memory_gpu gpu)
{
	switch (gpu) {
	case MEMORY_CPU:
		return NULL;
	case MEMORY_METAL:
		return "metal";
	case MEMORY_VRAM:
		return "vram";
	}
	return NULL;
}

static struct json *machine_json(const struct memory_machine *machine)
{
	struct json *json = json_new_object();

	json_set_integer(json, "memory_bytes", machine->memory_bytes);
	json_set_string(json, "gpu", gpu_name(machine->gpu));
	json_set_integer(json, "gpu_bytes", machine->gpu == MEMORY_CPU ? JSON_UNKNOWN : machine->gpu_bytes);
	json_set_integer(json, "largest_buffer_bytes", machine->buffer_bytes);
	return json;
}

static struct json *time_json(const struct forecast_time *time)
{
	struct json *json = json_new_object();

	json_set_number(json, "seconds", time->seconds);
	json_set_integer(json, "earlier_cells", (int64_t)time->cells);
	json_set_bool(json, "same_settings", time->same);
	return json;
}

static struct json *cell_json(const struct cell *cell, const struct forecast *forecast)
{
	struct json *json = json_new_object();
	struct text id = {0};

	cell_add_id(cell, &id);
	json_set_string(json, "id", text_string(&id));
	json_set(json, "settings", cell_settings(cell));
	json_set_string(json, "model_known_from",
	                forecast->source == SHAPE_UNKNOWN ? NULL : shape_source_word(forecast->source));
	json_set(json, "memory", memory_prediction_json(&forecast->memory));
	json_set_string(json, "unknown_because", forecast->why.size > 0 ? text_string(&forecast->why) : NULL);
	json_set_string(json, "assumed", forecast->assumed.size > 0 ? text_string(&forecast->assumed) : NULL);
	json_set(json, "time", time_json(&forecast->time));
	text_release(&id);
	return json;
}

static void append_visit(void *context, const struct plan_visit *visit)
{
	struct json *json = json_new_object(), *visits = context;

	json_set_integer(json, "cell", (int64_t)visit->cell->index + 1);
	json_set_bool(json, "anchor", visit->anchor);
	json_set_bool(json, "starts", visit->starts);
	json_append(visits, json);
}

void plan_add_json(const struct plan_view *view, struct text *into)
{
	const struct plan_time time = plan_view_time(view);
	const struct plan_budget budget = plan_view_budget(view);
	int64_t budget_ns = view->plan->budget_ns;
	struct json *json = json_new_object(), *cells = json_new_list(), *visits = json_new_list();
	struct json *remarks = json_new_list();

	for (size_t i = 0; i < view->plan->cell_count; i++)
		json_append(cells, cell_json(&view->plan->cells[i], &view->forecasts[i]));
	plan_walk(view->plan, append_visit, visits);
	for (size_t i = 0; i < view->remark_count; i++)
		json_append_string(remarks, view->remarks[i]);
	json_set_string(json, "schema", "llmbench.plan/1");
	json_set_string(json, "name", view->plan->name);
	json_set(json, "machine", machine_json(&view->machine));
	json_set_integer(json, "server_starts", (int64_t)plan_starts(view->plan));
	json_set_number(json, "seconds", time.cells > 0 ? time.seconds : NAN);
	json_set_integer(json, "cells_without_time", (int64_t)time.unknown);
	json_set_string(json, "earlier_run", view->earlier);
	json_set_number(json, "budget_s", budget_ns > 0 ? (double)budget_ns / (double)NS_PER_S : NAN);
	json_set_integer(json, "cells_in_budget", budget.known ? (int64_t)budget.cells : JSON_UNKNOWN);
	json_set_integer(json, "whole_cells_in_budget", budget.known ? (int64_t)budget.whole : JSON_UNKNOWN);
	json_set(json, "cells", cells);
	json_set(json, "visits", visits);
	json_set(json, "remarks", remarks);
	json_add_indented(into, json);
	text_add_char(into, '\n');
	json_free(json);
}
