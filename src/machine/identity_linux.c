#include <stdlib.h>
#include <string.h>

#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/linux.h"
#include "machine/proc_text.h"
#include "machine/system.h"

/* What makers leave in the firmware's tables when nobody fills them in. */
static const char *const placeholders[] = {
    "To Be Filled By O.E.M.",
    "To be filled by O.E.M.",
    "System Product Name",
    "System Version",
    "Default string",
    "Not Specified",
    "Not Applicable",
    "None",
    "Type1ProductConfigId",
    "INVALID",
    "O.E.M.",
    "Unknown",
};

/* A file's only line, without its end; NULL when it says nothing. The caller frees it. */
static char *one_line(const char *root, const char *path)
{
	char *line = linux_file(root, path);
	size_t size;

	if (line == NULL)
		return NULL;
	size = strcspn(line, "\n");
	while (size > 0 && line[size - 1] == ' ')
		size--;
	line[size] = '\0';
	for (size_t i = 0; size > 0 && i < sizeof placeholders / sizeof placeholders[0]; i++)
		if (strcmp(line, placeholders[i]) == 0)
			size = 0;
	if (size > 0)
		return line;
	free(line);
	return NULL;
}

/* Firmware of PCs and servers has names of the product and of its board; ARM boards have a device tree. */
static char *find_model(const char *root)
{
	static const char *const paths[] = {
	    "/sys/devices/virtual/dmi/id/product_name",
	    "/sys/devices/virtual/dmi/id/board_name",
	    "/proc/device-tree/model",
	};
	char *model = NULL;

	for (size_t i = 0; model == NULL && i < sizeof paths / sizeof paths[0]; i++)
		model = one_line(root, paths[i]);
	return model;
}

static char *find_version(const char *root)
{
	char *release = linux_file(root, "/etc/os-release");
	char *kernel = one_line(root, "/proc/sys/kernel/osrelease");
	char *name, *version;

	if (release == NULL)
		release = linux_file(root, "/usr/lib/os-release");
	name = release != NULL ? proc_string(release, "PRETTY_NAME") : NULL;
	if (name != NULL && kernel != NULL)
		version = text_format("%s, kernel %s", name, kernel);
	else if (kernel != NULL)
		version = text_format("kernel %s", kernel);
	else
		version = memory_string(name);
	free(release);
	free(kernel);
	free(name);
	return version;
}

static bool find_hypervisor(const char *root, const char *cpuinfo)
{
	char *flags = proc_string(cpuinfo, "flags");
	char *type = linux_file(root, "/sys/hypervisor/type");
	char *maker = linux_file(root, "/sys/devices/virtual/dmi/id/sys_vendor");
	char *tree = linux_file(root, "/proc/device-tree/hypervisor/compatible");
	bool found = (flags != NULL && strstr(flags, " hypervisor") != NULL) || type != NULL || tree != NULL ||
	             (maker != NULL && text_starts_with(maker, "QEMU"));

	free(flags);
	free(type);
	free(maker);
	free(tree);
	return found;
}

void machine_identify_linux(const char *root, struct machine_identity *identity)
{
	char *cpuinfo = linux_file(root, "/proc/cpuinfo");
	struct utsname system;

	if (cpuinfo != NULL) {
		identity->title = proc_string(cpuinfo, "model name");
		identity->virtualized = find_hypervisor(root, cpuinfo);
	}
	identity->model = find_model(root);
	identity->system = memory_string("Linux");
	identity->system_version = find_version(root);
	if (uname(&system) >= 0)
		identity->architecture = memory_string(system.machine);
	topology_linux(root, identity);
	gpu_identify_linux(root, identity);
	free(cpuinfo);
}

void machine_identify_system(struct machine_identity *identity)
{
	long online;

	machine_identify_linux("", identity);
	/* A container or a root of its own may lack /sys. */
	online = sysconf(_SC_NPROCESSORS_ONLN);
	if (identity->logical_cores == JSON_UNKNOWN && online > 0)
		identity->logical_cores = online;
}
