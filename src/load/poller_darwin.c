/*
 * kqueue. Reading and writing are two filters of one descriptor, so a socket
 * may be reported twice by one wait. The time-out has nanoseconds.
 */
#include "poller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

enum { EVENTS_MAX = 1024 };

struct poller {
	int fd;
	struct kevent ready[EVENTS_MAX];
};

struct poller *poller_open(struct failure *failure)
{
	struct poller *poller = memory_new(1, sizeof *poller);

	poller->fd = kqueue();
	if (poller->fd < 0) {
		failure_set(failure, STATUS_CANNOT_GO_ON, "kqueue: %s", file_reason(errno));
		free(poller);
		return NULL;
	}
	fcntl(poller->fd, F_SETFD, FD_CLOEXEC);
	return poller;
}

void poller_close(struct poller *poller)
{
	if (poller == NULL)
		return;
	close(poller->fd);
	free(poller);
}

static bool change_filter(struct poller *poller, int fd, int16_t filter, bool was, bool is)
{
	struct kevent change;

	if (was == is)
		return true;
	EV_SET(&change, (uintptr_t)fd, filter, is ? EV_ADD : EV_DELETE, 0, 0, NULL);
	/* A closed descriptor has left already: its removal cannot fail in a way that matters. */
	return kevent(poller->fd, &change, 1, NULL, 0, NULL) == 0 || !is;
}

bool poller_change(struct poller *poller, int fd, unsigned from, unsigned to)
{
	bool read = change_filter(poller, fd, EVFILT_READ, from & POLLER_READ, to & POLLER_READ);
	bool write = change_filter(poller, fd, EVFILT_WRITE, from & POLLER_WRITE, to & POLLER_WRITE);

	return read && write;
}

size_t poller_wait(struct poller *poller, int64_t timeout_ns, struct poller_event *events, size_t capacity)
{
	int limit = capacity < EVENTS_MAX ? (int)capacity : EVENTS_MAX;
	struct timespec timeout = {.tv_sec = timeout_ns / NS_PER_S, .tv_nsec = timeout_ns % NS_PER_S};
	int count = kevent(poller->fd, NULL, 0, poller->ready, limit, timeout_ns < 0 ? NULL : &timeout);

	for (int i = 0; i < count; i++) {
		const struct kevent *ready = &poller->ready[i];

		events[i].fd = (int)ready->ident;
		events[i].interest = (ready->filter == EVFILT_READ ? POLLER_READ : POLLER_WRITE) |
		                     (ready->flags & EV_ERROR ? POLLER_FAILED : 0u);
	}
	return count > 0 ? (size_t)count : 0;
}

const char *poller_name(void)
{
	return "kqueue";
}
