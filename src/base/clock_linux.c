#include <time.h>

#include "base/clock.h"

/* Does not count the time that the machine sleeps, like the clock of clock_darwin.c. */
int64_t clock_now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}
