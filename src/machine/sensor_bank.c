#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/sampler_thread.h"
#include "machine/sensors.h"

/* A sensor that is so slow so often is not asked while requests run. */
#define SLOW_NS      (20 * NS_PER_MS)
#define SLOW_ALLOWED 1

struct slot {
	struct sensor *sensor; /* NULL: not here */
	struct sensor_state state;
	int slow; /* timed readings that took too long */
};

struct sensor_bank {
	struct server_family family;
	size_t count;
	struct slot slots[];
};

size_t sensor_count(void)
{
	size_t count = 0;

	while (sensor_kinds[count].name != NULL)
		count++;
	return count;
}

static void open_slot(const struct sensor_kind *kind, const struct sensor_context *context, struct slot *slot)
{
	struct text why = {0};

	slot->sensor = kind->open(context, &why);
	slot->state = (struct sensor_state){.name = kind->name, .open = slot->sensor != NULL};
	if (slot->sensor == NULL)
		snprintf(slot->state.why, sizeof(slot->state.why), "%s", text_string(&why));
	text_release(&why);
}

struct sensor_bank *sensor_bank_open(const struct sensor_context *context)
{
	struct sensor_context whole = *context;
	size_t count = sensor_count();
	struct sensor_bank *bank = memory_new(1, sizeof(*bank) + count * sizeof(bank->slots[0]));

	if (whole.root == NULL)
		whole.root = "";
	bank->count = count;
	whole.family = &bank->family;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || whole.simulated_file == NULL)
			open_slot(&sensor_kinds[i], &whole, &bank->slots[i]);
		else
			bank->slots[i].state =
			    (struct sensor_state){.name = sensor_kinds[i].name, .why = "the device is simulated"};
	}
	return bank;
}

void sensor_bank_close(struct sensor_bank *bank)
{
	for (size_t i = 0; i < bank->count; i++)
		if (bank->slots[i].sensor != NULL)
			bank->slots[i].sensor->close(bank->slots[i].sensor);
	free(bank);
}

/* Time in which the thread had to wait for a processor is no fault of the sensor. */
static void read_slot(struct slot *slot, bool edge, struct sample *into)
{
	int64_t begin_ns = clock_now_ns(), preemptions = sampler_thread_preemptions(), spent_ns;

	slot->sensor->read(slot->sensor, edge, into);
	spent_ns = clock_now_ns() - begin_ns;
	slot->state.reads++;
	slot->state.total_ns += spent_ns;
	if (spent_ns > slot->state.longest_ns)
		slot->state.longest_ns = spent_ns;
	if (!edge && spent_ns > SLOW_NS && sampler_thread_preemptions() == preemptions)
		slot->state.only_edges = ++slot->slow > SLOW_ALLOWED;
}

bool sensor_bank_read(struct sensor_bank *bank, bool edge, struct sample *into)
{
	bool any = false;

	for (size_t i = 0; i < bank->count; i++) {
		struct slot *slot = &bank->slots[i];

		if (slot->sensor == NULL || (slot->state.only_edges && !edge))
			continue;
		read_slot(slot, edge, into);
		any = true;
	}
	return any;
}

bool sensor_bank_read_one(struct sensor_bank *bank, size_t sensor, bool edge, struct sample *into)
{
	if (bank->slots[sensor].sensor != NULL)
		read_slot(&bank->slots[sensor], edge, into);
	return bank->slots[sensor].sensor != NULL;
}

const struct sensor_state *sensor_bank_state(const struct sensor_bank *bank, size_t sensor)
{
	return &bank->slots[sensor].state;
}

const struct memory_source *sensor_bank_memory(const struct sensor_bank *bank)
{
	return sensor_memory_source(bank->slots[0].sensor);
}
