#include "machine/meminfo.h"

#include "machine/proc_text.h"

/* The file says kB and means KiB. */
static int64_t bytes_of(const char *text, const char *key)
{
	int64_t kib = proc_integer(text, key);

	return kib == JSON_UNKNOWN || kib > INT64_MAX / 1024 ? JSON_UNKNOWN : kib * 1024;
}

static int64_t difference(int64_t whole, int64_t part)
{
	if (whole == JSON_UNKNOWN || part == JSON_UNKNOWN)
		return JSON_UNKNOWN;
	return whole > part ? whole - part : 0;
}

void meminfo_reading(const char *text, struct memory_reading *reading)
{
	reading->total_bytes = bytes_of(text, "MemTotal");
	reading->used_bytes = difference(reading->total_bytes, bytes_of(text, "MemAvailable"));
	reading->swap_used_bytes = difference(bytes_of(text, "SwapTotal"), bytes_of(text, "SwapFree"));
}
