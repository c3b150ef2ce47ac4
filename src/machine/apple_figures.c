#include "machine/apple_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void apple_gpu_add(const struct apple_gpu *gpu, int64_t memory_bytes, struct sample *into)
{
	if (gpu->allocated_bytes >= 0) {
		sample_add(&into->gpu_used_bytes, gpu->allocated_bytes);
		into->gpu_total_bytes = memory_bytes; /* also of several: it is the same memory */
	}
	/* JSON_UNKNOWN is the least integer. */
	if (gpu->busy_pct >= 0 && gpu->busy_pct <= 100 && gpu->busy_pct > into->gpu_busy_pct)
		into->gpu_busy_pct = gpu->busy_pct;
}

int64_t apple_client_pid(const char *creator)
{
	char *after;
	long pid;

	if (!text_starts_with(creator, "pid ") || creator[4] < '0' || creator[4] > '9')
		return JSON_UNKNOWN;
	pid = strtol(creator + 4, &after, 10);
	return *after == ',' ? pid : JSON_UNKNOWN;
}

static bool ends_with(const char *string, const char *end)
{
	size_t size = strlen(string), end_size = strlen(end);

	return size >= end_size && strcmp(string + size - end_size, end) == 0;
}

enum apple_energy apple_energy_of(const char *channel)
{
	if (ends_with(channel, "CPU Energy"))
		return APPLE_ENERGY_CPU;
	if (strcmp(channel, "GPU Energy") == 0)
		return APPLE_ENERGY_GPU;
	return text_starts_with(channel, "DRAM") ? APPLE_ENERGY_DRAM : APPLE_ENERGY_OTHER;
}

int64_t apple_energy_nj(int64_t value, const char *label)
{
	static const struct {
		char name[3];
		int64_t nj;
	} units[] = {{"mJ", 1000000}, {"uJ", 1000}, {"nJ", 1}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text_starts_with(label, units[i].name) && label[2 + strspn(label + 2, " ")] == '\0')
			return value >= 0 && value <= INT64_MAX / units[i].nj ? value * units[i].nj : JSON_UNKNOWN;
	return JSON_UNKNOWN;
}

uint32_t smc_key(const char name[static 4])
{
	uint32_t key = 0;

	for (int i = 0; i < 4; i++)
		key = key << 8 | (uint8_t)name[i];
	return key;
}

int64_t smc_integer(const struct smc_message *answer)
{
	const uint8_t *b = answer->bytes;

	return (int64_t)b[0] << 24 | (int64_t)b[1] << 16 | (int64_t)b[2] << 8 | b[3];
}

bool smc_is_real(const struct smc_info *info)
{
	return info->type == smc_key("flt ") && info->size == 4;
}

/* Bytes of IEEE 754, as this machine has them too. */
double smc_real(const struct smc_info *info, const struct smc_message *answer)
{
	const uint8_t *b = answer->bytes;
	uint32_t bits = (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
	float value;

	if (!smc_is_real(info))
		return NAN;
	memcpy(&value, &bits, sizeof(value));
	return (double)value;
}

enum smc_heat smc_heat_of(uint32_t key)
{
	switch (key >> 16) {
	case 'T' << 8 | 'p':
	case 'T' << 8 | 'e':
	case 'T' << 8 | 's':
		return SMC_HEAT_CPU;
	case 'T' << 8 | 'g':
		return SMC_HEAT_GPU;
	default:
		return SMC_HEAT_OTHER;
	}
}

int64_t smc_temperature_mc(double degrees)
{
	return degrees > 0 && degrees <= 150 ? llround(degrees * 1000) : JSON_UNKNOWN;
}

int64_t smc_power_mw(double watts)
{
	return watts > 0 && watts <= 1e6 ? llround(watts * 1000) : JSON_UNKNOWN;
}
