/*
 * The driver library of NVIDIA, loaded when the program runs: nothing of it is
 * needed to build, and a machine without it loses nothing (reference:
 * sampling.md §5.3). Names, numbers and layouts are those of its API 13.
 */
#ifndef MACHINE_NVML_H
#define MACHINE_NVML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef void *nvml_device; /* opaque there too */

enum {
	NVML_OK = 0,
	NVML_NOT_SUPPORTED = 3,
	NVML_TOO_SMALL = 7,
};

enum { NVML_CLOCK_MEMORY = 2, NVML_MIG_ON = 1 };

/* Bits of the reasons why clocks are low that mean: slower than it could be. Idle and application clocks do not. */
enum {
	NVML_REASON_POWER_CAP = 0x4,
	NVML_REASON_HARDWARE = 0x8,
	NVML_REASON_HEAT = 0x20,
	NVML_REASON_HARDWARE_HEAT = 0x40,
	NVML_REASON_POWER_BRAKE = 0x80,
	NVML_REASONS_SLOW = 0xec,
};

struct nvml_utilization {
	unsigned gpu, memory; /* percent of the last sample period */
};

struct nvml_memory {
	unsigned long long total, free, used; /* used: what the driver reserves for itself included */
};

struct nvml_memory_v2 {
	unsigned version; /* NVML_MEMORY_V2 */
	unsigned long long total, reserved, free, used;
};
#define NVML_MEMORY_V2 (40u | 2u << 24)

struct nvml_process {
	unsigned pid;
	unsigned long long used_bytes; /* all ones: not available */
	unsigned gpu_instance, compute_instance;
};

/*
 * X(member, type of its arguments, names: the newest first). A call that no
 * version of the library has is NULL; init, shutdown, count and device are there.
 */
#define NVML_CALLS(X)                                                                                             \
	X(init, (void), "nvmlInit_v2", "nvmlInit")                                                                \
	X(shutdown, (void), "nvmlShutdown", NULL)                                                                 \
	X(count, (unsigned *), "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount")                                     \
	X(device, (unsigned, nvml_device *), "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex")       \
	X(name, (nvml_device, char *, unsigned), "nvmlDeviceGetName", NULL)                                       \
	X(driver, (char *, unsigned), "nvmlSystemGetDriverVersion", NULL)                                         \
	X(utilization, (nvml_device, struct nvml_utilization *), "nvmlDeviceGetUtilizationRates", NULL)           \
	X(memory, (nvml_device, struct nvml_memory *), "nvmlDeviceGetMemoryInfo", NULL)                           \
	X(memory_v2, (nvml_device, struct nvml_memory_v2 *), "nvmlDeviceGetMemoryInfo_v2", NULL)                  \
	X(power_mw, (nvml_device, unsigned *), "nvmlDeviceGetPowerUsage", NULL)                                   \
	X(energy_mj, (nvml_device, unsigned long long *), "nvmlDeviceGetTotalEnergyConsumption", NULL)            \
	X(temperature_c, (nvml_device, int, unsigned *), "nvmlDeviceGetTemperature", NULL)                        \
	X(clock_mhz, (nvml_device, int, unsigned *), "nvmlDeviceGetClockInfo", NULL)                              \
	X(largest_clock_mhz, (nvml_device, int, unsigned *), "nvmlDeviceGetMaxClockInfo", NULL)                   \
	X(bus_bits, (nvml_device, unsigned *), "nvmlDeviceGetMemoryBusWidth", NULL)                               \
	X(mig, (nvml_device, unsigned *, unsigned *), "nvmlDeviceGetMigMode", NULL)                               \
	X(reasons, (nvml_device, unsigned long long *), "nvmlDeviceGetCurrentClocksEventReasons",                 \
	  "nvmlDeviceGetCurrentClocksThrottleReasons")                                                            \
	X(processes, (nvml_device, unsigned *, struct nvml_process *), "nvmlDeviceGetComputeRunningProcesses_v3", \
	  "nvmlDeviceGetComputeRunningProcesses_v2")

struct nvml {
	void *library;
#define X(member, arguments, newest, older) int(*member) arguments;
	NVML_CALLS(X)
#undef X
};

/*
 * Loads and starts it: where the system has it, or in /usr/lib of the recorded
 * tree `root` (machine/linux.h). False: `why` says so in a few words, and nothing
 * is open.
 */
bool nvml_open(struct nvml *nvml, const char *root, struct text *why);
void nvml_close(struct nvml *nvml);

#endif
