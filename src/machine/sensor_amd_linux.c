/*
 * AMD GPUs by the files of their kernel driver (reference: sampling.md §5.4).
 * Reading them wakes a card that sleeps, so each is asked only while it is
 * awake. Which of two power files and which temperature labels there are
 * differs between cards and kernels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/proc_files.h"
#include "machine/sensors.h"

enum { CARDS_MAX = 16, PATH_BYTES = 320, FILE_BYTES = 64, HEAT_MAX = 4 };

struct card {
	char folder[PATH_BYTES - 64];  /* /sys/class/drm/card0/device */
	char monitor[PATH_BYTES - 64]; /* …/hwmon/hwmon3; "" none */
	const char *power;             /* its file */
	int heat[HEAT_MAX];            /* numbers of the temperatures of edge and junction */
	size_t heat_count;
	bool unified; /* the system's memory is its own: vram is but a part that firmware set aside */
};

struct amd_sensor {
	struct sensor base;
	struct card cards[CARDS_MAX];
	size_t count;
};

static bool read_word(const char *folder, const char *name, char word[FILE_BYTES])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	proc_read(path, word, FILE_BYTES);
	word[strcspn(word, "\n")] = '\0';
	return word[0] != '\0';
}

static int64_t read_number(const char *folder, const char *name)
{
	char word[FILE_BYTES];

	return read_word(folder, name, word) ? linux_integer(word) : JSON_UNKNOWN;
}

/* A card without power management of its own is always awake. */
static bool is_awake(const struct card *card)
{
	char word[FILE_BYTES];

	return !read_word(card->folder, "power/runtime_status", word) || strcmp(word, "suspended") != 0;
}

static void add_memory(const struct card *card, struct sample *into)
{
	int64_t table = read_number(card->folder, "mem_info_gtt_used");

	sample_add(&into->gpu_used_bytes, read_number(card->folder, "mem_info_vram_used"));
	sample_add(&into->gpu_used_bytes, table);
	sample_add(&into->gpu_total_bytes, read_number(card->folder, "mem_info_vram_total"));
	if (card->unified)
		sample_add(&into->gpu_total_bytes, read_number(card->folder, "mem_info_gtt_total"));
}

static void add_monitor(const struct card *card, struct sample *into)
{
	int64_t microwatts = card->power != NULL ? read_number(card->monitor, card->power) : JSON_UNKNOWN;
	int64_t hertz = read_number(card->monitor, "freq1_input");

	if (microwatts >= 0)
		sample_add(&into->gpu_power_mw, microwatts / 1000);
	if (hertz >= 0)
		sample_raise(&into->gpu_clock_mhz, hertz / 1000000);
	for (size_t i = 0; i < card->heat_count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "temp%d_input", card->heat[i]);
		sample_raise(&into->gpu_temperature_mc, read_number(card->monitor, name));
	}
}

static void amd_read(struct sensor *base, bool edge, struct sample *into)
{
	const struct amd_sensor *sensor = (const struct amd_sensor *)base;

	(void)edge;
	for (size_t i = 0; i < sensor->count; i++) {
		if (!is_awake(&sensor->cards[i]))
			continue;
		add_memory(&sensor->cards[i], into);
		sample_raise(&into->gpu_busy_pct, read_number(sensor->cards[i].folder, "gpu_busy_percent"));
		if (sensor->cards[i].monitor[0] != '\0')
			add_monitor(&sensor->cards[i], into);
	}
}

static void amd_close(struct sensor *base)
{
	free(base);
}

/* The driver's monitor: which files it has does not change. */
static void visit_monitor(const char *root, const char *path, void *context)
{
	struct card *card = context;
	char word[FILE_BYTES];

	snprintf(card->monitor, sizeof(card->monitor), "%s%s", root, path);
	if (!read_word(card->monitor, "name", word) || strcmp(word, "amdgpu") != 0) {
		card->monitor[0] = '\0';
		return;
	}
	if (read_word(card->monitor, "power1_average", word))
		card->power = "power1_average";
	else if (read_word(card->monitor, "power1_input", word))
		card->power = "power1_input";
	for (int number = 1; number <= HEAT_MAX; number++) {
		char name[32];

		snprintf(name, sizeof(name), "temp%d_label", number);
		if (read_word(card->monitor, name, word) && strcmp(word, "mem") != 0)
			card->heat[card->heat_count++] = number;
	}
}

static void visit_card(const char *root, const char *path, void *context)
{
	struct amd_sensor *sensor = context;
	struct card card = {0};
	char vendor[FILE_BYTES], *folder;

	/* "card0", not its connectors "card0-DP-1". */
	if (strchr(strrchr(path, '/'), '-') != NULL || sensor->count == CARDS_MAX)
		return;
	folder = text_format("%s/device", path);
	snprintf(card.folder, sizeof(card.folder), "%s%s", root, folder);
	if (read_word(card.folder, "vendor", vendor) && strcmp(vendor, "0x1002") == 0) {
		char *monitors = text_format("%s/hwmon", folder);

		linux_each(root, monitors, "hwmon", visit_monitor, &card);
		if (is_awake(&card))
			card.unified = read_number(card.folder, "mem_info_vram_total") <
			               read_number(card.folder, "mem_info_gtt_total");
		sensor->cards[sensor->count++] = card;
		free(monitors);
	}
	free(folder);
}

struct sensor *sensor_open_amd(const struct sensor_context *context, struct text *why)
{
	struct amd_sensor *sensor = memory_new(1, sizeof(*sensor));

	sensor->base = (struct sensor){amd_read, amd_close};
	linux_each(context->root, "/sys/class/drm", "card", visit_card, sensor);
	if (sensor->count > 0)
		return &sensor->base;
	text_add(why, "no GPU of AMD");
	free(sensor);
	return NULL;
}
