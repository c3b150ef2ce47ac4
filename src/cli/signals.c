#include "cli/signals.h"

#include <unistd.h>

#include "base/failure.h"
#include "server/server.h"

static volatile sig_atomic_t stop;

static void on_stop(int number)
{
	(void)number;
	if (stop) {
		server_kill_now();
		_exit(STATUS_CANNOT_GO_ON);
	}
	stop = 1;
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

void signals_install(void)
{
	static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		handle(stops[i], on_stop, 0);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		handle(crashes[i], on_crash, (int)SA_RESETHAND);
	handle(SIGPIPE, SIG_IGN, 0);
	/* A file that would be larger than `ulimit -f` allows is an error of the write. */
	handle(SIGXFSZ, SIG_IGN, 0);
}

const volatile sig_atomic_t *signals_stop(void)
{
	return &stop;
}
