/* Keeping the machine awake: a systemd-inhibit of our own stands first in PATH. */
#include "machine/awake.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"
#include "tap.h"

static void write_program(const char *body)
{
	char *path = scratch_path("systemd-inhibit"), *log = scratch_path("log");
	char *text = text_format("#!/bin/sh\nL=%s\n%s\n", log, body);

	scratch_drop("log");
	scratch_put("systemd-inhibit", text);
	chmod(path, 0700);
	free(text);
	free(log);
	free(path);
}

static void check_refusal(const char *what, const char *body, const char *want)
{
	struct text why = {0};
	struct awake *awake;
	int64_t begin_ns = clock_now_ns();

	write_program(body);
	awake = awake_hold(&why);
	ok(awake == NULL, what);
	is_text(text_string(&why), want, "  is told why");
	ok(clock_now_ns() - begin_ns < 20 * NS_PER_S, "  and does not hang");
	text_release(&why);
}

static void test_held(void)
{
	struct text why = {0};
	struct awake *awake;
	char *log;

	/* As the real one: runs the command behind its options, and ends with it. */
	write_program("echo \"$*\" >>$L\nwhile [ $1 != cat ]; do shift; done\n\"$@\"\necho released >>$L");
	awake = awake_hold(&why);
	ok(awake != NULL, "held");
	is_text(text_string(&why), "", "  without a word");
	log = scratch_get("log");
	is_text(log, "--what=idle:sleep --mode=block --who=llmbench --why=measuring cat\n", "  by these options");
	free(log);
	awake_release(awake);
	log = scratch_get("log");
	ok(strstr(log, "released\n") != NULL, "  until it is released");
	free(log);
	awake_release(NULL);
	text_release(&why);
}

/* Whoever holds the other end of its leash may die. */
static void test_killed(void)
{
	char *log = memory_string("");
	pid_t holder;

	write_program("while [ $1 != cat ]; do shift; done\n\"$@\"\necho released >>$L");
	fflush(stdout);
	holder = fork();
	if (holder == 0) {
		struct text why = {0};

		awake_hold(&why);
		kill(getpid(), SIGKILL);
	}
	waitpid(holder, NULL, 0);
	for (int64_t end_ns = clock_now_ns() + 20 * NS_PER_S; *log == '\0' && clock_now_ns() < end_ns;) {
		clock_sleep_until(clock_now_ns() + 5 * NS_PER_MS);
		free(log);
		log = scratch_get("log");
	}
	is_text(log, "released\n", "it ends with a holder that is killed");
	free(log);
}

static void test_none(void)
{
	struct text why = {0};

	setenv("PATH", "/nowhere", 1);
	ok(awake_hold(&why) == NULL, "no systemd");
	is_text(text_string(&why), "there is no systemd-inhibit", "  is told why");
	text_release(&why);
}

int main(void)
{
	char *path;

	signal(SIGPIPE, SIG_IGN); /* as llmbench does */
	scratch_make();
	path = text_format("%s:%s", scratch, getenv("PATH"));
	setenv("PATH", path, 1);
	free(path);
	test_held();
	test_killed();
	check_refusal("no logind", "echo 'Failed to connect to bus: No such file' >&2\nexit 1",
	              "systemd-inhibit: Failed to connect to bus: No such file");
	check_refusal("one that says nothing", "exit 1", "logind does not answer systemd-inhibit");
	check_refusal("one that hangs", "exec sleep 1000", "logind does not answer systemd-inhibit");
	test_none();
	scratch_remove();
	return tap_done();
}
