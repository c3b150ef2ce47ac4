/*
 * Processor time of the machine and of llmbench itself.
 */
#include <stdlib.h>

#include <mach/mach.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/cpu_time_darwin.h"
#include "machine/sensors.h"

struct cpu_sensor {
	struct sensor base;
	host_t host; /* a send right; each mach_host_self() makes another */
};

static void cpu_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct cpu_sensor *sensor = (const struct cpu_sensor *)base;

	(void)edge;
	into->client_cpu_ns = clock_process_cpu_ns();
	processor_times(sensor->host, &into->cpu_busy_ns, &into->cpu_idle_ns);
}

static void cpu_close(struct sensor *base)
{
	struct cpu_sensor *sensor = (struct cpu_sensor *)base;

	mach_port_deallocate(mach_task_self(), sensor->host);
	free(sensor);
}

struct sensor *sensor_open_cpu(const struct sensor_context *context, struct text *why)
{
	struct cpu_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)context;
	(void)why;
	sensor->base = (struct sensor){cpu_read, cpu_close};
	sensor->host = mach_host_self();
	return &sensor->base;
}
