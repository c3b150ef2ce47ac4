#include <stdlib.h>
#include <string.h>

#include <sys/utsname.h>

#include "base/memory.h"
#include "machine/gpu_darwin.h"
#include "machine/sysctl_darwin.h"
#include "machine/system.h"

static void find_version(struct machine_identity *identity)
{
	char *product = sysctl_string("kern.osproductversion");
	char *build = sysctl_string("kern.osversion");

	if (product != NULL && build != NULL)
		identity->system_version = text_format("%s (%s)", product, build);
	else
		identity->system_version = memory_string(product);
	free(product);
	free(build);
}

/*
 * Level 0 is the fastest kind of core; the kinds have other names from chip to
 * chip. A machine with cores of one kind (Intel) does not divide them.
 */
static void find_cores(struct machine_identity *identity)
{
	int64_t levels = sysctl_integer("hw.nperflevels"), slower = 0;

	identity->physical_cores = sysctl_integer("hw.physicalcpu");
	identity->logical_cores = sysctl_integer("hw.logicalcpu");
	if (levels < 2)
		return;
	identity->performance_cores = sysctl_integer("hw.perflevel0.physicalcpu");
	for (int64_t level = 1; level < levels; level++) {
		char *name = text_format("hw.perflevel%d.physicalcpu", (int)level);
		int64_t cores = sysctl_integer(name);

		free(name);
		if (cores == JSON_UNKNOWN)
			return;
		slower += cores;
	}
	identity->efficiency_cores = slower;
}

void machine_identify_system(struct machine_identity *identity)
{
	struct utsname system;

	identity->title = sysctl_string("machdep.cpu.brand_string");
	identity->model = sysctl_string("hw.model");
	identity->system = memory_string("macOS");
	find_version(identity);
	find_cores(identity);
	gpu_identify_darwin(identity);
	identity->translated = sysctl_integer("sysctl.proc_translated") == 1;
	identity->virtualized = sysctl_integer("kern.hv_vmm_present") == 1;
	if (identity->translated) /* uname() answers for the translated program */
		identity->architecture = memory_string("arm64");
	else if (uname(&system) >= 0)
		identity->architecture = memory_string(system.machine);
}
