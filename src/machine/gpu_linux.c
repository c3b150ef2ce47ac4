/*
 * Which GPUs there are: NVIDIA's by their driver's library, AMD's by the files
 * of their driver, which do not wake a card that sleeps.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "machine/conditions_linux.h"
#include "machine/linux.h"
#include "machine/nvml.h"

enum { NAME_BYTES = 96 };

/* Equal names, one after the other, are counted: "2 × NVIDIA L4, NVIDIA T4". */
struct names {
	struct text list, last;
	size_t times;
};

static void flush(struct names *names)
{
	if (names->times == 0)
		return;
	text_add(&names->list, names->list.size > 0 ? ", " : "");
	if (names->times > 1)
		text_addf(&names->list, "%zu × ", names->times);
	text_add(&names->list, text_string(&names->last));
	names->times = 0;
}

static void add_name(struct names *names, const char *name)
{
	if (names->times > 0 && !text_equal(text_string(&names->last), name))
		flush(names);
	text_clear(&names->last);
	text_add(&names->last, name);
	names->times++;
}

/* A part of a GPU (MIG) has a part of its bandwidth. */
static int64_t bandwidth_of(const struct nvml *nvml, nvml_device device)
{
	unsigned mhz = 0, bits = 0, mig = 0, next;

	if (nvml->largest_clock_mhz == NULL || nvml->bus_bits == NULL ||
	    (nvml->mig != NULL && nvml->mig(device, &mig, &next) == NVML_OK && mig == NVML_MIG_ON) ||
	    nvml->largest_clock_mhz(device, NVML_CLOCK_MEMORY, &mhz) != NVML_OK || mhz == 0 ||
	    nvml->bus_bits(device, &bits) != NVML_OK || bits == 0)
		return JSON_UNKNOWN;
	return (int64_t)mhz * 1000000 * 2 * bits / 8;
}

static void add_device(const struct nvml *nvml, unsigned number, struct machine_identity *identity, struct names *names)
{
	int64_t bytes_per_s = JSON_UNKNOWN;
	char name[NAME_BYTES];
	nvml_device device;

	if (nvml->device(number, &device) == NVML_OK) {
		bytes_per_s = bandwidth_of(nvml, device);
		if (nvml->name != NULL && nvml->name(device, name, sizeof(name)) == NVML_OK)
			add_name(names, name);
	}
	if (number == 0)
		identity->gpu_bandwidth_bytes_per_s = bytes_per_s;
	else if (identity->gpu_bandwidth_bytes_per_s != bytes_per_s)
		identity->gpu_bandwidth_bytes_per_s = JSON_UNKNOWN;
}

static void add_nvidia(const char *root, struct machine_identity *identity, struct names *names)
{
	struct text why = {0};
	struct nvml nvml;
	unsigned count = 0;
	char name[NAME_BYTES];

	if (nvml_open(&nvml, root, &why)) {
		if (nvml.count(&count) != NVML_OK)
			count = 0;
		for (unsigned i = 0; i < count; i++)
			add_device(&nvml, i, identity, names);
		if (nvml.driver != NULL && nvml.driver(name, sizeof(name)) == NVML_OK)
			identity->gpu_driver = text_format("NVIDIA %s", name);
		nvml_close(&nvml);
	}
	text_release(&why);
}

/* Few cards have a name; of others it is known whose they are. */
static void visit_card(const char *root, const char *path, void *context)
{
	char vendor[CONDITION_WORD], name[CONDITION_WORD], *folder;

	if (strchr(strrchr(path, '/'), '-') != NULL) /* "card0-DP-1", a connector */
		return;
	folder = text_format("%s/device", path);
	linux_word(root, folder, "vendor", vendor);
	linux_word(root, folder, "product_name", name);
	if (text_equal(vendor, "0x1002"))
		add_name(context, name[0] != '\0' ? name : "AMD GPU");
	free(folder);
}

void gpu_identify_linux(const char *root, struct machine_identity *identity)
{
	struct names names = {0};

	add_nvidia(root, identity, &names);
	linux_each(root, "/sys/class/drm", "card", visit_card, &names);
	flush(&names);
	if (names.list.size > 0)
		identity->gpu = text_take(&names.list);
	text_release(&names.list);
	text_release(&names.last);
}
