/*
 * The figures by which reports compare subjects: one row each. Measured is
 * what comes from a cell that is done and is above 0: a cell that failed, or
 * that has a time or a memory of 0, has no figure. Ranked is a measured figure
 * of a cell in which every request succeeded.
 */
#ifndef REPORT_MEASURES_H
#define REPORT_MEASURES_H

#include "report/subjects.h"

enum measure_id {
	MEASURE_LOAD,
	MEASURE_TTFT,
	MEASURE_LATENCY,
	MEASURE_MEMORY,
	MEASURE_PEAK,
	MEASURE_SERVER,
	MEASURE_THROUGHPUT,
	MEASURE_STREAM,
	MEASURE_RTF,
	MEASURE_INPUTS,
};
enum { MEASURE_COUNT = MEASURE_INPUTS + 1 };

#define GROUP_BIT(group) (1u << (group))
#define GROUPS_ALL       (GROUP_BIT(GROUP_COUNT) - 1)

struct measure {
	const char *title; /* of a line or a column: "Load Time" */
	const char *best;  /* of the best one: "Fastest Load"; NULL: it is not ranked */
	unsigned groups;   /* GROUP_BITs of those that it says something of */
	bool always;       /* stands in reports even where nobody has it */
	bool higher_is_better;
	const char *metric; /* of metrics[]: its interval counts; NULL: it is computed otherwise */
	double (*of)(const struct cell_summary *cell);
	const char *definition; /* one sentence */
	const char *unit;       /* behind a value, with its blank; NULL: the value is bytes and has its own */
};

extern const struct measure measures[MEASURE_COUNT];

/* NAN: not measured. */
double measure_of(const struct measure *measure, const struct cell_summary *cell);
struct interval measure_interval(const struct measure *measure, const struct cell_summary *cell);
/* "82.4 [80.1, 84.7] tokens/s", "0.56 s", "2.9GiB"; "–" when unknown. */
void measure_add(const struct measure *measure, double value, const struct interval *interval, struct text *into);
/* "2.54 times": three digits that count. */
void measure_add_times(double times, struct text *into);
/* That of the cell. */
void measure_add_of(const struct measure *measure, const struct cell_summary *cell, struct text *into);

/* Lowest and highest over the measured cells; both NAN: none was measured. */
struct range {
	double low, high;
	size_t count;
};

struct range measure_range(const struct measure *measure, const struct subject *subject);
/* "17.0–20.0 tokens/s"; of an only cell with its interval. */
void measure_add_range(const struct measure *measure, const struct subject *subject, struct text *into);

/* Whether any subject that it says something of has it. */
bool measure_is_known(const struct measure *measure, const struct subjects *subjects);
/* Whether it stands in a report of the group: it says something of it, and somebody has it or it stands always. */
bool measure_is_shown(const struct measure *measure, const struct subjects *subjects, enum group group);

/*
 * The machine's memory less what was used before the model was loaded, the
 * least over the cells; JSON_UNKNOWN where no cell tells it, or where the
 * server loads its model when it starts.
 */
int64_t measure_free_bytes(const struct subject *subject);

/* The best ranked cell of a subject. */
struct place {
	const struct subject *subject;
	const struct cell_summary *cell; /* NULL: there is none */
	double value;
	struct interval interval;
};

struct place measure_best(const struct measure *measure, const struct subject *subject);

/*
 * The subjects of a group with a ranked figure, the best first; equal ones as
 * they stand. The caller frees them.
 */
struct place *measure_rank(const struct measure *measure, const struct subjects *subjects, enum group group,
                           size_t *count);

/*
 * Whether two places cannot be told apart: their 95 % intervals have values in
 * common or, where one has none, they are printed alike.
 */
bool measure_is_tie(const struct measure *measure, const struct place *a, const struct place *b);

/* How many at the top cannot be told apart from the first; 0: nothing is ranked. */
size_t measure_ties(const struct measure *measure, const struct place *places, size_t count);

#endif
