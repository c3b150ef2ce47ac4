/*
 * The simulator's recordings: one that came while nobody looked, between the end
 * of the one before and the turn that tells of it, is not heard before it came.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/http.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "sim/hearing.h"
#include "sim/loop.h"

#include "tap.h"

#define GIVEN_UP_NS (5 * NS_PER_S)

/* A recording of one sample: heard in one window, as any that is short. */
static const char wav[] = "RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\2\0\0\0\0\0";

struct place {
	struct sim sim;
	struct evhttp *http;
	struct whisper *whisper;
	struct sockaddr_in address;
};

static void open_place(struct place *place)
{
	const struct whisper_settings settings = {.kind = whisper_kind_find("whisper.cpp"),
	                                          .model_name = "whisper-base"};
	socklen_t size = sizeof(place->address);
	struct evhttp_bound_socket *bound;

	*place = (struct place){.sim = {.device = device_find("instant"), .speed = 1}};
	place->sim.base = loop_new();
	place->http = evhttp_new(place->sim.base);
	place->whisper = whisper_new(&place->sim, &settings);
	whisper_listen(place->whisper, place->http);
	bound = evhttp_bind_socket_with_handle(place->http, "127.0.0.1", 0);
	getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&place->address, &size);
}

static void close_place(struct place *place)
{
	evhttp_free(place->http);
	whisper_free(place->whisper);
	event_base_free(place->sim.base);
}

/* The status line of the next reply has come, or nothing for too long. */
static bool hears_back(struct place *place, int client)
{
	int64_t until_ns = clock_now_ns() + GIVEN_UP_NS;
	char bytes[4096];
	ssize_t size = 0;

	while (size <= 0 && clock_now_ns() < until_ns) {
		event_base_loop(place->sim.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		size = recv(client, bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	return size >= 12 && memcmp(bytes, "HTTP/1.1 200", 12) == 0;
}

/* A client that the server has accepted. */
static int connect_client(struct place *place)
{
	static const char question[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	int client = socket(AF_INET, SOCK_STREAM, 0);

	ok(connect(client, (struct sockaddr *)&place->address, sizeof(place->address)) == 0 &&
	       send(client, question, sizeof(question) - 1, 0) == (ssize_t)(sizeof(question) - 1) &&
	       hears_back(place, client),
	   "a client");
	return client;
}

static void send_recording(int client)
{
	struct text body = {0}, request = {0};

	text_add(&body, "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
	text_add_bytes(&body, wav, sizeof(wav) - 1);
	text_add(&body, "\r\n--x--\r\n");
	text_addf(&request,
	          "POST /inference HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
	          "Content-Length: %zu\r\n\r\n",
	          body.size);
	text_add_bytes(&request, body.data, body.size);
	ok(send(client, request.data, request.size, 0) == (ssize_t)request.size, "a recording is sent");
	text_release(&body);
	text_release(&request);
}

static void test_late_turn(void)
{
	struct place place;
	int64_t sent_ns, until_ns = clock_now_ns() + GIVEN_UP_NS;
	int first, second;

	open_place(&place);
	first = connect_client(&place);
	second = connect_client(&place);
	send_recording(first);
	while (TAILQ_FIRST(&place.whisper->queue) == NULL && clock_now_ns() < until_ns)
		event_base_loop(place.sim.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	/* Far beyond the first one's end: so far that the second would be over as well. */
	clock_sleep_until(clock_now_ns() + place.whisper->setup_ns + 3 * place.whisper->window_ns);
	sent_ns = clock_now_ns();
	send_recording(second);
	ok(hears_back(&place, second), "the second one is heard");
	ok(clock_now_ns() - sent_ns >= place.whisper->window_ns, "… for as long as it takes, from when it came on");
	ok(hears_back(&place, first), "the first one was heard, too");
	close(first);
	close(second);
	close_place(&place);
}

int main(void)
{
	json_open();
	test_late_turn();
	return tap_done();
}
