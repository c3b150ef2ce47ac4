#include "machine/bandwidth.h"
#include "machine/sysctl_darwin.h"

/* Of the processors; the system's own, behind it, is told nowhere, and smaller than what is measured with at least. */
int64_t bandwidth_cache_bytes(void)
{
	int64_t bytes = sysctl_integer("hw.perflevel0.l2cachesize");

	return bytes > 0 ? bytes : 0;
}

/* Apple silicon has one memory for all; Macs with Intel's processors may have a GPU. */
bool bandwidth_is_not_all(void)
{
	return sysctl_integer("hw.optional.arm64") != 1;
}
