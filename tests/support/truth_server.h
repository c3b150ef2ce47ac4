/*
 * A server that plays replies byte for byte and writes down the truth about
 * them: when each piece was given to the kernel. It shares with llmbench only
 * the clock, so that both stamps are of one clock.
 *
 * A request names its reply in its prompt: "truth 17 " is answered by
 * replies[17]. Each reply is played once.
 */
#ifndef SUPPORT_TRUTH_SERVER_H
#define SUPPORT_TRUTH_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece is one write; pieces are apart by their waits, so that they are segments of their own on the wire. */
struct truth_piece {
	size_t end;      /* offset in the reply after it; ascending, the last is the reply's size */
	int64_t wait_ns; /* before it: after the request was read, or after the piece before it */
};

struct truth_reply {
	const char *bytes; /* all are borrowed */
	const struct truth_piece *pieces;
	size_t piece_count;
	bool closes; /* the connection, after the last piece */
	int64_t close_wait_ns;
};

/* Around the call that gave the last byte of a piece to the kernel; 0: never given. */
struct truth_write {
	int64_t before_ns, after_ns;
};

struct truth {
	int times_asked;
	int64_t read_ns;            /* the request had been read whole */
	char *request;              /* as it was read */
	struct truth_write *writes; /* one per piece */
};

struct truth_log {
	struct truth *truths; /* one per reply */
	size_t count;
	size_t strangers;       /* requests that named no reply */
	size_t peak_in_service; /* replies that were being played at once */
};

struct truth_server;

struct truth_server *truth_server_start(const struct truth_reply *replies, size_t count);
int truth_server_port(const struct truth_server *server);

/* Stops it and hands over what it wrote down; truth_log_release() frees it. */
struct truth_log truth_server_stop(struct truth_server *server);
void truth_log_release(struct truth_log *log);

#endif
