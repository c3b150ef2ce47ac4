/* How a managed server starts, what reaches it, and how it is seen to end by itself. */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "server_script.h"
#include "tap.h"

static void test_early_death(void)
{
	static const struct {
		const char *body, *how;
	} cases[] = {
	    {"echo > $D/ready; echo 'Error: bind: address already in use' >&2; exit 1", "exit status 1"},
	    {"echo > $D/ready; exit 0", "exit status 0"},
	    {"echo > $D/ready; kill -9 $$", "killed by signal 9 ("},
	    {"echo > $D/ready; kill -ABRT $$", "killed by signal 6 ("},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server *server = start(cases[i].body);
		struct text how = {0}, again = {0};

		ok(await_end(server, &how), cases[i].body);
		ok(text_starts_with(text_string(&how), cases[i].how), cases[i].how);
		ok(!server_is_alive(server, &again), "it stays dead");
		is_text(text_string(&again), text_string(&how), "in the same way");
		server_stop(server, GRACE_MS);
		ok(!has_children(), "and nothing is left");
		text_release(&how);
		text_release(&again);
	}
}

static off_t size_of(const char *path)
{
	struct stat state;

	return stat(path, &state) == 0 ? state.st_size : -1;
}

/* What it would write in hours is there at once, as a hole. */
static void test_endless_log(void)
{
	struct server *server = start("echo > $D/ready; while :; do echo more; sleep 0.01; done");
	char *log = scratch_path("server.log");
	int64_t limit_ns = clock_now_ns() + patience_ns;
	struct text tail = {0};

	ok(truncate(log, SERVER_LOG_LIMIT + 5000000) == 0, "a log of more than it may have");
	while (size_of(log) > SERVER_LOG_LIMIT + 100000 && clock_now_ns() < limit_ns)
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
	ok(size_of(log) >= SERVER_LOG_LIMIT && size_of(log) <= SERVER_LOG_LIMIT + 100000, "is cut");
	while (tail.size == 0 && clock_now_ns() < limit_ns)
		server_log_part(server, SERVER_LOG_LIMIT, SERVER_LOG_LIMIT + 100, &tail);
	ok(strstr(text_string(&tail), "more") != NULL, "and goes on at its new end");
	ok(truncate(log, SERVER_LOG_LIMIT + 5000000) == 0, "it grows again");
	server_stop(server, GRACE_MS);
	is_int(size_of(log), SERVER_LOG_LIMIT, "what came since the last look is cut at the end");
	scratch_drop("server.log");
	text_release(&tail);
	free(log);
}

/* Written before and after the secret is known to be one, in one piece and in several. */
static void test_secret_in_log(void)
{
	struct server *server =
	    start("echo 'the key is sk-12345678, sk-1234567'; echo > $D/ready; printf sk-; sleep 0.05; "
	          "printf 12345678; echo > $D/ready2; exec sleep 60");
	char *log = scratch_path("server.log"), *ready = scratch_path("ready2");
	int64_t limit_ns = clock_now_ns() + patience_ns;
	struct text tail = {0}, kept = {0};
	struct failure failure = {0};

	server_hide(server, "sk-12345678");
	server_log_tail(server, 10000, &tail);
	ok(strstr(text_string(&tail), "the key is ***********, sk-1234567\n") != NULL,
	   "a secret is hidden when the log is read");
	while (access(ready, F_OK) != 0 && clock_now_ns() < limit_ns)
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
	server_stop(server, GRACE_MS);
	ok(file_read(log, 10000, &kept, &failure) && strstr(text_string(&kept), "sk-12345678") == NULL &&
	       strstr(text_string(&kept), "sk-1234567\n***********") != NULL,
	   "and gone from the file when the server has ended, also when it came in pieces");
	scratch_drop("server.log");
	remove(ready);
	text_release(&tail);
	text_release(&kept);
	failure_release(&failure);
	free(log);
	free(ready);
}

/* What was read of a log is cut off, and the secret comes again where it was. */
static void test_secret_in_endless_log(void)
{
	struct server *server = start("echo > $D/ready; while :; do echo 'sk-123\\/5678'; sleep 0.01; done");
	char *log = scratch_path("server.log");
	int64_t limit_ns = clock_now_ns() + patience_ns;
	struct text tail = {0};

	server_hide(server, "sk-123/5678");
	ok(truncate(log, SERVER_LOG_LIMIT - 100000) == 0, "a log of nearly what it may have");
	server_log_tail(server, 100, &tail);
	ok(truncate(log, SERVER_LOG_LIMIT + 1000000) == 0, "then of more");
	server_log_tail(server, 100, &tail);
	while ((size_of(log) > SERVER_LOG_LIMIT + 100000 || size_of(log) < SERVER_LOG_LIMIT + 100) &&
	       clock_now_ns() < limit_ns)
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
	text_clear(&tail);
	server_log_tail(server, 60, &tail);
	ok(strstr(text_string(&tail), "************\n") != NULL && strstr(text_string(&tail), "5678") == NULL,
	   "a secret is hidden in the part of the log that came behind a cut");
	server_stop(server, GRACE_MS);
	scratch_drop("server.log");
	text_release(&tail);
	free(log);
}

static void check_refused(const char *command, enum status status, const char *message)
{
	struct environment none = {0};
	struct failure failure = {0};
	char *log = scratch_path("refused.log");

	ok(server_start(command, NULL, &none, log, &failure) == NULL, command);
	ok(failure.message != NULL && strstr(failure.message, message) != NULL, message);
	is_int(failure.status, status, "status");
	ok(!has_children(), "nothing is left");
	failure_release(&failure);
	scratch_drop("refused.log");
	free(log);
}

static void test_refusals(void)
{
	struct environment none = {0}, bad = {0};
	struct failure failure = {0};
	char *garbage = scratch_path("server.sh");

	check_refused("no-such-program-of-llmbench serve", STATUS_USER_MISTAKE,
	              "no program \"no-such-program-of-llmbench\"");
	check_refused("/no/such/program", STATUS_USER_MISTAKE, "\"/no/such/program\" is not there");
	check_refused("sh '", STATUS_USER_MISTAKE, "is not closed");
	check_refused("sh {port}", STATUS_USER_MISTAKE, "no such placeholder {port}");
	scratch_put("server.sh", "garbage");
	if (chmod(garbage, 0700) == 0)
		check_refused(garbage, STATUS_USER_MISTAKE, "cannot execute");
	free(garbage);

	ok(server_start("sh", NULL, &none, "/no/such/folder/log", &failure) == NULL, "a log that cannot be written");
	is_int(failure.status, STATUS_CANNOT_GO_ON, "is no mistake of the user");
	failure_release(&failure);
	environment_set(&bad, "X", "{nonsense}");
	ok(server_start("sh", NULL, &bad, "/no/such/folder/log", &failure) == NULL, "a bad placeholder in a variable");
	is_int(failure.status, STATUS_USER_MISTAKE, "is refused");
	failure_release(&failure);
	environment_release(&bad);
}

static void test_what_arrives(void)
{
	struct environment environment = {0};
	struct server *server;
	char *log;

	write_script("printf '%s|' \"$@\"; echo\necho \"$HOST $KEPT $JSON\"\necho \"stdin:$(cat)\"\necho > $D/ready");
	scratch_drop("server.log");
	setenv("KEPT", "kept", 1);
	setenv("HOST", "old", 1);
	environment_set(&environment, "HOST", "127.0.0.1:{port}");
	environment_set(&environment, "JSON", "{\"a\":1}");
	server = start_with("--port {port} '{model}' '{\"p\":{port}}' ''", &environment);
	free(await_line("ready"));
	log = scratch_get("server.log");
	is_text(log, "--port|11500|a  b|{\"p\":11500}||\n127.0.0.1:11500 kept {\"a\":1}\nstdin:\n",
	        "arguments, environment and an empty stdin arrive");
	server_stop(server, GRACE_MS);
	free(log);

	server = start_with("again", &environment);
	ok(await_end(server, NULL), "a server that ends by itself");
	server_stop(server, GRACE_MS);
	log = scratch_get("server.log");
	ok(strstr(log, "stdin:\nagain|\n") != NULL, "a second server is appended to the log");
	free(log);
	environment_release(&environment);
	unsetenv("KEPT");
	unsetenv("HOST");
}

/* A set of signals as /proc shows it, without 32 and 33: the C library keeps those for itself and resets them never. */
static uint64_t signals_in(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at == NULL ? UINT64_MAX : strtoull(at + strlen(key), NULL, 16) & ~UINT64_C(0x180000000);
}

/* What a program writes that runs to its end, with no shell between that would tidy up. The caller frees it. */
static char *output_of(const char *command)
{
	struct environment environment = {0};
	struct failure failure = {0};
	char *log = scratch_path("server.log");
	struct server *server;

	scratch_drop("server.log");
	environment_set(&environment, "HOST", "new");
	server = server_start(command, NULL, &environment, log, &failure);
	ok(server != NULL && await_end(server, NULL), command);
	server_stop(server, GRACE_MS);
	environment_release(&environment);
	failure_release(&failure);
	free(log);
	return scratch_get("server.log");
}

static void test_variables(void)
{
	char *log;

	setenv("HOST", "old", 1);
	log = output_of("env");
	ok(strstr(log, "HOST=new\n") != NULL, "a variable of the cell arrives");
	ok(strstr(log, "HOST=old\n") == NULL, "in the place of ours");
	unsetenv("HOST");
	free(log);
}

/* Linux tells it under /proc. */
static void test_clean_start(void)
{
	struct sigaction before, ignore = {.sa_handler = SIG_IGN};
	int leak = open("/dev/null", O_RDONLY);
	sigset_t usr1, old;
	char *files, *status;

	if (access("/proc/self/stat", R_OK) == 0) {
		sigemptyset(&usr1);
		sigaddset(&usr1, SIGUSR1);
		sigprocmask(SIG_BLOCK, &usr1, &old);
		sigaction(SIGPIPE, &ignore, &before);
		files = output_of("ls /proc/self/fd");
		status = output_of("cat /proc/self/status");
		sigaction(SIGPIPE, &before, NULL);
		sigprocmask(SIG_SETMASK, &old, NULL);
		is_text(files, "0\n1\n2\n3\n", "no descriptor of ours arrives (3 is of ls)");
		is_int(signals_in(status, "SigBlk:\t"), 0, "no signal is blocked");
		is_int(signals_in(status, "SigIgn:\t"), 0, "nor ignored");
		free(files);
		free(status);
	}
	close(leak);
}

static void test_log_tail(void)
{
	static const struct {
		size_t limit;
		const char *want;
	} cases[] = {
	    {1000, "one\ntwo ?[31m t\xc3\xa9l\xc3\xa9\n"},
	    {7, "t\xc3\xa9l\xc3\xa9\n"},
	    {5, "l\xc3\xa9\n"},
	    {1, "\n"},
	    {0, ""},
	};
	struct server *server = start("printf 'one\\ntwo \\033[31m\\tt\\303\\251l\\303\\251\\n'\necho > $D/ready");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text tail = {0};

		server_log_tail(server, cases[i].limit, &tail);
		is_text(text_string(&tail), cases[i].want, "the end of the log, masked");
		text_release(&tail);
	}
	server_stop(server, GRACE_MS);
}

static void test_log_part(void)
{
	static const struct {
		size_t begin, end;
		const char *want;
	} cases[] = {
	    {0, 4, "one\n"},
	    {0, SIZE_MAX, "one\ntwo\n"},
	    {4, SIZE_MAX, "two\n"},
	    {4, 7, "two"},
	    {8, SIZE_MAX, ""},
	    {9, 100, ""},
	    {4, 4, ""},
	    {5, 4, ""},
	};
	struct server *server = start("printf 'one\\ntwo\\n'\necho > $D/ready");

	is_int(server_log_size(server), 8, "bytes of the log so far");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text part = {0};

		server_log_part(server, cases[i].begin, cases[i].end, &part);
		is_text(text_string(&part), cases[i].want, "a part of the log");
		text_release(&part);
	}
	server_stop(server, GRACE_MS);
}

static void test_free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct failure failure = {0};
	int file = socket(AF_INET, SOCK_STREAM, 0), port = 0;

	ok(server_free_port(&port, &failure), "there is a free port");
	ok(port >= 1024 && port <= 65535, "of the kernel's choice");
	address.sin_port = htons((uint16_t)port);
	ok(bind(file, (struct sockaddr *)&address, sizeof(address)) == 0, "that a server can take");
	close(file);
}

int main(void)
{
	script_begin();
	test_early_death();
	test_endless_log();
	test_secret_in_log();
	test_secret_in_endless_log();
	test_refusals();
	test_what_arrives();
	test_variables();
	test_clean_start();
	test_log_tail();
	test_log_part();
	test_free_port();
	script_end();
	return tap_done();
}
