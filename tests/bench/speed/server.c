#include "server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

/* One token on the wire: "64\r\n", the line, "\r\n". */
enum { PIECE_BYTES = 4 + LINE_BYTES + 2, PATTERN_BYTES = 64 * 1024, EVENTS = 256, WARM_UP = 1000 };

/* Streams begin so long after the last request was read: the client has come to rest. */
#define SETTLE_NS (100 * NS_PER_MS)

static const char header[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n";
static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"done\": true}\r\n";
static const char tail[] = "0\r\n\r\n";

struct peer {
	int fd;
	size_t stream, token;
	size_t wire_bytes; /* BLAST: sent of the body */
	int64_t due_ns, arrived_ns;
	char request[1024];
	size_t request_size;
};

struct server {
	const struct shape *shape;
	struct board *board;
	int epoll, listener;
	struct peer *peers; /* by order of arrival */
	size_t accepted, read, finished;
	int64_t sent;       /* tokens, not of BLAST */
	struct peer **heap; /* the earliest due first */
	size_t waiting;
	char pattern[PIECE_BYTES + PATTERN_BYTES]; /* tokens, from any offset in the first one */
};

static void push(struct server *server, struct peer *peer)
{
	size_t at = server->waiting++;

	while (at > 0 && server->heap[(at - 1) / 2]->due_ns > peer->due_ns) {
		server->heap[at] = server->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	server->heap[at] = peer;
}

static struct peer *pop(struct server *server)
{
	struct peer *first = server->heap[0], *last = server->heap[--server->waiting];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < server->waiting) {
		if (child + 1 < server->waiting && server->heap[child + 1]->due_ns < server->heap[child]->due_ns)
			child++;
		if (server->heap[child]->due_ns >= last->due_ns)
			break;
		server->heap[at] = server->heap[child];
		at = child;
	}
	server->heap[at] = last;
	return first;
}

static void watch(struct server *server, int operation, struct peer *peer, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = peer};

	epoll_ctl(server->epoll, operation, peer == NULL ? server->listener : peer->fd, &event);
}

static void mark_first(struct server *server)
{
	int64_t *mark = server->board->mark;

	mark[MARK_FIRST_NS] = clock_now_ns();
	mark[MARK_FIRST_CPU] = cpu_ns_of((int)mark[MARK_CLIENT]);
}

static void begin_streams(struct server *server)
{
	const struct shape *shape = server->shape;
	int64_t begin_ns = clock_now_ns() + SETTLE_NS;

	if (shape->pacing == PACING_BLAST) {
		clock_sleep_until(begin_ns);
		mark_first(server);
		for (size_t i = 0; i < server->accepted; i++)
			watch(server, EPOLL_CTL_MOD, &server->peers[i], EPOLLOUT);
		return;
	}
	for (size_t i = 0; i < server->accepted; i++) {
		struct peer *peer = &server->peers[i];

		peer->due_ns = begin_ns;
		if (shape->pacing == PACING_SPREAD)
			peer->due_ns += (int64_t)(peer->stream * NS_PER_S / shape->rate / shape->streams);
		push(server, peer);
	}
}

static void answer(struct server *server, struct peer *peer)
{
	size_t total = server->shape->streams * server->shape->tokens;
	int64_t *mark = server->board->mark;

	if (server->read == WARM_UP)
		mark_first(server);
	send(peer->fd, reply, sizeof reply - 1, 0);
	if (server->read == total) {
		mark[MARK_END_NS] = clock_now_ns();
		mark[MARK_END_CPU] = cpu_ns_of((int)mark[MARK_CLIENT]);
	}
}

static void request_read(struct server *server, struct peer *peer)
{
	const struct shape *shape = server->shape;

	server->read++;
	if (shape->pacing == PACING_REPLIES) {
		answer(server, peer);
		return;
	}
	peer->stream = strtoul(strchr(peer->request, '/') + 1, NULL, 10) % shape->streams;
	server->board->read_ns[peer->stream] = peer->arrived_ns;
	send(peer->fd, header, sizeof header - 1, 0);
	if (shape->pacing == PACING_EACH) {
		peer->due_ns = clock_now_ns() + PREFILL_NS;
		push(server, peer);
	} else if (server->read == shape->streams) {
		begin_streams(server);
	}
}

/* With the time of its arrival: the server may be busy then with others. */
static ssize_t receive(struct peer *peer)
{
	union {
		struct cmsghdr header; /* for alignment */
		char bytes[128];
	} control;
	struct iovec place = {.iov_base = peer->request + peer->request_size,
	                      .iov_len = sizeof peer->request - 1 - peer->request_size};
	struct msghdr message = {
	    .msg_iov = &place, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	ssize_t size = recvmsg(peer->fd, &message, MSG_DONTWAIT);

	peer->arrived_ns = clock_now_ns();
	for (struct cmsghdr *c = size > 0 ? CMSG_FIRSTHDR(&message) : NULL; c != NULL; c = CMSG_NXTHDR(&message, c)) {
		struct timespec stamp;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
		peer->arrived_ns -= clock_wall_ns() - ((int64_t)stamp.tv_sec * NS_PER_S + stamp.tv_nsec);
	}
	return size;
}

static void read_request(struct server *server, struct peer *peer)
{
	ssize_t size = receive(peer);

	if (size <= 0) { /* the client has what it wanted */
		watch(server, EPOLL_CTL_DEL, peer, 0);
		return;
	}
	peer->request_size += (size_t)size;
	peer->request[peer->request_size] = '\0';
	if (strstr(peer->request, "\r\n\r\n") == NULL)
		return;
	peer->request_size = 0;
	request_read(server, peer);
}

/* Clients may open a few connections more than they use: those are never answered. */
static void accept_all(struct server *server)
{
	int fd, on = 1;

	while (server->accepted < 2 * server->shape->streams &&
	       (fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct peer *peer = &server->peers[server->accepted++];

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		peer->fd = fd;
		watch(server, EPOLL_CTL_ADD, peer, EPOLLIN);
	}
}

/* BLAST: as much as the socket takes. */
static void send_more(struct server *server, struct peer *peer)
{
	size_t left = server->shape->tokens * PIECE_BYTES - peer->wire_bytes;
	ssize_t size = send(peer->fd, server->pattern + peer->wire_bytes % PIECE_BYTES,
	                    left < PATTERN_BYTES ? left : PATTERN_BYTES, 0);

	if (size < 0)
		return;
	peer->wire_bytes += (size_t)size;
	if ((size_t)size < left)
		return;
	send(peer->fd, tail, sizeof tail - 1, 0);
	watch(server, EPOLL_CTL_MOD, peer, EPOLLIN);
}

/* See board.h: sent_ns. */
static int64_t timed_send(const struct peer *peer, const char *bytes, size_t size)
{
	int64_t before_ns = clock_now_ns();

	send(peer->fd, bytes, size, 0);
	return clock_now_ns() - before_ns > WRITE_LIMIT_NS ? -before_ns : before_ns;
}

static void send_token(struct server *server, struct peer *peer)
{
	const struct shape *shape = server->shape;
	size_t at = peer->stream * shape->tokens + peer->token++;
	char last[PIECE_BYTES + sizeof tail];
	int64_t *mark = server->board->mark;

	if (mark[MARK_FIRST_NS] == 0)
		mark_first(server);
	if (peer->token == shape->tokens && mark[MARK_STEADY_TOKENS] == 0) {
		mark[MARK_STEADY_CPU] = cpu_ns_of((int)mark[MARK_CLIENT]);
		mark[MARK_STEADY_TOKENS] = server->sent;
	}
	server->sent++;
	if (peer->token < shape->tokens) {
		server->board->sent_ns[at] = timed_send(peer, server->pattern, PIECE_BYTES);
		peer->due_ns += NS_PER_S / shape->rate;
		push(server, peer);
		return;
	}
	memcpy(last, server->pattern, PIECE_BYTES);
	memcpy(last + PIECE_BYTES, tail, sizeof tail);
	server->board->sent_ns[at] = timed_send(peer, last, PIECE_BYTES + sizeof tail - 1);
}

static void serve_events(struct server *server)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(server->epoll, events, EVENTS, 0);

	for (int i = 0; i < count; i++) {
		struct peer *peer = events[i].data.ptr;

		if (peer == NULL)
			accept_all(server);
		else if (events[i].events & EPOLLOUT)
			send_more(server, peer);
		else
			read_request(server, peer);
	}
}

/* Sleeps to the nanosecond, or until a socket is ready: true. */
static bool wait_for(const struct server *server, int64_t timeout_ns)
{
	struct pollfd polled = {.fd = server->epoll, .events = POLLIN};
	struct timespec limit = {.tv_sec = timeout_ns / NS_PER_S, .tv_nsec = timeout_ns % NS_PER_S};

	return ppoll(&polled, 1, &limit, NULL) > 0;
}

/* {"model":"m","response":"xx…","done":false} */
static void fill_pattern(struct server *server)
{
	char piece[PIECE_BYTES + 1], text[LINE_BYTES];

	memset(text, 'x', sizeof text);
	snprintf(piece, sizeof piece, "%x\r\n{\"model\":\"m\",\"response\":\"%.*s\",\"done\":false}\n\r\n", LINE_BYTES,
	         LINE_BYTES - 41, text);
	for (size_t i = 0; i < sizeof server->pattern; i++)
		server->pattern[i] = piece[i % PIECE_BYTES];
}

void serve(int listener, const struct shape *shape, struct board *board)
{
	struct server *server = memory_new(1, sizeof *server);

	*server = (struct server){.shape = shape, .board = board, .listener = listener, .epoll = epoll_create1(0)};
	server->peers = memory_new(2 * shape->streams, sizeof *server->peers);
	server->heap = memory_new(2 * shape->streams, sizeof *server->heap);
	fill_pattern(server);
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	watch(server, EPOLL_CTL_ADD, NULL, EPOLLIN);
	for (;;) {
		int64_t now_ns = clock_now_ns(), wait_ns;

		/* What is due goes first: truth shall not wait for newcomers. */
		while (server->waiting > 0 && server->heap[0]->due_ns <= now_ns)
			send_token(server, pop(server));
		wait_ns = server->waiting == 0 ? NS_PER_S : server->heap[0]->due_ns - clock_now_ns();
		if (wait_for(server, wait_ns > 0 ? wait_ns : 0))
			serve_events(server);
	}
}
