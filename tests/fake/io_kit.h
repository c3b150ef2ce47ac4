/*
 * IOKit for tests: a registry with one GPU and its clients, and a system
 * management controller. Included after machine/frameworks_darwin.c and
 * machine/apple_figures.h.
 */
#ifndef FAKE_IO_KIT_H
#define FAKE_IO_KIT_H

#include <stdbool.h>
#include <string.h>

#include "core_foundation.h"
#include "machine/apple_figures.h"

/* Objects of a test live as long as it. */
#define ITEMS(...)                                        \
	.items = (const struct fake_item[]){__VA_ARGS__}, \
	.count = sizeof((const struct fake_item[]){__VA_ARGS__}) / sizeof(struct fake_item)
#define DICTIONARY(...) (&(const struct fake_object){.type = FAKE_DICTIONARY, ITEMS(__VA_ARGS__)})
#define ARRAY(...)      (&(const struct fake_object){.type = FAKE_ARRAY, ITEMS(__VA_ARGS__)})
#define STRING(value)   (&FAKE_STRING_OF(value))
#define NUMBER(value)   (&FAKE_NUMBER_OF(value))

/* An M4, recorded; one without a key; one that has words for numbers. */
static const struct fake_object *const m4 =
    DICTIONARY({"In use system memory (driver)", NUMBER(0)}, {"Alloc system memory", NUMBER(2679144448)},
               {"In use system memory", NUMBER(725286912)}, {"Device Utilization %", NUMBER(23)});
static const struct fake_object *const without_memory = DICTIONARY({"Device Utilization %", NUMBER(23)});
static const struct fake_object *const words = DICTIONARY({"Alloc system memory", STRING("much")});

static const struct fake_object *const client =
    DICTIONARY({"IOUserClientCreator", STRING("pid 502, llama-server")},
               {"AppUsage", ARRAY({NULL, DICTIONARY({"API", STRING("Metal")}, {"accumulatedGPUTime", NUMBER(7000)})},
                                  {NULL, DICTIONARY({"accumulatedGPUTime", NUMBER(30)})}, {NULL, NUMBER(9)})});
static const struct fake_object *const old_client = DICTIONARY({"IOUserClientCreator", STRING("pid 501, ollama")});
static const struct fake_object *const stranger =
    DICTIONARY({"IOUserClientCreator", STRING("pid 99, WindowServer")},
               {"AppUsage", ARRAY({NULL, DICTIONARY({"accumulatedGPUTime", NUMBER(1)})})});
static const struct fake_object *const nameless = DICTIONARY({"IOClass", STRING("AGXCommandQueue")});
static const struct fake_object *const model = STRING("Apple M4"), *const cores = NUMBER(10);

static int fake_io_held; /* services, iterators and connections that must be given back */

/* --- the registry: services of a class, one after the other --- */

enum { GPU = 10, BARE_GPU, CLIENT, OLD_CLIENT, STRANGER, NAMELESS, OTHER_SERVICE, KEYS_SERVICE, ITERATOR = 100 };

static const struct fake_object *statistics; /* of the GPU; NULL: it publishes none */
static const io_object *listed;              /* what the iterator gives next, ended by 0 */

static cf_ref fake_IOServiceMatching(const char *name)
{
	return fake_take(strcmp(name, "IOAccelerator") == 0 ? model : cores);
}

static int fake_IOServiceGetMatchingServices(io_object port, cf_ref matching, io_object *services)
{
	static const io_object accelerators[] = {BARE_GPU, GPU, 0}, controllers[] = {OTHER_SERVICE, KEYS_SERVICE, 0};

	fake_CFRelease(matching);
	listed = matching == model ? accelerators : controllers;
	*services = ITERATOR;
	fake_io_held++;
	return port == 0 ? 0 : 5;
}

static int fake_IORegistryEntryGetChildIterator(io_object entry, const char *plane, io_object *children)
{
	static const io_object all[] = {NAMELESS, CLIENT, STRANGER, OLD_CLIENT, 0};

	if (entry != GPU || strcmp(plane, "IOService") != 0)
		return 5;
	listed = all;
	*children = ITERATOR;
	fake_io_held++;
	return 0;
}

static io_object fake_IOIteratorNext(io_object iterator)
{
	if (iterator != ITERATOR || *listed == 0)
		return 0;
	fake_io_held++;
	return *listed++;
}

static int fake_IOObjectRelease(io_object object)
{
	fake_io_held -= object != 0;
	return 0;
}

static cf_ref fake_IORegistryEntryCreateCFProperty(io_object entry, cf_ref key, cf_ref allocator, uint32_t options)
{
	const char *name = ((const struct fake_object *)key)->string;
	const struct fake_object *const clients[] = {client, old_client, stranger, nameless};

	if (allocator != NULL || options != 0)
		return NULL;
	if (entry == GPU && strcmp(name, "PerformanceStatistics") == 0)
		return fake_take(statistics);
	if (entry == GPU && strcmp(name, "model") == 0)
		return fake_take(model);
	if (entry == GPU && strcmp(name, "gpu-core-count") == 0)
		return fake_take(cores);
	return entry >= CLIENT && entry <= NAMELESS ? fake_take(fake_CFDictionaryGetValue(clients[entry - CLIENT], key))
	                                            : NULL;
}

static int fake_IORegistryEntryGetName(io_object entry, char *name)
{
	strcpy(name, entry == KEYS_SERVICE ? "AppleSMCKeysEndpoint" : "AppleSMC");
	return 0;
}

/* --- the controller --- */

static struct smc_key_value {
	char name[5], type[5];
	uint32_t size;
	uint8_t bytes[4];
} keys[] = {
    {"#KEY", "ui32", 4, {0, 0, 0, 8}},       {"PSTR", "flt ", 4, {0, 0, 0x48, 0x41}},
    {"TB0T", "flt ", 4, {0, 0, 0xc8, 0x42}}, {"Te05", "flt ", 4, {0, 0, 0x2a, 0x42}},
    {"Tg0f", "flt ", 4, {0, 0, 0x75, 0x42}}, {"Tp01", "sp78", 2, {0x60, 0}},
    {"Tp05", "flt ", 4, {0, 0, 0, 0}},       {"Tp09", "flt ", 4, {0, 0, 0x8c, 0x42}},
};
static bool controller_refuses;

static int fake_IOServiceOpen(io_object service, uint32_t task, uint32_t type, io_object *connection)
{
	if (controller_refuses || service != KEYS_SERVICE || task != 1 || type != 0)
		return 5;
	*connection = 33;
	fake_io_held++;
	return 0;
}

static int fake_IOServiceClose(io_object connection)
{
	fake_io_held -= connection == 33;
	return 0;
}

static int fake_IOConnectCallStructMethod(io_object connection, uint32_t selector, const void *in, size_t in_size,
                                          void *out, size_t *out_size)
{
	const struct smc_message *question = in;
	struct smc_message *answer = out;
	size_t i = question->command == SMC_KEY_AT ? question->index : 0;

	if (connection != 33 || selector != 2 || in_size != 80 || *out_size != 80)
		return 5;
	while (question->command != SMC_KEY_AT && i < 8 && smc_key(keys[i].name) != question->key)
		i++;
	*answer = (struct smc_message){.result = i < 8 ? 0 : 132};
	if (i == 8)
		return 0;
	answer->key = smc_key(keys[i].name);
	if (question->command == SMC_INFO)
		answer->info = (struct smc_info){.size = keys[i].size, .type = smc_key(keys[i].type)};
	if (question->command == SMC_READ && question->info.size == keys[i].size)
		memcpy(answer->bytes, keys[i].bytes, sizeof(keys[i].bytes));
	return 0;
}

#endif
