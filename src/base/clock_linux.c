#include <time.h>

#include "base/clock.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Does not count the time that the machine sleeps, like the clock of clock_darwin.c. */
int64_t clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_with_sleep_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}
