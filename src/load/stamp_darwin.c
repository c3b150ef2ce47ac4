/*
 * macOS has no receive stamps for TCP: bytes arrived when the engine woke.
 */
#include "stamp.h"

void stamper_open(struct stamper *stamper, bool wanted)
{
	(void)wanted;
	*stamper = (struct stamper){.probe = -1};
}

void stamper_close(struct stamper *stamper)
{
	(void)stamper;
}

void stamper_add_socket(const struct stamper *stamper, int fd)
{
	(void)stamper;
	(void)fd;
}

void stamper_watch_clock(struct stamper *stamper, int64_t woke_ns)
{
	(void)stamper;
	(void)woke_ns;
}

int64_t stamper_arrival(const struct stamper *stamper, int fd, int64_t earliest_ns, int64_t woke_ns, size_t *bytes)
{
	(void)stamper;
	(void)fd;
	(void)earliest_ns;
	*bytes = SIZE_MAX;
	return woke_ns;
}

const char *stamper_name(const struct stamper *stamper)
{
	(void)stamper;
	return "waking stamps";
}
