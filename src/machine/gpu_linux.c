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

static void add_nvidia(const char *root, struct machine_identity *identity, struct names *names)
{
	struct text why = {0};
	struct nvml nvml;
	unsigned count = 0;
	nvml_device device;
	char name[NAME_BYTES];

	if (nvml_open(&nvml, root, &why)) {
		if (nvml.count(&count) != NVML_OK)
			count = 0;
		for (unsigned i = 0; i < count; i++)
			if (nvml.name != NULL && nvml.device(i, &device) == NVML_OK &&
			    nvml.name(device, name, sizeof(name)) == NVML_OK)
				add_name(names, name);
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
