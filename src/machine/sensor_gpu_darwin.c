/*
 * The GPU by what its driver publishes in the registry of IOKit, for everybody
 * (reference: sampling.md §3.2). Its memory is the figure that nvtop prints. The
 * clients of the GPU are children of its service: each names the process that
 * made it, and newer systems add how long it used the GPU. Walking them is 2 ms
 * with 142 clients. The answers are objects of CoreFoundation: it, not this
 * file, allocates them, and they are released before the reading ends.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "machine/apple_figures.h"
#include "machine/frameworks_darwin.h"
#include "machine/sensors.h"
#include "machine/sysctl_darwin.h"

enum { GPUS_MAX = 8 };

/* X(member, name in the registry) */
#define KEYS(X)                                \
	X(statistics, "PerformanceStatistics") \
	X(allocated, "Alloc system memory")    \
	X(busy, "Device Utilization %")        \
	X(creator, "IOUserClientCreator")      \
	X(usage, "AppUsage")                   \
	X(gpu_time, "accumulatedGPUTime")

struct gpu_sensor {
	struct sensor base;
	struct frameworks f;
	const struct server_family *family;
	int64_t memory_bytes;
	io_object gpus[GPUS_MAX];
	size_t count;
#define X(member, name) cf_ref member;
	KEYS(X)
#undef X
};

static bool add_statistics(const struct gpu_sensor *sensor, io_object gpu, struct sample *into)
{
	const struct frameworks *f = &sensor->f;
	cf_ref statistics = frameworks_property(f, gpu, sensor->statistics);
	const struct apple_gpu figures = {
	    .allocated_bytes = frameworks_integer(f, frameworks_get(f, statistics, sensor->allocated)),
	    .busy_pct = frameworks_integer(f, frameworks_get(f, statistics, sensor->busy)),
	};

	apple_gpu_add(&figures, sensor->memory_bytes, into);
	frameworks_release(f, statistics);
	return statistics != NULL;
}

static bool is_server(const struct gpu_sensor *sensor, io_object client)
{
	cf_ref creator = frameworks_property(&sensor->f, client, sensor->creator);
	char words[128];
	int64_t pid = JSON_UNKNOWN;

	if (frameworks_text(&sensor->f, creator, words, sizeof(words)))
		pid = apple_client_pid(words);
	frameworks_release(&sensor->f, creator);
	for (size_t i = 0; pid != JSON_UNKNOWN && i < sensor->family->count; i++)
		if (sensor->family->pids[i] == pid)
			return true;
	return false;
}

/* A list: one for each interface (Metal, OpenGL …) by which the client uses the GPU. */
static void add_usage(const struct gpu_sensor *sensor, io_object client, struct sample *into)
{
	cf_ref list = frameworks_property(&sensor->f, client, sensor->usage);
	cf_index count = frameworks_count(&sensor->f, list);

	for (cf_index i = 0; i < count; i++) {
		cf_ref usage = sensor->f.CFArrayGetValueAtIndex(list, i);

		sample_add(&into->server_gpu_ns,
		           frameworks_integer(&sensor->f, frameworks_get(&sensor->f, usage, sensor->gpu_time)));
	}
	frameworks_release(&sensor->f, list);
}

static void add_clients(const struct gpu_sensor *sensor, io_object gpu, struct sample *into)
{
	io_object clients = 0, client;

	if (sensor->f.IORegistryEntryGetChildIterator(gpu, "IOService", &clients) != 0 || clients == 0)
		return;
	while ((client = sensor->f.IOIteratorNext(clients)) != 0) {
		if (is_server(sensor, client))
			add_usage(sensor, client, into);
		sensor->f.IOObjectRelease(client);
	}
	sensor->f.IOObjectRelease(clients);
}

static void gpu_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct gpu_sensor *sensor = (const struct gpu_sensor *)base;

	(void)edge;
	for (size_t i = 0; i < sensor->count; i++) {
		add_statistics(sensor, sensor->gpus[i], into);
		if (sensor->family->count > 0)
			add_clients(sensor, sensor->gpus[i], into);
	}
}

static void gpu_close(struct sensor *base)
{
	struct gpu_sensor *sensor = (struct gpu_sensor *)base;

	for (size_t i = 0; i < sensor->count; i++)
		sensor->f.IOObjectRelease(sensor->gpus[i]);
#define X(member, name) frameworks_release(&sensor->f, sensor->member);
	KEYS(X)
#undef X
	frameworks_close(&sensor->f);
	free(sensor);
}

/* One that tells nothing, as a virtual machine's, is none. */
static bool keep_gpu(void *context, io_object gpu)
{
	struct gpu_sensor *sensor = context;
	struct sample sample;

	sample_reset(&sample);
	if (sensor->count == GPUS_MAX || !add_statistics(sensor, gpu, &sample))
		return false;
	sensor->gpus[sensor->count++] = gpu;
	return true;
}

struct sensor *sensor_open_gpu(const struct sensor_context *context, struct text *why)
{
	struct gpu_sensor *sensor = memory_new(1, sizeof(*sensor));

	sensor->base = (struct sensor){gpu_read, gpu_close};
	sensor->family = context->family;
	sensor->memory_bytes = sysctl_integer("hw.memsize");
	if (!frameworks_open(&sensor->f, why)) {
		free(sensor);
		return NULL;
	}
#define X(member, name) sensor->member = frameworks_string(&sensor->f, name);
	KEYS(X)
#undef X
	frameworks_each_service(&sensor->f, "IOAccelerator", keep_gpu, sensor);
	if (sensor->count > 0)
		return &sensor->base;
	text_add(why, "no GPU that publishes its statistics");
	gpu_close(&sensor->base);
	return NULL;
}
