/*
 * What the parts of a running sweep share.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "core/fairness.h"
#include "core/server_metrics.h"
#include "machine/conditions.h"
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
	struct cell_conditions conditions; /* of the cell that runs */
	double idle_temperature_c;         /* of the CPU, the lowest before any cell so far; NAN unknown */
	double core_share;          /* of the client's thread, the highest of the trials of this visit; NAN unknown */
	struct known_floor *floors; /* floor.c: calibrations of this run */
	size_t floor_count;
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

/*
 * The telling part of what the server said in its answer (NULL: none) or, where
 * that says nothing, in its log; NULL when neither does. The caller frees it.
 */
char *backend_telling(const struct session *session, const char *words);

/* Stops a managed server and forgets it. */
void backend_drop(struct session *session);

/*
 * Asks the server one question; false: `problem` says why there is no answer. The exchange's times are in *asked,
 * unknown when this kind of server needs no such question.
 */
bool backend_ask(struct session *session, enum target_question question, const struct cell *cell, int64_t timeout_ns,
                 struct exchange *asked, struct problem *problem);

/*
 * conditions.c: waits as `cooldown` says and reads the conditions before a visit
 * of a cell; reads them after it and flags them. The summary keeps those of the
 * last visit, and the flags of all.
 */
void conditions_begin(struct session *session, const struct cell *cell, struct cell_summary *into);
void conditions_finish(struct session *session, const struct cell *cell, struct cell_summary *into);

/* trial.c */
struct trial_records {
	struct record *records; /* owned */
	size_t count, capacity;
};

/* A cell between its first visit and its end; interleaved cells are visited once for each trial. */
struct cell_work {
	const struct cell *cell;
	struct cell_summary *into;
	struct trial_records records; /* of all visits */
	struct sample *samples;       /* owned; of all visits */
	size_t sample_count;
	struct server_polls polls; /* of all visits */
	int64_t trials;            /* so far */
	double core_share;         /* of the client's thread, the highest of all trials; NAN unknown */
	struct text death;         /* what is to be said when its server ended in a visit; empty: it did not */
	bool failed;               /* it could not be brought to its load: `into` says why */
};

/* cell.c: `= {.cell, .into}` begins. Whether the cell needs (another) visit. */
bool cell_wants_visit(const struct cell_work *work);

/*
 * Brings the server into the cell's state, loads the model and measures so
 * many trials at most, or all that the cell wants: 0. False: the sweep cannot
 * go on.
 */
bool cell_visit(struct session *session, struct cell_work *work, int64_t trials);

/* Fills the summary, whatever happened, and releases the work. */
void cell_end(struct session *session, struct cell_work *work);

/* One load of the cell's requests, decoded. Adds its records; false: the engine cannot work, session->failure is set.
 */
bool trial_run(struct session *session, const struct cell *cell, int trial, struct trial_records *into);

/* The requests that are sent and forgotten before the first trial. */
bool trial_warm(struct session *session, const struct cell *cell);
void trial_records_release(struct trial_records *records);

/*
 * floor.c: how exact the client was while it measured the cell: its share of a
 * core and, unless the cell says no, its error at the load that was observed,
 * by a calibration beside the idle server. Flags the cell when it is
 * client-bound, except on a simulated server that is faster than real time,
 * where only JSON and the lines under the tables say so.
 */
void floor_check(struct session *session, const struct cell_work *work);
void floor_forget(struct session *session);

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

/*
 * scrape.c: reads the server's own metrics from now on; NULL: it has none, or
 * --no-sample. The end stores this visit's readings; false: it could not.
 */
struct scraper;
struct scraper *scrape_begin(struct session *session, struct cell_work *work);
bool scrape_end(struct session *session, struct cell_work *work, struct scraper *scraper);

/* The summary's queue and server metrics, from all records and readings, and the flag of counts that differ. */
void scrape_conclude(struct cell_work *work);

/* document.c: run.json. */
struct json *run_document(const struct session *session);

#endif
