/*
 * Rows of medians over paired runs: in each run every client plays the same
 * shape, one after the other.
 */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "job.h"

enum { RUNS_MAX = 99, TARGETS_MAX = 80 };

struct target {
	char *what;
	double measured, limit;
	bool at_least;
};

/* What the comparison runs with, and the targets as they were met. */
struct bench {
	size_t runs;
	bool quick;
	const char *missing[CLIENT_COUNT]; /* NULL: runs here */
	struct target targets[TARGETS_MAX];
	size_t target_count;
};

/* All runs of one shape. */
struct row {
	struct outcome outcomes[CLIENT_COUNT][RUNS_MAX];
	bool played[CLIENT_COUNT];
	size_t runs;
};

/* clients: a set of bits, 1 << CLIENT_… */
void row_play(struct row *row, const struct bench *bench, const struct shape *shape, unsigned clients);

/* Medians; NAN when the client did not play. The ratio is of each run's pair. */
double row_median(const struct row *row, enum client client, enum figure figure);
double row_ratio(const struct row *row, enum client above, enum client below, enum figure figure);

/* Prints " 12.3 |", or " – |" for NAN. */
void cell(double value, int decimals);

/* A median is written down beside its target. `what` is taken over. */
void target_at_most(struct bench *bench, char *what, double measured, double limit);
void target_at_least(struct bench *bench, char *what, double measured, double limit);
void targets_print(const struct bench *bench);
void targets_release(struct bench *bench);

#endif
