/*
 * What is played in one run of the comparison, and the memory in which the
 * server and the client, two processes, write down what happened. It is a file,
 * so that a client in another language can map it; all words are int64_t and
 * all times ns of the monotonic clock.
 */
#ifndef BENCH_BOARD_H
#define BENCH_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* When the server writes tokens. All but PACING_EACH and PACING_REPLIES begin when all requests have been read. */
enum pacing {
	PACING_BLAST,   /* as fast as the sockets take them */
	PACING_IN_STEP, /* every stream at the same time, as continuous batching does */
	PACING_SPREAD,  /* evenly over the period */
	PACING_EACH,    /* each stream for itself, the first one PREFILL_NS after its own request */
	PACING_REPLIES, /* no streams: a short whole reply to each request, connections are kept */
};

struct shape {
	enum pacing pacing;
	size_t streams; /* connections */
	size_t tokens;  /* of a stream; REPLIES: requests of a connection */
	int rate;       /* tokens/s of a stream */
	size_t busy;    /* loops that spin on the client's core meanwhile */
};

/*
 * A write that took longer says that the server was kept from its core between
 * its stamp and the network: nobody knows when such a token was sent.
 */
#define WRITE_LIMIT_NS INT64_C(50000)

enum { LINE_BYTES = 100 }; /* one token: one NDJSON line in one HTTP chunk */

/* Words at the head of the file, by number for clients in other languages. */
enum mark {
	MARK_CLIENT,    /* process id, written by the client before it connects */
	MARK_FIRST_NS,  /* the server's first token (REPLIES: the first request after the warm-up) */
	MARK_FIRST_CPU, /* and the client's CPU time then */
	MARK_END_NS,    /* the client has the last byte (REPLIES: the server's last reply) */
	MARK_END_CPU,
	MARK_STEADY_CPU,    /* at a pace: before any stream gets its last token, */
	MARK_STEADY_TOKENS, /* and how many had been sent: without what the ends cost */
	MARK_RSS_BEFORE,    /* bytes */
	MARK_RSS_PEAK,
	MARK_FAILED, /* streams that are not as they should be */
	MARK_COUNT = 16,
};

struct board {
	char *path;
	int64_t *mark;    /* [MARK_COUNT] */
	int64_t *read_ns; /* [stream] server: the request arrived, by its kernel's stamp */
	int64_t *sent_ns; /* [stream][token] server: before the write; negative when that took too long to be a truth */
	int64_t *asked_ns; /* [stream] client: before the request was written */
	int64_t *seen_ns;  /* [stream][token] client: its stamp; 0: none */
	size_t size;
};

/* Ends the program when there is no room. */
void board_open(struct board *board, const struct shape *shape);
void board_close(struct board *board);

/* CPU time of a process, ns; 0 when it is gone. */
int64_t cpu_ns_of(int process);

/* Called by a client in this program when it has the last byte. */
void board_mark_end(struct board *board);

/* Resident bytes of this process: "VmRSS:" now, "VmHWM:" at most. */
int64_t resident_bytes(const char *name);

_Noreturn void bench_die(const char *what);

#endif
