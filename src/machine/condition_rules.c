/*
 * The flags of conditions: one row for each thing that makes figures of the
 * same machine differ, and a function that sees it in the readings of a cell:
 * its start, its end, and the worst of all, which holds what came and went.
 * A comparison with NAN is false and JSON_UNKNOWN is the least integer, so what
 * is unknown never raises a flag.
 */
#include <string.h>

#include "base/units.h"
#include "machine/condition_names.h"

#define MIB (INT64_C(1) << 20)

/* Percent of the time of all processors. */
#define OTHER_LOAD_PCT       10.0 /* noticed */
#define OTHER_LOAD_HEAVY_PCT 25.0 /* spoils a row */
#define STEAL_PCT            2.0
/* Percent of wall time. */
#define STALLED_PCT          5.0

#define SWAP_GROWN_BYTES (256 * MIB)
#define SWAPPED_IN_BYTES (64 * MIB)

/* Idle machines swing by a few degrees. */
#define NEAR_IDLE_C 5.0

static bool is_word(const char *words, const char *word)
{
	return strcmp(words, word) == 0;
}

/* --- Power --- */

static void on_battery(const struct cell_conditions *cell, struct text *words)
{
	if (cell->start.power_source == POWER_BATTERY && cell->end.power_source == POWER_BATTERY)
		text_add(words, "on battery");
}

static void power_source_changed(const struct cell_conditions *cell, struct text *words)
{
	enum power_source before = cell->start.power_source, after = cell->end.power_source;

	if (before != POWER_UNKNOWN && after != POWER_UNKNOWN && before != after)
		text_addf(words, "the power source changed from %s to %s", power_source_name(before),
		          power_source_name(after));
	else if (before != POWER_UNKNOWN && cell->worst.power_source > before)
		text_addf(words, "the power source was %s for a while", power_source_name(cell->worst.power_source));
}

static void low_power(const struct cell_conditions *cell, struct text *words)
{
	if (cell->start.low_power_mode == LOW_POWER_ON && cell->end.low_power_mode == LOW_POWER_ON)
		text_add(words, "low-power mode");
}

static void low_power_changed(const struct cell_conditions *cell, struct text *words)
{
	enum low_power_mode before = cell->start.low_power_mode, after = cell->end.low_power_mode;

	if (before != LOW_POWER_UNKNOWN && after != LOW_POWER_UNKNOWN && before != after)
		text_addf(words, "low-power mode was switched %s", low_power_mode_name(after));
	else if (before == LOW_POWER_OFF && cell->worst.low_power_mode == LOW_POWER_ON)
		text_add(words, "low-power mode was on for a while");
}

/* --- Heat --- */

static enum thermal_state highest_state(const struct cell_conditions *cell)
{
	return cell->worst.thermal_state > cell->end.thermal_state ? cell->worst.thermal_state
	                                                           : cell->end.thermal_state;
}

static void warm(const struct cell_conditions *cell, struct text *words)
{
	if (cell->start.thermal_state == THERMAL_FAIR && highest_state(cell) <= THERMAL_FAIR)
		text_add(words, "thermal state fair");
}

static void hot(const struct cell_conditions *cell, struct text *words)
{
	if (cell->start.thermal_state >= THERMAL_SERIOUS && highest_state(cell) <= cell->start.thermal_state)
		text_addf(words, "thermal state %s", thermal_state_name(cell->start.thermal_state));
}

static void heated(const struct cell_conditions *cell, struct text *words)
{
	enum thermal_state before = cell->start.thermal_state, highest = highest_state(cell);

	if (before != THERMAL_UNKNOWN && highest > before)
		text_addf(words, "the thermal state rose from %s to %s", thermal_state_name(before),
		          thermal_state_name(highest));
}

static void throttled(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.throttles > 0)
		text_addf(words, "the CPU was slowed for heat %lld time%s", (long long)cell->change.throttles,
		          cell->change.throttles == 1 ? "" : "s");
}

/* --- Frequency --- */

/* These drivers choose the frequency themselves; their "powersave" is the usual, dynamic way, not the lowest one. */
static bool chooses_itself(const char *driver)
{
	return is_word(driver, "intel_pstate") || is_word(driver, "amd-pstate-epp");
}

static void governor(const struct cell_conditions *cell, struct text *words)
{
	const struct machine_conditions *start = &cell->start;

	if (strstr(start->cpu_governor, "powersave") != NULL && !chooses_itself(start->cpu_driver))
		text_addf(words, "governor %s", start->cpu_governor);
}

static void energy_preference(const struct cell_conditions *cell, struct text *words)
{
	if (is_word(cell->start.cpu_energy_preference, "power"))
		text_add(words, "energy preference power");
}

/* worst: every value that was seen. */
static void changed_word(const char *what, const char *before, const char *worst, const char *after, struct text *words)
{
	if (before[0] == '\0')
		return;
	if (after[0] != '\0' && !is_word(before, after))
		text_addf(words, "%s changed from %s to %s", what, before, after);
	else if (worst[0] != '\0' && !is_word(before, worst))
		text_addf(words, "%s was not always %s (seen: %s)", what, before, worst);
}

static void governor_changed(const struct cell_conditions *cell, struct text *words)
{
	changed_word("the governor", cell->start.cpu_governor, cell->worst.cpu_governor, cell->end.cpu_governor, words);
}

static void energy_preference_changed(const struct cell_conditions *cell, struct text *words)
{
	changed_word("the energy preference", cell->start.cpu_energy_preference, cell->worst.cpu_energy_preference,
	             cell->end.cpu_energy_preference, words);
}

/* --- Other programs, other machines --- */

static void other_load(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.other_cpu_pct >= OTHER_LOAD_PCT && cell->change.other_cpu_pct < OTHER_LOAD_HEAVY_PCT)
		text_addf(words, "other programs used %.0f %% of the CPU", cell->change.other_cpu_pct);
}

static void heavy_other_load(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.other_cpu_pct >= OTHER_LOAD_HEAVY_PCT)
		text_addf(words, "other programs used %.0f %% of the CPU", cell->change.other_cpu_pct);
}

static void steal(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.steal_pct >= STEAL_PCT)
		text_addf(words, "steal %.0f %%", cell->change.steal_pct);
}

/* --- Memory --- */

/* By the end, or by the worst moment. */
static void swap_grew(const struct cell_conditions *cell, struct text *words)
{
	int64_t before = cell->start.swap_used_bytes, most = cell->worst.swap_used_bytes;
	int64_t grown = cell->change.swap_grown_bytes;

	if (before != JSON_UNKNOWN && most != JSON_UNKNOWN && most - before > grown)
		grown = most - before;
	if (grown >= SWAP_GROWN_BYTES) {
		text_add(words, "swap grew by ");
		units_add_gi(words, grown);
		text_add(words, "B");
	}
}

static void swapped_in(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.swapped_in_bytes >= SWAPPED_IN_BYTES) {
		units_add_gi(words, cell->change.swapped_in_bytes);
		text_add(words, "B were read back from swap");
	}
}

static void memory_stalled(const struct cell_conditions *cell, struct text *words)
{
	if (cell->change.memory_stalled_pct >= STALLED_PCT)
		text_addf(words, "programs waited for memory %.0f %% of the time", cell->change.memory_stalled_pct);
}

static enum memory_pressure highest_pressure(const struct cell_conditions *cell)
{
	return cell->worst.memory_pressure > cell->end.memory_pressure ? cell->worst.memory_pressure
	                                                               : cell->end.memory_pressure;
}

static void pressure(const struct cell_conditions *cell, struct text *words)
{
	if (cell->start.memory_pressure == PRESSURE_WARNING && highest_pressure(cell) <= PRESSURE_WARNING)
		text_add(words, "memory pressure warning");
}

static void pressure_rose(const struct cell_conditions *cell, struct text *words)
{
	enum memory_pressure before = cell->start.memory_pressure, highest = highest_pressure(cell);

	if (before == PRESSURE_CRITICAL)
		text_add(words, "memory pressure critical");
	else if (before != PRESSURE_UNKNOWN && highest > before)
		text_addf(words, "memory pressure rose from %s to %s", memory_pressure_name(before),
		          memory_pressure_name(highest));
}

static const char plug_in[] = "run on mains power";
static const char leave_mode[] = "switch low-power mode off";
static const char cool[] = "let it cool before each cell (`cooldown:`), or improve its cooling";
static const char set_governor[] = "set it to performance (cpupower frequency-set -g performance)";
static const char set_preference[] = "set it to performance (energy_performance_preference of cpufreq)";
static const char close_programs[] = "end other programs";
static const char need_less[] = "end other programs, or use less context, fewer slots or a smaller model";

const struct condition_rule condition_rules[] = {
    {"on_battery", false, on_battery, plug_in},
    {"power_source_changed", true, power_source_changed, plug_in},
    {"low_power_mode", false, low_power, leave_mode},
    {"low_power_mode_changed", true, low_power_changed, leave_mode},
    {"warm", false, warm, cool},
    {"hot", true, hot, cool},
    {"heated", true, heated, cool},
    {"throttled", true, throttled, cool},
    {"governor", false, governor, set_governor},
    {"governor_changed", true, governor_changed, set_governor},
    {"energy_preference", false, energy_preference, set_preference},
    {"energy_preference_changed", true, energy_preference_changed, set_preference},
    {"other_load", false, other_load, close_programs},
    {"heavy_other_load", true, heavy_other_load, close_programs},
    {"steal", true, steal, "use a machine whose processors are not shared"},
    {"swap_grew", true, swap_grew, need_less},
    {"swapped_in", true, swapped_in, need_less},
    {"memory_stalled", true, memory_stalled, need_less},
    {"memory_pressure", false, pressure, need_less},
    {"memory_pressure_rose", true, pressure_rose, need_less},
};

const size_t condition_rule_count = sizeof(condition_rules) / sizeof(condition_rules[0]);

static void separate(struct text *words)
{
	if (words->size > 0)
		text_add(words, ", ");
}

static void add_heat(const char *processor, double now_c, double idle_c, struct text *words)
{
	if (!(now_c > idle_c + NEAR_IDLE_C))
		return;
	separate(words);
	text_addf(words, "the %s has %.0f °C, %.0f °C when idle", processor, now_c, idle_c);
}

void conditions_unrest(const struct machine_conditions *now, double gpu_c, const struct conditions_change *change,
                       const struct machine_heat *idle, struct text *words)
{
	if (now->thermal_state > THERMAL_NOMINAL)
		text_addf(words, "thermal state %s", thermal_state_name(now->thermal_state));
	add_heat("CPU", now->cpu_temperature_c, idle->cpu_c, words);
	add_heat("GPU", gpu_c, idle->gpu_c, words);
	if (change->other_cpu_pct >= OTHER_LOAD_PCT) {
		separate(words);
		text_addf(words, "other programs use %.0f %% of the CPU", change->other_cpu_pct);
	}
}
