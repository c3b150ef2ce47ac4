/* A table for each model: speed, memory, CPU and improvement of each machine and profile. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "report/cells.h"
#include "report/figure.h"
#include "report/guide.h"

/* The simulator's own devices of that kind are called m4-16g and so on. */
static bool is_apple(const struct point *point)
{
	struct text machine = {0};
	const char *name;
	bool apple;

	point_add_machine(point, &machine);
	name = text_string(&machine);
	apple = text_starts_with(name, "Apple M") || (name[0] == 'm' && strchr("123456789", name[1]) != NULL);
	text_release(&machine);
	return apple;
}

static const char *machine_title(const struct points *points)
{
	for (size_t i = 0; i < points->count; i++)
		if (!is_apple(&points->items[i]))
			return "Machine";
	return "Apple Silicon";
}

static void add_speed(const struct guide *guide, const struct point *point, struct table *table)
{
	const struct interval interval = cells_interval(point->cell, GUIDE_METRIC);
	double speed = point->cell->status == CELL_DONE ? cells_median(point->cell, GUIDE_METRIC) : NAN;
	struct text *into;

	if (point->cell->status == CELL_FAILED) {
		text_add(table_cell(table, NAN), "N/A");
		return;
	}
	into = table_cell(table, speed);
	if (guide->options->intervals)
		figure_add(into, speed, &interval, figure_usual_decimals(speed));
	else
		figure_add_value(into, speed, &interval, figure_usual_decimals(speed));
	text_add(into, isnan(speed) ? "" : " tok/s");
}

static void add_memory(const struct point *point, struct table *table)
{
	int64_t bytes = point->cell->status == CELL_DONE ? point->cell->memory.system_peak_bytes : JSON_UNKNOWN;
	struct text *into = table_cell(table, bytes == JSON_UNKNOWN ? NAN : (double)bytes);

	if (bytes == JSON_UNKNOWN)
		text_add(into, "–");
	else
		units_add_gb(into, bytes);
}

/* Of the simulator's own processes on this machine nothing is worth telling. */
static double cpu_share_pct(const struct point *point)
{
	if (point->cell->status != CELL_DONE || point_is_simulated(point))
		return NAN;
	return cells_median(point->cell, "server_cpu_pct");
}

static void add_cpu(const struct point *point, struct table *table)
{
	double share = cpu_share_pct(point);
	struct text *into = table_cell(table, share);

	inline_add_number(into, share, 0);
	text_add(into, isnan(share) ? "" : "%");
}

static void add_improvement(const struct guide *guide, size_t place, struct table *table)
{
	const struct point *point = &guide->points.items[place];
	struct comparison change = guide_compare(guide->bases[place], point);
	char *value = guide->field != NULL ? point_field(point, guide->field) : NULL;

	if (value != NULL && text_equal(value, guide->value))
		text_add(table_cell(table, 0), "baseline");
	else
		guide_add_change(&change, table_cell(table, change.change_pct));
	free(value);
}

static void add_table(const struct guide *guide, size_t first, struct document *into)
{
	static const char *const titles[] = {"Tokens/Second", "Memory Usage", "CPU Usage", "Improvement"};
	const char *model = cells_model(guide->points.items[first].cell);
	struct text *heading = document_heading(into, 4);
	struct table *table;

	inline_add(heading, model);
	text_add(heading, " Performance");
	table = document_table(into);
	table_column(table, machine_title(&guide->points));
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_number_column(table, titles[i]);
	for (size_t i = first; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];

		if (!text_equal(cells_model(point->cell), model))
			continue;
		table_row(table);
		guide_add_label(guide, point, table_cell(table, NAN));
		add_speed(guide, point, table);
		add_memory(point, table);
		add_cpu(point, table);
		add_improvement(guide, i, table);
	}
}

static void add_failures(const struct guide *guide, struct document *into)
{
	for (size_t i = 0; i < guide->points.count; i++) {
		const struct point *point = &guide->points.items[i];
		struct text *item;

		if (point->cell->status != CELL_FAILED)
			continue;
		item = document_item(into);
		text_add(item, "N/A, ");
		inline_add(item, cells_model(point->cell));
		text_add(item, " on ");
		guide_add_label(guide, point, item);
		text_add(item, ": ");
		inline_add(item, point_reason(point));
	}
}

void guide_add_performance(const struct guide *guide, struct document *into)
{
	for (size_t i = 0; i < guide->points.count; i++) {
		size_t earlier = 0;

		while (!points_agree(&guide->points.items[earlier], &guide->points.items[i], "model"))
			earlier++;
		if (earlier == i)
			add_table(guide, i, into);
	}
	add_failures(guide, into);
}
