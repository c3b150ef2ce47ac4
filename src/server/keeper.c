#include "server/keeper.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "server/family.h"
#include "server/keep.h"

static bool open_pipes(int pipes[4])
{
	if (pipe(pipes) < 0)
		return false;
	if (pipe(pipes + 2) < 0) {
		close(pipes[0]);
		close(pipes[1]);
		return false;
	}
	for (int i = 0; i < 4; i++)
		fcntl(pipes[i], F_SETFD, FD_CLOEXEC);
	return true;
}

/* With all signals blocked, so that the child never runs a handler of llmbench. */
static pid_t fork_keeper(const struct keeper_order *order, int null, int leash, int reports)
{
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	pid = fork();
	error = errno;
	if (pid == 0)
		keep(order, null, leash, reports);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

static ssize_t read_report(int file, struct report *report)
{
	ssize_t size;

	do {
		size = read(file, report, sizeof(*report));
	} while (size < 0 && errno == EINTR);
	return size;
}

static int wait_for_exit(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void release(struct keeper *keeper)
{
	close(keeper->leash);
	close(keeper->reports);
	wait_for_exit(keeper->pid);
}

/* error: of a pipe, a file or a process that could not be made. */
static bool cannot_start(const struct keeper_order *order, int error, struct failure *failure)
{
	return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot start \"%s\": %s", order->program,
	                   error == EAGAIN ? "no more processes are allowed (raise `ulimit -u`)" : file_reason(error));
}

/* Waits for the first report. */
static bool hear_of_start(struct keeper *keeper, const struct keeper_order *order, struct failure *failure)
{
	struct report first;

	if (read_report(keeper->reports, &first) != (ssize_t)sizeof(first)) {
		release(keeper);
		return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot start \"%s\": its keeper ended",
		                   order->program);
	}
	switch (first.event) {
	case EVENT_STARTED:
		keeper->server = first.value;
		fcntl(keeper->reports, F_SETFL, O_NONBLOCK);
		return true;
	case EVENT_CANNOT_EXECUTE:
		failure_set(failure, STATUS_USER_MISTAKE, "cannot execute \"%s\": %s", order->program,
		            strerror(first.value));
		break;
	case EVENT_CANNOT_FORK:
	case EVENT_EXITED:
	case EVENT_KILLED:
		cannot_start(order, first.value, failure);
		break;
	}
	release(keeper);
	return false;
}

bool keeper_start(struct keeper *keeper, const struct keeper_order *order, struct failure *failure)
{
	int pipes[4]; /* leash: read, write; reports: read, write */
	int null, error;

	*keeper = (struct keeper){0};
	if (!open_pipes(pipes))
		return cannot_start(order, errno, failure);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	keeper->pid = null >= 0 ? fork_keeper(order, null, pipes[0], pipes[3]) : -1;
	error = errno;
	if (null >= 0)
		close(null);
	close(pipes[0]);
	close(pipes[3]);
	keeper->leash = pipes[1];
	keeper->reports = pipes[2];
	if (keeper->pid < 0) {
		close(keeper->leash);
		close(keeper->reports);
		return cannot_start(order, error, failure);
	}
	return hear_of_start(keeper, order, failure);
}

void keeper_look(struct keeper *keeper)
{
	struct report news;
	ssize_t size;

	if (keeper->ended || keeper->lost)
		return;
	size = read_report(keeper->reports, &news);
	if (size == (ssize_t)sizeof(news)) {
		assert(news.event == EVENT_EXITED || news.event == EVENT_KILLED);
		keeper->ended = true;
		keeper->killed = news.event == EVENT_KILLED;
		keeper->code = news.value;
	} else {
		keeper->lost = size == 0;
	}
}

void keeper_hurry(int leash)
{
	const int grace_ms = 0;

	(void)!write(leash, &grace_ms, sizeof(grace_ms));
}

/* A keeper that somebody has killed must not take llmbench with it. */
static void say_stop(int leash, int grace_ms)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &before);
	(void)!write(leash, &grace_ms, sizeof(grace_ms));
	sigaction(SIGPIPE, &before, NULL);
}

void keeper_stop(struct keeper *keeper, int grace_ms)
{
	int status;

	say_stop(keeper->leash, grace_ms);
	status = wait_for_exit(keeper->pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		family_end(keeper->server, keeper->server, grace_ms, -1);
	close(keeper->leash);
	close(keeper->reports);
}
