/* Conditions over time: what came and went between the readings at the edges, and the sum of several visits. */
#include <stdlib.h>

#include "base/clock.h"
#include "machine/condition_names.h"
#include "tap.h"

#define MIB INT64_C(1048576)

/* Of the condition that `member` is: at the start, the worst, at the end. */
#define SEEN(member, first, highest, last)                                         \
	{                                                                          \
		.start.member = first, .worst.member = highest, .end.member = last \
	}

static const struct {
	struct cell_conditions cell;
	const char *flags;
} cases[] = {
    {SEEN(power_source, POWER_AC, POWER_BATTERY, POWER_AC), "the power source was battery for a while"},
    {SEEN(power_source, POWER_BATTERY, POWER_BATTERY, POWER_AC), "the power source changed from battery to ac"},
    {SEEN(power_source, POWER_BATTERY, POWER_BATTERY, POWER_BATTERY), "on battery"},
    {SEEN(power_source, POWER_UNKNOWN, POWER_BATTERY, POWER_UNKNOWN), ""},
    {SEEN(low_power_mode, LOW_POWER_OFF, LOW_POWER_ON, LOW_POWER_OFF), "low-power mode was on for a while"},
    {SEEN(low_power_mode, LOW_POWER_OFF, LOW_POWER_OFF, LOW_POWER_OFF), ""},
    {SEEN(thermal_state, THERMAL_NOMINAL, THERMAL_SERIOUS, THERMAL_NOMINAL),
     "the thermal state rose from nominal to serious"},
    {SEEN(thermal_state, THERMAL_NOMINAL, THERMAL_NOMINAL, THERMAL_NOMINAL), ""},
    {SEEN(thermal_state, THERMAL_FAIR, THERMAL_CRITICAL, THERMAL_FAIR), "the thermal state rose from fair to critical"},
    {SEEN(thermal_state, THERMAL_SERIOUS, THERMAL_CRITICAL, THERMAL_FAIR),
     "the thermal state rose from serious to critical"},
    {SEEN(thermal_state, THERMAL_SERIOUS, THERMAL_SERIOUS, THERMAL_NOMINAL), "thermal state serious"},
    {SEEN(thermal_state, THERMAL_UNKNOWN, THERMAL_CRITICAL, THERMAL_UNKNOWN), ""},
    {SEEN(cpu_governor, "performance", "performance, powersave", "performance"),
     "the governor was not always performance (seen: performance, powersave)"},
    {SEEN(cpu_governor, "performance", "performance", "performance"), ""},
    {SEEN(cpu_energy_preference, "performance", "performance, power", "performance"),
     "the energy preference was not always performance (seen: performance, power)"},
    {SEEN(swap_used_bytes, 100 * MIB, 1329 * MIB, 100 * MIB), "swap grew by 1.200GiB"},
    {SEEN(swap_used_bytes, 100 * MIB, 355 * MIB, 100 * MIB), ""},
    {SEEN(swap_used_bytes, JSON_UNKNOWN, 1329 * MIB, JSON_UNKNOWN), ""},
    {SEEN(memory_pressure, PRESSURE_WARNING, PRESSURE_CRITICAL, PRESSURE_NORMAL),
     "memory pressure rose from warning to critical"},
    {SEEN(memory_pressure, PRESSURE_WARNING, PRESSURE_WARNING, PRESSURE_NORMAL), "memory pressure warning"},
};

static void test_rules(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text flags = {0};

		for (size_t rule = 0; rule < condition_rule_count; rule++)
			condition_rules[rule].judge(&cases[i].cell, &flags);
		is_text(text_string(&flags), cases[i].flags, cases[i].flags[0] != '\0' ? cases[i].flags : "nothing");
		text_release(&flags);
	}
}

/* Two processors for ten seconds: 20 s of CPU time. */
static struct machine_conditions at(int64_t seconds, double busy_s, double idle_s, double steal_s, double own_s)
{
	struct machine_conditions conditions;

	machine_conditions_reset(&conditions);
	conditions.at_ns = seconds * NS_PER_S;
	conditions.cpu_busy_ns = (int64_t)(busy_s * 1e9);
	conditions.cpu_idle_ns = (int64_t)(idle_s * 1e9);
	conditions.cpu_steal_ns = (int64_t)(steal_s * 1e9);
	conditions.own_cpu_ns = (int64_t)(own_s * 1e9);
	return conditions;
}

/* Two visits of 10 s with an hour between, in which all that is counted went on. */
static void test_visits(void)
{
	struct machine_conditions first = at(0, 0, 0, 0, 0), left = at(10, 5, 15, 0, 4);
	struct machine_conditions back = at(3610, 4005, 3215, 99, 3000), last = at(3620, 4020, 3220, 99, 3003);
	struct machine_conditions since = first;
	struct conditions_change change;

	first.throttles = since.throttles = 7;
	left.throttles = 9;
	back.throttles = 1000;
	last.throttles = 1001;
	since.swap_used_bytes = 5 * MIB;
	left.swap_used_bytes = 3 * MIB;
	back.swap_used_bytes = 800 * MIB;
	last.swap_used_bytes = 801 * MIB;
	since.swapped_in_bytes = 10 * MIB;
	left.swapped_in_bytes = 1 * MIB;
	back.swapped_in_bytes = 20 * MIB;
	last.swapped_in_bytes = 21 * MIB;
	conditions_resume(&since, &left, &back);
	change = conditions_change_of(&since, &last, true);
	is_real(change.wall_s, 20, 1e-9, "wall time of the visits");
	is_real(change.cpu_busy_pct, 50, 1e-9, "busy: 5 and 15 of 40 s");
	is_real(change.own_cpu_pct, 17.5, 1e-9, "our own: 4 and 3");
	is_real(change.other_cpu_pct, 32.5, 1e-9, "others");
	is_real(change.steal_pct, 0, 0, "what was stolen in between is no matter");
	is_int(change.throttles, 3, "throttles: 2 and 1");
	is_int(change.swap_grown_bytes, -MIB, "swap: 2 MiB less and 1 more");
	is_int(change.swapped_in_bytes, JSON_UNKNOWN, "a counter that began anew in a visit tells nothing");
	is_int(change.memory_stalled_pct > 0, 0, "what was never told stays unknown");
}

static void test_worst(void)
{
	struct machine_conditions worst, reading;

	machine_conditions_reset(&worst);
	machine_conditions_reset(&reading);
	conditions_worsen(&worst, &reading);
	ok(worst.thermal_state == THERMAL_UNKNOWN && isnan(worst.cpu_temperature_c) && isnan(worst.battery_pct) &&
	       worst.swap_used_bytes == JSON_UNKNOWN && worst.cpu_governor[0] == '\0',
	   "the worst of nothing is unknown");
	reading = (struct machine_conditions){.power_source = POWER_BATTERY,
	                                      .battery_pct = 40,
	                                      .low_power_mode = LOW_POWER_ON,
	                                      .thermal_state = THERMAL_SERIOUS,
	                                      .cpu_temperature_c = 97,
	                                      .cpu_governor = "powersave",
	                                      .swap_used_bytes = 5,
	                                      .memory_pressure = PRESSURE_WARNING,
	                                      .throttles = 3};
	conditions_worsen(&worst, &reading);
	reading = (struct machine_conditions){.power_source = POWER_AC,
	                                      .battery_pct = 90,
	                                      .low_power_mode = LOW_POWER_OFF,
	                                      .thermal_state = THERMAL_NOMINAL,
	                                      .cpu_temperature_c = 50,
	                                      .cpu_governor = "performance",
	                                      .swap_used_bytes = 4,
	                                      .memory_pressure = PRESSURE_NORMAL};
	conditions_worsen(&worst, &reading);
	machine_conditions_reset(&reading);
	conditions_worsen(&worst, &reading);
	is_text(power_source_name(worst.power_source), "battery", "power source");
	is_real(worst.battery_pct, 40, 0, "charge");
	is_text(low_power_mode_name(worst.low_power_mode), "on", "mode");
	is_text(thermal_state_name(worst.thermal_state), "serious", "thermal state");
	is_real(worst.cpu_temperature_c, 97, 0, "temperature");
	is_text(worst.cpu_governor, "powersave, performance", "governors");
	is_int(worst.swap_used_bytes, 5, "swap");
	is_text(memory_pressure_name(worst.memory_pressure), "warning", "memory pressure");
	is_int(worst.throttles, JSON_UNKNOWN, "counters have no worst");
}

int main(void)
{
	test_rules();
	test_visits();
	test_worst();
	return tap_done();
}
