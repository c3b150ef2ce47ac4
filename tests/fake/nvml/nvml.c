/*
 * A driver library of NVIDIA for tests: two GPUs with known figures. The
 * environment variable FAKE_NVML makes calls fail: "memory_v2=25,power=3"; of
 * the second GPU alone: "energy1=999". FAKE_NVML_HEAT names a file with the
 * degrees of the first one.
 * Built as libnvidia-ml.so.1 of a tree of its own (Makefile).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/nvml.h"

#define GIB (1ULL << 30)

static int answer(const char *call)
{
	const char *script = getenv("FAKE_NVML"), *at = script;
	size_t length = strlen(call);

	while (at != NULL && *at != '\0') {
		if (strncmp(at, call, length) == 0 && at[length] == '=')
			return (int)strtol(at + length + 1, NULL, 10);
		at = strchr(at, ',');
		at += at != NULL;
	}
	return 0;
}

static unsigned number(nvml_device device)
{
	return (unsigned)(size_t)device - 1;
}

static int answer_of(const char *call, nvml_device device)
{
	char one[32];
	int code;

	snprintf(one, sizeof(one), "%s%u", call, number(device));
	code = answer(one);
	return code != 0 ? code : answer(call);
}

int nvmlInit_v2(void);
int nvmlInit_v2(void)
{
	return answer("init");
}

int nvmlShutdown(void);
int nvmlShutdown(void)
{
	return 0;
}

int nvmlDeviceGetCount_v2(unsigned *count);
int nvmlDeviceGetCount_v2(unsigned *count)
{
	*count = 2;
	return answer("count");
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, nvml_device *device);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, nvml_device *device)
{
	*device = (nvml_device)((size_t)index + 1);
	return index == 0 ? answer("device0") : answer("device1");
}

int nvmlDeviceGetName(nvml_device device, char *name, unsigned size);
int nvmlDeviceGetName(nvml_device device, char *name, unsigned size)
{
	snprintf(name, size, "NVIDIA %s", number(device) == 0 || answer("twins") != 0 ? "L4" : "T4");
	return answer("name");
}

int nvmlSystemGetDriverVersion(char *version, unsigned size);
int nvmlSystemGetDriverVersion(char *version, unsigned size)
{
	snprintf(version, size, "550.54.15");
	return answer("driver");
}

int nvmlDeviceGetUtilizationRates(nvml_device device, struct nvml_utilization *into);
int nvmlDeviceGetUtilizationRates(nvml_device device, struct nvml_utilization *into)
{
	*into = (struct nvml_utilization){number(device) == 0 ? 97 : 3, 1};
	return answer("utilization");
}

int nvmlDeviceGetMemoryInfo(nvml_device device, struct nvml_memory *into);
int nvmlDeviceGetMemoryInfo(nvml_device device, struct nvml_memory *into)
{
	*into = (struct nvml_memory){24 * GIB, 10 * GIB, (number(device) == 0 ? 14 : 1) * GIB};
	return answer_of("memory", device);
}

int nvmlDeviceGetMemoryInfo_v2(nvml_device device, struct nvml_memory_v2 *into);
int nvmlDeviceGetMemoryInfo_v2(nvml_device device, struct nvml_memory_v2 *into)
{
	if (into->version != NVML_MEMORY_V2)
		return 25;
	*into =
	    (struct nvml_memory_v2){into->version, 24 * GIB, GIB / 2, 10 * GIB, (number(device) == 0 ? 13 : 0) * GIB};
	return answer_of("memory_v2", device);
}

int nvmlDeviceGetPowerUsage(nvml_device device, unsigned *milliwatts);
int nvmlDeviceGetPowerUsage(nvml_device device, unsigned *milliwatts)
{
	*milliwatts = number(device) == 0 ? 300500 : 25000;
	return answer_of("power", device);
}

int nvmlDeviceGetTotalEnergyConsumption(nvml_device device, unsigned long long *millijoules);
int nvmlDeviceGetTotalEnergyConsumption(nvml_device device, unsigned long long *millijoules)
{
	*millijoules = number(device) == 0 ? 5000000 : 70000;
	return answer_of("energy", device);
}

static unsigned heat(void)
{
	const char *path = getenv("FAKE_NVML_HEAT");
	FILE *file = path != NULL ? fopen(path, "r") : NULL;
	unsigned degrees = 81;

	if (file != NULL) {
		if (fscanf(file, "%u", &degrees) != 1)
			degrees = 0;
		fclose(file);
	}
	return degrees;
}

int nvmlDeviceGetTemperature(nvml_device device, int sensor, unsigned *degrees);
int nvmlDeviceGetTemperature(nvml_device device, int sensor, unsigned *degrees)
{
	*degrees = number(device) == 0 ? heat() : 35;
	return sensor == 0 ? answer("temperature") : 2;
}

int nvmlDeviceGetClockInfo(nvml_device device, int clock, unsigned *mhz);
int nvmlDeviceGetClockInfo(nvml_device device, int clock, unsigned *mhz)
{
	*mhz = number(device) == 0 ? 1740 : 210;
	return clock == 0 ? answer("clock") : 2;
}

int nvmlDeviceGetMaxClockInfo(nvml_device device, int clock, unsigned *mhz);
int nvmlDeviceGetMaxClockInfo(nvml_device device, int clock, unsigned *mhz)
{
	*mhz = number(device) == 0 || answer("twins") != 0 ? 6251 : 5001;
	return clock == NVML_CLOCK_MEMORY ? answer("largest") : 2;
}

int nvmlDeviceGetMemoryBusWidth(nvml_device device, unsigned *bits);
int nvmlDeviceGetMemoryBusWidth(nvml_device device, unsigned *bits)
{
	*bits = number(device) == 0 || answer("twins") != 0 ? 192 : 256;
	return answer("bus");
}

int nvmlDeviceGetMigMode(nvml_device device, unsigned *current, unsigned *next);
int nvmlDeviceGetMigMode(nvml_device device, unsigned *current, unsigned *next)
{
	*current = number(device) == 1 && answer("parts") != 0 ? NVML_MIG_ON : 0;
	*next = 0;
	return 0;
}

/* The older name: a driver before 535. GPU 0 is at its power cap, GPU 1 idles (bit 1). */
int nvmlDeviceGetCurrentClocksThrottleReasons(nvml_device device, unsigned long long *reasons);
int nvmlDeviceGetCurrentClocksThrottleReasons(nvml_device device, unsigned long long *reasons)
{
	*reasons = number(device) == 0 ? NVML_REASON_POWER_CAP : 1;
	return answer("reasons");
}

int nvmlDeviceGetComputeRunningProcesses_v3(nvml_device device, unsigned *count, struct nvml_process *into);
int nvmlDeviceGetComputeRunningProcesses_v3(nvml_device device, unsigned *count, struct nvml_process *into)
{
	if (*count < 3)
		return NVML_TOO_SMALL;
	*count = number(device) == 0 ? 3 : 0;
	into[0] = (struct nvml_process){4713, 12 * GIB, 0, 0};
	into[1] = (struct nvml_process){99, GIB, 0, 0};
	into[2] = (struct nvml_process){4712, ~0ULL, 0, 0};
	return answer("processes");
}
