/*
 * Service level objectives: the most that a request may take to count as
 * goodput. In the matrix file: slo: {ttft_ms: 500, tpot_ms: 50}.
 */
#ifndef CORE_SLO_H
#define CORE_SLO_H

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"
#include "core/record.h"

enum { SLO_COUNT = 4 };

/* The metrics that may be limited: ttft_ms, itl_ms, tpot_ms, e2e_ms. */
extern const char *const slo_metrics[SLO_COUNT];

struct slo {
	double limits_ms[SLO_COUNT]; /* in the order of slo_metrics; NAN: not limited */
};

/* "{ttft_ms: 500, tpot_ms: 50}": at least one, each once, above 0. False: it is not that. */
bool slo_read(const char *string, struct slo *slo);
/* The same, in the order of slo_metrics. */
void slo_add(const struct slo *slo, struct text *into);

/* {"ttft_ms":500}, and back; false: it limits nothing. */
struct json *slo_json(const struct slo *slo);
bool slo_of_json(const struct json *json, struct slo *slo);

/*
 * Whether a request succeeded and met every limit. A value that is unknown
 * meets none; ITL has a value for each gap, and every one must meet it.
 */
bool slo_is_met(const struct slo *slo, const struct record *record);

#endif
