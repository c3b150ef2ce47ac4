#include <time.h>

#include "base/clock.h"

/* Not CLOCK_MONOTONIC, which here counts the time that the machine sleeps. */
int64_t clock_now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_UPTIME_RAW, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}
