#include <stdlib.h>
#include <unistd.h>

#include "base/units.h"
#include "machine/bandwidth.h"
#include "machine/linux.h"

/* "36864K"; 0 where the kernel does not tell. */
static int64_t cache_bytes(int index)
{
	char *path = text_format("/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
	char *text = linux_file("", path), *end;
	int64_t bytes = 0;

	if (text != NULL) {
		bytes = strtoll(text, &end, 10);
		bytes *= *end == 'K' ? 1 << 10 : *end == 'M' ? 1 << 20 : 1;
	}
	free(text);
	free(path);
	return bytes;
}

int64_t bandwidth_cache_bytes(void)
{
	int64_t largest = 0;

	for (int index = 0; index < 6; index++) {
		int64_t bytes = cache_bytes(index);

		if (bytes > largest)
			largest = bytes;
	}
	return largest;
}

bool bandwidth_is_not_all(void)
{
	return access("/dev/nvidiactl", F_OK) == 0 || access("/dev/kfd", F_OK) == 0 || access("/dev/dri", F_OK) == 0;
}
