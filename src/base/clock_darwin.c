#include <time.h>

#include "base/clock.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Not CLOCK_MONOTONIC, which here counts the time that the machine sleeps. */
int64_t clock_now_ns(void)
{
	return read_clock(CLOCK_UPTIME_RAW);
}

int64_t clock_with_sleep_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
