/*
 * How true the engine's stamps are. A server of its own process sends N
 * streams of R tokens a second, one NDJSON line in one HTTP chunk a token, and
 * writes into shared memory when it sent each; the engine's stamps are compared
 * with that. Both read the same clock. Prints a table; nothing is judged.
 * BENCH_QUICK: only the largest shapes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "load/load.h"

enum { STREAMS_MAX = 512, TOKENS = 150, TOKENS_PER_S = 50, LINE_BYTES = 100 };

/* From the request to the first token. */
#define PREFILL_NS (100 * NS_PER_MS)
#define PERIOD_NS  (NS_PER_S / TOKENS_PER_S)

/* What the server writes down; shared between the two processes. */
struct truth {
	int64_t read_ns[STREAMS_MAX]; /* the request was fully read */
	int64_t sent_ns[STREAMS_MAX][TOKENS];
};

struct shape {
	size_t streams;
	bool in_step; /* as with continuous batching; otherwise spread evenly */
};

static const struct shape shapes[] = {{1, false}, {16, false}, {128, false}, {512, false},
                                      {16, true}, {128, true}, {512, true}};

static void die(const char *what)
{
	fprintf(stderr, "stamps: %s: %s\n", what, strerror(errno));
	exit(3);
}

struct stream {
	int fd;
	size_t index; /* from the path */
	size_t token; /* the next one */
	int64_t next_ns;
	char request[1024];
	size_t request_size;
};

static void send_all(int fd, const char *bytes, size_t size)
{
	if (send(fd, bytes, size, 0) != (ssize_t)size)
		exit(0); /* the client gave up */
}

/* One token; the last one carries the end of the reply. */
static void send_token(struct stream *stream, struct truth *truth)
{
	char piece[LINE_BYTES + 64];
	int size = snprintf(piece, sizeof piece, "%x\r\n{\"model\":\"m\",\"response\":\"%*zu\",\"done\":false}\n\r\n%s",
	                    (unsigned)LINE_BYTES, LINE_BYTES - 41, stream->token,
	                    stream->token + 1 == TOKENS ? "0\r\n\r\n" : "");

	truth->sent_ns[stream->index][stream->token++] = clock_now_ns();
	send_all(stream->fd, piece, (size_t)size);
}

/* Reads what is there of the request; true when it has come whole. */
static bool read_request(struct stream *stream)
{
	ssize_t size = recv(stream->fd, stream->request + stream->request_size,
	                    sizeof stream->request - 1 - stream->request_size, MSG_DONTWAIT);

	if (size <= 0)
		return false;
	stream->request_size += (size_t)size;
	return strstr(stream->request, "\r\n\r\n") != NULL;
}

/* Accepts and reads all requests. Each stream's first token is due PREFILL_NS after the first request. */
static void gather(int listener, struct stream *streams, const struct shape *shape, struct truth *truth)
{
	static const char header[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
				     "Transfer-Encoding: chunked\r\n\r\n";
	struct pollfd polled[STREAMS_MAX + 1];
	size_t accepted = 0, read = 0;
	int64_t first_ns = 0;

	while (read < shape->streams) {
		polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
		for (size_t i = 0; i < accepted; i++)
			polled[i + 1] =
			    (struct pollfd){.fd = streams[i].next_ns == 0 ? streams[i].fd : -1, .events = POLLIN};
		if (poll(polled, (nfds_t)accepted + 1, 20000) <= 0)
			die("no request");
		for (size_t i = 0; i < accepted; i++) {
			struct stream *stream = &streams[i];

			if (polled[i + 1].revents == 0 || !read_request(stream))
				continue;
			stream->index = strtoul(strchr(stream->request, '/') + 1, NULL, 10);
			truth->read_ns[stream->index] = clock_now_ns();
			first_ns = read++ == 0 ? truth->read_ns[stream->index] : first_ns;
			stream->next_ns = first_ns + PREFILL_NS;
			if (!shape->in_step)
				stream->next_ns += (int64_t)stream->index * PERIOD_NS / (int64_t)shape->streams;
		}
		if (polled[0].revents != 0) {
			int fd = accept(listener, NULL, NULL), on = 1;

			if (fd < 0)
				continue;
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
			streams[accepted++] = (struct stream){.fd = fd};
		}
	}
	for (size_t i = 0; i < shape->streams; i++)
		send_all(streams[i].fd, header, sizeof header - 1);
}

static void serve(int listener, const struct shape *shape, struct truth *truth)
{
	struct stream *streams = memory_new(shape->streams, sizeof *streams);
	size_t left = shape->streams;

	gather(listener, streams, shape, truth);
	while (left > 0) {
		int64_t next_ns = INT64_MAX, now_ns = clock_now_ns();

		for (size_t i = 0; i < shape->streams; i++) {
			struct stream *stream = &streams[i];

			if (stream->token < TOKENS && stream->next_ns <= now_ns) {
				send_token(stream, truth);
				stream->next_ns += PERIOD_NS;
				left -= stream->token == TOKENS;
			}
			if (stream->token < TOKENS && stream->next_ns < next_ns)
				next_ns = stream->next_ns;
		}
		if (left > 0)
			clock_sleep_until(next_ns);
	}
	/* The client hangs up first. */
	for (size_t i = 0; i < shape->streams; i++)
		while (recv(streams[i].fd, streams[i].request, sizeof streams[i].request, 0) > 0)
			;
	free(streams);
}

static int compare_ns(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* A list of durations, and its quantile by nearest rank. */
struct values {
	int64_t *ns;
	size_t count, capacity;
};

static void add(struct values *values, int64_t ns)
{
	values->ns = memory_grow(values->ns, &values->capacity, values->count, sizeof *values->ns);
	values->ns[values->count++] = ns;
}

static double quantile_us(struct values *values, double q)
{
	if (values->count == 0)
		return 0;
	qsort(values->ns, values->count, sizeof *values->ns, compare_ns);
	return (double)values->ns[(size_t)(q * (double)(values->count - 1))] / 1e3;
}

struct comparison {
	struct values late, ttft_true, ttft_seen, itl_true, itl_seen, sent;
	size_t shared; /* tokens with the stamp of the one before */
	size_t failed;
};

static void compare(const struct exchange *exchange, size_t index, const struct truth *truth, struct comparison *c)
{
	const int64_t *sent_ns = truth->sent_ns[index];
	int64_t before_ns = 0;
	size_t chunk = 0;

	if (exchange->transport != TRANSPORT_COMPLETE || exchange->body_size != (size_t)TOKENS * LINE_BYTES) {
		c->failed++;
		return;
	}
	add(&c->sent, truth->read_ns[index] - exchange->sent_ns);
	add(&c->ttft_true, sent_ns[0] - truth->read_ns[index]);
	add(&c->ttft_seen, exchange->chunks[0].at_ns - exchange->sent_ns);
	for (size_t token = 0; token < TOKENS; token++) {
		int64_t at_ns;

		while (exchange->chunks[chunk].end < (token + 1) * LINE_BYTES)
			chunk++;
		at_ns = exchange->chunks[chunk].at_ns;
		add(&c->late, at_ns - sent_ns[token]);
		if (token > 0) {
			add(&c->itl_true, sent_ns[token] - sent_ns[token - 1]);
			add(&c->itl_seen, at_ns - before_ns);
			c->shared += at_ns == before_ns;
		}
		before_ns = at_ns;
	}
}

static int64_t thread_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * NS_PER_S + used.tv_nsec;
}

static void print_row(const struct shape *shape, struct comparison *c, double cpu_us)
{
	printf("| %7zu | %-7s | %7.1f | %7.1f | %8.1f | %9.2f | %9.2f | %8.2f | %8.2f | %8.1f | %8.1f | %6.2f | %6zu | "
	       "%6zu |\n",
	       shape->streams, shape->in_step ? "in step" : "spread", quantile_us(&c->late, 0.5),
	       quantile_us(&c->late, 0.99), quantile_us(&c->late, 1), quantile_us(&c->ttft_true, 0.5) / 1e3,
	       quantile_us(&c->ttft_seen, 0.5) / 1e3, quantile_us(&c->itl_true, 0.5) / 1e3,
	       quantile_us(&c->itl_seen, 0.5) / 1e3, quantile_us(&c->sent, 0.5), quantile_us(&c->sent, 0.99), cpu_us,
	       c->shared, c->failed);
	fflush(stdout);
}

/* The client's side: a burst of all streams. */
static void load(int port, const struct shape *shape, const struct truth *truth)
{
	struct request *requests = memory_new(shape->streams, sizeof *requests);
	struct exchange *exchanges = memory_new(shape->streams, sizeof *exchanges);
	struct load_options options = {.timeout_ns = 60 * NS_PER_S};
	struct failure failure = {0};
	struct comparison c = {0};
	int64_t cpu_ns = thread_cpu_ns();

	for (size_t i = 0; i < shape->streams; i++)
		requests[i] = (struct request){
		    .method = "GET", .url = text_format("http://127.0.0.1:%d/%zu", port, i), .due_ns = TIME_UNKNOWN};
	if (!load_run(requests, shape->streams, &options, exchanges, &failure))
		die(failure.message);
	cpu_ns = thread_cpu_ns() - cpu_ns;
	for (size_t i = 0; i < shape->streams; i++) {
		compare(&exchanges[i], i, truth, &c);
		request_release(&requests[i]);
		exchange_release(&exchanges[i]);
	}
	print_row(shape, &c, (double)cpu_ns / 1e3 / (double)(shape->streams * TOKENS));
	free(c.late.ns), free(c.ttft_true.ns), free(c.ttft_seen.ns);
	free(c.itl_true.ns), free(c.itl_seen.ns), free(c.sent.ns);
	free(requests);
	free(exchanges);
}

static void measure(const struct shape *shape)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	struct truth *truth = mmap(NULL, sizeof *truth, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t server;

	if (truth == MAP_FAILED || listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, STREAMS_MAX) != 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		die("server");
	server = fork();
	if (server == 0) {
		serve(listener, shape, truth);
		_exit(0);
	}
	close(listener);
	if (server < 0)
		die("fork");
	load(ntohs(address.sin_port), shape, truth);
	waitpid(server, NULL, 0);
	munmap(truth, sizeof *truth);
}

int main(void)
{
	const char *quick = getenv("BENCH_QUICK");
	struct failure failure = {0};
	char *description;

	signal(SIGPIPE, SIG_IGN);
	if (!load_open(&failure) || !load_reserve_files(STREAMS_MAX, &failure))
		die(failure.message);
	description = load_describe();
	printf("%s; %d tokens a stream, %d a second\n", description, TOKENS, TOKENS_PER_S);
	printf("| streams | tokens  | late p50 | late p99 | late max | TTFT true | TTFT seen | ITL true | ITL seen | "
	       "sent p50 | sent p99 | CPU | shared | failed |\n");
	printf("|         |         | us | us | us | ms | ms | ms | ms | us | us | us/chunk | stamps | |\n");
	free(description);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (quick == NULL || shapes[i].streams == STREAMS_MAX)
			measure(&shapes[i]);
	load_close();
	return 0;
}
