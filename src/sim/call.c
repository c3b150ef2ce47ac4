#include "sim/call.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/http_struct.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sim/gotext.h"
#include "sim/log.h"

#define JSON_TYPE   "application/json; charset=utf-8"
#define STREAM_TYPE "application/x-ndjson"

/* gin's: the client went away. */
#define STATUS_CANCELED 499

struct call {
	struct evhttp_request *request;
	struct evhttp_connection *connection;
	struct evbuffer_cb_entry *output_watch;
	struct event *close_watch; /* NULL once data or nothing more can come */
	const struct call_events *events;
	void *owner;
	int64_t arrival_ns;
	int status;               /* of the answer; 0: none yet */
	bool streaming;           /* headers are out */
	struct event *drop_event; /* NULL: not to be dropped */
	bool resets, drops_when_sent;
};

static const char *method_name(enum evhttp_cmd_type method)
{
	switch ((int)method) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_POST:
		return "POST";
	case EVHTTP_REQ_HEAD:
		return "HEAD";
	case EVHTTP_REQ_PUT:
		return "PUT";
	case EVHTTP_REQ_DELETE:
		return "DELETE";
	case EVHTTP_REQ_OPTIONS:
		return "OPTIONS";
	default:
		return "PATCH";
	}
}

static void log_call(const struct call *call, int status)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(call->request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	char *address = NULL;
	uint16_t port = 0;

	if (call->connection != NULL)
		evhttp_connection_get_peer(call->connection, &address, &port);
	log_access(status, clock_now_ns() - call->arrival_ns, address != NULL ? address : "127.0.0.1",
	           method_name(evhttp_request_get_command(call->request)), path != NULL ? path : "/");
}

static void stop_watching(struct call *call)
{
	if (call->close_watch != NULL)
		event_free(call->close_watch);
	call->close_watch = NULL;
	if (call->output_watch != NULL) {
		struct bufferevent *stream = evhttp_connection_get_bufferevent(call->connection);

		evbuffer_remove_cb_entry(bufferevent_get_output(stream), call->output_watch);
	}
	call->output_watch = NULL;
	if (call->drop_event != NULL)
		event_free(call->drop_event);
	call->drop_event = NULL;
	if (call->connection != NULL)
		evhttp_connection_set_closecb(call->connection, NULL, NULL);
}

/* Tells the owner and forgets the call; the request belongs to evhttp again, or is freed already. */
static void finish(struct call *call, bool complete)
{
	if (call->events != NULL)
		call->events->over(call->owner, complete);
	free(call);
}

static void on_complete(struct evhttp_request *request, void *context)
{
	struct call *call = context;

	(void)request;
	log_call(call, call->status);
	stop_watching(call);
	finish(call, true);
}

/*
 * evhttp closes the connection by itself (a write failed). It leaves a request
 * that is not answered yet to us, without a connection; answering frees it.
 */
static void on_closed(struct evhttp_connection *connection, void *context)
{
	struct call *call = context;
	struct evhttp_request *orphan = call->request;

	(void)connection;
	log_call(call, STATUS_CANCELED);
	stop_watching(call);
	if (evhttp_request_get_connection(orphan) == NULL)
		evhttp_send_reply_end(orphan);
	finish(call, false);
}

/* Frees connection and request. */
static void close_connection(struct call *call)
{
	struct evhttp_connection *connection = call->connection;

	stop_watching(call);
	evhttp_connection_free(connection);
}

/*
 * While a request is handled evhttp does not read its connection, so it would
 * see the client's end of file only when the answer is written. We look for it
 * without taking bytes away.
 */
static void on_readable(evutil_socket_t socket, short what, void *context)
{
	struct call *call = context;
	char byte;
	ssize_t got = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	(void)what;
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (got > 0) { /* the next request came early; evhttp reads it when this one is done */
		event_free(call->close_watch);
		call->close_watch = NULL;
		return;
	}
	log_call(call, STATUS_CANCELED);
	close_connection(call);
	finish(call, false);
}

static void on_output(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
	struct call *call = context;

	if (info->n_deleted == 0 || evbuffer_get_length(buffer) > 0)
		return;
	if (call->drops_when_sent)
		event_active(call->drop_event, EV_TIMEOUT, 1);
	if (call->events != NULL && call->events->drained != NULL)
		call->events->drained(call->owner, clock_now_ns());
}

struct call *call_new(struct event_base *base, struct evhttp_request *request)
{
	struct call *call = memory_new(1, sizeof(*call));
	struct bufferevent *stream;
	int on = 1;

	call->arrival_ns = clock_now_ns();
	call->request = request;
	call->connection = evhttp_request_get_connection(request);
	stream = evhttp_connection_get_bufferevent(call->connection);
	/* A token is not to wait until the one before it is acknowledged. */
	setsockopt(bufferevent_getfd(stream), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	call->output_watch = evbuffer_add_cb(bufferevent_get_output(stream), on_output, call);
	call->close_watch = event_new(base, bufferevent_getfd(stream), EV_READ | EV_PERSIST, on_readable, call);
	if (call->close_watch != NULL)
		event_add(call->close_watch, NULL);
	evhttp_connection_set_closecb(call->connection, on_closed, call);
	evhttp_request_set_on_complete_cb(request, on_complete, call);
	return call;
}

int64_t call_arrival_ns(const struct call *call)
{
	return call->arrival_ns;
}

const char *call_body(struct call *call, size_t *size)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(call->request);

	*size = evbuffer_get_length(body);
	return *size > 0 ? (const char *)evbuffer_pullup(body, -1) : "";
}

void call_set_owner(struct call *call, const struct call_events *events, void *owner)
{
	call->events = events;
	call->owner = owner;
}

void call_add_header(struct call *call, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(call->request), name, value);
}

void call_answer(struct call *call, int status, const char *type, const char *bytes, size_t size)
{
	struct evbuffer *body = evbuffer_new();

	evbuffer_add(body, bytes, size);
	call->status = status;
	call_add_header(call, "Content-Type", type);
	/* The reason phrase is evhttp's; 499 and others that it does not know are never sent. */
	evhttp_send_reply(call->request, status, NULL, body);
	evbuffer_free(body);
}

void call_answer_json(struct call *call, int status, const char *json)
{
	call_answer(call, status, JSON_TYPE, json, strlen(json));
}

void call_answer_error(struct call *call, int status, const char *error)
{
	struct text json = {0};

	text_add(&json, "{\"error\":");
	go_add_json_string(&json, error);
	text_add_char(&json, '}');
	call_answer_json(call, status, text_string(&json));
	text_release(&json);
}

const char *call_path(const struct call *call)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(call->request);

	return uri != NULL ? evhttp_uri_get_path(uri) : NULL;
}

const char *call_query(const struct call *call)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(call->request);

	return uri != NULL ? evhttp_uri_get_query(uri) : NULL;
}

const char *call_header(const struct call *call, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(call->request), name);
}

bool call_is(const struct call *call, int methods)
{
	return ((int)evhttp_request_get_command(call->request) & methods) != 0;
}

void call_use_http_1_0(struct call *call)
{
	call->request->minor = 0;
	call_add_header(call, "Connection", "close");
}

void call_start_stream(struct call *call, const char *type)
{
	if (call->streaming)
		return;
	call->streaming = true;
	call->status = HTTP_OK;
	call_add_header(call, "Content-Type", type);
	evhttp_send_reply_start(call->request, HTTP_OK, "OK");
}

void call_stream(struct call *call, struct evbuffer *bytes)
{
	call_start_stream(call, STREAM_TYPE);
	if (evbuffer_get_length(bytes) > 0)
		evhttp_send_reply_chunk(call->request, bytes);
}

void call_stream_end(struct call *call)
{
	evhttp_send_reply_end(call->request);
}

void call_drop(struct call *call)
{
	close_connection(call);
	finish(call, false);
}

/*
 * evhttp shuts a connection down before it closes it, which tells the peer of a
 * regular end. So the socket is closed under it, by another in its place.
 */
static void reset_socket(evutil_socket_t socket_to_reset)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	int other = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(socket_to_reset, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (other >= 0) {
		dup2(other, socket_to_reset);
		close(other);
	}
}

static void on_drop(evutil_socket_t socket, short what, void *context)
{
	struct call *call = context;
	bool resets = call->resets;
	evutil_socket_t own = bufferevent_getfd(evhttp_connection_get_bufferevent(call->connection));

	(void)socket;
	(void)what;
	stop_watching(call);
	if (resets)
		reset_socket(own);
	call_drop(call);
}

void call_drop_when_sent(struct call *call, bool reset)
{
	struct bufferevent *stream = evhttp_connection_get_bufferevent(call->connection);

	call->resets = reset;
	call->drop_event = evtimer_new(bufferevent_get_base(stream), on_drop, call);
	if (evbuffer_get_length(bufferevent_get_output(stream)) > 0)
		call->drops_when_sent = true;
	else
		event_active(call->drop_event, EV_TIMEOUT, 1);
}
