#include "truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

struct truth_server {
	struct truth_process process; /* what the child copied */
	size_t stamps_bytes;
	pid_t pid;
	int port;
	int leash; /* the child ends when this is closed, by us or by our death */
};

static bool fail(struct failure *failure, const char *what)
{
	return failure_set(failure, STATUS_CANNOT_GO_ON, "calibration: %s: %s", what, strerror(errno));
}

/* Shared with the child, and zero. */
static bool map_stamps(struct truth_server *server, struct failure *failure)
{
	const struct truth_options *options = &server->process.options;
	void *shared;

	server->stamps_bytes = options->requests * (1 + options->lines) * sizeof(int64_t);
	shared = mmap(NULL, server->stamps_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	if (shared == MAP_FAILED)
		return fail(failure, "shared memory");
	server->process.stamps.read_ns = shared;
	server->process.stamps.sent_ns = server->process.stamps.read_ns + options->requests;
	return true;
}

static bool listen_on_loopback(struct truth_server *server, struct failure *failure)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = server->process.listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, (int)server->process.options.connections) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		return fail(failure, "socket");
	fcntl(listener, F_SETFD, FD_CLOEXEC);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	server->port = ntohs(address.sin_port);
	return true;
}

/* The stop flag and the group of a managed server are the parent's: no signal of the child may touch them. */
static void forget_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
}

static bool fork_child(struct truth_server *server, struct failure *failure)
{
	int ends[2];

	if (pipe(ends) != 0)
		return fail(failure, "pipe");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	server->process.leash = ends[0];
	server->leash = ends[1];
	server->pid = fork();
	if (server->pid == 0) {
		forget_signals();
		close(server->leash);
		truth_serve(&server->process);
		_exit(0);
	}
	close(ends[0]);
	return server->pid > 0 ? true : fail(failure, "process");
}

struct truth_server *truth_start(const struct truth_options *options, struct failure *failure)
{
	struct truth_server *server = memory_new(1, sizeof(*server));

	server->process.options = *options;
	server->process.listener = server->leash = -1;
	server->process.connections = truth_new_connections(options->connections);
	server->process.polled = memory_new(options->connections + 2, sizeof(*server->process.polled));
	if (map_stamps(server, failure) && listen_on_loopback(server, failure) && fork_child(server, failure)) {
		close(server->process.listener);
		server->process.listener = -1;
		return server;
	}
	truth_stop(server);
	return NULL;
}

int truth_port(const struct truth_server *server)
{
	return server->port;
}

struct truth_stamps truth_stamps_of(const struct truth_server *server)
{
	return server->process.stamps;
}

void truth_stop(struct truth_server *server)
{
	if (server->leash >= 0)
		close(server->leash);
	while (server->pid > 0 && waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (server->process.listener >= 0)
		close(server->process.listener);
	if (server->process.stamps.read_ns != NULL)
		munmap(server->process.stamps.read_ns, server->stamps_bytes);
	free(server->process.connections);
	free(server->process.polled);
	free(server);
}
