/*
 * The temperature of the CPU from the kernel's hardware monitors, which also
 * tell their limits, or else from its thermal zones, which do not; and how often
 * cores were slowed for heat (Intel).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "machine/condition_names.h"
#include "machine/conditions_linux.h"

/* What a CPU does not reach, a broken sensor tells. */
#define HIGHEST_C 150.0

static bool is_among(const char *word, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

double heat_degrees(int64_t thousandths)
{
	double value = thousandths == JSON_UNKNOWN ? NAN : (double)thousandths / 1000;

	return value > 0 && value <= HIGHEST_C ? value : NAN;
}

void heat_add(struct machine_conditions *conditions, const struct heat_sensor *sensor)
{
	enum thermal_state state = conditions_thermal_state(sensor->temperature_c, sensor->high_c, sensor->critical_c);

	conditions->cpu_temperature_c = fmax(conditions->cpu_temperature_c, sensor->temperature_c);
	if (state > conditions->thermal_state)
		conditions->thermal_state = state;
}

/* Sensors on their way to a visitor. */
struct search {
	void (*visit)(const struct heat_sensor *sensor, void *context);
	void *context;
	bool found; /* one that tells a temperature */
};

static void pass_on(struct search *search, const struct heat_sensor *sensor)
{
	search->found |= !isnan(sensor->temperature_c);
	search->visit(sensor, search->context);
}

static double sensor_file(const char *root, const char *sensor, const char *suffix)
{
	char *folder = memory_copy(sensor, (size_t)(strrchr(sensor, '/') - sensor));
	char *file = text_format("%s%s", strrchr(sensor, '/') + 1, suffix);
	double value = heat_degrees(linux_number(root, folder, file));

	free(file);
	free(folder);
	return value;
}

/* A sensor has a file for each of its values: "temp1_input", "temp1_max", … */
static void visit_sensor(const char *root, const char *path, void *context)
{
	static const char suffix[] = "_input";
	size_t length = strlen(path) - strlen(suffix);
	char *sensor;

	if (strcmp(path + length, suffix) != 0)
		return;
	sensor = memory_copy(path, length);
	pass_on(context, &(struct heat_sensor){path, sensor_file(root, sensor, "_input"),
	                                       sensor_file(root, sensor, "_max"), sensor_file(root, sensor, "_crit")});
	free(sensor);
}

static void visit_monitor(const char *root, const char *path, void *context)
{
	static const char *const of_cpus[] = {"coretemp",    "k10temp",     "zenpower",     "cpu_thermal",
	                                      "cpu-thermal", "soc_thermal", "scpi_sensors", NULL};
	char name[CONDITION_WORD];

	linux_word(root, path, "name", name);
	if (is_among(name, of_cpus))
		linux_each(root, path, "temp", visit_sensor, context);
}

static void visit_zone(const char *root, const char *path, void *context)
{
	static const char *const of_cpus[] = {"x86_pkg_temp", "cpu-thermal",      "cpu_thermal", "soc-thermal",
	                                      "soc_thermal",  "bigcore0-thermal", "TCPU",        NULL};
	char type[CONDITION_WORD], *file;

	linux_word(root, path, "type", type);
	if (!is_among(type, of_cpus))
		return;
	file = text_format("%s/temp", path);
	pass_on(context, &(struct heat_sensor){file, heat_degrees(linux_number(root, path, "temp")), NAN, NAN});
	free(file);
}

void heat_linux_each(const char *root, void (*visit)(const struct heat_sensor *sensor, void *context), void *context)
{
	struct search search = {visit, context, false};

	linux_each(root, "/sys/class/hwmon", "hwmon", visit_monitor, &search);
	if (!search.found)
		linux_each(root, "/sys/class/thermal", "thermal_zone", visit_zone, &search);
}

static void add_sensor(const struct heat_sensor *sensor, void *context)
{
	heat_add(context, sensor);
}

/* A core with two hardware threads is counted by each of them. */
static void visit_cpu(const char *root, const char *path, void *context)
{
	struct machine_conditions *conditions = context;

	conditions_sum(&conditions->throttles, linux_number(root, path, "thermal_throttle/core_throttle_count"));
}

void heat_linux(const char *root, struct machine_conditions *conditions)
{
	heat_linux_each(root, add_sensor, conditions);
	linux_each(root, "/sys/devices/system/cpu", "cpu", visit_cpu, conditions);
}
