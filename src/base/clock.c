#include "base/clock.h"

#include <time.h>

#include "clock_ids.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec time = {0};

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * NS_PER_S + time.tv_nsec;
}

int64_t clock_now_ns(void)
{
	return read_clock(clock_id_awake);
}

int64_t clock_with_sleep_ns(void)
{
	return read_clock(clock_id_always);
}

int64_t clock_slept_ns(void)
{
	return clock_with_sleep_ns() - clock_now_ns();
}

int64_t clock_thread_cpu_ns(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_process_cpu_ns(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* nanosleep() and not clock_nanosleep(), which macOS lacks; the loop also covers signals and early wake-ups. */
void clock_sleep_until(int64_t when_ns)
{
	int64_t left_ns;

	while ((left_ns = when_ns - clock_now_ns()) > 0) {
		struct timespec left = {.tv_sec = (time_t)(left_ns / NS_PER_S), .tv_nsec = (long)(left_ns % NS_PER_S)};

		nanosleep(&left, NULL);
	}
}

static struct tm utc_of(int64_t wall_ns)
{
	/* Rounded down, before 1970 too. */
	time_t seconds = (time_t)(wall_ns / NS_PER_S - (wall_ns % NS_PER_S < 0));
	struct tm utc = {0};

	gmtime_r(&seconds, &utc);
	return utc;
}

void clock_add_utc(struct text *text, int64_t wall_ns)
{
	struct tm utc = utc_of(wall_ns);

	text_addf(text, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
	          utc.tm_min, utc.tm_sec);
}

void clock_add_utc_name(struct text *text, int64_t wall_ns)
{
	struct tm utc = utc_of(wall_ns);

	text_addf(text, "%04d%02d%02dT%02d%02d%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
	          utc.tm_min, utc.tm_sec);
}
