/*
 * The metrics: one row each, with the definition that every report prints.
 */
#ifndef CORE_METRIC_H
#define CORE_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/record.h"

struct slo;

/* Values of one metric over many requests. `= {0}` is empty. */
struct series {
	double *values;
	size_t count, capacity;
};

void series_add(struct series *series, double value); /* NAN (unknown) is not added */
void series_release(struct series *series);

enum metric_scope {
	METRIC_REQUEST, /* any number of values per request; reported as a distribution over all requests */
	METRIC_TRIAL,   /* one value per trial; reported as median and interval over trials */
	METRIC_CELL,    /* one value per cell */
};

enum metric_better { METRIC_LOWER, METRIC_HIGHER, METRIC_NEUTRAL };

/* What a trial is made of, for METRIC_TRIAL. */
struct trial {
	const struct record *records;
	size_t count;
	double wall_s;         /* first due to last done */
	bool open_loop;        /* requests were due on a schedule */
	const struct slo *slo; /* NULL: none */
};

struct metric {
	const char *name;  /* JSON key, unit in the name */
	const char *title; /* "TTFT" */
	const char *unit;  /* "ms" */
	enum metric_scope scope;
	enum metric_better better;
	const char *definition; /* one sentence; says whose count or clock it rests on */
	void (*request)(const struct record *record,
	                struct series *into);       /* METRIC_REQUEST: only records with OUTCOME_OK are given */
	double (*trial)(const struct trial *trial); /* METRIC_TRIAL: NAN when unknown */
};

extern const struct metric metrics[];
extern const size_t metric_count;

const struct metric *metric_find(const char *name);

#endif
