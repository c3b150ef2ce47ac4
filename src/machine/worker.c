#include "machine/worker.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"

bool worker_wait_until(const struct worker *worker, int64_t when_ns)
{
	struct pollfd wake = {.fd = worker->wake[0], .events = POLLIN};

	for (;;) {
		int64_t left_ns = when_ns - clock_now_ns();
		int64_t left_ms = (left_ns + NS_PER_MS - 1) / NS_PER_MS; /* poll must not return too early */

		if (left_ns <= 0)
			left_ms = 0;
		if (left_ms > 60000)
			left_ms = 60000;
		if (poll(&wake, 1, (int)left_ms) > 0)
			return false;
		if (when_ns <= clock_now_ns())
			return true;
	}
}

size_t worker_advance(int64_t *due_ns, int64_t interval_ns)
{
	int64_t late_ns, skipped;

	*due_ns += interval_ns;
	late_ns = clock_now_ns() - *due_ns;
	skipped = late_ns >= 0 ? late_ns / interval_ns + 1 : 0;
	*due_ns += skipped * interval_ns;
	return (size_t)skipped;
}

/* A child that keeps the pipe open does no harm, but has no use for it either. */
static bool open_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return true;
}

static void close_pipe(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

bool worker_start(struct worker *worker, void *(*run)(void *argument), void *argument)
{
	sigset_t all, before;
	bool started;

	if (!open_pipe(worker->wake))
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&worker->thread, NULL, run, argument) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started)
		close_pipe(worker->wake);
	return started;
}

void worker_stop(struct worker *worker)
{
	ssize_t written = write(worker->wake[1], "", 1);

	assert(written == 1); /* the pipe was empty */
	(void)written;
	pthread_join(worker->thread, NULL);
	close_pipe(worker->wake);
}
