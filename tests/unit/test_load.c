/*
 * The load engine against a scripted server: every way in which a transfer can
 * end, and the clocks that end it. Durations are checked from below, and from
 * above only far off, so that a slow machine does not fail.
 */
#include "load/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/load_play.h"
#include "base/memory.h"
#include "base/text.h"
#include "tap.h"

/* One request against one script: how it ends. */
struct ending {
	const char *name;
	struct step steps[6];
	enum transport transport;
	int http_status;
	const char *body;
	int min_ms;
	int timeout_ms, idle_ms;
	size_t limit;
	enum greeting greeting;
	int listen_after_ms, min_retries, max_retries;
};

#define ANSWERS(...) .steps = {__VA_ARGS__}
#define ENDS(its_transport, its_status, its_body) \
	.transport = (its_transport), .http_status = (its_status), .body = (its_body)

static const struct ending endings[] = {
    {.name = "content length", ANSWERS(SEND(OK_HELLO)), ENDS(TRANSPORT_COMPLETE, 200, "hello")},
    {.name = "chunked", ANSWERS(SEND(TWO_LINES)), ENDS(TRANSPORT_COMPLETE, 200, TWO_LINES_BODY)},
    {.name = "ended by closing",
     ANSWERS(SEND("HTTP/1.0 200 OK\r\n\r\nhello"), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello")},
    {.name = "no body", ANSWERS(SEND("HTTP/1.1 204 No Content\r\n\r\n")), ENDS(TRANSPORT_COMPLETE, 204, NULL)},
    {.name = "error with a body",
     ANSWERS(SEND("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")),
     ENDS(TRANSPORT_COMPLETE, 503, "busy")},
    {.name = "redirects are not followed",
     ANSWERS(SEND("HTTP/1.1 302 Found\r\nLocation: /0\r\nContent-Length: 0\r\n\r\n")),
     ENDS(TRANSPORT_COMPLETE, 302, NULL)},
    {.name = "an interim answer before it",
     ANSWERS(SEND("HTTP/1.1 100 Continue\r\n\r\n"), WAIT(20), SEND(OK_HELLO)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello")},
    {.name = "an interim answer, then a header cut off",
     ANSWERS(SEND("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le"), WAIT(20), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, NULL)},
    {.name = "slow drip",
     ANSWERS(DRIP(OK_HELLO, 3)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello"),
     .min_ms = 100,
     .idle_ms = 2000},

    {.name = "bytes put the idle time off",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"), DRIP("0123456789", 60)),
     ENDS(TRANSPORT_COMPLETE, 200, "0123456789"),
     .min_ms = 500,
     .idle_ms = 400},

    {.name = "closed on accept", .greeting = GREET_CLOSE, ENDS(TRANSPORT_EMPTY, 0, NULL)},
    {.name = "closed instead of a reply", ANSWERS(ONLY(STEP_CLOSE)), ENDS(TRANSPORT_EMPTY, 0, NULL)},
    {.name = "reset instead of a reply", ANSWERS(ONLY(STEP_RESET)), ENDS(TRANSPORT_EMPTY, 0, NULL)},

    {.name = "closed in the header",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\nContent-Le"), WAIT(20), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, NULL)},
    {.name = "closed in the first line: libcurl counts lines, not bytes",
     ANSWERS(SEND("HTTP/1.1 2"), WAIT(20), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_EMPTY, 0, NULL)},
    {.name = "closed after the header",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, NULL)},
    {.name = "closed in the body",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, "hel")},
    {.name = "closed in the middle of a chunk",
     ANSWERS(SEND(CHUNKED "5\r\nhel"), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, "hel")},
    {.name = "closed without the last chunk",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\n"), ONLY(STEP_CLOSE)),
     ENDS(TRANSPORT_PARTIAL, 200, "hello")},
    {.name = "reset in the body",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\n"), WAIT(50), ONLY(STEP_RESET)),
     ENDS(TRANSPORT_PARTIAL, 200, "hello")},

    {.name = "silent", ANSWERS(ONLY(STEP_STALL)), ENDS(TRANSPORT_TIMEOUT, 0, NULL), .min_ms = 150, .timeout_ms = 150},
    {.name = "silent after some bytes",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\n"), ONLY(STEP_STALL)),
     ENDS(TRANSPORT_TIMEOUT, 200, "hello"),
     .min_ms = 150,
     .timeout_ms = 150},
    {.name = "bytes do not stop the request's own time",
     ANSWERS(DRIP(CHUNKED, 40), ONLY(STEP_STALL)),
     ENDS(TRANSPORT_TIMEOUT, 200, NULL),
     .min_ms = 1000,
     .timeout_ms = 1000,
     .idle_ms = 800},
    {.name = "still after some bytes",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\n"), ONLY(STEP_STALL)),
     ENDS(TRANSPORT_IDLE_TIMEOUT, 200, "hello"),
     .min_ms = 100,
     .timeout_ms = 20000,
     .idle_ms = 100},
    {.name = "still after the header",
     ANSWERS(SEND(CHUNKED), ONLY(STEP_STALL)),
     ENDS(TRANSPORT_IDLE_TIMEOUT, 200, NULL),
     .min_ms = 100,
     .idle_ms = 100},
    {.name = "idle time does not run before the first byte",
     ANSWERS(WAIT(300), SEND(OK_HELLO)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello"),
     .min_ms = 300,
     .idle_ms = 100},

    {.name = "a body of exactly the limit",
     ANSWERS(SEND(OK_HELLO)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello"),
     .limit = 5},
    {.name = "a body above the limit", ANSWERS(SEND(OK_HELLO)), ENDS(TRANSPORT_TOO_LARGE, 200, "hell"), .limit = 4},
    {.name = "endless header",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\n"), FLOOD("X: y\r\n")),
     ENDS(TRANSPORT_TOO_LARGE, 200, NULL)},
    {.name = "endless header line",
     ANSWERS(SEND("HTTP/1.1 200 OK\r\nX: "), FLOOD("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")),
     ENDS(TRANSPORT_TOO_LARGE, 200, NULL)},
    {.name = "not HTTP", ANSWERS(SEND("SSH-2.0-OpenSSH_9.2\r\n"), ONLY(STEP_STALL)), ENDS(TRANSPORT_OTHER, 0, NULL)},
    {.name = "not a chunk",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\nxyz\r\n"), ONLY(STEP_STALL)),
     ENDS(TRANSPORT_PARTIAL, 200, "hello")},
    {.name = "trailers",
     ANSWERS(SEND(CHUNKED "5\r\nhello\r\n0\r\nX: y\r\n\r\n")),
     ENDS(TRANSPORT_COMPLETE, 200, "hello")},

    {.name = "refused for ever",
     .listen_after_ms = -1,
     ENDS(TRANSPORT_CONNECT, 0, NULL),
     .min_ms = 1023,
     .min_retries = 10,
     .max_retries = 10},
    {.name = "refused until the time-out",
     .listen_after_ms = -1,
     ENDS(TRANSPORT_CONNECT, 0, NULL),
     .timeout_ms = 100,
     .min_ms = 31,
     .min_retries = 1,
     .max_retries = 6},
    {.name = "refused at first",
     ANSWERS(SEND(OK_HELLO)),
     ENDS(TRANSPORT_COMPLETE, 200, "hello"),
     .listen_after_ms = 100,
     .min_ms = 90,
     .min_retries = 1,
     .max_retries = 10},
};

static void check_ending(const struct ending *ending)
{
	struct script script = {ending->steps};
	struct script_server_options server = {.scripts = &script,
	                                       .script_count = 1,
	                                       .listen_after_ns = MS(ending->listen_after_ms),
	                                       .greeting = ending->greeting};
	struct load_options options = {.timeout_ns = MS(ending->timeout_ms),
	                               .idle_timeout_ns = MS(ending->idle_ms),
	                               .reply_limit_bytes = ending->limit};
	const struct exchange *exchange;
	struct play play;
	int64_t took_ns;

	play_open_with(&play, &server, 1);
	exchange = &play.exchanges[0];
	ok(play_run(&play, &options), ending->name);
	is_int(exchange->transport, ending->transport, "  transport");
	is_int(exchange->http_status, ending->http_status, "  status");
	is_text(exchange->body, ending->body, "  body");
	ok(exchange_is_consistent(exchange), "  stamps and sizes");
	took_ns = exchange->done_ns - exchange->due_ns;
	ok(took_ns >= MS(ending->min_ms) && took_ns < GENEROUS_NS, "  duration");
	ok(exchange->retries >= ending->min_retries && exchange->retries <= ending->max_retries, "  retries");
	if (exchange->detail != NULL)
		printf("# %s (%lld ms)\n", exchange->detail, (long long)(took_ns / NS_PER_MS));
	play_close(&play);
}

/* RST may come while the client connects (then it tries again) or after. */
static void check_reset_on_accept(void)
{
	static const struct step steps[] = {SEND(OK_HELLO), {0}};
	struct script script = {steps};
	struct script_server_options server = {.scripts = &script, .script_count = 1, .greeting = GREET_RESET};
	struct load_options options = {0};
	const struct exchange *exchange;
	struct play play;

	play_open_with(&play, &server, 1);
	exchange = &play.exchanges[0];
	play_run(&play, &options);
	ok(exchange->transport == TRANSPORT_EMPTY || exchange->transport == TRANSPORT_CONNECT, "reset on accept");
	ok(exchange_is_consistent(exchange), "  stamps and sizes");
	is_int(play.log.connections, exchange->retries + 1, "  each retry was a connection");
	play_close(&play);
}

/* A listener whose queue is full answers nothing at all. */
static void check_no_answer_to_connect(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct load_options options = {.timeout_ns = MS(200)};
	struct request request = {.method = "GET", .due_ns = TIME_UNKNOWN};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), fillers[4];
	struct failure failure = {0};
	struct exchange exchange;

	ok(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 0) == 0 &&
	       getsockname(listener, (struct sockaddr *)&address, &size) == 0,
	   "no answer to a connect");
	for (size_t i = 0; i < COUNT_OF(fillers); i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
		fcntl(fillers[i], F_SETFL, O_NONBLOCK);
		(void)!connect(fillers[i], (struct sockaddr *)&address, size);
	}
	request.url = text_format("http://127.0.0.1:%d/", ntohs(address.sin_port));
	load_run(&request, 1, &options, &exchange, &failure);
	is_int(exchange.transport, TRANSPORT_CONNECT, "  transport");
	ok(exchange.sent_ns == TIME_UNKNOWN && exchange.retries == 0, "  neither sent nor tried again");
	ok(exchange.done_ns - exchange.due_ns >= MS(200) && exchange_is_consistent(&exchange), "  after the time-out");
	for (size_t i = 0; i < COUNT_OF(fillers); i++)
		close(fillers[i]);
	close(listener);
	exchange_release(&exchange);
	request_release(&request);
}

static void check_bad_urls(void)
{
	static const char *const urls[] = {"ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:1/", "",
	                                   "http://127.0.0.1:99999/"};

	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		struct request request = {.method = "GET", .url = memory_string(urls[i]), .due_ns = TIME_UNKNOWN};
		struct exchange exchange;

		load_one(&request, NULL, 0, NULL, &exchange);
		is_int(exchange.transport, TRANSPORT_OTHER, urls[i]);
		ok(exchange_is_consistent(&exchange) && exchange.sent_ns == TIME_UNKNOWN, "  never sent");
		exchange_release(&exchange);
		request_release(&request);
	}
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	for (size_t i = 0; i < COUNT_OF(endings); i++)
		check_ending(&endings[i]);
	check_reset_on_accept();
	check_no_answer_to_connect();
	check_bad_urls();
	load_close();
	return tap_done();
}
