/*
 * Processor time of the machine and of llmbench itself, time that tasks waited
 * for memory, and the CPU's temperature. The files are opened once and read
 * again from their beginning, which makes the kernel compute them anew.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/cpu_time.h"
#include "machine/proc_files.h"
#include "machine/sensors.h"

/* Of /proc/stat the first line is read, of a CPU's sensors so many: each core may have one. */
enum { FILE_BYTES = 512, HEAT_MAX = 64 };

/* Descriptors are −1 where there is no such file. */
struct cpu_sensor {
	struct sensor base;
	int stat, pressure;
	int heat[HEAT_MAX];
	size_t heat_count;
	int64_t tick_ns;
	const char *root; /* while it is opened */
};

static int64_t hottest_mc(const struct cpu_sensor *sensor)
{
	int64_t hottest = JSON_UNKNOWN;
	char text[FILE_BYTES];

	for (size_t i = 0; i < sensor->heat_count; i++) {
		double degrees =
		    proc_read_again(sensor->heat[i], text, sizeof(text)) ? heat_degrees(strtoll(text, NULL, 10)) : NAN;

		if (!isnan(degrees) && llround(degrees * 1000) > hottest)
			hottest = llround(degrees * 1000);
	}
	return hottest;
}

static void cpu_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct cpu_sensor *sensor = (const struct cpu_sensor *)base;
	struct cpu_ticks ticks;
	char text[FILE_BYTES];

	(void)edge;
	into->client_cpu_ns = clock_process_cpu_ns();
	if (proc_read_again(sensor->stat, text, sizeof(text)) && cpu_ticks_parse(text, &ticks)) {
		into->cpu_busy_ns = ticks.busy * sensor->tick_ns;
		into->cpu_idle_ns = ticks.idle * sensor->tick_ns;
	}
	if (proc_read_again(sensor->pressure, text, sizeof(text)))
		into->memory_stalled_ns = pressure_stalled_ns(text);
	into->cpu_temperature_mc = hottest_mc(sensor);
}

static void cpu_close(struct sensor *base)
{
	struct cpu_sensor *sensor = (struct cpu_sensor *)base;

	proc_close(sensor->stat);
	proc_close(sensor->pressure);
	for (size_t i = 0; i < sensor->heat_count; i++)
		proc_close(sensor->heat[i]);
	free(sensor);
}

static void add_heat(const struct heat_sensor *heat, void *context)
{
	struct cpu_sensor *sensor = context;

	if (sensor->heat_count < HEAT_MAX)
		sensor->heat[sensor->heat_count++] = proc_open(sensor->root, heat->file);
}

struct sensor *sensor_open_cpu(const struct sensor_context *context, struct text *why)
{
	struct cpu_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)why;
	sensor->base = (struct sensor){cpu_read, cpu_close};
	sensor->tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	sensor->stat = proc_open(context->root, "/proc/stat");
	sensor->pressure = proc_open(context->root, "/proc/pressure/memory");
	sensor->root = context->root;
	heat_linux_each(context->root, add_heat, sensor);
	sensor->root = NULL;
	return &sensor->base;
}
