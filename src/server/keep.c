#include "server/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/family.h"
#include "server/platform.h"
#include "server/server.h"

/* Nobody is left who could say how long; a server of a dead run, or a dead server's child, is of no use to anyone. */
enum { ORPHAN_GRACE_MS = 2000 };

/* Between two looks at the size of the log. */
enum { LOOK_S = 1 };

/* The descriptors of the keeper, all that it has. */
enum { STDIN, STDOUT, STDERR, LEASH, REPORTS, DESCRIPTORS };

static void report(enum event event, int value)
{
	struct report report = {event, value};

	/* When llmbench is gone, nobody wants to know. */
	(void)!write(REPORTS, &report, sizeof(report));
}

/*
 * A socket that stayed open here would seem open to its peer after llmbench
 * has closed it. First out of the way, then into place, since the old numbers
 * may be among the new ones.
 */
static void take_descriptors(int null, int log, int leash, int reports)
{
	int wanted[DESCRIPTORS] = {null, log, log, leash, reports};

	for (int i = 0; i < DESCRIPTORS; i++)
		wanted[i] = fcntl(wanted[i], F_DUPFD, DESCRIPTORS);
	for (int i = 0; i < DESCRIPTORS; i++)
		if (dup2(wanted[i], i) < 0)
			_exit(1);
	platform_close_from(DESCRIPTORS);
	fcntl(LEASH, F_SETFD, FD_CLOEXEC);
	fcntl(REPORTS, F_SETFD, FD_CLOEXEC);
}

static void wake_up(int number)
{
	(void)number;
}

static void set_handler(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL); /* refused for KILL, STOP and numbers that the system keeps for itself */
}

static void reset_signals(void)
{
	for (int number = 1; number < NSIG; number++)
		set_handler(number, SIG_DFL);
}

/* What asks llmbench to end must not end the keeper before it. */
static void prepare_signals(void)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};
	sigset_t blocked;

	reset_signals();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_handler(ignored[i], SIG_IGN);
	set_handler(SIGCHLD, wake_up);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* errors: a pipe that closes by itself when the program runs. TERM, since a server that gets it ends its own children.
 */
static _Noreturn void become_server(const struct keeper_order *order, pid_t keeper, int errors)
{
	sigset_t none;
	int error;

	setsid();
	platform_signal_after_parent(SIGTERM);
	if (getppid() != keeper)
		_exit(1);
	reset_signals();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(order->program, order->arguments, order->environment);
	error = errno;
	(void)!write(errors, &error, sizeof(error));
	_exit(127);
}

/* Returns once the program runs, or cannot: then not at all. */
static pid_t launch(const struct keeper_order *order)
{
	pid_t keeper = getpid(), server;
	int errors[2], error;

	if (pipe(errors) < 0 || fcntl(errors[1], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(errors[0], F_SETFD, FD_CLOEXEC) < 0 || (server = fork()) < 0) {
		report(EVENT_CANNOT_FORK, errno);
		_exit(1);
	}
	if (server == 0)
		become_server(order, keeper, errors[1]);
	close(errors[1]);
	if (read(errors[0], &error, sizeof(error)) == (ssize_t)sizeof(error)) {
		report(EVENT_CANNOT_EXECUTE, error);
		_exit(1);
	}
	close(errors[0]);
	report(EVENT_STARTED, server);
	return server;
}

/*
 * The server itself stays a zombie until it is stopped, so that nobody else is
 * given the number that server_kill_now() may send a signal to.
 */
static bool server_ended(pid_t server)
{
	siginfo_t info = {0};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
		if (info.si_pid == server) {
			report(info.si_code == CLD_EXITED ? EVENT_EXITED : EVENT_KILLED, info.si_status);
			return true;
		}
		waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
	return false;
}

/*
 * A server that writes without end fills no disk: of its log the beginning is
 * kept, and what came since the last look. It appends, so it goes on at the new end.
 */
static void bound_log(void)
{
	struct stat state;

	if (fstat(STDOUT, &state) == 0 && S_ISREG(state.st_mode) && state.st_size > SERVER_LOG_LIMIT)
		(void)!ftruncate(STDOUT, SERVER_LOG_LIMIT);
}

/*
 * Until llmbench says stop, or is gone: then false. Either way how long the server has to end.
 * What a server that died leaves, such as a runner with the model in its
 * memory, is of no use without it, and would be there while others are measured.
 */
static bool wait_for_the_end(pid_t server, int *grace_ms)
{
	bool ended = false, told;
	sigset_t none;

	sigemptyset(&none);
	for (;;) {
		struct timespec until_look = {.tv_sec = LOOK_S};
		fd_set readable;

		bound_log();
		if (!ended && server_ended(server)) {
			ended = true;
			family_end_processes(server, getpid(), ORPHAN_GRACE_MS);
		}
		FD_ZERO(&readable);
		FD_SET(LEASH, &readable);
		if (pselect(LEASH + 1, &readable, NULL, NULL, &until_look, &none) <= 0)
			continue;
		told = read(LEASH, grace_ms, sizeof(*grace_ms)) == (ssize_t)sizeof(*grace_ms);
		*grace_ms = told ? *grace_ms : ORPHAN_GRACE_MS;
		return told;
	}
}

_Noreturn void keep(const struct keeper_order *order, int null, int leash, int reports)
{
	pid_t server;
	int grace_ms;
	bool told;

	setsid();
	take_descriptors(null, order->log, leash, reports);
	prepare_signals();
	platform_set_name("server-keeper");
	platform_adopt_orphans();
	server = launch(order);
	told = wait_for_the_end(server, &grace_ms);
	/* Once told, the leash has one thing more to say: that there is no time. */
	family_end(server, getpid(), grace_ms, told ? LEASH : -1);
	bound_log();
	_exit(0);
}
