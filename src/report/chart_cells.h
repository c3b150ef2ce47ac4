/*
 * Which cells belong to one series of a chart, over all runs of a report.
 */
#ifndef REPORT_CHART_CELLS_H
#define REPORT_CHART_CELLS_H

#include "plot/plot.h"
#include "report/report.h"

struct chart_cell {
	const struct cell_summary *cell; /* borrowed */
	size_t run, index;               /* in the report; in the run */
	char *name;                      /* run, model and other settings, as far as they vary; "" where none does */
};

struct chart_cells {
	struct chart_cell *items; /* in the order of runs and cells */
	size_t count;
};

enum { CHART_SERIES_MAX = PLOT_TONES }; /* more would be a tangle */

/*
 * All cells. The knobs of the chart's axes (NULL-terminated, that of the load
 * first) are in no name, and neither are those that say the same of the load:
 * where concurrency is always parallel, "parallel 4, concurrency 4" says it twice.
 */
struct chart_cells chart_cells_of(const struct report_input *input, const char *const axes[]);
void chart_cells_release(struct chart_cells *cells);

/* True when no earlier cell has its name: it begins a series. */
bool chart_cells_begins(const struct chart_cells *cells, size_t cell);
size_t chart_cells_names(const struct chart_cells *cells); /* different ones */

/* The knob that says how much is asked at once: the first of parallel, concurrency, rate, requests that varies; NULL
 * none. */
const char *chart_load_knob(const struct report_input *input);

/* A run as a person calls it: its title, and its place when others have the same. */
void chart_add_run(const struct report_input *input, size_t run, struct text *into);

/* "Output tokens/s by parallel", and how many of the series are shown where it is not all. */
char *chart_title(const char *what, size_t series_count);

/* The median over trials or requests; NAN unknown, and of a cell that failed. */
double chart_value(const struct cell_summary *cell, const char *metric);

/* "" is no name. */
const char *chart_name(const char *name);

#endif
