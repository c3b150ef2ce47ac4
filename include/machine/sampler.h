/*
 * A thread that reads all sensors at a fixed period while requests run, and on
 * demand at the edges of phases; beside that it looks at the conditions of the
 * machine and keeps the worst of them.
 */
#ifndef MACHINE_SAMPLER_H
#define MACHINE_SAMPLER_H

#include <stddef.h>

#include "core/sample.h"
#include "machine/sensor.h"
#include "machine/watch.h"

struct sampler;

/*
 * Takes its first sample at once, in PHASE_IDLE. interval_ns is kept by
 * absolute deadlines; ticks that were missed are skipped and counted, never
 * made up. The sensors are those of sensor_bank_open(context).
 *
 * watch: looked at by the thread each look_interval_ns, by the same rules (the
 * first look comes after one interval, ticks are skipped, two slow looks are the
 * last ones); borrowed until sampler_stop(). NULL: no looks.
 */
struct sampler *sampler_start(const struct sensor_context *context, int64_t interval_ns, const struct watch *watch,
                              int64_t look_interval_ns);

/*
 * A new phase begins: one forced reading, taken at once by the caller's thread,
 * ends the old phase and begins the new one: two samples with one stamp. The
 * phase that is entered already gets one sample.
 */
void sampler_enter(struct sampler *sampler, enum phase phase);

/* The newest sample, for progress; does not wait for a sensor that is being read. */
struct sample sampler_latest(struct sampler *sampler);

struct sampler_result {
	struct sample *samples; /* owned; stamps never descend */
	size_t count;
	size_t missed;                /* ticks skipped */
	int64_t cpu_ns;               /* the thread's own CPU time; JSON_UNKNOWN when not told */
	int64_t wall_ns;              /* that it ran */
	const char *definition;       /* of used memory; static */
	bool used_without_files;      /* memory_is_without_files() */
	struct sensor_state *sensors; /* owned: sensor_count() of them; NULL: no sampler */

	struct machine_conditions worst; /* of all looks: conditions_worsen(); unknown without any */
	size_t looks;
	bool gave_up; /* two looks took over 20 ms each: there were no more */
};

/* One last sample, then the thread ends. Frees the sampler. NULL gives an empty result. */
struct sampler_result sampler_stop(struct sampler *sampler);
void sampler_result_release(struct sampler_result *result);

#endif
