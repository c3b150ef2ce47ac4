/*
 * The charts of reports: one row each. A chart is built from the figures of a
 * summary, or from the trace of a run where there is one.
 */
#ifndef REPORT_CHARTS_H
#define REPORT_CHARTS_H

#include "document/document.h"
#include "plot/plot.h"
#include "report/report.h"

struct chart {
	const char *name; /* begins the names of its plots */
	const char *help; /* what it shows, and when */
	/*
	 * Its plot of that number, from 0: most charts have one, a heat map one
	 * for each model. NULL: there are no more; an empty one shows nothing.
	 */
	struct plot *(*build)(const struct report_input *input, size_t number);
};

extern const struct chart charts[]; /* ended by a NULL name */

/* "Charts" and those that have something to show. Nothing without any, or where the options ask for none. */
void charts_add(const struct report_input *input, struct document *into);

/* chart_load.c, chart_latency.c, chart_time.c, chart_size.c, chart_heat.c */
struct plot *chart_speed_by_load(const struct report_input *input, size_t number);
struct plot *chart_duration_by_load(const struct report_input *input, size_t number);
struct plot *chart_ttft_distribution(const struct report_input *input, size_t number);
struct plot *chart_e2e_distribution(const struct report_input *input, size_t number);
struct plot *chart_ttft_over_time(const struct report_input *input, size_t number);
struct plot *chart_itl_over_time(const struct report_input *input, size_t number);
struct plot *chart_memory_over_time(const struct report_input *input, size_t number);
struct plot *chart_gpu_over_time(const struct report_input *input, size_t number);
struct plot *chart_power_over_time(const struct report_input *input, size_t number);
struct plot *chart_speed_by_size(const struct report_input *input, size_t number);
struct plot *chart_speed_by_bandwidth(const struct report_input *input, size_t number);
struct plot *chart_context_by_parallel(const struct report_input *input, size_t number);
struct plot *chart_tokens_per_joule(const struct report_input *input, size_t number);

#endif
