/* Readings of one cell put together: the worst of them, and counters over visits with pauses between. */
#include <math.h>

#include "machine/condition_names.h"

/* The names of a kind ascend from unknown to what disturbs most. */
#define HIGHER(member) worst->member = reading->member > worst->member ? reading->member : worst->member

void conditions_worsen(struct machine_conditions *worst, const struct machine_conditions *reading)
{
	HIGHER(power_source);
	HIGHER(low_power_mode);
	HIGHER(thermal_state);
	HIGHER(memory_pressure);
	HIGHER(swap_used_bytes); /* unknown is the least integer */
	worst->battery_pct = fmin(worst->battery_pct, reading->battery_pct);
	worst->cpu_temperature_c = fmax(worst->cpu_temperature_c, reading->cpu_temperature_c);
	conditions_add_word(worst->cpu_driver, reading->cpu_driver);
	conditions_add_word(worst->cpu_governor, reading->cpu_governor);
	conditions_add_word(worst->cpu_energy_preference, reading->cpu_energy_preference);
}

/* The reading from which a level counts, moved by what happened in a pause. */
static void move(int64_t *since, int64_t left, int64_t back)
{
	*since = *since == JSON_UNKNOWN || left == JSON_UNKNOWN || back == JSON_UNKNOWN ? JSON_UNKNOWN
	                                                                                : back - (left - *since);
}

/* The same of a counter, which never falls: one that did began anew, and what it had counted is lost. */
static void move_counter(int64_t *since, int64_t left, int64_t back)
{
	if (*since != JSON_UNKNOWN && left != JSON_UNKNOWN && left < *since)
		*since = JSON_UNKNOWN;
	move(since, left, back);
}

void conditions_resume(struct machine_conditions *since, const struct machine_conditions *left,
                       const struct machine_conditions *back)
{
	move(&since->at_ns, left->at_ns, back->at_ns);
	move(&since->swap_used_bytes, left->swap_used_bytes, back->swap_used_bytes);
	move_counter(&since->throttles, left->throttles, back->throttles);
	move_counter(&since->cpu_busy_ns, left->cpu_busy_ns, back->cpu_busy_ns);
	move_counter(&since->cpu_idle_ns, left->cpu_idle_ns, back->cpu_idle_ns);
	move_counter(&since->cpu_steal_ns, left->cpu_steal_ns, back->cpu_steal_ns);
	move_counter(&since->own_cpu_ns, left->own_cpu_ns, back->own_cpu_ns);
	move_counter(&since->swapped_in_bytes, left->swapped_in_bytes, back->swapped_in_bytes);
	move_counter(&since->swapped_out_bytes, left->swapped_out_bytes, back->swapped_out_bytes);
	move_counter(&since->memory_stalled_ns, left->memory_stalled_ns, back->memory_stalled_ns);
}
