/* From a port to a process: the kernel's tables as text, and processes of this machine that listen. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/listener.h"
#include "machine/listeners.h"
#include "machine/sockets.h"
#include "tap.h"

static const char table[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 100 0 0 10 "
    "0\n"
    "   1: 0100007F:2CAA 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 31338 1 0 20 4 30 10 "
    "-1\n"
    "   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31339 1 0 100 0 0 10 "
    "0\n";
static const char table6[] = "  sl  local_address                         remote_address                        st "
			     "tx_queue rx_queue tr tm->when "
			     "retrnsmt   uid  timeout inode\n"
			     "   0: 00000000000000000000000000000000:2CAA 00000000000000000000000000000000:0000 0A "
			     "00000000:00000000 00:00000000 "
			     "00000000     0        0 4294967299 2 0 100 0 0 10 0\n";

static void test_tables(void)
{
	unsigned long sockets[2] = {0};

	is_int(sockets_listening(table, 11434, sockets, 2), 1, "one listens, one is a connection");
	is_int(sockets[0], 31337, "  its number");
	is_int(sockets_listening(table6, 11434, sockets, 2), 1, "the table of IPv6");
	is_int(sockets[0], 4294967299, "  its number");
	is_int(sockets_listening(table, 22, sockets, 0), 0, "no more than there is room for");
	is_int(sockets_listening(table, 80, sockets, 2), 0, "nobody");
	is_int(sockets_listening("", 80, sockets, 2), 0, "an empty table");
	is_int(sockets_listening("\n:\n0: x", 80, sockets, 2), 0, "nonsense");
}

static void test_forwarders(void)
{
	ok(listener_forwards("docker-proxy") && listener_forwards("com.docker.backend") && listener_forwards("ssh"),
	   "programs that forward");
	ok(!listener_forwards("sshd") && !listener_forwards("ollama") && !listener_forwards(""), "others do not");
}

static int listen_here(int family, int *port)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr *address = family == AF_INET ? (void *)&four : (void *)&six;
	socklen_t size = family == AF_INET ? sizeof(four) : sizeof(six);
	int file = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(file, address, size) != 0 || listen(file, 1) != 0 || getsockname(file, address, &size) != 0) {
		close(file);
		return -1;
	}
	*port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
	return file;
}

static void test_live(int family, const char *what)
{
	int port = 0, file = listen_here(family, &port);
	pid_t child;

	if (file < 0) {
		ok(true, "this machine has no such addresses");
		return;
	}
	is_int(machine_listener_pid(port), getpid(), what);
	child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	is_int(machine_listener_pid(port), getpid(), "  a worker that shares the socket descends from it");
	close(file);
	is_int(machine_listener_pid(port), child, "  the one that still has it");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	is_int(machine_listener_pid(port), 0, "  nobody listens any more");
}

int main(void)
{
	test_tables();
	test_forwarders();
	test_live(AF_INET, "this process listens");
	test_live(AF_INET6, "this process listens, on IPv6");
	return tap_done();
}
