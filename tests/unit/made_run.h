/*
 * Runs made of a few figures, for tests of reports.
 */
#ifndef MADE_RUN_H
#define MADE_RUN_H

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/summary.h"

struct made_cell {
	const char *model;
	int64_t parallel;
	enum cell_status status;
	size_t trials;    /* that know output tokens/s */
	double speeds[3]; /* of the trials */
	double tpot_ms;   /* median; 0: not known */
};

static struct metric_summary *made_metric(struct cell_summary *cell, const char *name)
{
	return &cell->metrics[metric_find(name) - metrics];
}

static struct cell_summary made_cell(const struct made_cell *made)
{
	struct cell_summary cell = {0};
	static const struct server_settings server = {.name = "s"};
	struct metric_summary *speed;
	struct cell settings;
	struct text id = {0};
	double sorted[3];

	cell_reset(&settings);
	settings.server = &server;
	settings.model = made->model;
	settings.parallel = made->parallel;
	cell_summary_init(&cell);
	cell_add_id(&settings, &id);
	cell.id = text_take(&id);
	cell.settings = cell_settings(&settings);
	cell.status = made->status;
	speed = made_metric(&cell, "output_tokens_per_s");
	memcpy(sorted, made->speeds, sizeof(sorted));
	speed->values = distribution_over_trials(sorted, made->trials);
	speed->interval = interval_of(made->speeds, made->trials);
	speed->trials = memory_new(3, sizeof(*speed->trials));
	memcpy(speed->trials, made->speeds, sizeof(made->speeds));
	if (made->tpot_ms > 0) {
		double *values = &(double){made->tpot_ms};

		made_metric(&cell, "tpot_ms")->values = distribution_of(values, 1);
	}
	return cell;
}

static struct summary made_run(const struct made_cell *made, size_t count)
{
	struct summary summary = {.title = memory_string("Made"), .name = memory_string("made")};

	summary.host = json_new_object();
	summary.started_utc = memory_string("2026-11-21T06:19:00Z");
	summary.cells = memory_new(count, sizeof(*summary.cells));
	summary.cell_count = count;
	for (size_t i = 0; i < count; i++)
		summary.cells[i] = made_cell(&made[i]);
	return summary;
}

#endif
