#include "script_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

/* A request is read, then its script is played, then the next is read. */
struct connection {
	int fd;
	struct text in;
	const struct step *step; /* NULL: reading */
	size_t script, request;
	size_t offset; /* in the step's bytes */
	size_t total;  /* in the script's bytes */
	int64_t resume_ns;
	bool blocked; /* the client does not read */
};

struct script_server {
	struct script_server_options options;
	int listener, port, stop_read, stop_write;
	bool listening;
	int64_t listen_ns;
	pthread_t thread;
	struct connection *connections;
	size_t count, capacity, in_service;
	size_t sent_capacity, read_capacity;
	struct script_server_log log;
};

static void fail(const char *what)
{
	fprintf(stderr, "script server: %s: %s\n", what, strerror(errno));
	abort();
}

static void set_non_blocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void hang_up(struct script_server *server, struct connection *connection, bool reset)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	if (reset)
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	if (connection->step != NULL)
		server->in_service--;
	close(connection->fd);
	connection->fd = -1;
	text_release(&connection->in);
}

static void note_sent(struct script_server *server, struct connection *connection, size_t size, int64_t at_ns)
{
	struct script_server_log *log = &server->log;

	connection->total += size;
	log->sent = memory_grow(log->sent, &server->sent_capacity, log->sent_count, sizeof *log->sent);
	log->sent[log->sent_count++] =
	    (struct script_server_sent){connection->script, connection->request, connection->total, at_ns};
}

/* Sends the next piece; false: the connection is gone. */
static bool send_piece(struct script_server *server, struct connection *connection)
{
	const struct step *step = connection->step;
	size_t size = step->size > 0 ? step->size : strlen(step->bytes), piece = size - connection->offset;
	int64_t at_ns = clock_now_ns();
	ssize_t sent;

	if (step->kind == STEP_SEND && step->piece > 0 && step->piece < piece)
		piece = step->piece;
	sent = send(connection->fd, step->bytes + connection->offset, piece, 0);
	connection->blocked = sent < 0 && errno == EAGAIN;
	if (connection->blocked)
		return true;
	if (sent < 0) {
		hang_up(server, connection, false);
		return false;
	}
	connection->offset += (size_t)sent;
	if (step->kind == STEP_SEND)
		note_sent(server, connection, (size_t)sent, at_ns);
	if (connection->offset < size) {
		connection->resume_ns = at_ns + step->pause_ns;
		return true;
	}
	connection->offset = 0;
	if (step->kind == STEP_SEND)
		connection->step++;
	return true;
}

/* Plays steps until one has to wait; false: the connection is gone. */
static bool play(struct script_server *server, struct connection *connection)
{
	while (connection->resume_ns <= clock_now_ns() && !connection->blocked) {
		const struct step *step = connection->step;

		if (step->kind == STEP_SEND && step->bytes == NULL) {
			connection->step = NULL;
			server->in_service--;
			return true;
		}
		switch (step->kind) {
		case STEP_SEND:
		case STEP_FLOOD:
			if (!send_piece(server, connection))
				return false;
			break;
		case STEP_WAIT:
			connection->resume_ns = clock_now_ns() + step->pause_ns;
			connection->step++;
			break;
		case STEP_STALL:
			connection->resume_ns = INT64_MAX;
			break;
		case STEP_CLOSE:
		case STEP_RESET:
			hang_up(server, connection, step->kind == STEP_RESET);
			return false;
		}
	}
	return true;
}

/* The size of the first request in the buffer, 0 while it is incomplete. */
static size_t request_size(const struct text *in)
{
	const char *end = strstr(text_string(in), "\r\n\r\n"),
		   *length = strcasestr(text_string(in), "\nContent-Length:");
	size_t size;

	if (end == NULL)
		return 0;
	size = (size_t)(end + 4 - in->data);
	if (length != NULL && length < end)
		size += strtoul(length + 16, NULL, 10);
	return size <= in->size ? size : 0;
}

static void begin_service(struct script_server *server, struct connection *connection, size_t size)
{
	struct script_server_log *log = &server->log;
	const char *path = strchr(connection->in.data, '/');
	struct text rest = {0};

	connection->script = path != NULL ? strtoul(path + 1, NULL, 10) : 0;
	if (connection->script >= server->options.script_count)
		fail("no such script");
	log->read_ns = memory_grow(log->read_ns, &server->read_capacity, log->requests, sizeof *log->read_ns);
	log->read_ns[log->requests] = clock_now_ns();
	connection->request = log->requests++;
	connection->step = server->options.scripts[connection->script].steps;
	connection->offset = connection->total = 0;
	connection->resume_ns = 0;
	connection->blocked = false;
	if (++server->in_service > log->peak_in_service)
		log->peak_in_service = server->in_service;
	free(log->last_request);
	log->last_request = memory_copy(connection->in.data, size);
	text_add_bytes(&rest, connection->in.data + size, connection->in.size - size);
	text_release(&connection->in);
	connection->in = rest;
}

/* False: the connection is gone. */
static bool read_request(struct script_server *server, struct connection *connection)
{
	char bytes[65536];
	ssize_t size = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (size < 0 && errno == EAGAIN)
		return true;
	if (size <= 0) {
		hang_up(server, connection, false);
		return false;
	}
	text_add_bytes(&connection->in, bytes, (size_t)size);
	return true;
}

static void accept_all(struct script_server *server)
{
	int fd, on = 1;

	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		struct connection *connection;

		server->connections =
		    memory_grow(server->connections, &server->capacity, server->count, sizeof *server->connections);
		connection = &server->connections[server->count++];
		*connection = (struct connection){.fd = fd};
		set_non_blocking(fd);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		server->log.connections++;
		if (server->options.greeting != GREET_READ)
			hang_up(server, connection, server->options.greeting == GREET_RESET);
	}
}

static void serve(struct script_server *server, struct connection *connection, int events)
{
	size_t size;

	if (connection->fd < 0)
		return;
	if (events & (POLLIN | POLLHUP | POLLERR) && !read_request(server, connection))
		return;
	connection->blocked = connection->blocked && !(events & POLLOUT);
	if (connection->step == NULL && (size = request_size(&connection->in)) > 0)
		begin_service(server, connection, size);
	if (connection->step != NULL)
		play(server, connection);
}

static void drop_closed(struct script_server *server)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->count; i++)
		if (server->connections[i].fd >= 0)
			server->connections[kept++] = server->connections[i];
	server->count = kept;
}

/* Milliseconds until something is to be done, rounded up. */
static int wait_ms(const struct script_server *server, int64_t now_ns)
{
	int64_t next_ns = server->listening || server->listen_ns == 0 ? INT64_MAX : server->listen_ns;

	for (size_t i = 0; i < server->count; i++) {
		const struct connection *connection = &server->connections[i];

		if (connection->step != NULL && !connection->blocked && connection->resume_ns < next_ns)
			next_ns = connection->resume_ns;
	}
	if (next_ns == INT64_MAX)
		return -1;
	return next_ns <= now_ns ? 0 : (int)((next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void listen_when_due(struct script_server *server)
{
	if (server->listening || server->listen_ns == 0 || server->listen_ns > clock_now_ns())
		return;
	if (listen(server->listener, SOMAXCONN) != 0)
		fail("listen");
	server->listening = true;
}

static void *run(void *context)
{
	struct script_server *server = context;
	struct pollfd *polled = NULL;
	size_t polled_capacity = 0;

	for (;;) {
		size_t count = server->count;

		listen_when_due(server);
		polled = memory_grow(polled, &polled_capacity, count + 2, sizeof *polled);
		polled[0] = (struct pollfd){.fd = server->stop_read, .events = POLLIN};
		polled[1] = (struct pollfd){.fd = server->listening ? server->listener : -1, .events = POLLIN};
		for (size_t i = 0; i < count; i++)
			polled[i + 2] =
			    (struct pollfd){.fd = server->connections[i].fd,
			                    .events = (short)(POLLIN | (server->connections[i].blocked ? POLLOUT : 0))};
		if (poll(polled, (nfds_t)(count + 2), wait_ms(server, clock_now_ns())) < 0 && errno != EINTR)
			fail("poll");
		if (polled[0].revents != 0)
			break;
		if (polled[1].revents != 0)
			accept_all(server);
		for (size_t i = 0; i < count; i++)
			serve(server, &server->connections[i], polled[i + 2].revents);
		drop_closed(server);
	}
	free(polled);
	return NULL;
}

struct script_server *script_server_start(const struct script_server_options *options)
{
	struct script_server *server = memory_new(1, sizeof *server);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int pipe_fds[2];

	signal(SIGPIPE, SIG_IGN);
	server->options = *options;
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
	    getsockname(server->listener, (struct sockaddr *)&address, &size) != 0 || pipe(pipe_fds) != 0)
		fail("socket");
	set_non_blocking(server->listener);
	server->port = ntohs(address.sin_port);
	server->stop_read = pipe_fds[0];
	server->stop_write = pipe_fds[1];
	if (options->listen_after_ns >= 0)
		server->listen_ns = clock_now_ns() + options->listen_after_ns;
	if (options->listen_after_ns == 0)
		listen_when_due(server);
	if (pthread_create(&server->thread, NULL, run, server) != 0)
		fail("thread");
	return server;
}

int script_server_port(const struct script_server *server)
{
	return server->port;
}

struct script_server_log script_server_stop(struct script_server *server)
{
	struct script_server_log log;

	if (write(server->stop_write, "", 1) != 1)
		fail("stop");
	pthread_join(server->thread, NULL);
	for (size_t i = 0; i < server->count; i++)
		hang_up(server, &server->connections[i], false);
	close(server->listener);
	close(server->stop_read);
	close(server->stop_write);
	log = server->log;
	free(server->connections);
	free(server);
	return log;
}

void script_server_log_release(struct script_server_log *log)
{
	free(log->sent);
	free(log->read_ns);
	free(log->last_request);
	*log = (struct script_server_log){0};
}
