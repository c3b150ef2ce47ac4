/* How long models load, by their size: a column for each machine, a row for cold and for warm loads. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/cells.h"
#include "report/guide.h"
#include "report/models.h"

static int64_t parameters_of(const struct point *point)
{
	const struct model_facts *facts = models_of_cell(point->summary, point->cell);

	return facts != NULL ? facts->parameters : JSON_UNKNOWN;
}

/* The first point of each machine (`field`), or model, in order; *count of them. */
static const struct point **firsts_of(const struct points *points, const char *field, size_t *count)
{
	const struct point **firsts = memory_new(points->count, sizeof(const struct point *));

	*count = 0;
	for (size_t i = 0; i < points->count; i++) {
		size_t earlier = 0;

		while (!points_agree(&points->items[earlier], &points->items[i], field))
			earlier++;
		if (earlier == i)
			firsts[(*count)++] = &points->items[i];
	}
	return firsts;
}

/* Small ones first, those of unknown size last; else they keep their order. */
static void sort_by_size(const struct point **models, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0; j--) {
			uint64_t before = (uint64_t)parameters_of(models[j - 1]),
				 size = (uint64_t)parameters_of(models[j]);
			const struct point *moved = models[j];

			if (before <= size) /* unsigned, JSON_UNKNOWN is the largest */
				break;
			models[j] = models[j - 1];
			models[j - 1] = moved;
		}
}

static double load_of(const struct cell_summary *cell)
{
	const struct metric *metric = metric_find("model_load_s");

	return cell->metrics[metric - metrics].values.p50;
}

/* Median over the cells of the model on the machine; NAN: none was loaded so. */
static double median_load(const struct points *points, const struct point *model, const struct point *machine,
                          enum load_kind kind)
{
	double *loads = memory_new(points->count, sizeof(*loads)), median;
	size_t count = 0;

	for (size_t i = 0; i < points->count; i++) {
		const struct point *point = &points->items[i];

		if (point->cell->load == kind && !isnan(load_of(point->cell)) && points_agree(point, model, "model") &&
		    points_agree(point, machine, "machine"))
			loads[count++] = load_of(point->cell);
	}
	median = distribution_over_trials(loads, count).p50;
	free(loads);
	return median;
}

struct load_table {
	const struct points *points;
	const struct point **machines;
	size_t machine_count, base; /* which machine the others are compared with */
};

/* Of the load time on the baseline's machine, what the others save: the least and the most. */
static void add_saved(const double *loads, const struct load_table *loading, struct table *table)
{
	double least = NAN, most = NAN;
	struct text *into;

	for (size_t i = 0; i < loading->machine_count; i++) {
		double saved_pct = 100 * (1 - loads[i] / loads[loading->base]);

		if (i == loading->base || isnan(saved_pct))
			continue;
		least = fmin(least, saved_pct);
		most = fmax(most, saved_pct);
	}
	into = table_cell(table, most);
	if (isnan(most))
		text_add(into, "–");
	else if (round(least) == round(most))
		text_addf(into, "%+.0f%%", most);
	else
		text_addf(into, "%+.0f%% to %+.0f%%", least, most);
}

static void add_row(const struct load_table *loading, const struct point *model, enum load_kind kind,
                    struct table *table)
{
	double *loads = memory_new(loading->machine_count, sizeof(*loads));
	struct text *label;
	bool any = false;

	for (size_t i = 0; i < loading->machine_count; i++) {
		loads[i] = median_load(loading->points, model, loading->machines[i], kind);
		any = any || !isnan(loads[i]);
	}
	if (any) {
		table_row(table);
		label = table_cell(table, NAN);
		text_add(label, STRONG_ON);
		models_add_parameters(label, parameters_of(model));
		text_add(label, STRONG_OFF " ");
		inline_add(label, cells_model(model->cell));
		text_addf(label, ", %s", load_kind_name(kind));
		for (size_t i = 0; i < loading->machine_count; i++) {
			struct text *cell = table_cell(table, loads[i]);

			if (isnan(loads[i]))
				text_add(cell, "N/A");
			else
				text_addf(cell, "%.*fs", loads[i] < 0.995 ? 2 : 1, loads[i]);
		}
		add_saved(loads, loading, table);
	}
	free(loads);
}

static size_t base_machine(const struct guide *guide, const struct load_table *loading)
{
	for (size_t i = 0; text_equal(guide->field, "machine") && i < loading->machine_count; i++) {
		char *machine = point_field(loading->machines[i], "machine");
		bool found = text_equal(machine, guide->value);

		free(machine);
		if (found)
			return i;
	}
	return 0;
}

static void add_head(const struct load_table *loading, struct table *table)
{
	table_column(table, "Model Size");
	for (size_t i = 0; i < loading->machine_count; i++) {
		struct text machine = {0}, title = {0};

		point_add_machine(loading->machines[i], &machine);
		inline_add(&title, text_string(&machine));
		table_number_column(table, text_string(&title));
		text_release(&machine);
		text_release(&title);
	}
	table_number_column(table, "Improvement");
}

static bool any_loaded(const struct points *points)
{
	for (size_t i = 0; i < points->count; i++)
		if (points->items[i].cell->load != LOAD_UNKNOWN)
			return true;
	return false;
}

void guide_add_loads(const struct guide *guide, struct document *into)
{
	struct load_table loading = {.points = &guide->points};
	const struct point **models;
	size_t model_total;
	struct table *table;

	if (!any_loaded(&guide->points))
		return;
	models = firsts_of(&guide->points, "model", &model_total);
	loading.machines = firsts_of(&guide->points, "machine", &loading.machine_count);
	loading.base = base_machine(guide, &loading);
	sort_by_size(models, model_total);
	text_add(document_heading(into, 4), "Model Loading Times");
	table = document_table(into);
	add_head(&loading, table);
	for (size_t i = 0; i < model_total; i++) {
		add_row(&loading, models[i], LOAD_COLD, table);
		add_row(&loading, models[i], LOAD_WARM, table);
	}
	free(models);
	free(loading.machines);
}
