/*
 * Summary → text. One file per format; a new format is one file and one row
 * of report_formats[].
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "core/summary.h"

struct report_format {
	const char *name; /* of --format */
	const char *help;
	void (*write)(const struct summary *summary, struct text *into); /* NULL: not in this version */
};

extern const struct report_format report_formats[]; /* ended by a NULL name */

/* Seed 000's table per model, to the letter, with provenance and definitions under it. */
void report_sweep_markdown(const struct summary *summary, struct text *into);

/* summary.json */
void report_json(const struct summary *summary, struct text *into);

#endif
