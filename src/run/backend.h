/*
 * The server that a sweep sends its requests to: what is known of it, and what
 * is done with it.
 */
#ifndef RUN_BACKEND_H
#define RUN_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"
#include "target/target.h"

struct session;

enum { SERVED_VERSION = 64 };

/* A server of the plan. */
struct served {
	bool answered; /* it was ready before */
	bool replaced; /* it is not ours, and it or a model of it is not what it was when it was ready first */
	char version[SERVED_VERSION]; /* what it said then, the beginning of it */
};

/* The server that requests go to now. `= {0}`: none is up. */
struct backend {
	const struct target *target; /* NULL: it must be asked first what it is */
	const struct cell *cell;     /* the cell that it was brought up for */
	const struct cell *last; /* the cell that it was brought for last, whose model it may still hold; NULL: none */
	struct server *server;   /* NULL: a running server of somebody else */
	char *base_url;
	double start_s;   /* from exec to ready; NAN: it was running */
	bool not_emptied; /* it may hold what earlier cells left: its kind has no way to unload a model */

	/* evidence.c */
	size_t log_ready, log_load, log_measured; /* places in its log: when it was ready, … */
	bool asked_loaded;                        /* it has said what it loaded for this cell */
};

/*
 * Why a cell cannot be measured. words: the server's own, as they came; NULL:
 * it said nothing.
 */
struct problem {
	char *reason; /* for people; NULL: no problem */
	char *words;
	bool answered; /* the server answered with an error, so there is one error to count */
	bool refused;  /* what the cell asks is not for such a server, which is well */
};

void problem_release(struct problem *problem);

/* Takes the reason; returns false. */
bool problem_set(struct problem *problem, char *reason);

enum { BACKEND_STOP_GRACE_MS = 10000 };

/* backend.c: has a server up that can run this cell, restarted if it must be, and without a model in its memory. */
bool backend_bring(struct session *session, const struct cell *cell, struct problem *problem);

/*
 * bring_up.c: starts the cell's server or finds it running, learns which one it
 * is, and waits until it is ready. False: `problem`, or `failure` when the
 * mistake is the user's or nobody answers.
 */
bool backend_bring_up(struct session *session, const struct cell *cell, struct problem *problem,
                      struct failure *failure);

/*
 * The telling part of what the server said in its answer (NULL: none) or, where
 * that says nothing, in its log; NULL when neither does. The caller frees it.
 */
char *backend_telling(const struct session *session, const char *words);

/* Stops a managed server and forgets it. */
void backend_drop(struct session *session);

/*
 * Whoever runs a server that is not ours may replace it, or a model of it, at any
 * time: asks it again what it is. True: it is another one than it was at first.
 */
bool backend_is_replaced(struct session *session, const struct cell *cell);

/*
 * Asks the server one question; false: `problem` says why there is no answer. The exchange's times are in *asked,
 * unknown when this kind of server needs no such question.
 */
bool backend_ask(struct session *session, enum target_question question, const struct cell *cell, int64_t timeout_ns,
                 struct exchange *asked, struct problem *problem);

#endif
