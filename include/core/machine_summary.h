/*
 * What the machine did during a cell: figures by phase and metrics while
 * requests ran, computed from samples. Pure.
 */
#ifndef CORE_MACHINE_SUMMARY_H
#define CORE_MACHINE_SUMMARY_H

#include <stddef.h>

#include "core/record.h"
#include "core/sample.h"

/* Of the gauges: highest value in a phase and the last one; JSON_UNKNOWN where no sample of it knows one. */
struct phase_figures {
	int64_t peak[SAMPLE_FIGURE_COUNT], last[SAMPLE_FIGURE_COUNT];
	size_t samples;
};

struct machine_summary {
	struct phase_figures phases[PHASE_COUNT];
	/*
	 * Over PHASE_MEASURING of all visits: wall time between first and last sample
	 * of each, and the growth of the counters in it; JSON_UNKNOWN where a counter
	 * was not known at both ends of a visit, or went back.
	 */
	int64_t measured_ns;
	int64_t grown[SAMPLE_FIGURE_COUNT];
	double mean[SAMPLE_FIGURE_COUNT]; /* of gauges, weighted by time; NAN unknown */
};

/* Samples of one cell in order of time, of all its visits. Stale ones count for everything but used_bytes. */
void machine_summary_of(const struct sample *samples, size_t count, struct machine_summary *machine);

/*
 * Joules used while requests ran, NAN unknown; *source says of what: "system",
 * "gpu and cpu", "gpu", "cpu"; NULL when unknown.
 */
double machine_energy_j(const struct machine_summary *machine, const char **source);

/*
 * Whether the samples tell of all the time in which these requests were sent: each between two of PHASE_MEASURING that
 * follow each other. They do not where a visit to the cell was cut short and its samples were lost.
 */
bool machine_covers(const struct sample *samples, size_t count, const struct record *records, size_t record_count);

/*
 * Where "used" leaves out the pages of mapped files: whether weights are such,
 * which is when mapped files make at least half of the server's resident memory
 * in a sample that knows their proportional size, and at least 1 % of the total. Then *files_bytes is the most
 * that they came to, and *with_bytes the highest sum of used memory and them.
 */
bool machine_has_mapped_weights(const struct sample *samples, size_t count, int64_t *files_bytes, int64_t *with_bytes);

/*
 * {"idle": {"samples", FIGURE: {"peak", "last"}, …}, "loading": …}: gauges that
 * are known in the phase; phases without samples are left out.
 */
struct json *machine_phases_json(const struct machine_summary *machine);

#endif
