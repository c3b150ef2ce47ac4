/*
 * Processor time of the machine and of llmbench itself, time that tasks waited
 * for memory, and the CPU's temperature. The files are opened once and read
 * again from their beginning, which makes the kernel compute them anew.
 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/cpu_time.h"
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

static bool read_again(int file, char text[FILE_BYTES])
{
	ssize_t size = file >= 0 ? pread(file, text, FILE_BYTES - 1, 0) : -1;

	text[size > 0 ? size : 0] = '\0';
	return size > 0;
}

static int64_t hottest_mc(const struct cpu_sensor *sensor)
{
	int64_t hottest = JSON_UNKNOWN;
	char text[FILE_BYTES];

	for (size_t i = 0; i < sensor->heat_count; i++) {
		double degrees = read_again(sensor->heat[i], text) ? heat_degrees(strtoll(text, NULL, 10)) : NAN;

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
	if (read_again(sensor->stat, text) && cpu_ticks_parse(text, &ticks)) {
		into->cpu_busy_ns = ticks.busy * sensor->tick_ns;
		into->cpu_idle_ns = ticks.idle * sensor->tick_ns;
	}
	if (read_again(sensor->pressure, text))
		into->memory_stalled_ns = pressure_stalled_ns(text);
	into->cpu_temperature_mc = hottest_mc(sensor);
}

static void close_file(int file)
{
	if (file >= 0)
		close(file);
}

static void cpu_close(struct sensor *base)
{
	struct cpu_sensor *sensor = (struct cpu_sensor *)base;

	close_file(sensor->stat);
	close_file(sensor->pressure);
	for (size_t i = 0; i < sensor->heat_count; i++)
		close_file(sensor->heat[i]);
	free(sensor);
}

static int open_file(const char *root, const char *path)
{
	char *name = text_format("%s%s", root, path);
	int file = open(name, O_RDONLY | O_CLOEXEC);

	free(name);
	return file;
}

static void add_heat(const struct heat_sensor *heat, void *context)
{
	struct cpu_sensor *sensor = context;

	if (sensor->heat_count < HEAT_MAX)
		sensor->heat[sensor->heat_count++] = open_file(sensor->root, heat->file);
}

struct sensor *sensor_open_cpu(const struct sensor_context *context, struct text *why)
{
	struct cpu_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)why;
	sensor->base = (struct sensor){cpu_read, cpu_close};
	sensor->tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	sensor->stat = open_file(context->root, "/proc/stat");
	sensor->pressure = open_file(context->root, "/proc/pressure/memory");
	sensor->root = context->root;
	heat_linux_each(context->root, add_heat, sensor);
	sensor->root = NULL;
	return &sensor->base;
}
