/*
 * The sensors of this room, one file each: rows of sensor_kinds[], which is in
 * sensors_<system>.c.
 */
#ifndef MACHINE_SENSORS_H
#define MACHINE_SENSORS_H

#include "machine/memory.h"
#include "machine/sensor.h"

struct sensor *sensor_open_memory(const struct sensor_context *context, struct text *why);
/* The source that sensor_open_memory() opened. */
const struct memory_source *sensor_memory_source(const struct sensor *sensor);

/* The server's process and its descendants. */
struct sensor *sensor_open_server(const struct sensor_context *context, struct text *why);

/* NVIDIA GPUs, by the driver's library. */
struct sensor *sensor_open_nvidia(const struct sensor_context *context, struct text *why);

/* AMD GPUs, by the files of their driver. */
struct sensor *sensor_open_amd(const struct sensor_context *context, struct text *why);

/* What the server's processes do on GPUs of AMD and Intel. Reads after NVIDIA's. */
struct sensor *sensor_open_drm(const struct sensor_context *context, struct text *why);

/* Energy of the CPU packages and their memory. */
struct sensor *sensor_open_rapl(const struct sensor_context *context, struct text *why);

/* The GPU of a Mac, by what its driver publishes. */
struct sensor *sensor_open_gpu(const struct sensor_context *context, struct text *why);

/* Energy of CPU, GPU and memory of a Mac, by IOReport. */
struct sensor *sensor_open_energy(const struct sensor_context *context, struct text *why);

/* Power and temperatures of a Mac, by its controller. */
struct sensor *sensor_open_smc(const struct sensor_context *context, struct text *why);

/* Processors: their time and heat, and llmbench's own time. */
struct sensor *sensor_open_cpu(const struct sensor_context *context, struct text *why);

#endif
