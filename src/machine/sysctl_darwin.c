#include "machine/sysctl_darwin.h"

#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#include <sys/sysctl.h>

#include "base/json.h"
#include "base/memory.h"

int64_t sysctl_integer(const char *name)
{
	unsigned char bytes[8];
	size_t size = sizeof bytes;
	int64_t wide;
	int32_t narrow;

	if (sysctlbyname(name, bytes, &size, NULL, 0) != 0)
		return JSON_UNKNOWN;
	if (size == sizeof wide) {
		memcpy(&wide, bytes, sizeof wide);
		return wide;
	}
	if (size == sizeof narrow) {
		memcpy(&narrow, bytes, sizeof narrow);
		return narrow;
	}
	return JSON_UNKNOWN;
}

char *sysctl_string(const char *name)
{
	char string[256];
	size_t size = sizeof string - 1;

	if (sysctlbyname(name, string, &size, NULL, 0) != 0)
		return NULL;
	string[size] = '\0';
	return string[0] != '\0' ? memory_string(string) : NULL;
}
