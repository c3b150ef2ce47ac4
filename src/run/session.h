/*
 * What the parts of a running sweep share.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "machine/sampler.h"
#include "run/sweep.h"
#include "server/server.h"
#include "store/store.h"
#include "target/target.h"

/* The server that requests go to now. `= {0}`: none is up. */
struct backend {
	const struct target *target;
	const struct cell *cell; /* the cell that it was brought up for */
	struct server *server;   /* NULL: a running server of somebody else */
	char *base_url;
	double start_s; /* from exec to ready; NAN: it was running */

	/* evidence.c */
	size_t log_ready, log_load, log_measured; /* places in its log: when it was ready, … */
	bool asked_loaded;                        /* it has said what it loaded for this cell */
};

struct session {
	const struct plan *plan;
	const struct sweep_options *options;
	struct summary *summary;
	struct store *store;
	struct backend backend;
	struct sweep_progress progress;
	struct failure *failure; /* set: the sweep cannot go on */
	struct sampler *sampler; /* of the cell that runs; NULL: memory is not sampled */
	size_t starts;           /* of managed servers so far */
	int64_t origin_ns;       /* stamps in the store count from here */
	int64_t chunks_at_ns;    /* for tokens_per_s of the progress */
	size_t chunks_seen;
};

bool session_stopped(const struct session *session);
void session_warn(const struct session *session, const char *format, ...) TEXT_PRINTF(2, 3);
void session_step(struct session *session, enum sweep_step step);

/* The facts of a model or server by name, added when they are new. Borrowed until the next call. */
struct model_facts *session_model(struct session *session, const char *name);
struct server_facts *session_server(struct session *session, const struct cell *cell);

/*
 * Why a cell cannot be measured. words: the server's own, as they came; NULL:
 * it said nothing.
 */
struct problem {
	char *reason; /* for people; NULL: no problem */
	char *words;
	bool answered; /* the server answered with an error, so there is one error to count */
};

void problem_release(struct problem *problem);

/* backend.c: has a server up that can run this cell, restarted if it must be, and without a model in its memory. */
bool backend_bring(struct session *session, const struct cell *cell, struct problem *problem);

/* Stops a managed server and forgets it. */
void backend_drop(struct session *session);

/* Asks the server one question; false: `problem` says why there is no answer. The exchange's times are in *asked. */
bool backend_ask(struct session *session, enum target_question question, const struct cell *cell, int64_t timeout_ns,
                 struct exchange *asked, struct problem *problem);

/* cell.c: runs one cell and fills its summary, whatever happens. False: the sweep cannot go on. */
bool cell_run(struct session *session, const struct cell *cell, struct cell_summary *into);

/* trial.c */
struct trial_records {
	struct record *records; /* owned */
	size_t count, capacity;
};

/* One load of the cell's requests, decoded. Adds its records; false: the engine cannot work, session->failure is set.
 */
bool trial_run(struct session *session, const struct cell *cell, int trial, struct trial_records *into);

/* The requests that are sent and forgotten before the first trial. */
bool trial_warm(struct session *session, const struct cell *cell);
void trial_records_release(struct trial_records *records);

/*
 * evidence.c: proves that the cell has what it asks for, and finds what spoils
 * its figures. In the order of a cell: the server is ready; it is about to load
 * the model; it has loaded it; the warm-up is over; everything is over.
 */
void evidence_ready(struct session *session);
void evidence_loading(struct session *session);
void evidence_ask(struct session *session, const struct cell *cell, struct cell_summary *into);
void evidence_measuring(struct session *session);
void evidence_flag(struct session *session, const struct cell *cell, const struct trial_records *records,
                   struct cell_summary *into);

/* document.c: run.json. */
struct json *run_document(const struct session *session);

#endif
