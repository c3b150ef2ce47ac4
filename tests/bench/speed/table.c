#include "table.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
	if (count == 0)
		return NAN;
	qsort(values, count, sizeof *values, by_value);
	return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

void row_play(struct row *row, const struct bench *bench, const struct shape *shape, unsigned clients)
{
	row->runs = bench->runs;
	for (int client = 0; client < CLIENT_COUNT; client++)
		row->played[client] = (clients >> client & 1) != 0 && bench->missing[client] == NULL;
	for (size_t run = 0; run < row->runs; run++)
		for (int client = 0; client < CLIENT_COUNT; client++)
			if (row->played[client])
				row->outcomes[client][run] = job_run((enum client)client, shape);
}

double row_median(const struct row *row, enum client client, enum figure figure)
{
	double values[RUNS_MAX];
	size_t count = 0;

	for (size_t run = 0; row->played[client] && run < row->runs; run++)
		if (!isnan(row->outcomes[client][run].figure[figure]))
			values[count++] = row->outcomes[client][run].figure[figure];
	return median(values, count);
}

double row_ratio(const struct row *row, enum client above, enum client below, enum figure figure)
{
	double values[RUNS_MAX];
	size_t count = 0;

	for (size_t run = 0; row->played[above] && row->played[below] && run < row->runs; run++) {
		double ratio = row->outcomes[above][run].figure[figure] / row->outcomes[below][run].figure[figure];

		if (!isnan(ratio))
			values[count++] = ratio;
	}
	return median(values, count);
}

void cell(double value, int decimals)
{
	if (isnan(value))
		printf(" – |");
	else
		printf(" %.*f |", decimals, value);
}

static void add(struct bench *bench, struct target target)
{
	assert(bench->target_count < TARGETS_MAX);
	bench->targets[bench->target_count++] = target;
}

void target_at_most(struct bench *bench, char *what, double measured, double limit)
{
	add(bench, (struct target){.what = what, .measured = measured, .limit = limit});
}

void target_at_least(struct bench *bench, char *what, double measured, double limit)
{
	add(bench, (struct target){.what = what, .measured = measured, .limit = limit, .at_least = true});
}

static void print_verdict(const struct target *target)
{
	bool met = target->at_least ? target->measured >= target->limit : target->measured <= target->limit;
	double short_pct = 100 * fabs(target->measured - target->limit) / target->limit;

	if (isnan(target->measured))
		printf(" not measured |\n");
	else if (met)
		printf(" met |\n");
	else
		printf(" **not met**, %.0f %% %s |\n", short_pct, target->at_least ? "below" : "above");
}

void targets_print(const struct bench *bench)
{
	size_t met = 0, measured = 0;

	for (size_t i = 0; i < bench->target_count; i++) {
		const struct target *target = &bench->targets[i];

		measured += !isnan(target->measured);
		met += target->at_least ? target->measured >= target->limit : target->measured <= target->limit;
	}
	printf("\n## Targets: %zu of %zu met\n\n| figure | measured | target | |\n|---|--:|--:|---|\n", met, measured);
	for (size_t i = 0; i < bench->target_count; i++) {
		const struct target *target = &bench->targets[i];

		printf("| %s |", target->what);
		cell(target->measured, target->limit < 10 ? 2 : target->limit < 1000 ? 1 : 0);
		printf(" %s %.*f |", target->at_least ? "≥" : "≤", target->limit < 10 && target->limit != 1 ? 1 : 0,
		       target->limit);
		print_verdict(target);
	}
}

void targets_release(struct bench *bench)
{
	for (size_t i = 0; i < bench->target_count; i++)
		free(bench->targets[i].what);
	bench->target_count = 0;
}
