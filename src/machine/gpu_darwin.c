/*
 * The GPU's name and cores are properties of its service in the registry of
 * IOKit. How much memory Metal recommends to use at most is a policy without a
 * formula, which only Metal tells; sysctl iogpu.wired_limit_mb replaces it where
 * somebody has set it (reference: sampling.md §2.3).
 */
#include "machine/gpu_darwin.h"

#include <stdlib.h>

#include "base/memory.h"
#include "machine/frameworks_darwin.h"
#include "machine/sysctl_darwin.h"

#define MIB (INT64_C(1) << 20)

struct finding {
	struct frameworks f;
	cf_ref model_key, cores_key;
	struct machine_identity *identity;
};

/* The first one that has a name. */
static bool visit_gpu(void *context, io_object service)
{
	struct finding *finding = context;
	struct machine_identity *identity = finding->identity;
	cf_ref model = frameworks_property(&finding->f, service, finding->model_key);
	cf_ref cores = frameworks_property(&finding->f, service, finding->cores_key);
	char name[128];

	if (identity->gpu == NULL && frameworks_text(&finding->f, model, name, sizeof(name))) {
		identity->gpu = memory_string(name);
		identity->gpu_cores = frameworks_integer(&finding->f, cores);
	}
	frameworks_release(&finding->f, model);
	frameworks_release(&finding->f, cores);
	return false;
}

static void find_name(struct machine_identity *identity)
{
	struct finding finding = {.identity = identity};

	if (!frameworks_open(&finding.f, NULL))
		return;
	finding.model_key = frameworks_string(&finding.f, "model");
	finding.cores_key = frameworks_string(&finding.f, "gpu-core-count");
	frameworks_each_service(&finding.f, "IOAccelerator", visit_gpu, &finding);
	frameworks_release(&finding.f, finding.model_key);
	frameworks_release(&finding.f, finding.cores_key);
	frameworks_close(&finding.f);
}

/*
 * [MTLCreateSystemDefaultDevice() recommendedMaxWorkingSetSize]. A program
 * without windows gets a device only when CoreGraphics is loaded.
 */
static int64_t ask_metal(void)
{
	void *graphics = library_open(FRAMEWORK("CoreGraphics"));
	void *metal = library_open(FRAMEWORK("Metal"));
	void *runtime = library_open("/usr/lib/libobjc.A.dylib");
	void *(*create)(void);
	void *(*selector_named)(const char *);
	void (*send)(void *, void *);
	uint64_t (*send_for_size)(void *, void *);
	int64_t bytes = JSON_UNKNOWN;

	if (library_find(metal, "MTLCreateSystemDefaultDevice", &create) &&
	    library_find(runtime, "sel_registerName", &selector_named) &&
	    library_find(runtime, "objc_msgSend", &send) && library_find(runtime, "objc_msgSend", &send_for_size)) {
		void *device = create();

		if (device != NULL) {
			uint64_t size = send_for_size(device, selector_named("recommendedMaxWorkingSetSize"));

			bytes = size > 0 && size <= INT64_MAX ? (int64_t)size : JSON_UNKNOWN;
			send(device, selector_named("release"));
		}
	}
	library_close(runtime);
	library_close(metal);
	library_close(graphics);
	return bytes;
}

void gpu_identify_darwin(struct machine_identity *identity)
{
	int64_t limit_mib = sysctl_integer("iogpu.wired_limit_mb"); /* 0: not set */

	find_name(identity);
	identity->gpu_limit_bytes = ask_metal();
	if (identity->gpu_limit_bytes == JSON_UNKNOWN && limit_mib > 0)
		identity->gpu_limit_bytes = limit_mib * MIB;
}
