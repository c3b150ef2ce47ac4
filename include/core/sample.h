/*
 * The machine at one instant of a cell.
 */
#ifndef CORE_SAMPLE_H
#define CORE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

/* X(symbol, name) in the order in which a cell passes them. */
#define PHASES(X)                       \
	X(PHASE_IDLE, "idle")           \
	X(PHASE_LOADING, "loading")     \
	X(PHASE_LOADED, "loaded")       \
	X(PHASE_MEASURING, "measuring") \
	X(PHASE_AFTER, "after")

enum phase {
#define X(symbol, name) symbol,
	PHASES(X)
#undef X
};

const char *phase_name(enum phase phase);

/* Bytes are JSON_UNKNOWN where the machine does not tell. */
struct sample {
	int64_t at_ns; /* monotonic */
	enum phase phase;
	bool stale;         /* the source repeated an old answer: kept, but in no statistic */
	int64_t used_bytes; /* used memory of the system, see machine/memory.h */
	int64_t total_bytes;
	int64_t swap_used_bytes;
};

/* One line of samples.jsonl. The stamp becomes nanoseconds after `origin_ns`. */
struct json *sample_json(const struct sample *sample, const char *cell_id, int64_t origin_ns);

#endif
