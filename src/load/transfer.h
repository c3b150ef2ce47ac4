/*
 * One request on its way: a libcurl handle, what it stamps, and how its end
 * becomes a struct exchange. The engine decides when things happen.
 */
#ifndef LOAD_TRANSFER_H
#define LOAD_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "core/exchange.h"
#include "load/load.h"
#include "sockets.h"
#include "stamp.h"

/*
 * The life of a request, and which clock can end it:
 *
 *   IDLE         the transfer is a free place; waiting requests own nothing
 *     │ start    a place is free and the request is due
 *   CONNECTING   no byte of the request has left; the request's time-out runs from the start
 *     │  ▲
 *     │  └─ BACKING_OFF   refused; keeps its place in flight until retry_at_ns
 *     │ sent     the request goes to the kernel: CURLOPT_PREREQFUNCTION
 *   SENT         the server is silent; the request's time-out runs from here
 *     │ first line of the reply's header
 *   STREAMING    and the idle time-out runs from the last byte
 *
 * From each state but IDLE a transfer ends, once, and is IDLE again:
 * completed, failed, timed out or cancelled. Nothing else changes a state.
 */
enum transfer_state {
	TRANSFER_IDLE,
	TRANSFER_CONNECTING,
	TRANSFER_BACKING_OFF,
	TRANSFER_SENT,
	TRANSFER_STREAMING,
};

/* What all transfers of a load share. */
struct wire {
	CURLM *multi;
	const struct load_options *options;
	size_t reply_limit_bytes, load_limit_bytes;
	struct arena *arena;
	struct stamper stamper;
	struct sockets sockets;
	struct curl_slist *addresses; /* for CURLOPT_RESOLVE; NULL: none needed */
	struct body_type {
		const char *type; /* NULL: of requests without a body */
		struct curl_slist *headers;
	} * body_types; /* those of the load's requests, each once */
	size_t body_type_count;
	int64_t woke_ns;       /* taken on waking, before anything else was done */
	int shortage;          /* errno of a socket that the system did not give us; 0: it gave all */
	uint64_t call;         /* counts the calls of libcurl: what one reads of a transfer has one stamp */
	int64_t next_alarm_ns; /* no transfer's alarm is earlier; INT64_MAX: none */
	struct load_progress progress;
};

/* A place in flight. Its address is fixed: libcurl holds it. */
struct transfer {
	struct wire *wire;
	CURL *easy; /* made at the first start, then kept */
	bool sent;  /* by the handle, for the request at hand */
	bool worn;  /* the handle sent a request anew, of which libcurl allows five in the life of a handle */
	bool in_multi;
	enum transfer_state state;
	size_t rank;                   /* its index in the engine's order */
	size_t index;                  /* the engine's: of its request */
	int64_t ended_ns;              /* IDLE: when its last exchange was done */
	const struct request *request; /* from here on: not IDLE */
	struct exchange *exchange;
	int64_t started_ns;
	int64_t retry_at_ns;  /* BACKING_OFF */
	int64_t last_byte_ns; /* STREAMING */
	int64_t arrival_ns;   /* of the bytes being read now, if arrival_call == wire->call */
	uint64_t arrival_call;
	size_t stamped_bytes; /* so many of them had come by arrival_ns */
	size_t taken_bytes;   /* so many were read since */
	bool took_body;       /* part of the body among them */
	struct piece *piece;  /* the reply's last one; NULL: none yet */
	size_t chunk_capacity, head_capacity, header_bytes;
	bool header_complete; /* the blank line after it was seen */
	bool too_large;
	char *refused; /* owned; why the reply is not taken, for the exchange's detail; NULL: it is */
	bool fresh;    /* on a connection of its own, not a kept one */
	char error[CURL_ERROR_SIZE];
};

/*
 * The next three return true while the transfer goes on. False: it is
 * finished, its exchange is filled, its place is free.
 */

/* Starts an IDLE transfer. exchange->due_ns is set already. */
bool transfer_start(struct transfer *transfer, const struct request *request, struct exchange *exchange, bool fresh);

/* libcurl ended it, well or not; a refused one goes on. */
bool transfer_end(struct transfer *transfer, CURLcode code);

/* Its alarm is due: connects again, or gives up. */
bool transfer_ring(struct transfer *transfer, int64_t now_ns);

/* Ends it from outside. `detail` is copied. */
void transfer_fail(struct transfer *transfer, enum transport transport, const char *detail);

/* When the engine has to look at it although nothing arrived; INT64_MAX: never. */
int64_t transfer_alarm_ns(const struct transfer *transfer);

/* Its socket has bytes: notes when they arrived. */
void transfer_readable(struct transfer *transfer, int fd);

/* So many bytes were read: notes when they arrived if that was later. */
void transfer_took(struct transfer *transfer, size_t size, bool body);

void transfer_release(struct transfer *transfer);

#endif
