/*
 * What is sent and what came over the wire. No one here knows what a token is.
 */
#ifndef CORE_EXCHANGE_H
#define CORE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct request {
	const char *method; /* "GET", "POST"; static */
	char *url;          /* owned */
	char *body;         /* owned; NULL: none */
	size_t body_size;
	const char *content_type; /* of the body; static; NULL: application/json */
	int64_t due_ns;           /* open loop: after the start of the load; TIME_UNKNOWN: as soon as a place is free */
	size_t after; /* of a conversation: the request that must have ended before, well or not, counted from 1 and
	                 one of those before this; due_ns is then counted from its end, unknown is 0. 0: none */
};

void request_release(struct request *request);

/* How the transfer ended, as the network tells it; what the bytes mean is in struct record. */
enum transport {
	TRANSPORT_COMPLETE,     /* the whole reply arrived, whatever its status */
	TRANSPORT_CONNECT,      /* no connection: refused (after the retries), unreachable, name unknown */
	TRANSPORT_EMPTY,        /* connected and sent, closed without one byte of reply */
	TRANSPORT_PARTIAL,      /* closed or reset in the middle of the reply */
	TRANSPORT_TIMEOUT,      /* the request's own time ran out */
	TRANSPORT_IDLE_TIMEOUT, /* no byte for too long after the first one */
	TRANSPORT_CANCELLED,    /* the load was stopped: interrupt or cell time-out */
	TRANSPORT_TOO_LARGE,    /* the reply exceeded the limit of the load */
	TRANSPORT_OTHER,        /* anything else; `detail` says it */
};

struct chunk {
	int64_t at_ns; /* when the last of them was readable: no byte is dated before it was sent */
	size_t end;    /* offset in `body` after this chunk; ascending, the last one is body_size */
};

/*
 * Exactly one per request, whatever happens. All stamps are of clock_now_ns().
 * due ≤ sent ≤ header ≤ first chunk ≤ … ≤ done, each TIME_UNKNOWN when it did not
 * happen; done is always known.
 */
struct exchange {
	enum transport transport;
	int http_status;   /* 0: none arrived */
	int64_t due_ns;    /* when it should have been sent */
	int64_t sent_ns;   /* when the first byte of the request was handed to the kernel */
	int64_t header_ns; /* when the first line of the reply was readable */
	int64_t done_ns;   /* when the transfer ended, well or not */
	char *head;        /* owned, NUL-terminated: the lines of the header; NULL unless load_one() made it */
	char *body;        /* owned, NUL-terminated; NULL when empty */
	size_t body_size;
	struct piece *pieces; /* the body before load_gather() made one of them; NULL: there are none */
	bool chunked;         /* they still have the framing of HTTP's chunked coding in them */
	struct chunk *chunks; /* owned */
	size_t chunk_count;
	int64_t stamp_lag_ns; /* the longest that bytes waited to be read, by the kernel's stamps; else unknown */
	int retries;          /* connects that were refused and tried again */
	char *location;       /* owned; the address that a redirect leads to, as far as it names one; NULL none */
	const char *secret;   /* borrowed; the key that was sent: hidden wherever the reply has it; NULL none */
	char *detail;         /* owned; the transport's own words about a failure, NULL none */
};

void exchange_release(struct exchange *exchange);

#endif
