#include "cli/matrix.h"
#include "core/until.h"

/* The widest of a column's values, in terminal columns. */
static size_t column_width(const struct plan *plan, const struct cell_field *field)
{
	size_t width = text_width(field->name);

	for (size_t i = 0; i < plan->cell_count; i++) {
		struct text value = {0};

		cell_field_add_value(field, &plan->cells[i], &value);
		if (text_width(text_string(&value)) > width)
			width = text_width(text_string(&value));
		text_release(&value);
	}
	return width;
}

static void add_padded(struct text *into, const char *value, size_t width)
{
	text_add(into, value);
	for (size_t i = text_width(value); i < width + 2; i++)
		text_add_char(into, ' ');
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

static void add_value_row(const struct plan *plan, const struct cell *cell, struct text *into)
{
	for (size_t f = 0; f < cell_field_count; f++) {
		struct text value = {0};

		if (!is_shown(plan, &cell_fields[f]))
			continue;
		if (cell != NULL)
			cell_field_add_value(&cell_fields[f], cell, &value);
		else
			text_add(&value, cell_fields[f].name);
		add_padded(into, text_string(&value), column_width(plan, &cell_fields[f]));
		text_release(&value);
	}
	if (plan->server_count > 1)
		add_padded(into, cell ? cell->server->name : "server", 12);
	if (is_axis(plan, "profile"))
		add_padded(into, cell ? cell->profile_name : "profile", 12);
	while (into->size > 0 && into->data[into->size - 1] == ' ')
		into->data[--into->size] = '\0';
	text_add_char(into, '\n');
}

static void add_plan(const struct plan *plan, struct text *into)
{
	long long requests = 0;
	bool until = false;

	text_add(into, "cell   start  ");
	add_value_row(plan, NULL, into);
	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[plan->sequence[i]];

		text_addf(into, "%-5zu  %-5s  ", cell->index + 1, plan_starts_at(plan, i) ? "yes" : "");
		add_value_row(plan, cell, into);
		requests += (long long)(cell->requests * cell_trials_most(cell));
		until = until || cell_trials_most(cell) > cell->trials;
	}
	text_addf(into, "\n%zu cells, %zu server starts, %s%lld measured requests.\n", plan->cell_count,
	          plan_starts(plan), until ? "at most " : "", requests);
	if (plan->order == PLAN_INTERLEAVED)
		text_add(into, "Interleaved: between two starts, one trial of each cell in turn.\n");
	text_add(into, "Predicted memory and time are not available in this version.\n");
}

enum status command_plan(const struct arguments *arguments, struct failure *failure)
{
	struct plan plan = {0};
	struct text text = {0};
	enum status status = STATUS_DONE;

	if (matrix_load(arguments, &plan, failure))
		add_plan(&plan, &text);
	if (failure_is_set(failure) || !print_result(text_string(&text), failure))
		status = failure->status;
	text_release(&text);
	plan_release(&plan);
	return status;
}
