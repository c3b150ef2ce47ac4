/* How a managed server is ended, with all that it started, whatever happens to llmbench. */
#include "server_script.h"
#include "tap.h"

static void test_normal_stop(void)
{
	struct server *server = start("trap 'echo bye; exit 0' TERM\necho hello\necho error >&2\nsleep 1000 &\n"
	                              "echo > $D/ready\nwait");
	pid_t pid = server_pid(server);
	char *log;

	ok(server_is_alive(server, NULL), "a started server is alive");
	ok(runs(pid), "and is the process of that pid");
	is_int(getpgid(pid), pid, "it leads a group of its own");
	ok(getsid(pid) != getsid(0), "in a session of its own");
	server_stop(server, GRACE_MS);
	ok(!runs(pid), "after the stop it does not run");
	ok(!has_children(), "and nothing of ours is left, no zombie either");
	log = scratch_get("server.log");
	is_text(log, "hello\nerror\nbye\n", "stdout and stderr are in the log, and TERM came once");
	free(log);
	server_stop(NULL, GRACE_MS);
}

static void test_deaf(void)
{
	struct server *server = start("trap '' TERM INT HUP\necho > $D/ready\nwhile :; do sleep 0.02; done");
	pid_t pid = server_pid(server);
	int64_t begin_ns = clock_now_ns(), took_ns;

	server_stop(server, SHORT_GRACE_MS);
	took_ns = clock_now_ns() - begin_ns;
	ok(!runs(pid), "a server that ignores TERM is killed");
	ok(took_ns >= SHORT_GRACE_MS * NS_PER_MS, "but not before its time to end is over");
	ok(!has_children(), "and nothing is left");
}

static void test_grandchildren(void)
{
	static const struct {
		const char *what, *body;
	} cases[] = {
	    {"a child in the group", "sleep 1000 & echo $! > $D/child\necho > $D/ready\nwait"},
	    {"a child in the group that ignores TERM",
	     "sh -c 'trap \"\" TERM; while :; do sleep 0.02; done' & echo $! > $D/child\necho > $D/ready\nwait"},
	    {"a child in a session of its own", "$OWN detached $D/child &\necho > $D/ready\nwait"},
	    {"its child in a session of its own", "sh -c '$0 detached $1; :' $OWN $D/child &\necho > $D/ready\nwait"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server *server = start(cases[i].body);
		pid_t child = await_pid("child");

		ok(runs(child), cases[i].what);
		server_stop(server, SHORT_GRACE_MS);
		ok(!runs(child), "is ended with the server");
		ok(!has_children(), "and nothing is left");
	}
}

/* TERM reaches each, wherever it stands in the tree: those above wait for those below, so all have time to be tidy. */
static void test_tidy_tree(void)
{
	struct server *server = start("trap : TERM\necho > $D/ready\n"
	                              "sh -c 'trap : TERM; $0 detached $1; echo below' $OWN $D/child\necho above");
	pid_t child = await_pid("child");
	char *log;

	server_stop(server, GRACE_MS);
	ok(!runs(child), "the process at the end of the tree");
	log = scratch_get("server.log");
	ok(strstr(log, "below\n") != NULL && strstr(log, "above\n") != NULL, "was told, and the others had their time");
	free(log);
}

/* Only Linux hands orphans to the keeper; elsewhere one that has left its session too cannot be traced. */
static void test_daemon(void)
{
	struct server *server;
	pid_t child;

	if (access("/proc/self/stat", R_OK) != 0)
		return;
	server = start("sh -c '$0 detached $1 & exit 0' $OWN $D/child\necho > $D/ready\nwhile :; do sleep 0.02; done");
	child = await_pid("child");
	ok(runs(child), "a daemon: its parent has ended and it left the session");
	server_stop(server, SHORT_GRACE_MS);
	ok(!runs(child), "is ended with the server");
}

/* A runner with a model in its memory must not stay while the next cells are measured. */
static void check_orphan(const char *what, const char *body)
{
	struct server *server = start(body);
	pid_t child = await_pid("child");

	ok(child > 1 && runs(child), what);
	scratch_put("go", "");
	ok(await_end(server, NULL), "when its server ends");
	ok(vanishes(child), "it is ended before anyone stops the server");
	server_stop(server, SHORT_GRACE_MS);
	ok(!has_children(), "and nothing is left");
	scratch_drop("go");
}

static void test_orphans(void)
{
#define UNTIL_GO "echo > $D/ready\nwhile [ ! -e $D/go ]; do sleep 0.02; done\n"
	check_orphan("a child of a server that is killed",
	             "sleep 1000 & echo $! > $D/child\n" UNTIL_GO "kill -KILL $$");
	check_orphan("one that ignores TERM",
	             "sh -c 'trap \"\" TERM; while :; do sleep 0.02; done' & echo $! > $D/child\n" UNTIL_GO "exit 4");
	if (access("/proc/self/stat", R_OK) == 0)
		check_orphan("one in a session of its own", "$OWN detached $D/child &\n" UNTIL_GO "kill -KILL $$");
#undef UNTIL_GO
}

/* The child plays llmbench: starts the server, and is killed. */
static void check_murder(const char *what, const char *body)
{
	pid_t llmbench, server, child;
	char *line;

	write_script(body);
	scratch_drop("pid");
	fflush(stdout);
	llmbench = fork();
	if (llmbench == 0) {
		struct environment none = {0};
		struct failure failure = {0};
		char *pid_path = scratch_path("pid");
		char *text = text_format("%d\n", (int)server_pid(start_with("", &none)));

		file_replace(pid_path, text, strlen(text), &failure);
		for (;;)
			pause();
	}
	server = await_pid("pid");
	child = await_pid("child");
	line = await_line("ready");
	ok(runs(server) && runs(child), what);
	kill(llmbench, SIGKILL);
	waitpid(llmbench, NULL, 0);
	ok(vanishes(server), "when llmbench is killed, its server vanishes");
	ok(vanishes(child), "and the server's child");
	free(line);
}

static void test_murder(void)
{
	check_murder("a server with a child in its group", "sleep 1000 & echo $! > $D/child\necho > $D/ready\nwait");
	check_murder("a server that ignores TERM with a child in a session of its own",
	             "trap '' TERM\n$OWN detached $D/child &\necho > $D/ready\nwhile :; do sleep 0.02; done");
}

static void test_lost_keeper(void)
{
	struct server *server = start("sleep 1000 & echo $! > $D/child\ntrap '' TERM\necho > $D/ready\n"
	                              "while :; do sleep 0.02; done");
	pid_t pid = server_pid(server), child = await_pid("child"), keeper = parent_of(pid);
	struct text how = {0};

	ok(keeper > 1 && keeper != getpid(), "a keeper stands between us and the server");
	kill(keeper, SIGKILL);
	ok(await_end(server, &how), "without it the server does not count as alive");
	ok(how.size > 0, text_string(&how));
	server_stop(server, SHORT_GRACE_MS);
	ok(vanishes(pid) && vanishes(child), "and is stopped all the same");
	ok(!has_children(), "and nothing of ours is left");
	text_release(&how);
}

/* A keeper that had died of them could not tell how the server ended. */
static void test_deaf_keeper(void)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
	struct server *server = start("echo > $D/ready\nexec sleep 1000");
	pid_t pid = server_pid(server), keeper = parent_of(pid);
	struct text how = {0};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		kill(keeper, numbers[i]);
	kill(pid, SIGALRM);
	ok(await_end(server, &how), "the server ends");
	ok(text_starts_with(text_string(&how), "killed by signal 14"),
	   "and its keeper tells how, though it got what ends llmbench");
	server_stop(server, GRACE_MS);
	text_release(&how);
}

/* On Linux even a murdered keeper is the end of a server, before anyone looks. */
static void test_dead_keeper(void)
{
	struct server *server;
	pid_t pid;

	if (access("/proc/self/stat", R_OK) != 0)
		return;
	server = start("echo > $D/ready\nexec sleep 1000");
	pid = server_pid(server);
	kill(parent_of(pid), SIGKILL);
	ok(vanishes(pid), "a server ends with its keeper");
	server_stop(server, SHORT_GRACE_MS);
	ok(!has_children(), "and nothing of ours is left");
}

static void test_kill_now(void)
{
	struct server *server = start("sleep 1000 & echo $! > $D/child\ntrap '' TERM\necho > $D/ready\n"
	                              "while :; do sleep 0.02; done");
	pid_t pid = server_pid(server), child = await_pid("child");
	struct text how = {0};

	server_kill_now();
	ok(await_end(server, &how), "killed at once");
	ok(text_starts_with(text_string(&how), "killed by signal 9"), "by KILL");
	ok(vanishes(child), "with its group");
	server_stop(server, GRACE_MS);
	ok(!runs(pid), "gone");
	server_kill_now();
	ok(true, "nothing to kill");
	text_release(&how);
}

static void on_alarm(int number)
{
	(void)number;
	server_hurry();
}

/* The user has no patience with a server that is being stopped. */
static void test_hurry(void)
{
	struct server *server = start("trap '' TERM INT HUP\n$OWN detached $D/child &\necho > $D/ready\n"
	                              "while :; do sleep 0.02; done");
	struct sigaction alarm_action = {.sa_handler = on_alarm};
	pid_t pid = server_pid(server), child = await_pid("child");
	int64_t begin_ns = clock_now_ns();

	server_hurry();
	ok(server_is_alive(server, NULL), "no haste is made before a server is stopped");
	sigaction(SIGALRM, &alarm_action, NULL);
	alarm(1);
	server_stop(server, 600 * 1000);
	ok(clock_now_ns() - begin_ns < patience_ns, "a server that ignores TERM has no more time when there is haste");
	ok(!runs(pid) && !runs(child), "it is killed with its children");
	ok(!has_children(), "and nothing is left");
	server_hurry();
	ok(true, "nothing to hurry");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "detached") == 0)
		play_detached(argv[2]);
	script_begin();
	test_normal_stop();
	test_deaf();
	test_grandchildren();
	test_tidy_tree();
	test_daemon();
	test_orphans();
	test_murder();
	test_lost_keeper();
	test_deaf_keeper();
	test_dead_keeper();
	test_kill_now();
	test_hurry();
	script_end();
	return tap_done();
}
