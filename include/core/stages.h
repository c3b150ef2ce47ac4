/*
 * What a server did at each instant of a cell, as its replies tell: only prompts
 * were computed, or only text was written. With many requests in flight it is
 * often both, and a server that does not tell how long it computed a prompt
 * leaves open whether a request waited. Pure.
 */
#ifndef CORE_STAGES_H
#define CORE_STAGES_H

#include <stddef.h>

#include "core/record.h"
#include "core/sample.h"

/* X(symbol, name) */
#define STAGES(X)                   \
	X(STAGE_PREFILL, "prefill") \
	X(STAGE_DECODE, "decode")   \
	X(STAGE_OTHER, "other") /* both, neither, or it is not known which */

enum stage {
#define X(symbol, name) symbol,
	STAGES(X)
#undef X
};
enum { STAGE_COUNT = STAGE_OTHER }; /* of those that have figures */

const char *stage_name(enum stage stage);

/* From at_ns, until the next step. */
struct stage_step {
	int64_t at_ns;
	enum stage stage;
};

struct stages {
	struct stage_step *steps; /* owned; at_ns ascends; before the first it is STAGE_OTHER */
	size_t count;
};

/*
 * Of any records, in any order. A request's prompt is computed for as long as
 * the server says, until its first text event; then its text is written, until
 * the last one. Where the server does not say, a request that is alone in
 * flight has nothing to wait for. Of one that failed, or whose text came as a
 * whole, nothing is known.
 */
struct stages stages_of(const struct record *records, size_t count);
void stages_release(struct stages *stages);

/* The stage of all the time from from_ns to to_ns, both included; STAGE_OTHER where it was not one. */
enum stage stages_between(const struct stages *stages, int64_t from_ns, int64_t to_ns);

/* Of the samples that were taken in one stage: gauges; and how far counters went between two of them, over that time.
 */
struct stage_figures {
	size_t samples;
	int64_t peak[SAMPLE_FIGURE_COUNT]; /* of gauges; JSON_UNKNOWN where no sample knows one */
	double mean[SAMPLE_FIGURE_COUNT];  /* likewise, of the samples; NAN */
	int64_t grown[SAMPLE_FIGURE_COUNT], over_ns[SAMPLE_FIGURE_COUNT]; /* of counters; JSON_UNKNOWN and 0 */
};

/* Samples of one cell in order of time, of all its visits. */
void stage_figures_of(const struct stages *stages, const struct sample *samples, size_t count, enum stage stage,
                      struct stage_figures *figures);

/* {"samples", GAUGE: {"peak", "mean"}, …, COUNTER: {"grown", "over_s"}, …}, what is known; NULL: there are no samples.
 */
struct json *stage_figures_json(const struct stage_figures *figures);

#endif
