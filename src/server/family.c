#include "server/family.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/platform.h"

/* Those that do not fit are found in a later round, when others have ended. */
enum { FAMILY_MAX = 512 };

struct family {
	pid_t leader, root, self;
	bool group_lives; /* one of the members is in the leader's group */
	size_t count;
	struct member {
		pid_t pid, group;
		uint64_t started;
	} members[FAMILY_MAX];
};

static const int64_t kill_patience_ns = 10 * NS_PER_S;

static bool has_member(const struct family *family, pid_t pid)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->members[i].pid == pid)
			return true;
	return false;
}

/* A child that left the session and lost its parent is still known from an earlier round. */
static bool was_member(const struct family *before, const struct process *process)
{
	for (size_t i = 0; i < before->count; i++)
		if (before->members[i].pid == process->pid && before->members[i].started == process->started)
			return true;
	return false;
}

struct round {
	const struct family *before;
	struct family *now;
};

static void visit(void *context, const struct process *process)
{
	struct round *round = context;
	struct family *now = round->now;
	bool belongs = process->session == now->leader || process->group == now->leader ||
	               process->pid == now->leader || process->parent == now->root ||
	               has_member(now, process->parent) || was_member(round->before, process);

	if (!belongs || process->pid <= 1 || process->pid == now->self || has_member(now, process->pid) ||
	    now->count == FAMILY_MAX)
		return;
	now->members[now->count++] = (struct member){process->pid, process->group, process->started};
	now->group_lives = now->group_lives || process->group == now->leader;
}

/* Looks again who runs. One pass finds children that are listed after their parent, so passes go on until none is new.
 */
static void refresh(struct family *family)
{
	struct family now = {.leader = family->leader, .root = family->root, .self = family->self};
	struct round round = {family, &now};
	size_t known;

	do {
		known = now.count;
		platform_each_process(visit, &round);
	} while (now.count > known);
	*family = now;
}

/*
 * Once to each: servers take a second TERM as "at once". The group is one
 * call, so that it misses no process that is just being forked.
 */
static void signal_all(const struct family *family, int number)
{
	if (family->group_lives)
		kill(-family->leader, number);
	for (size_t i = 0; i < family->count; i++)
		if (family->members[i].group != family->leader)
			kill(family->members[i].pid, number);
}

/* Until then, or until it is readable: then false. */
static bool pause_until(int64_t when_ns, int hurry)
{
	struct pollfd readable = {.fd = hurry, .events = POLLIN}; /* poll() leaves out what is below 0 */
	int64_t left_ms = (when_ns - clock_now_ns()) / NS_PER_MS;

	if (poll(&readable, 1, left_ms > 0 ? (int)left_ms : 0) > 0)
		return false;
	clock_sleep_until(when_ns);
	return true;
}

static void wait_until_gone(struct family *family, int64_t patience_ns, bool insist, int hurry)
{
	int64_t pause_ns = 2 * NS_PER_MS;
	int64_t now_ns = clock_now_ns();
	int64_t deadline_ns = now_ns + patience_ns;

	for (;;) {
		if (insist)
			signal_all(family, SIGKILL);
		refresh(family);
		now_ns = clock_now_ns();
		if (family->count == 0 || now_ns >= deadline_ns)
			return;
		if (!pause_until(now_ns + pause_ns < deadline_ns ? now_ns + pause_ns : deadline_ns, hurry))
			return;
		if (pause_ns < 50 * NS_PER_MS)
			pause_ns *= 2;
	}
}

static void end_processes(pid_t leader, pid_t root, int grace_ms, int hurry)
{
	struct family family = {.leader = leader, .root = root, .self = getpid()};

	refresh(&family);
	signal_all(&family, SIGTERM);
	wait_until_gone(&family, grace_ms * NS_PER_MS, false, hurry);
	if (family.count > 0)
		wait_until_gone(&family, kill_patience_ns, true, -1);
}

void family_end_processes(pid_t leader, pid_t root, int grace_ms)
{
	end_processes(leader, root, grace_ms, -1);
}

void family_end(pid_t leader, pid_t root, int grace_ms, int hurry)
{
	end_processes(leader, root, grace_ms, hurry);
	/* Not earlier: as long as the leader is a zombie, no stranger is given its number. */
	while (root == getpid() && waitpid(-1, NULL, WNOHANG) > 0)
		;
}
