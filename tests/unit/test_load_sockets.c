/*
 * What the kernel knows of the engine's sockets, when descriptors that libcurl
 * closes by itself have their numbers used again: it would then know the new one
 * by what was asked of the old one, and never tell of it.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "load/sockets.h"
#include "tap.h"

static struct sockets sockets;

/* What there is to tell within a second of the one descriptor that is watched. */
static unsigned told(int fd)
{
	struct poller_event events[4];
	bool refused;
	size_t count = sockets_wait(&sockets, NS_PER_S, events, 4, &refused);

	ok(!refused, "the kernel takes it");
	ok(count == 0 || events[0].fd == fd, "of that one alone");
	return count > 0 ? events[0].interest : POLLER_NOTHING;
}

/* A connected pair, of which `far` has written a byte; the numbers are those that were closed last. */
static void open_pair(int pair[2])
{
	ok(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && write(pair[1], "x", 1) == 1, "a pair");
}

static void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* One that libcurl made is watched for reading, no more, and closed; another is watched in its place. */
static void test_number_used_again(unsigned interest)
{
	int first[2], second[2];

	open_pair(first);
	sockets_watch(&sockets, first[0], POLLER_READ, NULL);
	is_int(told(first[0]), POLLER_READ, "libcurl's own is told of");
	sockets_watch(&sockets, first[0], POLLER_NOTHING, NULL);
	close_pair(first);
	open_pair(second);
	is_int(second[0], first[0], "its number is used again");
	sockets_adopt(&sockets, second[0]);
	sockets_watch(&sockets, second[0], interest, NULL);
	is_int(told(second[0]), interest, "and the new one is told of");
	sockets_forget(&sockets, second[0]);
	close_pair(second);
}

/* Between two requests of a kept connection nothing is asked of it for a moment. */
static void test_kept(void)
{
	int pair[2];

	open_pair(pair);
	sockets_adopt(&sockets, pair[0]);
	sockets_watch(&sockets, pair[0], POLLER_READ, NULL);
	is_int(told(pair[0]), POLLER_READ, "one of ours");
	sockets_watch(&sockets, pair[0], POLLER_NOTHING, NULL);
	sockets_watch(&sockets, pair[0], POLLER_READ, NULL);
	is_int(told(pair[0]), POLLER_READ, "asked for again");
	sockets_watch(&sockets, pair[0], POLLER_NOTHING, NULL);
	is_int(told(pair[0]), POLLER_NOTHING, "and no more");
	sockets_forget(&sockets, pair[0]);
	close_pair(pair);
}

int main(void)
{
	struct failure failure = {0};

	ok(sockets_open(&sockets, &failure), "open");
	test_number_used_again(POLLER_READ);
	test_number_used_again(POLLER_WRITE);
	test_kept();
	sockets_release(&sockets);
	return tap_done();
}
