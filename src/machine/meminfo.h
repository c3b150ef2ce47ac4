/*
 * Used memory of a Linux machine from the text of /proc/meminfo.
 */
#ifndef MACHINE_MEMINFO_H
#define MACHINE_MEMINFO_H

#include "machine/memory.h"

/*
 * used = MemTotal − MemAvailable, swap = SwapTotal − SwapFree. MemAvailable
 * (since Linux 3.14) counts mapped model files as available: they are page cache.
 */
void meminfo_reading(const char *text, struct memory_reading *reading);

#endif
