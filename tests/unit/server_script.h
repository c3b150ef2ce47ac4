/*
 * Servers for tests: shell scripts that a test writes, and what it wants to
 * know of their processes. The test program plays a part too: as "detached
 * FILE" it leaves its session, writes its pid into FILE and waits for signals,
 * as a badly behaved runner would.
 */
#ifndef SERVER_SCRIPT_H
#define SERVER_SCRIPT_H

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"
#include "server/platform.h"
#include "server/server.h"

static const int64_t patience_ns = 20 * NS_PER_S;
enum { GRACE_MS = 5000, SHORT_GRACE_MS = 100 };

static char *own_path;

/* --- What the tests look at --- */

struct search {
	pid_t pid;
	bool found;
	pid_t parent;
};

__attribute__((unused)) static void visit(void *context, const struct process *process)
{
	struct search *search = context;

	if (process->pid == search->pid) {
		search->found = true;
		search->parent = process->parent;
	}
}

/* A zombie does not run. */
__attribute__((unused)) static bool runs(pid_t pid)
{
	struct search search = {.pid = pid};

	platform_each_process(visit, &search);
	return search.found;
}

__attribute__((unused)) static pid_t parent_of(pid_t pid)
{
	struct search search = {.pid = pid};

	platform_each_process(visit, &search);
	return search.parent;
}

__attribute__((unused)) static bool vanishes(pid_t pid)
{
	for (int64_t end_ns = clock_now_ns() + patience_ns; clock_now_ns() < end_ns;) {
		if (!runs(pid))
			return true;
		clock_sleep_until(clock_now_ns() + 5 * NS_PER_MS);
	}
	return false;
}

/* The file's first line without its end, once it is complete; "" when it never is. The caller frees it. */
__attribute__((unused)) static char *await_line(const char *name)
{
	for (int64_t end_ns = clock_now_ns() + patience_ns; clock_now_ns() < end_ns;) {
		char *line = scratch_get(name);
		char *end = strchr(line, '\n');

		if (end != NULL) {
			*end = '\0';
			return line;
		}
		free(line);
		clock_sleep_until(clock_now_ns() + 5 * NS_PER_MS);
	}
	return memory_string("");
}

__attribute__((unused)) static pid_t await_pid(const char *name)
{
	char *line = await_line(name);
	pid_t pid = (pid_t)atoi(line);

	free(line);
	return pid > 1 ? pid : -1;
}

__attribute__((unused)) static bool await_end(struct server *server, struct text *how)
{
	for (int64_t end_ns = clock_now_ns() + patience_ns; clock_now_ns() < end_ns;) {
		if (!server_is_alive(server, how))
			return true;
		clock_sleep_until(clock_now_ns() + 5 * NS_PER_MS);
	}
	return false;
}

__attribute__((unused)) static bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

/* --- How the tests start --- */

/* The script may use $D, the folder, and $OWN, this program. */
__attribute__((unused)) static void write_script(const char *body)
{
	char *path = scratch_path("server.sh");
	char *text = text_format("#!/bin/sh\nD=%s\nOWN=%s\n%s\n", scratch, own_path, body);

	scratch_put("server.sh", text);
	chmod(path, 0700);
	free(path);
	free(text);
	scratch_drop("ready");
	scratch_drop("child");
}

__attribute__((unused)) static struct server *start_with(const char *arguments, const struct environment *environment)
{
	static const struct placeholder placeholders[] = {{"port", "11500"}, {"model", "a  b"}, {NULL, NULL}};
	char *command = text_format("%s/server.sh %s", scratch, arguments);
	char *log = scratch_path("server.log");
	struct failure failure = {0};
	struct server *server = server_start(command, placeholders, environment, log, &failure);

	if (server == NULL)
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(command);
	free(log);
	return server;
}

/* Starts the script and waits until it says "ready". */
__attribute__((unused)) static struct server *start(const char *body)
{
	struct environment none = {0};
	struct server *server;

	write_script(body);
	scratch_drop("server.log");
	server = start_with("", &none);
	free(await_line("ready"));
	return server;
}

__attribute__((unused)) static void script_begin(void)
{
	scratch_make();
	own_path = platform_own_path();
}

__attribute__((unused)) static void script_end(void)
{
	scratch_remove();
	free(own_path);
}

/* The part of a runner that leaves its session. */
__attribute__((unused)) static _Noreturn void play_detached(const char *path)
{
	struct failure failure = {0};
	char *text = text_format("%d\n", (int)getpid());

	setsid();
	file_replace(path, text, strlen(text), &failure);
	for (;;)
		pause();
}

#endif
