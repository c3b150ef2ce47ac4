/*
 * One HTTP request in flight, over evhttp: answered at once, answered as a
 * stream, or dropped. Notices when the client goes away before the answer.
 */
#ifndef SIM_CALL_H
#define SIM_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include "base/text.h"

struct call;

/* What the owner of a call that is not answered at once is told. */
struct call_events {
	/* All bytes given so far have gone to the kernel. */
	void (*drained)(void *owner, int64_t now_ns);
	/* The call is over: the answer is out, or (`complete` false) the client went away. It must not be used again.
	 */
	void (*over)(void *owner, bool complete);
};

/* For a request that evhttp hands over. Every call must be answered, dropped, or left until it is over. */
struct call *call_new(struct event_base *base, struct evhttp_request *request);

int64_t call_arrival_ns(const struct call *call);

/* The body; not NUL-terminated. */
const char *call_body(struct call *call, size_t *size);

/* Events are told from now on; before that, nobody is. */
void call_set_owner(struct call *call, const struct call_events *events, void *owner);

/* The whole answer. After these three the owner is told only that it is over. */
void call_answer(struct call *call, int status, const char *type, const char *bytes, size_t size);
void call_answer_json(struct call *call, int status, const char *json);
/* {"error":"…"}, the text escaped. */
void call_answer_error(struct call *call, int status, const char *error);

void call_add_header(struct call *call, const char *name, const char *value);

/* Of the request; NULL: there is none. */
const char *call_path(const struct call *call);
const char *call_query(const struct call *call);
const char *call_header(const struct call *call, const char *name);
bool call_is(const struct call *call, int methods); /* EVHTTP_REQ_… */

/* The answer is HTTP/1.0's: a stream is ended by the connection's end. Before anything is answered. */
void call_use_http_1_0(struct call *call);

/* Sends the headers of a stream now, with status 200; nothing when they are out already. */
void call_start_stream(struct call *call, const char *type);

/* A stream of lines with status 200. Headers go out with the first bytes. Takes what is in `bytes`. */
void call_stream(struct call *call, struct evbuffer *bytes);
void call_stream_end(struct call *call);

/* Closes the connection without an answer. */
void call_drop(struct call *call);

/* Closes it, or resets it, as soon as everything that was given is out: not before this returns. */
void call_drop_when_sent(struct call *call, bool reset);

#endif
