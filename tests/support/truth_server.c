#include "truth_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { REQUEST_MAX = 16384, CONNECTIONS_MAX = 2048 };

/* It reads a request, plays its reply, and reads the next one. */
struct client {
	int fd;
	char in[REQUEST_MAX];
	size_t in_size;
	const struct truth_reply *reply; /* NULL: reading */
	struct truth *truth;
	size_t piece, offset;
	int64_t resume_ns; /* the next piece, or the end, is not before this */
	bool blocked;      /* the client does not read */
};

struct truth_server {
	const struct truth_reply *replies;
	struct truth_log log;
	int listener, port;
	int stop[2]; /* a pipe: closing its end stops the thread */
	pthread_t thread;
	struct client **clients;
	size_t client_count, in_service;
};

static void *have(void *pointer)
{
	if (pointer == NULL)
		abort();
	return pointer;
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "truth server: %s: %s\n", what, strerror(errno));
	abort();
}

static void hang_up(struct truth_server *server, struct client *client)
{
	server->in_service -= client->reply != NULL;
	client->reply = NULL;
	close(client->fd);
	client->fd = -1;
}

static void accept_all(struct truth_server *server)
{
	int fd, on = 1;

	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		must(server->client_count < CONNECTIONS_MAX, "too many connections");
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		server->clients[server->client_count] = have(calloc(1, sizeof(struct client)));
		server->clients[server->client_count++]->fd = fd;
	}
}

/* Bytes of the first request that was read, 0 while it is incomplete. */
static size_t request_size(const struct client *client)
{
	const char *end = strstr(client->in, "\r\n\r\n"), *length = strcasestr(client->in, "\r\nContent-Length: ");
	size_t size;

	if (end == NULL)
		return 0;
	size = (size_t)(end - client->in) + 4;
	if (length != NULL && length < end)
		size += strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
	return size <= client->in_size ? size : 0;
}

static void begin(struct truth_server *server, struct client *client, size_t size)
{
	const char *name = strstr(client->in, "truth ");
	size_t number = name != NULL ? strtoul(name + strlen("truth "), NULL, 10) : SIZE_MAX;

	if (number >= server->log.count) {
		server->log.strangers++;
		hang_up(server, client);
		return;
	}
	client->reply = &server->replies[number];
	client->truth = &server->log.truths[number];
	client->truth->times_asked++;
	client->truth->read_ns = clock_now_ns();
	free(client->truth->request);
	client->truth->request = have(strndup(client->in, size));
	client->in_size -= size;
	memmove(client->in, client->in + size, client->in_size + 1);
	client->piece = client->offset = 0;
	client->blocked = false;
	client->resume_ns = client->truth->read_ns + client->reply->pieces[0].wait_ns;
	if (++server->in_service > server->log.peak_in_service)
		server->log.peak_in_service = server->in_service;
}

static void read_more(struct truth_server *server, struct client *client)
{
	ssize_t got = recv(client->fd, client->in + client->in_size, sizeof client->in - 1 - client->in_size, 0);
	size_t size;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		hang_up(server, client);
		return;
	}
	client->in_size += (size_t)got;
	client->in[client->in_size] = '\0';
	if (client->reply == NULL && (size = request_size(client)) > 0)
		begin(server, client, size);
}

/* The reply is over. */
static void finish(struct truth_server *server, struct client *client)
{
	size_t size;

	if (client->reply->closes) {
		hang_up(server, client);
		return;
	}
	client->reply = NULL;
	server->in_service--;
	if ((size = request_size(client)) > 0)
		begin(server, client, size);
}

/* Gives the kernel what it takes of the piece. */
static void write_piece(struct truth_server *server, struct client *client)
{
	const struct truth_reply *reply = client->reply;
	struct truth_write *write = &client->truth->writes[client->piece];
	size_t end = reply->pieces[client->piece].end;
	int64_t before_ns = clock_now_ns();
	ssize_t sent = send(client->fd, reply->bytes + client->offset, end - client->offset, 0);

	client->blocked = sent < 0 && errno == EAGAIN;
	if (sent < 0) {
		if (!client->blocked)
			hang_up(server, client);
		return;
	}
	client->offset += (size_t)sent;
	if (client->offset < end)
		return;
	*write = (struct truth_write){before_ns, clock_now_ns()};
	client->piece++;
	client->resume_ns = write->after_ns + (client->piece < reply->piece_count ? reply->pieces[client->piece].wait_ns
	                                                                          : reply->close_wait_ns);
}

static void play(struct truth_server *server, struct client *client)
{
	while (client->reply != NULL && !client->blocked && client->resume_ns <= clock_now_ns()) {
		if (client->piece < client->reply->piece_count)
			write_piece(server, client);
		else
			finish(server, client);
	}
}

/* Milliseconds until the next piece is due, rounded up. */
static int wait_ms(const struct truth_server *server)
{
	int64_t next_ns = INT64_MAX, now_ns = clock_now_ns();

	for (size_t i = 0; i < server->client_count; i++) {
		const struct client *client = server->clients[i];

		if (client->reply != NULL && !client->blocked && client->resume_ns < next_ns)
			next_ns = client->resume_ns;
	}
	if (next_ns == INT64_MAX)
		return -1;
	return next_ns <= now_ns ? 0 : (int)((next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void forget_closed(struct truth_server *server)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->client_count; i++) {
		if (server->clients[i]->fd >= 0)
			server->clients[kept++] = server->clients[i];
		else
			free(server->clients[i]);
	}
	server->client_count = kept;
}

static void serve(struct truth_server *server, struct pollfd *polled)
{
	size_t count = server->client_count;

	for (size_t i = 0; i < count; i++) {
		struct client *client = server->clients[i];

		client->blocked = client->blocked && (polled[i].revents & POLLOUT) == 0;
		if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			read_more(server, client);
		if (client->fd >= 0)
			play(server, client);
	}
	forget_closed(server);
}

static void *run(void *context)
{
	struct truth_server *server = context;
	struct pollfd *polled = have(calloc(CONNECTIONS_MAX + 2, sizeof *polled));

	polled[0] = (struct pollfd){.fd = server->stop[0], .events = POLLIN};
	polled[1] = (struct pollfd){.fd = server->listener, .events = POLLIN};
	for (;;) {
		for (size_t i = 0; i < server->client_count; i++) {
			const struct client *client = server->clients[i];

			polled[i + 2] = (struct pollfd){.fd = client->fd,
			                                .events = (short)(POLLIN | (client->blocked ? POLLOUT : 0))};
		}
		must(poll(polled, (nfds_t)server->client_count + 2, wait_ms(server)) >= 0 || errno == EINTR, "poll");
		if (polled[0].revents != 0)
			break;
		serve(server, polled + 2);
		if (polled[1].revents != 0)
			accept_all(server);
	}
	for (size_t i = 0; i < server->client_count; i++)
		hang_up(server, server->clients[i]);
	forget_closed(server);
	free(polled);
	return NULL;
}

struct truth_server *truth_server_start(const struct truth_reply *replies, size_t count)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct truth_server *server = have(calloc(1, sizeof *server));
	socklen_t size = sizeof address;

	server->replies = replies;
	server->clients = have(calloc(CONNECTIONS_MAX, sizeof *server->clients));
	server->log = (struct truth_log){.truths = have(calloc(count, sizeof(struct truth))), .count = count};
	for (size_t i = 0; i < count; i++)
		server->log.truths[i].writes = have(calloc(replies[i].piece_count, sizeof(struct truth_write)));
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	must(server->listener >= 0 && bind(server->listener, (struct sockaddr *)&address, size) == 0 &&
	         listen(server->listener, SOMAXCONN) == 0 &&
	         getsockname(server->listener, (struct sockaddr *)&address, &size) == 0 && pipe(server->stop) == 0,
	     "start");
	fcntl(server->listener, F_SETFL, fcntl(server->listener, F_GETFL) | O_NONBLOCK);
	signal(SIGPIPE, SIG_IGN); /* a client that goes is an error of send() */
	server->port = ntohs(address.sin_port);
	must(pthread_create(&server->thread, NULL, run, server) == 0, "thread");
	return server;
}

int truth_server_port(const struct truth_server *server)
{
	return server->port;
}

struct truth_log truth_server_stop(struct truth_server *server)
{
	struct truth_log log;

	close(server->stop[1]);
	pthread_join(server->thread, NULL);
	log = server->log;
	close(server->stop[0]);
	close(server->listener);
	free(server->clients);
	free(server);
	return log;
}

void truth_log_release(struct truth_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		free(log->truths[i].request);
		free(log->truths[i].writes);
	}
	free(log->truths);
	*log = (struct truth_log){0};
}
