/*
 * The server of known truth, and what it writes down.
 */
#ifndef CALIBRATE_TRUTH_H
#define CALIBRATE_TRUTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/* Of each line of a reply, its new line included. */
enum { TRUTH_LINE_BYTES = 100 };

struct truth_options {
	size_t connections; /* at most */
	size_t requests;    /* in all; the path of each ends in "/K", K from 0 */
	size_t lines;       /* of each reply, at least 2 */
	int64_t prefill_ns; /* from the first request of a batch, read whole, to its first line */
	int64_t period_ns;  /* between two lines of a reply */
};

/*
 * Stamps of clock_now_ns(), in memory that both processes see; 0: it did not
 * happen. Those of request k's lines begin at sent_ns[k * lines].
 */
struct truth_stamps {
	int64_t *read_ns; /* of each request: fully read */
	int64_t *sent_ns; /* of each line: before send() */
};

struct truth_server;

/* NULL: there is no process or socket to be had. */
struct truth_server *truth_start(const struct truth_options *options, struct failure *failure);
int truth_port(const struct truth_server *server);

/* Valid until truth_stop(); to be read when the replies have ended. */
struct truth_stamps truth_stamps_of(const struct truth_server *server);

/* Ends the server, busy or not, and frees it. */
void truth_stop(struct truth_server *server);

/*
 * truth_serve.c: the server's process. It was forked from a program with
 * threads, so it calls only what is safe in a signal handler: no allocation,
 * no locks. Returns when all replies are sent, or when the other end of
 * `leash` is closed.
 */
struct truth_connection;
struct pollfd;
struct truth_process {
	struct truth_options options;
	struct truth_stamps stamps;
	int listener, leash;
	struct truth_connection *connections; /* [options.connections], zeroed */
	struct pollfd *polled;                /* [options.connections + 2] */
};
void truth_serve(const struct truth_process *process);
struct truth_connection *truth_new_connections(size_t count);

#endif
