/*
 * epoll. The time-out goes to the wait itself: a timerfd costs 20 µs at every
 * change (reference: limits.md §6). epoll_pwait2 (Linux 5.11) takes
 * nanoseconds; where it is missing epoll_wait does, rounded up to the
 * millisecond.
 */
#include "poller.h"

#include <errno.h>
#include <limits.h>
#include <linux/time_types.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

/* Called by number, so that a C library older than the kernel does not hide it; the same on every architecture but
 * Alpha.
 */
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { EVENTS_MAX = 1024 };

struct poller {
	int fd;
	bool has_nanoseconds;
	int old_slack_ns;
	struct epoll_event ready[EVENTS_MAX];
};

struct poller *poller_open(struct failure *failure)
{
	struct poller *poller = memory_new(1, sizeof *poller);

	poller->fd = epoll_create1(EPOLL_CLOEXEC);
	if (poller->fd < 0) {
		failure_set(failure, STATUS_CANNOT_GO_ON, "epoll: %s", file_reason(errno));
		free(poller);
		return NULL;
	}
	poller->has_nanoseconds = true;

	/* The kernel lets a sleeping thread lie up to 50 µs longer than asked unless told otherwise. */
	poller->old_slack_ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	return poller;
}

void poller_close(struct poller *poller)
{
	if (poller == NULL)
		return;
	prctl(PR_SET_TIMERSLACK, poller->old_slack_ns > 0 ? poller->old_slack_ns : 0, 0, 0, 0);
	close(poller->fd);
	free(poller);
}

bool poller_change(struct poller *poller, int fd, unsigned from, unsigned to)
{
	struct epoll_event event = {.data.fd = fd};

	if (from == to)
		return true;
	if (to & POLLER_READ)
		event.events |= EPOLLIN;
	if (to & POLLER_WRITE)
		event.events |= EPOLLOUT;
	if (from == POLLER_NOTHING)
		return epoll_ctl(poller->fd, EPOLL_CTL_ADD, fd, &event) == 0;
	if (to != POLLER_NOTHING)
		return epoll_ctl(poller->fd, EPOLL_CTL_MOD, fd, &event) == 0;
	epoll_ctl(poller->fd, EPOLL_CTL_DEL, fd, &event); /* a closed descriptor has left already */
	return true;
}

static int wait_milliseconds(struct poller *poller, int64_t timeout_ns, int capacity)
{
	int64_t timeout_ms = timeout_ns < 0 ? -1 : timeout_ns / NS_PER_MS + (timeout_ns % NS_PER_MS > 0);

	return epoll_wait(poller->fd, poller->ready, capacity, timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms);
}

static int wait_nanoseconds(struct poller *poller, int64_t timeout_ns, int capacity)
{
	struct __kernel_timespec limit = {.tv_sec = timeout_ns / NS_PER_S, .tv_nsec = timeout_ns % NS_PER_S};

	return (int)syscall(SYS_epoll_pwait2, poller->fd, poller->ready, capacity, timeout_ns < 0 ? NULL : &limit, NULL,
	                    0);
}

size_t poller_wait(struct poller *poller, int64_t timeout_ns, struct poller_event *events, size_t capacity)
{
	int limit = capacity < EVENTS_MAX ? (int)capacity : EVENTS_MAX, count = -1;

	if (poller->has_nanoseconds) {
		count = wait_nanoseconds(poller, timeout_ns, limit);
		/* EPERM: filters of old container engines answer this to system calls that they do not know. */
		poller->has_nanoseconds = count >= 0 || (errno != ENOSYS && errno != EPERM);
	}
	if (!poller->has_nanoseconds)
		count = wait_milliseconds(poller, timeout_ns, limit);

	for (int i = 0; i < count; i++) {
		uint32_t bits = poller->ready[i].events;

		events[i].fd = poller->ready[i].data.fd;
		events[i].interest = (bits & EPOLLIN ? POLLER_READ : 0u) | (bits & EPOLLOUT ? POLLER_WRITE : 0u) |
		                     (bits & (EPOLLERR | EPOLLHUP) ? POLLER_FAILED : 0u);
	}
	return count > 0 ? (size_t)count : 0;
}

const char *poller_name(void)
{
	return "epoll";
}
