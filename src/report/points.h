/*
 * The cells of several runs as points of one space, for styles that lay them
 * out by any of its fields: a knob, or one of the words in point_words[].
 * Points stand in the order in which the runs were given, cells in their
 * plan's; what the rows and columns of a table show first comes first there.
 */
#ifndef REPORT_POINTS_H
#define REPORT_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "core/summary.h"
#include "report/report.h"

struct point {
	const struct summary *summary;
	const struct cell_summary *cell;
	int64_t memory_bytes; /* of hosts_memory() */
	char *identity;       /* machine and settings, a line each: equal for a cell that another one stands for */
};

/* `= {0}` is empty. */
struct points {
	struct point *items;
	size_t count;
	size_t superseded; /* cells that a newer run measured again: they are no points */
};

enum { FIELDS_MAX = 8 };

/* Names are static. */
struct fields {
	const char *names[FIELDS_MAX];
	size_t count;
};

/*
 * Of cells that are the same on the same machine, and agree in the fields
 * `apart`, the newest run's stands, where the first one stood; one that was not
 * brought to its end does not replace one that was. Borrows the input;
 * points_release() frees the rest.
 */
void points_collect(const struct report_input *input, const struct fields *apart, struct points *into);
void points_release(struct points *points);

/* Fields that are no knobs. */
struct point_word {
	const char *name, *title; /* for the header of a table */
	void (*add)(const struct point *point, struct text *into);
};

extern const struct point_word point_words[]; /* ended by a NULL name */

/*
 * The machine's name: what it says it is, with its GPU, or the simulated
 * device. Two runs are of one machine when they name it alike, and have about
 * the same memory.
 */
void point_add_machine(const struct point *point, struct text *into);

bool point_is_simulated(const struct point *point);

/* Of a cell that failed: the server's words, or else why. Borrowed. */
const char *point_reason(const struct point *point);

/* The identity without a field ("machine", or a setting): equal for cells that differ in it alone. The caller frees it.
 */
char *point_identity_without(const struct point *point, const char *field);

/* Any field as a person writes it; foreign text, "" when unset. */
void point_add_field(const struct point *point, const char *field, struct text *into);
/* The same in a new string that the caller frees. */
char *point_field(const struct point *point, const char *field);
bool points_agree(const struct point *a, const struct point *b, const char *field);
bool points_vary(const struct points *points, const char *field);

bool fields_have(const struct fields *fields, const char *name);
/* Nothing when it is there already, or when there is no room. */
void fields_add(struct fields *fields, const char *name);
/* "machine,parallel" of `option`; what is no field is the user's mistake. */
bool fields_read(const char *option, const char *list, struct fields *into, struct failure *failure);

/* What two points differ in: the machine, and settings (server, profile and knobs). */
void points_add_differences(const struct point *a, const struct point *b, struct fields *into);

/* "machine, parallel" of names; "M4 Max, 4" of a point's values. */
void fields_add_names(const struct fields *fields, struct text *into);
void fields_add_values(const struct fields *fields, const struct point *point, struct text *into);

#endif
