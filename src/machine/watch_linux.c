/*
 * A list of small files, each read whole at each look: no descriptor is kept,
 * since a machine may have hundreds of cores and the load needs descriptors.
 */
#include "machine/watch.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/condition_names.h"
#include "machine/conditions_linux.h"
#include "machine/meminfo.h"

/* The lines of /proc/meminfo about swap stand in its first kilobyte. */
enum { FILE_BYTES = 4096 };

enum watched { WATCH_HEAT, WATCH_SUPPLY, WATCH_PROFILE, WATCH_GOVERNOR, WATCH_PREFERENCE, WATCH_MEMORY };

struct watched_file {
	enum watched what;
	char *path;
	enum supply_kind supply;
	double high_c, critical_c; /* of a sensor; NAN unknown */
};

struct watch {
	struct watched_file *files;
	size_t count, capacity;
	const char *root; /* while it is opened */
};

/* Takes no notice of a file that cannot be read: a look would spend time on it for nothing. */
static void add_file(struct watch *watch, const struct watched_file *file, const char *folder, const char *name)
{
	char *path = text_format("%s%s%s%s", watch->root, folder, name[0] != '\0' ? "/" : "", name);

	if (access(path, R_OK) != 0) {
		free(path);
		return;
	}
	watch->files = memory_grow(watch->files, &watch->capacity, watch->count, sizeof(*watch->files));
	watch->files[watch->count] = *file;
	watch->files[watch->count++].path = path;
}

static void add_sensor(const struct heat_sensor *sensor, void *context)
{
	const struct watched_file file = {
	    .what = WATCH_HEAT, .high_c = sensor->high_c, .critical_c = sensor->critical_c};

	add_file(context, &file, sensor->file, "");
}

static void add_supply(const char *root, const char *path, void *context)
{
	const struct watched_file file = {.what = WATCH_SUPPLY, .supply = supply_kind_of(root, path)};

	if (supply_state_file(file.supply) != NULL)
		add_file(context, &file, path, supply_state_file(file.supply));
}

static void add_policy(const char *root, const char *path, void *context)
{
	(void)root;
	add_file(context, &(struct watched_file){.what = WATCH_GOVERNOR}, path, "scaling_governor");
	add_file(context, &(struct watched_file){.what = WATCH_PREFERENCE}, path, "energy_performance_preference");
}

struct watch *watch_open(const char *root)
{
	struct watch *watch = memory_new(1, sizeof(*watch));

	watch->root = root;
	heat_linux_each(root, add_sensor, watch);
	linux_each(root, "/sys/class/power_supply", "", add_supply, watch);
	add_file(watch, &(struct watched_file){.what = WATCH_PROFILE}, "/sys/firmware/acpi", "platform_profile");
	linux_each(root, "/sys/devices/system/cpu/cpufreq", "policy", add_policy, watch);
	add_file(watch, &(struct watched_file){.what = WATCH_MEMORY}, "/proc", "meminfo");
	watch->root = NULL;
	return watch;
}

/* The file's text, without the end of a last line; "" when it cannot be read. */
static void read_file(const char *path, char text[FILE_BYTES])
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = file >= 0 ? read(file, text, FILE_BYTES - 1) : 0;

	if (file >= 0)
		close(file);
	text[size > 0 ? size : 0] = '\0';
	if (size > 0 && text[size - 1] == '\n')
		text[size - 1] = '\0';
}

static void add_text(const struct watched_file *file, const char *text, struct supplies *supplies,
                     struct machine_conditions *seen)
{
	struct memory_reading memory;

	switch (file->what) {
	case WATCH_HEAT:
		heat_add(seen, &(struct heat_sensor){NULL, heat_degrees(linux_integer(text)), file->high_c,
		                                     file->critical_c});
		break;
	case WATCH_SUPPLY:
		supplies_add_state(supplies, file->supply, text);
		break;
	case WATCH_PROFILE:
		seen->low_power_mode = power_profile_mode(text);
		break;
	case WATCH_GOVERNOR:
		conditions_add_word(seen->cpu_governor, text);
		break;
	case WATCH_PREFERENCE:
		conditions_add_word(seen->cpu_energy_preference, text);
		break;
	case WATCH_MEMORY:
		meminfo_reading(text, &memory);
		seen->swap_used_bytes = memory.swap_used_bytes;
		break;
	}
}

void watch_look(const struct watch *watch, struct machine_conditions *seen)
{
	struct supplies supplies = SUPPLIES_NONE;
	char text[FILE_BYTES];

	machine_conditions_reset(seen);
	for (size_t i = 0; i < watch->count; i++) {
		read_file(watch->files[i].path, text);
		add_text(&watch->files[i], text, &supplies, seen);
	}
	seen->power_source = supplies_source(&supplies);
}

void watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	for (size_t i = 0; i < watch->count; i++)
		free(watch->files[i].path);
	free(watch->files);
	free(watch);
}
