/* The watch: on recorded trees it sees what a whole reading sees, and it sees what comes and goes between two of them.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "machine/condition_names.h"
#include "machine/sampler.h"
#include "scratch.h"
#include "tap.h"

#define HOUR_NS (3600 * NS_PER_S)
#define SENSOR  "sys/class/hwmon/hwmon0/temp1_input"
#define MAINS   "sys/class/power_supply/AC/online"
#define PROFILE "sys/firmware/acpi/platform_profile"
#define POLICY  "sys/devices/system/cpu/cpufreq/policy0/scaling_governor"

static void read_whole(const char *root, struct machine_conditions *reading)
{
	machine_conditions_reset(reading);
	for (size_t i = 0; condition_sources[i].name != NULL; i++)
		condition_sources[i].read(root, reading);
}

static void test_trees(void)
{
	static const char *const trees[] = {"laptop", "desktop", "board", "container", "no-such-tree"};

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		char *root = text_format("tests/data/linux/%s", trees[i]);
		struct watch *watch = watch_open(root);
		struct machine_conditions whole, seen;

		read_whole(root, &whole);
		watch_look(watch, &seen);
		is_text(power_source_name(seen.power_source), power_source_name(whole.power_source), trees[i]);
		is_text(low_power_mode_name(seen.low_power_mode), low_power_mode_name(whole.low_power_mode), "  mode");
		is_text(thermal_state_name(seen.thermal_state), thermal_state_name(whole.thermal_state), "  state");
		is_real(seen.cpu_temperature_c, whole.cpu_temperature_c, 0, "  temperature");
		is_text(seen.cpu_governor, whole.cpu_governor, "  governor");
		is_text(seen.cpu_energy_preference, whole.cpu_energy_preference, "  energy preference");
		is_int(seen.swap_used_bytes, whole.swap_used_bytes, "  swap");
		is_int(seen.throttles, JSON_UNKNOWN, "  counters are not looked at");
		watch_close(watch);
		free(root);
	}
	watch_close(NULL);
}

static void make_machine(void)
{
	scratch_folder("sys/class/hwmon/hwmon0");
	scratch_folder("sys/class/power_supply/AC");
	scratch_folder("sys/firmware/acpi");
	scratch_folder("sys/devices/system/cpu/cpufreq/policy0");
	scratch_folder("proc");
	scratch_put("sys/class/hwmon/hwmon0/name", "k10temp\n");
	scratch_put("sys/class/hwmon/hwmon0/temp1_max", "70000\n");
	scratch_put("sys/class/hwmon/hwmon0/temp1_crit", "95000\n");
	scratch_put(SENSOR, "50000\n");
	scratch_put("sys/class/power_supply/AC/type", "Mains\n");
	scratch_put(MAINS, "1\n");
	scratch_put(PROFILE, "balanced\n");
	scratch_put(POLICY, "performance\n");
	scratch_put("proc/meminfo", "SwapTotal: 4096 kB\nSwapFree: 4096 kB\n");
}

/* What a cell says whose start and end are calm, and within which `words` stood in the file once; NULL: all the time.
 */
static char *flags_of(const char *name, const char *words)
{
	struct watch *watch = watch_open(scratch);
	struct cell_conditions cell = {.cooldown_s = NAN};
	struct machine_conditions seen;
	char *before = scratch_get(name);
	struct text flags = {0};

	read_whole(scratch, &cell.start);
	machine_conditions_reset(&cell.worst);
	conditions_worsen(&cell.worst, &cell.start);
	for (int look = 0; look < 3; look++) {
		scratch_put(name, look == 1 && words != NULL ? words : before);
		watch_look(watch, &seen);
		conditions_worsen(&cell.worst, &seen);
	}
	read_whole(scratch, &cell.end);
	cell.change = conditions_change_of(&cell.start, &cell.end, true);
	for (size_t i = 0; i < condition_rule_count; i++)
		condition_rules[i].judge(&cell, &flags);
	watch_close(watch);
	free(before);
	return text_take(&flags);
}

static void test_middle(void)
{
	static const struct {
		const char *file, *words, *flags;
	} cases[] = {
	    {SENSOR, NULL, ""},
	    {SENSOR, "69000\n", ""},
	    {SENSOR, "71000\n", "the thermal state rose from nominal to fair"},
	    {SENSOR, "96000\n", "the thermal state rose from nominal to critical"},
	    {SENSOR, "", ""},
	    {MAINS, "0\n", ""}, /* without a battery this is no battery's power */
	    {PROFILE, "low-power\n", "low-power mode was on for a while"},
	    {POLICY, "powersave\n", "the governor was not always performance (seen: performance, powersave)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *flags = flags_of(cases[i].file, cases[i].words);

		is_text(flags, cases[i].flags, cases[i].words ? cases[i].words : "nothing happens");
		free(flags);
	}
	scratch_folder("sys/class/power_supply/BAT0");
	scratch_put("sys/class/power_supply/BAT0/type", "Battery\n");
	scratch_put("sys/class/power_supply/BAT0/status", "Full\n");
	for (int i = 0; i < 2; i++) {
		char *flags = flags_of(MAINS, i == 0 ? "0\n" : "1\n");

		is_text(flags, i == 0 ? "the power source was battery for a while" : "", "the mains with a battery");
		free(flags);
	}
}

/* A pipe in the sensor's place is read when the thread looks: the heat is there for that look alone. */
static void test_sampler(void)
{
	char *sensor = scratch_path(SENSOR), *spare = scratch_path("spare"), *memory = scratch_path("memory");
	struct watch *watch = watch_open(scratch);
	struct sampler *sampler;
	struct sampler_result result;
	bool written;
	int end;

	scratch_put("memory", "1 9\n");
	sampler = sampler_start(&(struct sensor_context){.simulated_file = memory}, HOUR_NS, watch, 5 * NS_PER_MS);
	mkfifo(spare, 0600);
	rename(spare, sensor);
	end = open(sensor, O_WRONLY); /* returns when the thread looks */
	scratch_put("spare", "50000\n");
	rename(spare, sensor);
	written = write(end, "88000\n", 6) == 6;
	close(end);
	result = sampler_stop(sampler);
	ok(written && result.looks >= 1, "the thread looked");
	is_real(result.worst.cpu_temperature_c, 88, 0, "and keeps the highest temperature");
	is_text(thermal_state_name(result.worst.thermal_state), "fair", "and the state that it was");
	is_int(result.count, 2, "memory was sampled at its edges alone");
	sampler_result_release(&result);

	sampler = sampler_start(&(struct sensor_context){.simulated_file = memory}, HOUR_NS, watch, HOUR_NS);
	result = sampler_stop(sampler);
	ok(result.looks == 0 && isnan(result.worst.cpu_temperature_c), "no look: the worst is unknown");
	sampler_result_release(&result);
	watch_close(watch);
	free(sensor);
	free(spare);
	free(memory);
}

/* A look that waits is a slow one; on a busy machine, where the thread waits for a processor as well, it takes more. */
static void test_slow_looks(void)
{
	char *sensor = scratch_path(SENSOR), *spare = scratch_path("spare"), *memory = scratch_path("memory");
	struct watch *watch = watch_open(scratch);
	struct sampler *sampler =
	    sampler_start(&(struct sensor_context){.simulated_file = memory}, NS_PER_MS, watch, 2 * NS_PER_MS);
	struct sampler_result result;
	int64_t seen_ns, give_up_ns;
	int holds = 0, end = -1;

	do {
		mkfifo(spare, 0600);
		rename(spare, sensor);
		give_up_ns = clock_now_ns() + 3 * NS_PER_S;
		while ((end = open(sensor, O_WRONLY | O_NONBLOCK)) < 0 && clock_now_ns() < give_up_ns)
			clock_sleep_until(clock_now_ns() + NS_PER_MS);
		scratch_put("spare", "50000\n");
		rename(spare, sensor);
		if (end >= 0) {
			clock_sleep_until(clock_now_ns() + 25 * NS_PER_MS);
			close(end);
			holds++;
		}
	} while (end >= 0 && holds < 50);
	seen_ns = sampler_latest(sampler).at_ns;
	give_up_ns = clock_now_ns() + 20 * NS_PER_S;
	while (sampler_latest(sampler).at_ns == seen_ns && clock_now_ns() < give_up_ns)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	ok(sampler_latest(sampler).at_ns > seen_ns, "memory is sampled still");
	result = sampler_stop(sampler);
	ok(holds >= 2 && holds < 50 && result.gave_up, "after two slow looks there are no more");
	sampler_result_release(&result);
	watch_close(watch);
	free(sensor);
	free(spare);
	free(memory);
}

int main(void)
{
	alarm(60);
	scratch_make();
	test_trees();
	make_machine();
	test_middle();
	test_sampler();
	test_slow_looks();
	scratch_remove();
	return tap_done();
}
