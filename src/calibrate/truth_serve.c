/*
 * The process of the truth server: one thread, poll(), constant bytes. Lines
 * go out on an absolute schedule, all streams of a batch in step; a request
 * that comes while others stream joins them at the next tick.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "truth.h"

/* 100 bytes (hexadecimal 64), as long as a line of Ollama's. */
#define LINE                                                                                                 \
	"{\"model\":\"truth\",\"created_at\":\"2026-01-01T00:00:00.000000000Z\",\"response\":\" truth!!!\"," \
	"\"done\":false}\n"
#define CHUNK  "64\r\n" LINE "\r\n"
#define HEADER "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
#define END    "0\r\n\r\n"

_Static_assert(sizeof(LINE) - 1 == TRUTH_LINE_BYTES, "the chunk's size stands before it");

struct truth_connection {
	int fd;          /* -1: hung up */
	bool streaming;  /* a request was read whole and its reply is not */
	size_t request;  /* which one */
	size_t line;     /* the next one */
	int64_t next_ns; /* when it is due */
	size_t size;
	char bytes[2048]; /* of a request, as far as it came */
};

struct serving {
	const struct truth_process *process;
	size_t accepted;  /* connections in use: the first ones */
	size_t streaming; /* of them */
	size_t left;      /* replies */
	int64_t tick_ns;  /* the schedule of this batch: some tick of it */
};

struct truth_connection *truth_new_connections(size_t count)
{
	return memory_new(count, sizeof(struct truth_connection));
}

static void hang_up(struct serving *serving, struct truth_connection *connection)
{
	if (connection->streaming) {
		serving->streaming--;
		serving->left--;
	}
	connection->streaming = false;
	close(connection->fd);
	connection->fd = -1;
}

static void send_line(struct serving *serving, struct truth_connection *connection)
{
	static const char first[] = HEADER CHUNK, middle[] = CHUNK, last[] = CHUNK END;
	size_t lines = serving->process->options.lines;
	const char *bytes = connection->line == 0 ? first : connection->line + 1 < lines ? middle : last;
	size_t size = (connection->line == 0          ? sizeof(first)
	               : connection->line + 1 < lines ? sizeof(middle)
	                                              : sizeof(last)) -
	              1;

	serving->process->stamps.sent_ns[connection->request * lines + connection->line] = clock_now_ns();
	while (size > 0) {
		ssize_t sent = send(connection->fd, bytes, size, 0);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			hang_up(serving, connection);
			return;
		}
		bytes += sent;
		size -= (size_t)sent;
	}
	connection->next_ns += serving->process->options.period_ns;
	if (++connection->line == lines) {
		connection->streaming = false;
		serving->streaming--;
		serving->left--;
	}
}

/* The first tick of the batch's schedule that leaves the request its prefill. */
static int64_t first_line_ns(struct serving *serving, int64_t read_ns)
{
	const struct truth_options *options = &serving->process->options;
	int64_t ready_ns = read_ns + options->prefill_ns;

	if (serving->streaming == 0)
		serving->tick_ns = ready_ns;
	/* Those of a burst are read one after the other, and wait for none but the first. */
	if (read_ns <= serving->tick_ns)
		return serving->tick_ns;
	return serving->tick_ns +
	       (ready_ns - serving->tick_ns + options->period_ns - 1) / options->period_ns * options->period_ns;
}

/* True when the bytes are one whole request: its header, and as much after it as that says. */
static bool is_whole(const char *bytes, size_t size)
{
	static const char name[] = "Content-Length:";
	const char *end = strstr(bytes, "\r\n\r\n"), *length = strstr(bytes, name);

	if (end == NULL)
		return false;
	if (length == NULL || length > end)
		return true;
	return size >= (size_t)(end - bytes) + 4 + strtoul(length + sizeof(name) - 1, NULL, 10);
}

static void read_request(struct serving *serving, struct truth_connection *connection)
{
	ssize_t size = recv(connection->fd, connection->bytes + connection->size,
	                    sizeof(connection->bytes) - 1 - connection->size, 0);
	const char *slash;

	if (size < 0 && errno == EINTR)
		return;
	if (size <= 0) {
		hang_up(serving, connection);
		return;
	}
	connection->size += (size_t)size;
	connection->bytes[connection->size] = '\0';
	if (connection->streaming || !is_whole(connection->bytes, connection->size))
		return;
	/* "POST /api/generate/K HTTP/1.1": the last slash before the second blank. */
	connection->bytes[strcspn(connection->bytes, " ")] = '/';
	connection->bytes[strcspn(connection->bytes, " ")] = '\0';
	slash = strrchr(connection->bytes, '/');
	connection->request = slash != NULL ? strtoul(slash + 1, NULL, 10) : 0;
	connection->size = connection->line = 0;
	if (connection->request >= serving->process->options.requests) {
		hang_up(serving, connection);
		return;
	}
	serving->process->stamps.read_ns[connection->request] = clock_now_ns();
	connection->next_ns = first_line_ns(serving, serving->process->stamps.read_ns[connection->request]);
	connection->streaming = true;
	serving->streaming++;
}

/* All that wait: one for each turn of the loop would make those of a large burst wait for ticks. */
static void take_connections(struct serving *serving)
{
	int fd, on = 1;

	while (serving->accepted < serving->process->options.connections &&
	       (fd = accept(serving->process->listener, NULL, NULL)) >= 0) {
		/* Some systems hand the listener's O_NONBLOCK on. */
		fcntl(fd, F_SETFL, 0);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		serving->process->connections[serving->accepted++].fd = fd;
	}
}

/* Sends what is due; returns when the next line is, INT64_MAX: none is. */
static int64_t send_due(struct serving *serving)
{
	int64_t now_ns = clock_now_ns(), next_ns = INT64_MAX;

	for (size_t i = 0; serving->streaming > 0 && i < serving->accepted; i++) {
		struct truth_connection *connection = &serving->process->connections[i];

		if (connection->streaming && connection->next_ns <= now_ns)
			send_line(serving, connection);
		if (connection->streaming && connection->next_ns < next_ns)
			next_ns = connection->next_ns;
	}
	return next_ns;
}

/* For poll(), which counts whole milliseconds: the rest is slept. */
static int whole_ms_until(int64_t until_ns)
{
	int64_t left_ms = (until_ns - clock_now_ns()) / NS_PER_MS;

	if (until_ns == INT64_MAX)
		return -1;
	return left_ms < 0 ? 0 : left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}

/* Waits for requests until then, and reads them. False: the leash is gone. */
static bool take_requests(struct serving *serving, int64_t until_ns)
{
	const struct truth_process *process = serving->process;
	bool room = serving->accepted < process->options.connections;
	int ready;

	process->polled[0] = (struct pollfd){.fd = process->leash, .events = POLLIN};
	process->polled[1] = (struct pollfd){.fd = room ? process->listener : -1, .events = POLLIN};
	for (size_t i = 0; i < serving->accepted; i++)
		process->polled[i + 2] = (struct pollfd){.fd = process->connections[i].fd, .events = POLLIN};
	ready = poll(process->polled, (nfds_t)serving->accepted + 2, whole_ms_until(until_ns));
	if (ready == 0 && until_ns != INT64_MAX)
		clock_sleep_until(until_ns);
	if (ready <= 0)
		return true;
	for (size_t i = 0, accepted = serving->accepted; i < accepted; i++)
		if (process->polled[i + 2].revents != 0)
			read_request(serving, &process->connections[i]);
	if (process->polled[1].revents != 0)
		take_connections(serving);
	return process->polled[0].revents == 0;
}

void truth_serve(const struct truth_process *process)
{
	struct serving serving = {.process = process, .left = process->options.requests};

	while (serving.left > 0)
		if (!take_requests(&serving, send_due(&serving)))
			return;
}
