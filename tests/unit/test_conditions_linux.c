/* The Linux sources of conditions, on the trees of tests/data/linux, and on this machine. */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/condition_names.h"
#include "tap.h"

#define KIB INT64_C(1024)

static const struct {
	const char *tree;
	const char *power;
	double battery_pct;
	const char *mode, *thermal;
	double temperature_c;
	int64_t throttles;
	const char *driver, *governor, *preference;
	int64_t busy_ms, idle_ms, steal_ms, own_ms; /* with 100 ticks a second */
	int64_t swap_bytes, in_pages, out_pages, stalled_us;
} cases[] = {
    /* On its battery, warm, in low-power mode; the mouse's battery is no matter. */
    {"laptop", "battery", 41, "on", "fair", 97, 5, "intel_pstate", "powersave", "balance_power, power", 1630, 40500, 0,
     24810, 100000 * KIB, 3, 25000, 1500000},
    /* Two governors; a monitor without limits; no word on where its power comes from. */
    {"desktop", NULL, NAN, "off", NULL, 45.125, JSON_UNKNOWN, "acpi-cpufreq", "performance, powersave", "",
     JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, 128000 * KIB, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN},
    /* Thermal zones only, one of them broken; powered by USB. */
    {"board", "ac", NAN, NULL, NULL, 61, JSON_UNKNOWN, "", "", "", JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN,
     JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN},
    /* A virtual machine: time was stolen, and there is no PSI. */
    {"container", NULL, NAN, NULL, NULL, NAN, JSON_UNKNOWN, "", "", "", 12100, 500000, 4000, JSON_UNKNOWN, 0,
     JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN},
    {"no-such-tree", NULL, NAN, NULL, NULL, NAN, JSON_UNKNOWN, "", "", "", JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN,
     JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN},
};

static int64_t scaled(int64_t value, int64_t unit)
{
	return value == JSON_UNKNOWN ? JSON_UNKNOWN : value * unit;
}

static void test_trees(void)
{
	int64_t page = sysconf(_SC_PAGESIZE), ms = NS_PER_S / sysconf(_SC_CLK_TCK) / 10;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *root = text_format("tests/data/linux/%s", cases[i].tree);
		struct machine_conditions got;

		machine_conditions_reset(&got);
		for (size_t s = 0; condition_sources[s].name != NULL; s++)
			condition_sources[s].read(root, &got);
		is_text(power_source_name(got.power_source), cases[i].power, cases[i].tree);
		is_real(got.battery_pct, cases[i].battery_pct, 0, "  battery");
		is_text(low_power_mode_name(got.low_power_mode), cases[i].mode, "  low-power mode");
		is_text(thermal_state_name(got.thermal_state), cases[i].thermal, "  thermal state");
		is_real(got.cpu_temperature_c, cases[i].temperature_c, 1e-9, "  temperature");
		is_int(got.throttles, cases[i].throttles, "  throttles");
		is_text(got.cpu_driver, cases[i].driver, "  driver");
		is_text(got.cpu_governor, cases[i].governor, "  governor");
		is_text(got.cpu_energy_preference, cases[i].preference, "  energy preference");
		is_int(got.cpu_busy_ns, scaled(cases[i].busy_ms, ms), "  busy");
		is_int(got.cpu_idle_ns, scaled(cases[i].idle_ms, ms), "  idle");
		is_int(got.cpu_steal_ns, scaled(cases[i].steal_ms, ms), "  steal");
		is_int(got.own_cpu_ns, scaled(cases[i].own_ms, ms), "  of our own tree");
		is_int(got.swap_used_bytes, cases[i].swap_bytes, "  swap");
		is_int(got.swapped_in_bytes, scaled(cases[i].in_pages, page), "  swapped in");
		is_int(got.swapped_out_bytes, scaled(cases[i].out_pages, page), "  swapped out");
		is_int(got.memory_stalled_ns, scaled(cases[i].stalled_us, NS_PER_US), "  stalled");
		is_text(memory_pressure_name(got.memory_pressure), NULL, "  no level of pressure");
		free(root);
	}
}

/* Work of our own is seen as ours, where /proc tells. */
static void test_here(void)
{
	struct machine_conditions start, end;
	int64_t give_up_ns = clock_now_ns() + 20 * NS_PER_S;

	machine_conditions_read(&start);
	do
		machine_conditions_read(&end);
	while (start.own_cpu_ns != JSON_UNKNOWN && end.own_cpu_ns < start.own_cpu_ns + 100 * NS_PER_MS &&
	       clock_now_ns() < give_up_ns);
	ok(start.own_cpu_ns == JSON_UNKNOWN || end.own_cpu_ns >= start.own_cpu_ns + 100 * NS_PER_MS,
	   "our own CPU time rises while we work");
	ok(start.cpu_busy_ns == JSON_UNKNOWN || end.cpu_busy_ns > start.cpu_busy_ns, "so does the machine's");
}

int main(void)
{
	test_trees();
	test_here();
	return tap_done();
}
