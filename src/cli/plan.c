#include <stdlib.h>

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

struct table {
	const struct plan *plan;
	struct text *into;
};

static void add_row(const struct table *table, const struct cell *cell, bool starts, const char *mark)
{
	char *number = text_format("%zu%s", cell->index + 1, mark);

	text_addf(table->into, "%-5s  %-5s  ", number, starts ? "yes" : "");
	add_value_row(table->plan, cell, table->into);
	free(number);
}

/* Without an anchor the rounds of interleaved cells are not told one by one. */
static void add_cells(const struct table *table)
{
	const struct plan *plan = table->plan;

	for (size_t i = 0; i < plan->cell_count; i++) {
		const struct cell *cell = &plan->cells[plan->sequence[i]];
		bool first = i == 0 || !plan_share_start(&plan->cells[plan->sequence[i - 1]], cell);

		add_row(table, cell, first && cell->server->start != NULL, "");
	}
}

static void add_visit(void *context, const struct plan_visit *visit)
{
	add_row(context, visit->cell, visit->starts, visit->anchor ? "*" : "");
}

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
	text_addf(into, "\n%zu cells, %zu server starts, %s%lld measured requests.\n", plan->cell_count,
	          plan_starts(plan), until ? "at most " : "", requests);
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

static void add_plan(const struct plan *plan, struct text *into)
{
	struct table table = {.plan = plan, .into = into};

	text_add(into, "cell   start  ");
	add_value_row(plan, NULL, into);
	if (plan->anchor > 0)
		plan_walk(plan, add_visit, &table);
	else
		add_cells(&table);
	add_counts(plan, into);
	if (plan->anchor > 0)
		add_anchor(plan, into);
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
