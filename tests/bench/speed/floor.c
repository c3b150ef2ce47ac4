/*
 * What it costs at least to receive streams and find their lines: one epoll,
 * one recv for what is there, one stamp for what it took.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "clients.h"

enum { EVENTS = 1024, READ_BYTES = 16384 };

enum place { IN_HEADER, IN_SIZE, IN_DATA, AFTER_DATA };

struct stream {
	int fd;
	enum place place;
	size_t line_ends; /* header: newlines without anything between them */
	size_t left;      /* of the chunk */
	size_t token, sent;
};

struct floor {
	const struct shape *shape;
	struct board *board;
	struct stream *streams;
	int epoll;
	size_t open;
	char buffer[READ_BYTES];
};

static void ask(struct floor *floor, size_t index)
{
	char request[128];
	int size = snprintf(request, sizeof request, "GET /%zu HTTP/1.1\r\nHost: localhost\r\n\r\n", index);

	floor->streams[index].sent++;
	floor->board->asked_ns[index] = clock_now_ns();
	if (send(floor->streams[index].fd, request, (size_t)size, 0) != size)
		bench_die("floor: send");
}

static void connect_all(struct floor *floor, int port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	for (size_t i = 0; i < floor->shape->streams; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &floor->streams[i]};
		int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

		if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
			bench_die("floor: connect");
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		floor->streams[i].fd = fd;
		epoll_ctl(floor->epoll, EPOLL_CTL_ADD, fd, &event);
		ask(floor, i);
	}
	floor->open = floor->shape->streams;
}

static void close_stream(struct floor *floor, struct stream *stream)
{
	close(stream->fd);
	floor->open--;
}

/* The end of the chunk's length; 0: the last chunk. */
static const char *size_line(struct stream *stream, const char *at, const char *end)
{
	for (; at < end; at++) {
		int digit = *at | 0x20;

		if (*at == '\n') {
			stream->place = IN_DATA;
			return at + 1;
		}
		if (*at != '\r')
			stream->left = stream->left * 16 + (size_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
	}
	return at;
}

/* Ends of lines in the piece of a chunk; each is a token. */
static const char *data(struct floor *floor, struct stream *stream, const char *at, const char *end, int64_t at_ns)
{
	int64_t *seen_ns = floor->board->seen_ns + (size_t)(stream - floor->streams) * floor->shape->tokens;
	const char *stop = (size_t)(end - at) > stream->left ? at + stream->left : end;

	stream->left -= (size_t)(stop - at);
	while (at < stop && (at = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
		if (stream->token < floor->shape->tokens)
			seen_ns[stream->token++] = at_ns;
		at++;
	}
	if (stream->left == 0)
		stream->place = AFTER_DATA;
	return stop;
}

/* True when the reply has ended. */
static bool scan(struct floor *floor, struct stream *stream, const char *at, const char *end, int64_t at_ns)
{
	while (at < end) {
		switch (stream->place) {
		case IN_HEADER:
			stream->line_ends = *at == '\n' ? stream->line_ends + 1 : *at == '\r' ? stream->line_ends : 0;
			at++;
			if (stream->line_ends == 2)
				stream->place = IN_SIZE;
			break;
		case IN_SIZE:
			at = size_line(stream, at, end);
			if (stream->place == IN_DATA && stream->left == 0)
				return true;
			break;
		case IN_DATA:
			at = data(floor, stream, at, end, at_ns);
			break;
		case AFTER_DATA:
			if (*at++ == '\n')
				stream->place = IN_SIZE;
			break;
		}
	}
	return false;
}

/* Whole short replies: one read is one reply. */
static void next_reply(struct floor *floor, struct stream *stream)
{
	if (stream->sent == floor->shape->tokens)
		close_stream(floor, stream);
	else
		ask(floor, (size_t)(stream - floor->streams));
}

static void read_stream(struct floor *floor, struct stream *stream, int64_t at_ns)
{
	ssize_t size = recv(stream->fd, floor->buffer, sizeof floor->buffer, MSG_DONTWAIT);

	if (size <= 0)
		bench_die("floor: recv");
	if (floor->shape->pacing == PACING_REPLIES)
		next_reply(floor, stream);
	else if (scan(floor, stream, floor->buffer, floor->buffer + size, at_ns))
		close_stream(floor, stream);
}

void floor_run(int port, const struct shape *shape, struct board *board)
{
	struct epoll_event *events = memory_new(EVENTS, sizeof *events);
	struct floor *floor = memory_new(1, sizeof *floor);

	*floor = (struct floor){.shape = shape, .board = board, .epoll = epoll_create1(0)};
	floor->streams = memory_new(shape->streams, sizeof *floor->streams);
	connect_all(floor, port);
	while (floor->open > 0) {
		int count = epoll_wait(floor->epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++)
			read_stream(floor, events[i].data.ptr, clock_now_ns());
	}
	if (shape->pacing != PACING_REPLIES)
		board_mark_end(board);
	free(floor->streams);
	free(floor);
	free(events);
}
