/*
 * The memory of the system (machine/memory.h) as a sensor.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "machine/sensors.h"
#include "machine/source.h"

struct memory_sensor {
	struct sensor base;
	struct memory_source *source;
};

static void memory_sensor_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct memory_sensor *sensor = (const struct memory_sensor *)base;
	struct memory_reading reading;

	(void)edge;
	memory_read(sensor->source, &reading);
	into->stale = reading.stale;
	into->used_bytes = reading.used_bytes;
	into->total_bytes = reading.total_bytes;
	into->swap_used_bytes = reading.swap_used_bytes;
	into->compressed_bytes = reading.compressed_bytes;
}

static void memory_sensor_close(struct sensor *base)
{
	struct memory_sensor *sensor = (struct memory_sensor *)base;

	memory_close(sensor->source);
	free(sensor);
}

struct sensor *sensor_open_memory(const struct sensor_context *context, struct text *why)
{
	struct memory_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)why;
	sensor->base = (struct sensor){memory_sensor_read, memory_sensor_close};
	sensor->source = context->simulated_file != NULL ? memory_open_simulated(context->simulated_file)
	                                                 : memory_open_system(context->root);
	return &sensor->base;
}

const struct memory_source *sensor_memory_source(const struct sensor *base)
{
	return ((const struct memory_sensor *)base)->source;
}
