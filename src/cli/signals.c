#include "cli/signals.h"

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/stop.h"
#include "server/server.h"

static volatile sig_atomic_t stop;

/* A terminal that is closed is told of by the kernel and by the shell: the second time it means no more. */
static void on_hang_up(int number)
{
	(void)number;
	if (stop == STOP_NOT)
		stop = STOP_SOON;
}

static void on_stop(int number)
{
	(void)number;
	if (stop == STOP_NOW) {
		server_kill_now();
		_exit(STATUS_CANNOT_GO_ON);
	}
	stop++;
	if (stop == STOP_NOW)
		server_hurry();
}

/* Installed with SA_RESETHAND: raising it again has the usual effect, a core file. */
static void on_crash(int number)
{
	server_kill_now();
	raise(number);
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_ignore_pipe(void)
{
	handle(SIGPIPE, SIG_IGN, 0);
}

void signals_install(void)
{
	static const struct {
		int number;
		void (*handler)(int);
	} stops[] = {{SIGINT, on_stop}, {SIGTERM, on_stop}, {SIGHUP, on_hang_up}};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (!is_ignored(stops[i].number))
			handle(stops[i].number, stops[i].handler, 0);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		handle(crashes[i], on_crash, (int)SA_RESETHAND);
	/* A file that would be larger than `ulimit -f` allows is an error of the write. */
	handle(SIGXFSZ, SIG_IGN, 0);
}

void signals_hang_up(void)
{
	if (!is_ignored(SIGHUP))
		on_hang_up(SIGHUP);
}

const volatile sig_atomic_t *signals_stop(void)
{
	return &stop;
}
