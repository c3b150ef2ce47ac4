/*
 * The conditions under which a cell was measured: what makes the same machine
 * slower or faster without any knob. They are read at the start and the end of
 * each visit to a cell, the cheap ones of them each second in between (watch.h),
 * and what is bad about them, or changed, becomes a flag.
 *
 * Reading is in conditions_<system>.c; everything else is pure and works on
 * readings. Each source is optional: what a system does not tell is unknown,
 * and an unknown condition never raises a flag.
 */
#ifndef MACHINE_CONDITIONS_H
#define MACHINE_CONDITIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

/* X(symbol, name in JSON and messages); the first of each is unknown and written as null. */
#define POWER_SOURCES(X)            \
	X(POWER_UNKNOWN, NULL)      \
	X(POWER_AC, "ac")           \
	X(POWER_BATTERY, "battery") \
	X(POWER_UPS, "ups")

/*
 * macOS: the kernel's thermal pressure: nominal, moderate (fair), heavy (serious), trapping and sleeping (critical).
 * Linux: the hottest sensor of the CPU against that sensor's own limits: from "max" on, where cooling does all it can,
 * fair; from "crit" on critical. That it was slowed is told by `throttles`.
 */
#define THERMAL_STATES(X)             \
	X(THERMAL_UNKNOWN, NULL)      \
	X(THERMAL_NOMINAL, "nominal") \
	X(THERMAL_FAIR, "fair")       \
	X(THERMAL_SERIOUS, "serious") \
	X(THERMAL_CRITICAL, "critical")

/* macOS: kern.memorystatus_vm_pressure_level. Linux has no level, see memory_stalled_ns. */
#define MEMORY_PRESSURES(X)            \
	X(PRESSURE_UNKNOWN, NULL)      \
	X(PRESSURE_NORMAL, "normal")   \
	X(PRESSURE_WARNING, "warning") \
	X(PRESSURE_CRITICAL, "critical")

#define POWER_MODES(X)             \
	X(LOW_POWER_UNKNOWN, NULL) \
	X(LOW_POWER_OFF, "off")    \
	X(LOW_POWER_ON, "on")

#define X(symbol, name) symbol,
enum power_source { POWER_SOURCES(X) };
enum thermal_state { THERMAL_STATES(X) };
enum memory_pressure { MEMORY_PRESSURES(X) };
enum low_power_mode { POWER_MODES(X) };
#undef X

enum { CONDITION_WORD = 48 };

/* Unknown: 0 of an enum, NAN, JSON_UNKNOWN, "". A plain value: nothing is owned. */
struct machine_conditions {
	int64_t at_ns; /* monotonic */

	enum power_source power_source;
	double battery_pct; /* charge */
	enum low_power_mode low_power_mode;

	enum thermal_state thermal_state;
	double cpu_temperature_c; /* of the hottest sensor of the CPU */
	int64_t throttles;        /* times that a core or package was slowed for heat, since boot */

	/* The distinct values of all cores, "performance, powersave" where they differ. */
	char cpu_driver[CONDITION_WORD]; /* of the frequency: "intel_pstate" */
	char cpu_governor[CONDITION_WORD];
	char cpu_energy_preference[CONDITION_WORD];

	/* CPU time since boot, summed over all processors */
	int64_t cpu_busy_ns, cpu_idle_ns; /* idle: waiting for I/O included */
	int64_t cpu_steal_ns;             /* wanted by this virtual machine, given to another */
	int64_t own_cpu_ns; /* of this process and its descendants, also of those that ended: a managed server is one */

	int64_t swap_used_bytes;
	int64_t swapped_in_bytes, swapped_out_bytes; /* since boot */
	enum memory_pressure memory_pressure;
	int64_t memory_stalled_ns; /* since boot: some task waited for memory (Linux: PSI "some") */
};

/* Everything unknown. */
void machine_conditions_reset(struct machine_conditions *conditions);

/* This machine now. Milliseconds at most where all is well, but some sources ask firmware: not while requests run. */
void machine_conditions_read(struct machine_conditions *conditions);

/* The power supply alone: source, charge, low-power mode. */
void machine_power_read(struct machine_conditions *conditions);

/* One place that is asked. */
struct condition_source {
	const char *name;
	void (*read)(const char *root, struct machine_conditions *conditions); /* root: see machine/linux.h */
};

/* The sources of this system, ended by a NULL name; the first is the power supply. */
extern const struct condition_source condition_sources[];

/* What happened between two readings: shares are percent of the time of all processors. */
struct conditions_change {
	double wall_s;
	double cpu_busy_pct;
	double own_cpu_pct;   /* by llmbench and the server that it started */
	double other_cpu_pct; /* by all other programs; unknown when a server that is not ours may be among them */
	double steal_pct;
	double memory_stalled_pct; /* of wall time */
	int64_t throttles;
	int64_t swap_grown_bytes; /* negative: shrunk */
	int64_t swapped_in_bytes, swapped_out_bytes;
};

/* server_is_ours: the measured server descends from this process, or runs on another machine. */
struct conditions_change conditions_change_of(const struct machine_conditions *start,
                                              const struct machine_conditions *end, bool server_is_ours);

/*
 * Adds a reading to the worst of those before: the highest temperature, thermal state, memory pressure and swap, the
 * lowest charge, low-power mode or another power source than the mains if it was so once, and each word that was read.
 * Counters, which have no worst, stay as they are.
 */
void conditions_worsen(struct machine_conditions *worst, const struct machine_conditions *reading);

/*
 * A cell that is visited several times did not run from `left`, the end of a visit, to `back`, the start of the next.
 * Moves `since` by what happened in between, so that the change from it to the end of a later visit is the sum over the
 * visits alone. A counter that began anew within the visits is unknown from then on.
 */
void conditions_resume(struct machine_conditions *since, const struct machine_conditions *left,
                       const struct machine_conditions *back);

/* Of one cell, over all of its visits. */
struct cell_conditions {
	struct machine_conditions start, end; /* of the first visit, of the last */
	struct machine_conditions worst;      /* of all readings; its counters are unknown */
	int64_t looks;                        /* how many readings were taken within the visits */
	bool gave_up;                         /* looking took too long, so there were no more: see sampler.h */
	struct conditions_change change;      /* the sum of the visits */
	double cooldown_s;                    /* waited before its visits; NAN: `cooldown` does not ask for it */
};

/*
 * A rule looks at the conditions of a cell and, when they are bad, says how in
 * a few words. `in_notes`: it belongs into the row's Notes, since it changed
 * during the cell or spoils its figures; the others hold for a whole run and
 * are told once under the tables.
 */
struct condition_rule {
	const char *name; /* stable, for programs */
	bool in_notes;
	void (*judge)(const struct cell_conditions *cell, struct text *words); /* adds nothing: all is well */
	const char *cure;
};

extern const struct condition_rule condition_rules[];
extern const size_t condition_rule_count;

struct json *machine_conditions_json(const struct machine_conditions *conditions);

/*
 * {"cooldown_s", "start": {…}, "during": {…}, "worst": {…, "looks", "gave_up"}, "end": {…},
 *  "flags": [{"rule", "words", "cure", "in_notes"}]}
 */
struct json *cell_conditions_json(const struct cell_conditions *cell);

/* Temperatures in °C, of the hottest sensor; NAN unknown. */
struct machine_heat {
	double cpu_c, gpu_c;
};

/*
 * What keeps the machine from being as calm and cool as before the sweep: adds
 * words such as "the CPU has 71 °C, 45 °C when idle", nothing when it is calm
 * as far as it tells.
 */
void conditions_unrest(const struct machine_conditions *now, double gpu_c, const struct conditions_change *change,
                       const struct machine_heat *idle, struct text *words);

#endif
