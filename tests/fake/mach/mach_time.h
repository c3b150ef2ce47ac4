/*
 * The names of <mach/mach_time.h> that src/machine uses; see mach.h.
 */
#ifndef FAKE_MACH_TIME_H
#define FAKE_MACH_TIME_H

#include <stdint.h>

typedef struct {
	uint32_t numer, denom;
} mach_timebase_info_data_t;

int mach_timebase_info(mach_timebase_info_data_t *info);

#endif
