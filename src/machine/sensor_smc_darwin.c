/*
 * Power of the whole machine and temperatures by the system management
 * controller (reference: sampling.md §3.3). Which temperatures it has differs
 * between chips, so all its keys, thousands, are gone through when the sensor is
 * opened; after that each figure is one call.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mach/mach.h>

#include "base/memory.h"
#include "machine/apple_figures.h"
#include "machine/frameworks_darwin.h"
#include "machine/sensors.h"

enum { CALL = 2, HEAT_MAX = 128, KEYS_MAX = 20000 };

struct smc_value {
	uint32_t key; /* 0: it is not there */
	struct smc_info info;
};

struct smc_sensor {
	struct sensor base;
	struct frameworks f;
	io_object connection; /* 0: none */
	struct smc_value power;
	struct smc_value heat[HEAT_MAX];
	size_t heat_count;
};

static bool call(const struct smc_sensor *sensor, const struct smc_message *question, struct smc_message *answer)
{
	size_t size = sizeof(*answer);

	*answer = (struct smc_message){0};
	return sensor->f.IOConnectCallStructMethod(sensor->connection, CALL, question, sizeof(*question), answer,
	                                           &size) == 0 &&
	       size == sizeof(*answer) && answer->result == 0;
}

static bool read_value(const struct smc_sensor *sensor, const struct smc_value *value, struct smc_message *answer)
{
	const struct smc_message question = {.key = value->key, .info = value->info, .command = SMC_READ};

	return value->key != 0 && call(sensor, &question, answer);
}

static double read_real(const struct smc_sensor *sensor, const struct smc_value *value)
{
	struct smc_message answer;

	return read_value(sensor, value, &answer) ? smc_real(&value->info, &answer) : NAN;
}

static void smc_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct smc_sensor *sensor = (const struct smc_sensor *)base;

	(void)edge;
	into->system_power_mw = smc_power_mw(read_real(sensor, &sensor->power));
	for (size_t i = 0; i < sensor->heat_count; i++) {
		int64_t *figure = smc_heat_of(sensor->heat[i].key) == SMC_HEAT_GPU ? &into->gpu_temperature_mc
		                                                                   : &into->cpu_temperature_mc;
		int64_t heat = smc_temperature_mc(read_real(sensor, &sensor->heat[i]));

		/* JSON_UNKNOWN is the least integer. */
		if (heat > *figure)
			*figure = heat;
	}
}

static void smc_close(struct sensor *base)
{
	struct smc_sensor *sensor = (struct smc_sensor *)base;

	if (sensor->connection != 0)
		sensor->f.IOServiceClose(sensor->connection);
	frameworks_close(&sensor->f);
	free(sensor);
}

/* The key and how to read it; its key is 0 when there is none such. */
static struct smc_value find_value(const struct smc_sensor *sensor, uint32_t key)
{
	const struct smc_message question = {.key = key, .command = SMC_INFO};
	struct smc_message answer;

	if (!call(sensor, &question, &answer))
		return (struct smc_value){0};
	return (struct smc_value){key, answer.info};
}

static int64_t count_keys(const struct smc_sensor *sensor)
{
	const struct smc_value keys = find_value(sensor, smc_key("#KEY"));
	struct smc_message answer;
	int64_t count = read_value(sensor, &keys, &answer) ? smc_integer(&answer) : 0;

	return count < KEYS_MAX ? count : KEYS_MAX;
}

/* Also those that tell nothing now: parts of the chip that sleep have no temperature. */
static void find_heat(struct smc_sensor *sensor)
{
	int64_t count = count_keys(sensor);

	for (int64_t i = 0; i < count && sensor->heat_count < HEAT_MAX; i++) {
		const struct smc_message question = {.index = (uint32_t)i, .command = SMC_KEY_AT};
		struct smc_message answer;
		struct smc_value value;

		if (!call(sensor, &question, &answer) || smc_heat_of(answer.key) == SMC_HEAT_OTHER)
			continue;
		value = find_value(sensor, answer.key);
		if (smc_is_real(&value.info))
			sensor->heat[sensor->heat_count++] = value;
	}
}

/* Of several services that are called AppleSMC, the one that has keys. */
static bool connect_endpoint(void *context, io_object service)
{
	struct smc_sensor *sensor = context;
	io_name name = "";

	if (sensor->connection == 0 && sensor->f.IORegistryEntryGetName(service, name) == 0 &&
	    strcmp(name, "AppleSMCKeysEndpoint") == 0 &&
	    sensor->f.IOServiceOpen(service, mach_task_self(), 0, &sensor->connection) != 0)
		sensor->connection = 0;
	return false;
}

struct sensor *sensor_open_smc(const struct sensor_context *context, struct text *why)
{
	struct smc_sensor *sensor = memory_new(1, sizeof(*sensor));

	(void)context;
	sensor->base = (struct sensor){smc_read, smc_close};
	if (!frameworks_open(&sensor->f, why)) {
		free(sensor);
		return NULL;
	}
	frameworks_each_service(&sensor->f, "AppleSMC", connect_endpoint, sensor);
	if (sensor->connection != 0) {
		sensor->power = find_value(sensor, smc_key("PSTR"));
		find_heat(sensor);
	}
	if (sensor->power.key != 0 || sensor->heat_count > 0)
		return &sensor->base;
	text_add(why, sensor->connection == 0 ? "the controller (SMC) cannot be opened"
	                                      : "the controller (SMC) tells neither power nor temperatures");
	smc_close(&sensor->base);
	return NULL;
}
