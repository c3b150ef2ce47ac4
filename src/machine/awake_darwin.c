#include "machine/awake.h"

#include <stdlib.h>

#include "base/memory.h"
#include "machine/frameworks_darwin.h"

enum { ASSERTION_ON = 255 }; /* kIOPMAssertionLevelOn of <IOKit/pwr_mgt/IOPMLib.h> */

/* The system takes the assertion back when the process ends. */
struct awake {
	struct frameworks frameworks;
	int (*release)(uint32_t assertion);
	uint32_t assertion;
};

static bool make(struct awake *awake)
{
	struct frameworks *f = &awake->frameworks;
	int (*create)(cf_ref type, uint32_t level, cf_ref name, uint32_t * assertion);
	cf_ref type, name;
	bool made;

	if (!library_find(f->io_kit, "IOPMAssertionCreateWithName", &create) ||
	    !library_find(f->io_kit, "IOPMAssertionRelease", &awake->release))
		return false;
	type = frameworks_string(f, "PreventUserIdleSystemSleep");
	name = frameworks_string(f, "llmbench is measuring");
	made = type != NULL && name != NULL && create(type, ASSERTION_ON, name, &awake->assertion) == 0;
	frameworks_release(f, name);
	frameworks_release(f, type);
	return made;
}

struct awake *awake_hold(struct text *why)
{
	struct awake *awake = memory_new(1, sizeof(*awake));

	if (frameworks_open(&awake->frameworks, why)) {
		if (make(awake))
			return awake;
		text_add(why, "IOKit refuses a power assertion");
		frameworks_close(&awake->frameworks);
	}
	free(awake);
	return NULL;
}

void awake_release(struct awake *awake)
{
	if (awake == NULL)
		return;
	awake->release(awake->assertion);
	frameworks_close(&awake->frameworks);
	free(awake);
}
