/*
 * What Apple's drivers and controllers say, as figures: names of channels,
 * units, keys. Portable, so that it is tested with recorded answers (reference:
 * sampling.md §3).
 */
#ifndef MACHINE_APPLE_FIGURES_H
#define MACHINE_APPLE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sample.h"

/* --- GPU: the dictionary PerformanceStatistics of its service --- */

/* JSON_UNKNOWN where there is no such key. */
struct apple_gpu {
	int64_t allocated_bytes; /* "Alloc system memory"; "In use system memory" falls to 0 when the GPU rests */
	int64_t busy_pct;        /* "Device Utilization %" */
};

/* memory_bytes: of the computer, which the GPU shares; it is the total of a GPU that says what it has allocated. */
void apple_gpu_add(const struct apple_gpu *gpu, int64_t memory_bytes, struct sample *into);

/* Of a client's "IOUserClientCreator", "pid 512, ollama"; JSON_UNKNOWN when it is none such. */
int64_t apple_client_pid(const char *creator);

/* --- Energy: channels of IOReport's group "Energy Model" --- */

enum apple_energy { APPLE_ENERGY_OTHER, APPLE_ENERGY_CPU, APPLE_ENERGY_GPU, APPLE_ENERGY_DRAM };
enum { APPLE_ENERGY_KINDS = APPLE_ENERGY_DRAM + 1 };

/* "CPU Energy", "DIE_1_CPU Energy" of a chip of two, "GPU Energy", "DRAM0"; parts of these, such as one core's, are
 * OTHER. */
enum apple_energy apple_energy_of(const char *channel);

/* The unit of a channel is in its label, which may end in blanks: "mJ", "uJ", "nJ". JSON_UNKNOWN: another, or less than
 * nothing. */
int64_t apple_energy_nj(int64_t value, const char *label);

/* --- The system management controller --- */

/* The message of both directions, 80 bytes. Keys and types are four characters, the first one highest. */
struct smc_message {
	uint32_t key;
	struct {
		uint8_t major, minor, build, reserved;
		uint16_t release;
	} version;
	struct {
		uint16_t version, length;
		uint32_t cpu, gpu, memory;
	} limits;
	struct smc_info {
		uint32_t size; /* bytes */
		uint32_t type;
		uint8_t attributes;
	} info;
	uint8_t result, status, command;
	uint32_t index;
	uint8_t bytes[32];
};
enum {
	SMC_READ = 5,
	SMC_KEY_AT = 8, /* the key at `index` */
	SMC_INFO = 9,
};

uint32_t smc_key(const char name[static 4]);

/* A number without sign, as "#KEY" has it: the highest byte first. */
int64_t smc_integer(const struct smc_message *answer);

/* The type "flt ", the lowest byte first; NAN: the key has another one. */
double smc_real(const struct smc_info *info, const struct smc_message *answer);
bool smc_is_real(const struct smc_info *info);

/* Which temperature a key tells; keys differ between chips, these beginnings do not. */
enum smc_heat { SMC_HEAT_OTHER, SMC_HEAT_CPU, SMC_HEAT_GPU };
enum smc_heat smc_heat_of(uint32_t key);

/* Thousandths; JSON_UNKNOWN for what no sensor that works would say: 0 and less, over 150. */
int64_t smc_temperature_mc(double degrees);

/* JSON_UNKNOWN for what is no power of a computer: 0 and less, over a megawatt. */
int64_t smc_power_mw(double watts);

#endif
