#include "sim/listener.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"

/* As many waiting connections as the system allows: a burst is part of what is simulated. */
#define BACKLOG 4096

struct listener {
	struct event_base *base;
	struct evhttp *http;
	char *host;
	int port;
	struct evhttp_bound_socket *bound; /* NULL: connections are refused */
	struct event *open_timer;
};

static int port_of(evutil_socket_t socket)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} address;
	socklen_t size = sizeof(address);
	char host[64], port[16];

	if (getsockname(socket, &address.any, &size) != 0 ||
	    getnameinfo(&address.any, size, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) !=
	        0)
		return 0;
	return (int)strtol(port, NULL, 10);
}

static bool bind_and_listen(struct listener *listener)
{
	evutil_socket_t socket;

	listener->bound = evhttp_bind_socket_with_handle(listener->http, listener->host, (ev_uint16_t)listener->port);
	if (listener->bound == NULL)
		return false;
	socket = evhttp_bound_socket_get_fd(listener->bound);
	listener->port = port_of(socket);
	return listen(socket, BACKLOG) == 0;
}

static void on_open_again(evutil_socket_t socket, short what, void *context)
{
	struct listener *listener = context;

	(void)socket;
	(void)what;
	if (bind_and_listen(listener))
		return;
	fprintf(stderr, "llmbench-sim: port %d is lost: %s\n", listener->port, strerror(errno));
	event_base_loopbreak(listener->base);
}

struct listener *listener_open(struct event_base *base, struct evhttp *http, const char *host, int port)
{
	struct listener *listener = memory_new(1, sizeof(*listener));
	int error;

	*listener = (struct listener){.base = base, .http = http, .host = memory_string(host), .port = port};
	listener->open_timer = evtimer_new(base, on_open_again, listener);
	if (bind_and_listen(listener))
		return listener;
	error = errno;
	listener_free(listener);
	errno = error;
	return NULL;
}

void listener_free(struct listener *listener)
{
	if (listener == NULL)
		return;
	event_free(listener->open_timer);
	free(listener->host);
	free(listener);
}

int listener_port(const struct listener *listener)
{
	return listener->port;
}

void listener_refuse(struct listener *listener, int64_t ms)
{
	struct timeval wait = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};

	if (listener->bound == NULL)
		return;
	evhttp_del_accept_socket(listener->http, listener->bound);
	listener->bound = NULL;
	event_add(listener->open_timer, &wait);
}
