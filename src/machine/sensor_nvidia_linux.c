/*
 * NVIDIA GPUs. Each figure of each GPU is optional: boards whose memory is the
 * system's tell none of it, slices of a GPU no utilization. What has failed
 * three times in a row is not asked again. A sum over GPUs of which one is
 * silent that spoke before is no figure: of counters that GPU would be missing
 * in one sample, and all that it ever counted would be growth in the next.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "machine/nvml.h"
#include "machine/sensors.h"

enum { DEVICES_MAX = 16, PROCESSES_MAX = 128, FAILURES_MAX = 3, GRAPHICS_CLOCK = 0, GPU_DIE = 0 };

enum asked {
	ASKED_MEMORY,
	ASKED_BUSY,
	ASKED_POWER,
	ASKED_ENERGY,
	ASKED_HEAT,
	ASKED_CLOCK,
	ASKED_REASONS,
	ASKED_FAMILY
};
enum { ASKED_COUNT = ASKED_FAMILY + 1 };

struct gpu {
	nvml_device device;
	int failures[ASKED_COUNT]; /* in a row */
	bool told[ASKED_COUNT];    /* once; of energy: when the sensor was opened, or never */
};

struct nvidia_sensor {
	struct sensor base;
	struct nvml nvml;
	const struct server_family *family;
	struct gpu gpus[DEVICES_MAX];
	unsigned count;
	struct nvml_process processes[PROCESSES_MAX];
};

static bool may_ask(const struct gpu *gpu, enum asked what)
{
	return gpu->failures[what] < FAILURES_MAX;
}

/* Whether the answer is good. */
static bool heed(struct gpu *gpu, enum asked what, int code)
{
	gpu->failures[what] = code == NVML_OK ? 0 : gpu->failures[what] + 1;
	return code == NVML_OK;
}

/* A part of a sum; JSON_UNKNOWN: there was no answer. *silent: of a GPU that had answered before. */
static void add_part(int64_t *sum, struct gpu *gpu, enum asked what, int64_t value, bool *silent)
{
	*silent = *silent || (value == JSON_UNKNOWN && gpu->told[what]);
	gpu->told[what] = gpu->told[what] || value != JSON_UNKNOWN;
	sample_add(sum, value);
	if (*silent)
		*sum = JSON_UNKNOWN;
}

/* The second version leaves out what the driver keeps for itself; drivers before 510 have only the first. */
static int ask_memory(const struct nvml *nvml, nvml_device device, struct nvml_memory *memory)
{
	struct nvml_memory_v2 second = {.version = NVML_MEMORY_V2};
	int code = nvml->memory_v2 != NULL ? nvml->memory_v2(device, &second) : NVML_NOT_SUPPORTED;

	if (code != NVML_OK)
		return nvml->memory != NULL ? nvml->memory(device, memory) : code;
	*memory = (struct nvml_memory){second.total, second.free, second.used};
	return code;
}

static void add_memory(struct nvidia_sensor *sensor, struct sample *into)
{
	bool silent = false;

	for (unsigned i = 0; i < sensor->count; i++) {
		struct gpu *gpu = &sensor->gpus[i];
		struct nvml_memory memory = {0};
		bool good = may_ask(gpu, ASKED_MEMORY) &&
		            heed(gpu, ASKED_MEMORY, ask_memory(&sensor->nvml, gpu->device, &memory));

		add_part(&into->gpu_used_bytes, gpu, ASKED_MEMORY, good ? (int64_t)memory.used : JSON_UNKNOWN, &silent);
		add_part(&into->gpu_total_bytes, gpu, ASKED_MEMORY, good ? (int64_t)memory.total : JSON_UNKNOWN,
		         &silent);
	}
}

static void add_power(struct nvidia_sensor *sensor, struct sample *into)
{
	bool silent = false;

	for (unsigned i = 0; sensor->nvml.power_mw != NULL && i < sensor->count; i++) {
		struct gpu *gpu = &sensor->gpus[i];
		unsigned milliwatts;
		bool good = may_ask(gpu, ASKED_POWER) &&
		            heed(gpu, ASKED_POWER, sensor->nvml.power_mw(gpu->device, &milliwatts));

		add_part(&into->gpu_power_mw, gpu, ASKED_POWER, good ? (int64_t)milliwatts : JSON_UNKNOWN, &silent);
	}
}

static int64_t ask_energy_uj(const struct nvml *nvml, struct gpu *gpu)
{
	unsigned long long millijoules;
	bool good = nvml->energy_mj != NULL && may_ask(gpu, ASKED_ENERGY) &&
	            heed(gpu, ASKED_ENERGY, nvml->energy_mj(gpu->device, &millijoules));

	return good ? (int64_t)millijoules * 1000 : JSON_UNKNOWN;
}

static void add_energy(struct nvidia_sensor *sensor, struct sample *into)
{
	bool silent = false;

	for (unsigned i = 0; i < sensor->count; i++)
		if (sensor->gpus[i].told[ASKED_ENERGY])
			add_part(&into->gpu_energy_uj, &sensor->gpus[i], ASKED_ENERGY,
			         ask_energy_uj(&sensor->nvml, &sensor->gpus[i]), &silent);
}

static void add_state(const struct nvml *nvml, struct gpu *gpu, struct sample *into)
{
	struct nvml_utilization utilization;
	unsigned long long reasons;
	unsigned value;

	if (nvml->utilization != NULL && may_ask(gpu, ASKED_BUSY) &&
	    heed(gpu, ASKED_BUSY, nvml->utilization(gpu->device, &utilization)))
		sample_raise(&into->gpu_busy_pct, utilization.gpu);
	if (nvml->temperature_c != NULL && may_ask(gpu, ASKED_HEAT) &&
	    heed(gpu, ASKED_HEAT, nvml->temperature_c(gpu->device, GPU_DIE, &value)))
		sample_raise(&into->gpu_temperature_mc, (int64_t)value * 1000);
	if (nvml->clock_mhz != NULL && may_ask(gpu, ASKED_CLOCK) &&
	    heed(gpu, ASKED_CLOCK, nvml->clock_mhz(gpu->device, GRAPHICS_CLOCK, &value)))
		sample_raise(&into->gpu_clock_mhz, value);
	if (nvml->reasons != NULL && may_ask(gpu, ASKED_REASONS) &&
	    heed(gpu, ASKED_REASONS, nvml->reasons(gpu->device, &reasons)))
		sample_raise(&into->gpu_throttled, (reasons & NVML_REASONS_SLOW) != 0);
}

static bool is_server(const struct server_family *family, unsigned pid)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->pids[i] == (int64_t)pid)
			return true;
	return false;
}

/*
 * Numbers of processes are those of the machine: inside a container none of
 * them is the server's, and its memory stays unknown.
 */
static void add_family(struct nvidia_sensor *sensor, struct gpu *gpu, struct sample *into)
{
	const struct nvml *nvml = &sensor->nvml;
	unsigned count = PROCESSES_MAX;

	if (nvml->processes == NULL || sensor->family->count == 0 || !may_ask(gpu, ASKED_FAMILY) ||
	    !heed(gpu, ASKED_FAMILY, nvml->processes(gpu->device, &count, sensor->processes)))
		return;
	for (unsigned i = 0; i < count && i < PROCESSES_MAX; i++)
		if (is_server(sensor->family, sensor->processes[i].pid) && sensor->processes[i].used_bytes != ~0ULL)
			sample_add(&into->server_gpu_bytes, (int64_t)sensor->processes[i].used_bytes);
}

static void nvidia_read(struct sensor *base, bool edge, struct sample *into)
{
	struct nvidia_sensor *sensor = (struct nvidia_sensor *)base;

	(void)edge;
	add_memory(sensor, into);
	add_power(sensor, into);
	add_energy(sensor, into);
	for (unsigned i = 0; i < sensor->count; i++) {
		add_state(&sensor->nvml, &sensor->gpus[i], into);
		add_family(sensor, &sensor->gpus[i], into);
	}
}

static void nvidia_close(struct sensor *base)
{
	struct nvidia_sensor *sensor = (struct nvidia_sensor *)base;

	nvml_close(&sensor->nvml);
	free(sensor);
}

/* GPUs that cannot be opened are passed over: one that fell off the bus does not hide the others. */
static void find_gpus(struct nvidia_sensor *sensor)
{
	unsigned count = 0;

	if (sensor->nvml.count(&count) != NVML_OK)
		return;
	for (unsigned i = 0; i < count && sensor->count < DEVICES_MAX; i++) {
		struct gpu *gpu = &sensor->gpus[sensor->count];

		if (sensor->nvml.device(i, &gpu->device) != NVML_OK)
			continue;
		gpu->told[ASKED_ENERGY] = ask_energy_uj(&sensor->nvml, gpu) != JSON_UNKNOWN;
		sensor->count++;
	}
}

struct sensor *sensor_open_nvidia(const struct sensor_context *context, struct text *why)
{
	struct nvidia_sensor *sensor = memory_new(1, sizeof(*sensor));

	sensor->base = (struct sensor){nvidia_read, nvidia_close};
	sensor->family = context->family;
	if (nvml_open(&sensor->nvml, context->root, why))
		find_gpus(sensor);
	if (sensor->count > 0)
		return &sensor->base;
	if (sensor->nvml.library != NULL)
		text_add(why, "NVML knows no GPU");
	nvidia_close(&sensor->base);
	return NULL;
}
