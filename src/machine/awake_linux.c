/*
 * systemd-inhibit takes the lock, runs cat, and holds it until that ends. cat
 * reads from a pipe that only we can write to, so it ends with us; a line that
 * comes back from it says that the lock is held.
 */
#include "machine/awake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

static const int64_t patience_ns = 3 * NS_PER_S;
static const int64_t look_ns = 10 * NS_PER_MS;

struct awake {
	pid_t child; /* leads a session of its own, so that what ends us from the terminal does not end it before */
	int leash;   /* its stdin, written by us */
	int words;   /* its stdout and stderr, read by us */
};

extern char **environ;

/* Not 0, 1 or 2, which may be closed here and are what the child needs; not passed on to programs. */
static bool open_pipe(int ends[2])
{
	int low[2];

	if (pipe(low) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low[i]);
	}
	return ends[0] >= 0 && ends[1] >= 0;
}

/* 0, or what went wrong. */
static int spawn(int in, int out, pid_t *child)
{
	char *words[] = {
	    "systemd-inhibit", "--what=idle:sleep", "--mode=block", "--who=llmbench", "--why=measuring", "cat", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	error = posix_spawnp(child, words[0], &files, &how, words, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static bool start(struct awake *awake, struct text *why)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1};
	int error = open_pipe(in) && open_pipe(out) ? spawn(in[0], out[1], &awake->child) : errno;

	close(in[0]);
	close(out[1]);
	awake->leash = in[1];
	awake->words = out[0];
	if (error == ENOENT)
		text_add(why, "there is no systemd-inhibit");
	else if (error != 0)
		text_addf(why, "systemd-inhibit cannot be started: %s", strerror(error));
	return error == 0;
}

/* Until the line is back. Whatever else it says is why it is not, and its first line is enough. */
static bool is_held(const struct awake *awake, struct text *why)
{
	int64_t end_ns = clock_now_ns() + patience_ns;
	struct pollfd words = {.fd = awake->words, .events = POLLIN};
	struct text told = {0};
	char byte = '\n';
	bool held;

	(void)!write(awake->leash, &byte, 1);
	while (poll(&words, 1, (int)((end_ns - clock_now_ns()) / NS_PER_MS)) > 0 && read(awake->words, &byte, 1) == 1 &&
	       byte != '\n' && end_ns > clock_now_ns())
		text_add_char(&told, byte);
	held = told.size == 0 && byte == '\n' && words.revents & POLLIN;
	if (told.size > 0)
		text_add(why, "systemd-inhibit: "), text_add_masked(why, text_string(&told), told.size);
	else if (!held)
		text_add(why, "logind does not answer systemd-inhibit");
	text_release(&told);
	return held;
}

void awake_release(struct awake *awake)
{
	int64_t end_ns = clock_now_ns() + patience_ns;
	pid_t ended;

	if (awake == NULL)
		return;
	close(awake->leash);
	close(awake->words);
	while ((ended = waitpid(awake->child, NULL, WNOHANG)) == 0 && clock_now_ns() < end_ns)
		clock_sleep_until(clock_now_ns() + look_ns);
	if (ended == 0) {
		kill(-awake->child, SIGKILL);
		waitpid(awake->child, NULL, 0);
	}
	free(awake);
}

struct awake *awake_hold(struct text *why)
{
	struct awake *awake = memory_new(1, sizeof(*awake));

	if (!start(awake, why)) {
		close(awake->leash);
		close(awake->words);
		free(awake);
		return NULL;
	}
	if (is_held(awake, why))
		return awake;
	kill(-awake->child, SIGKILL);
	awake_release(awake);
	return NULL;
}
