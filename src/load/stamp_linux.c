/*
 * Receive stamps of the kernel (reference: limits.md §4). A peek returns the
 * stamp of the last segment that it saw, so it looks at as many bytes as the
 * read after it takes: a peek of one byte would date what came later to the
 * oldest unread segment, before the server wrote it. Kernels before about 5.8
 * gave none on a partial read, hence the probe.
 */
#include "stamp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* The two clocks keep their distance unless one is set; what differs by less is the cost of reading them. */
#define CLOCK_STEP_NS (10 * NS_PER_US)

/* The kernel switches stamping on a moment after the first socket asks for it: so many looks, a millisecond apart. */
enum { PROBE_TRIES = 20 };

/* The tightest of a few readings wall clock between two monotonic ones. */
static int64_t clock_offset_ns(void)
{
	int64_t best_ns = INT64_MAX, offset_ns = 0;

	for (int i = 0; i < 5; i++) {
		int64_t before = clock_now_ns(), wall = clock_wall_ns(), after = clock_now_ns();

		if (after - before < best_ns) {
			best_ns = after - before;
			offset_ns = wall - (before + best_ns / 2);
		}
	}
	return offset_ns;
}

/* The wall clock's stamp of the newest byte that one read would take, and their number; TIME_UNKNOWN: none. */
static int64_t peek_wall_ns(int fd, size_t *seen)
{
	union {
		struct cmsghdr header; /* for alignment */
		char bytes[128];
	} control;
	char bytes[STAMP_READ_BYTES];
	struct iovec place = {.iov_base = bytes, .iov_len = sizeof bytes};
	struct msghdr message = {
	    .msg_iov = &place, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	ssize_t size;

	/* MSG_TRUNC: TCP passes over the bytes without copying them. */
	size = recvmsg(fd, &message, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (size < 1)
		return TIME_UNKNOWN;
	*seen = (size_t)size;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
		struct timespec stamp;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
		return (int64_t)stamp.tv_sec * NS_PER_S + stamp.tv_nsec;
	}
	return TIME_UNKNOWN;
}

/* A connected pair over loopback; false leaves nothing open. */
static bool connect_pair(int *near, int *far)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*far = -1;
	if (listener >= 0 && *near >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 &&
	    listen(listener, 1) == 0 && getsockname(listener, (struct sockaddr *)&address, &size) == 0 &&
	    connect(*near, (struct sockaddr *)&address, size) == 0)
		*far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (listener >= 0)
		close(listener);
	if (*far < 0 && *near >= 0)
		close(*near);
	return *far >= 0;
}

/* Two bytes a look, one peeked and read: the rest is what a partial read leaves. */
static bool sees_stamps(int near, int far)
{
	for (int i = 0; i < PROBE_TRIES; i++) {
		char bytes[2] = {0};
		bool stamped;
		size_t seen;

		if (send(far, bytes, sizeof bytes, MSG_NOSIGNAL) != sizeof bytes)
			return false;
		stamped = peek_wall_ns(near, &seen) != TIME_UNKNOWN;
		if (recv(near, bytes, sizeof bytes, MSG_DONTWAIT) < 0 || stamped)
			return stamped;
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
	return false;
}

void stamper_open(struct stamper *stamper, bool wanted)
{
	int near, far;

	*stamper = (struct stamper){.probe = -1};
	if (!wanted || !connect_pair(&near, &far))
		return;
	*stamper = (struct stamper){.kernel = true, .probe = near, .offset_ns = clock_offset_ns()};
	stamper_add_socket(stamper, near);
	stamper->kernel = sees_stamps(near, far);
	close(far);
}

void stamper_close(struct stamper *stamper)
{
	if (stamper->probe >= 0)
		close(stamper->probe);
	*stamper = (struct stamper){.probe = -1};
}

void stamper_add_socket(const struct stamper *stamper, int fd)
{
	int on = 1;

	if (stamper->kernel)
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

void stamper_watch_clock(struct stamper *stamper, int64_t woke_ns)
{
	int64_t drift_ns;

	if (!stamper->kernel)
		return;
	drift_ns = clock_wall_ns() - woke_ns - stamper->offset_ns;
	if (drift_ns > CLOCK_STEP_NS || drift_ns < -CLOCK_STEP_NS)
		stamper->offset_ns = clock_offset_ns();
	else if (drift_ns < 0)
		/* The wall clock was read second: the offset is at most what lies between, or stamps would be too
		 * early. */
		stamper->offset_ns += drift_ns;
}

int64_t stamper_arrival(const struct stamper *stamper, int fd, int64_t earliest_ns, int64_t woke_ns, size_t *bytes)
{
	int64_t wall_ns, arrival_ns, now_ns;
	size_t seen;

	*bytes = SIZE_MAX;
	if (!stamper->kernel)
		return woke_ns;
	wall_ns = peek_wall_ns(fd, &seen);
	if (wall_ns == TIME_UNKNOWN)
		return woke_ns;
	arrival_ns = wall_ns - stamper->offset_ns;
	if (arrival_ns < earliest_ns)
		return woke_ns;
	*bytes = seen;
	if (arrival_ns <= woke_ns)
		return arrival_ns;
	/* Bytes that came after the waking are read with it: later than that they may be, but not than now. */
	now_ns = clock_now_ns();
	return arrival_ns < now_ns ? arrival_ns : now_ns;
}

const char *stamper_name(const struct stamper *stamper)
{
	return stamper->kernel ? "kernel stamps" : "waking stamps";
}
