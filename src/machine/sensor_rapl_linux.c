/*
 * Energy of CPU packages and their memory from the kernel's RAPL counters,
 * which AMD's processors have too. Since 2020 only root may read them
 * (reference: sampling.md §5.2). A counter starts again at its range, after a
 * minute of full load at the earliest, so between two readings it wraps once at
 * most.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/sensors.h"

#define FOLDER "/sys/class/powercap"

enum { ZONES_MAX = 32, FILE_BYTES = 64 };

struct zone {
	int file;
	bool is_dram;
	int64_t range_uj, raw_uj; /* raw: as read last */
	int64_t sum_uj;           /* without wraps */
};

struct rapl_sensor {
	struct sensor base;
	struct zone zones[ZONES_MAX];
	size_t count;
	bool refused; /* while it is opened: there is a zone that may not be read */
};

static int64_t read_counter(int file)
{
	char text[FILE_BYTES];
	ssize_t size = pread(file, text, sizeof(text) - 1, 0);

	if (size <= 0)
		return JSON_UNKNOWN;
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return linux_integer(text);
}

/* False: it tells nothing now. */
static bool advance(struct zone *zone)
{
	int64_t raw = read_counter(zone->file);

	if (raw < 0)
		return false;
	zone->sum_uj += raw >= zone->raw_uj ? raw - zone->raw_uj : raw + zone->range_uj - zone->raw_uj;
	zone->raw_uj = raw;
	return true;
}

static void rapl_read(struct sensor *base, bool edge, struct sample *into)
{
	struct rapl_sensor *sensor = (struct rapl_sensor *)base;

	(void)edge;
	for (size_t i = 0; i < sensor->count; i++)
		if (advance(&sensor->zones[i]))
			sample_add(sensor->zones[i].is_dram ? &into->dram_energy_uj : &into->cpu_energy_uj,
			           sensor->zones[i].sum_uj);
}

static void rapl_close(struct sensor *base)
{
	struct rapl_sensor *sensor = (struct rapl_sensor *)base;

	for (size_t i = 0; i < sensor->count; i++)
		close(sensor->zones[i].file);
	free(sensor);
}

/* Packages, and of what lies in them the memory; cores and graphics are part of the package. */
static void visit_zone(const char *root, const char *path, void *context)
{
	struct rapl_sensor *sensor = context;
	struct zone zone = {.range_uj = linux_number(root, path, "max_energy_range_uj")};
	char name[CONDITION_WORD], *file;

	linux_word(root, path, "name", name);
	zone.is_dram = strcmp(name, "dram") == 0;
	if ((!zone.is_dram && !text_starts_with(name, "package")) || zone.range_uj <= 0 || sensor->count == ZONES_MAX)
		return;
	file = text_format("%s%s/energy_uj", root, path);
	zone.file = open(file, O_RDONLY | O_CLOEXEC);
	free(file);
	sensor->refused = sensor->refused || zone.file < 0;
	if (zone.file < 0)
		return;
	zone.raw_uj = read_counter(zone.file);
	if (zone.raw_uj >= 0)
		sensor->zones[sensor->count++] = zone;
	else
		close(zone.file);
}

struct sensor *sensor_open_rapl(const struct sensor_context *context, struct text *why)
{
	struct rapl_sensor *sensor = memory_new(1, sizeof(*sensor));

	sensor->base = (struct sensor){rapl_read, rapl_close};
	linux_each(context->root, FOLDER, "intel-rapl:", visit_zone, sensor);
	if (sensor->count > 0)
		return &sensor->base;
	text_add(why, sensor->refused ? "only root may read the energy counters" : "no RAPL counters");
	rapl_close(&sensor->base);
	return NULL;
}
