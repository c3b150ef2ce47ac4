/*
 * What the parts of a running sweep share.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "core/fairness.h"
#include "core/server_metrics.h"
#include "machine/awake.h"
#include "machine/conditions.h"
#include "machine/sampler.h"
#include "run/backend.h"
#include "run/prune.h"
#include "run/sweep.h"
#include "store/store.h"
#include "workload/workload.h"

struct session {
	const struct plan *plan;
	const struct sweep_options *options;
	struct summary *summary;
	struct cell_state *states; /* one for each cell of the plan */
	struct cell_work *works;   /* of the cells that are run together now */
	size_t work_count;
	struct store *store;
	struct backend backend;
	struct sweep_progress progress;
	struct failure *failure;     /* set: the sweep cannot go on */
	struct sampler *sampler;     /* of the cell that runs; NULL: memory is not sampled */
	struct load_memory *replies; /* of the trial that runs or ran last */
	struct decoding *decoding;   /* of the trial that runs; NULL: nothing is decoded */
	size_t starts;               /* of managed servers so far */
	bool stop_told;              /* trial.c: that the requests in flight are let finish */
	struct awake *awake;         /* power.c; NULL: sleep is not prevented, because of asleep_why */
	struct text asleep_why;
	bool powered;           /* power.c: a visit has had power that it may measure with */
	int64_t origin_ns;      /* stamps in the store count from here */
	int64_t origin_wall_ns; /* the same instant on the wall clock */
	int64_t wall_offset_ns; /* of the wall clock from clock_with_sleep_ns(), when this process began */
	int64_t chunks_at_ns;   /* for tokens_per_s of the progress */
	size_t chunks_seen;
	struct machine_heat idle; /* conditions.c: the lowest before any cell so far */
	double core_share;        /* of the client's thread, the highest of the trials of this visit; NAN unknown */
	int64_t since_anchor;     /* anchor.c: visits with a trial since its last repeat */
	bool anchor_is_over;      /* anchor.c: it is not repeated any more */
	int64_t began_ns;         /* this process's part of the run */
	int64_t spent_ns;         /* in the parts before it */
	int64_t cell_until_ns;    /* when the cell that is visited has had its cell_timeout; 0: it has none */
	struct served *served;    /* of each server of the plan */
	struct failure_rows failures;
	struct workload workload;           /* of the cell that runs */
	struct token_counter token_counter; /* fit.c: counts its prompts, where the server has a route for it */
	struct known_fit *fits;             /* fit.c: what servers told of the lengths of prompts */
	size_t fit_count;
	struct known_floor *floors; /* floor.c: calibrations of this run */
	size_t floor_count;
};

bool session_stopped(const struct session *session);
/* At once: the server is not given time, either. */
bool session_hurried(const struct session *session);
void session_warn(const struct session *session, const char *format, ...) TEXT_PRINTF(2, 3);
void session_step(struct session *session, enum sweep_step step);

/* Until then, or until the user stops the sweep. */
void session_pause(const struct session *session, int64_t until_ns);

/* Of a limit (0: none), what the cell's own leaves. */
int64_t session_within_cell(const struct session *session, int64_t limit_ns);

/* The facts of a cell's model on its server, and of the server; added when they are new. Borrowed until the next call.
 */
struct model_facts *session_model(struct session *session, const struct cell *cell);
struct server_facts *session_server(struct session *session, const struct cell *cell);

/* trial.c */
struct trial_records {
	const char *id;         /* borrowed: whose they are, in the store */
	struct record *records; /* owned */
	size_t count, capacity;
};

/* A cell between its first visit and its end; interleaved cells are visited once for each trial. */
struct cell_work {
	const struct cell *cell;
	size_t repeat; /* of the anchor, from 1; 0: it is none */
	struct cell_summary *into;
	struct trial_records records; /* of all visits */
	struct sample *samples;       /* owned; of all visits */
	size_t sample_count;
	bool used_without_files;           /* of the samples: see machine/memory.h */
	struct server_polls polls;         /* of all visits */
	int64_t trials;                    /* so far, those that were left out included */
	int64_t left_out;                  /* of them: disturbed, so `records` has nothing of them */
	bool cut_short;                    /* the last one was, by the stop flag */
	double core_share;                 /* of the client's thread, the highest of all trials; NAN unknown */
	struct cell_conditions conditions; /* of all visits */
	struct machine_conditions since;   /* what their changes count from: conditions_resume() */
	bool conditions_read, not_ours;    /* there was a visit; in one the server was somebody else's */
	char *telling;     /* owned: the telling part of what the server said in a visit with failures; NULL: nothing */
	struct text death; /* what is to be said when its server ended in a visit; empty: it did not */
	bool failed;       /* it could not be brought to its load: `into` says why */
	bool unserved;     /* since its server could not be had, or did not answer */
	bool over_time;    /* its cell_timeout was up before it was over */
	int64_t spent_ns;  /* of that time, in visits that are over */
	int64_t oom_kills; /* machine_oom_kills() before its first visit */
	char *left;        /* leave.c, owned: why it gets no visit (any more); NULL: it gets what it wants */
	enum cell_cause left_cause;
};

/*
 * A cell's place in the journal. version, digest: of the server and the model
 * that a run which is resumed had measured it with.
 */
struct cell_state {
	char *key;              /* owned, keys_make() */
	bool finished;          /* its line stands there */
	bool left;              /* it is over for now, but has no line: it may be measured when the run is resumed */
	bool moved;             /* until past_keep(): the store has it of other settings, or another server or model */
	char *version, *digest; /* owned; NULL unknown, or measured just now */
	int64_t trials;         /* finished, of a cell that is not; those that were left out included */
	int64_t left_out;       /* of them */
	size_t left_out_count;  /* how many requests these were */
	int64_t until_ns;       /* when the last of them was over, since origin_ns */
	struct trial_records records; /* of these trials, until resume_take_up() */
	struct sample *samples;
	size_t sample_count, sample_capacity;
	struct server_polls polls;
};

bool cell_state_is_over(const struct cell_state *state);

/* All but the key, and whether it is over. */
void cell_state_forget(struct cell_state *state);
/* The row is that of a cell to which the sweep did not come yet. */
void cell_state_begin_again(struct session *session, size_t cell);
void cell_states_free(struct cell_state *states, size_t count);

/*
 * key.c: gives every state its key: a hash of all that the figures of its cell
 * depend on and that the user has chosen: the knobs, the server's settings with
 * their variables, the profile, the bytes of its files, the version of llmbench.
 */
void keys_make(struct session *session);

/*
 * journal.c: the cell, the last repeat of the anchor, or the trials of a cell so
 * far are finished: a line of the journal. False: the sweep cannot go on.
 */
bool journal_cell(struct session *session, const struct cell_work *work);
bool journal_anchor(struct session *session);
bool journal_trial(struct session *session, struct cell_work *work);

/*
 * past.c: takes what holds from the lines of the run, and has the store keep
 * nothing else; the latter also later, by the states. False: disk.
 */
bool past_take(struct session *session);
bool past_keep(struct session *session);

/*
 * resume.c: takes what holds of the run whose directory is open into the
 * summary and the states, drops the rest, and says both. False: the run cannot
 * be continued.
 */
bool resume_run(struct session *session, int64_t wall_ns);

/* The work begins with the trials that are finished. */
void resume_take_up(struct session *session, struct cell_work *work);

/*
 * The cell's server has just been asked what it is: cells that were measured with
 * another one, or with another model of that name, are to be measured again.
 * False: the sweep cannot go on.
 */
bool resume_check(struct session *session, const struct cell *cell);

/*
 * conditions.c: waits as `cooldown` says and reads the conditions before a visit;
 * reads them after it, with the sampler's looks in between; writes those of all
 * visits, with their flags, into the summary.
 */
void conditions_begin(struct session *session, struct cell_work *work);
void conditions_finish(struct session *session, struct cell_work *work, const struct sampler_result *sampled);
void conditions_end(struct session *session, struct cell_work *work);

/* conclude.c: the cell could not be brought to its first request; `doing` says what failed. Releases the problem. */
void conclude_failed_start(struct session *session, struct cell_work *work, const char *doing, struct problem *problem);

/* A trial is over, these are its records: whether its server has ended, after which the cell gets no other trial. */
void conclude_trial(const struct session *session, struct cell_work *work, const struct record *records, size_t count);

/* The words of a visit that is over, whose records begin at `first`. */
void conclude_visit(struct session *session, struct cell_work *work, size_t first);

/* The status, reason and cause of a cell whose visits are over. */
void conclude_cell(struct session *session, const struct cell_work *work);

/*
 * leave.c: which cells get no visit, or no more of them. A cell that has no
 * trial yet is left when the budget is used up, its server failed too often in
 * a row, or (unless the options say no) it takes no less than one that ran out
 * of memory or time; one that has some when one of the first two is so.
 */
bool leave_budget_is_used(const struct session *session);
bool leave_cell(struct session *session, struct cell_work *work);

/* The row of one that was left without a trial. */
void leave_skip(struct session *session, struct cell_work *work);

/* How many cells were left, and how they can be measured. */
void leave_say(struct session *session);

/* cell.c */

/* Unfinished, with its settings; suffix: of its id. */
void cell_begin(const struct cell *cell, const char *suffix, struct cell_summary *into);

/* The same for a row to which the sweep may not come. */
void cell_begin_unvisited(const struct cell *cell, struct cell_summary *into);

/* A cell before its first visit; `into` has begun. */
struct cell_work cell_work_of(const struct cell *cell, struct cell_summary *into);

/* So many trials that were left out are made up for. */
enum { TRIALS_LEFT_OUT_MAX = 3 };

/* Whether the cell needs (another) visit. */
bool cell_wants_visit(const struct cell_work *work);

/* The user has stopped the sweep before the cell's end; its last trial may have come to its end all the same. */
bool cell_is_interrupted(const struct session *session, const struct cell_work *work);

/*
 * Brings the server into the cell's state, loads the model and measures so
 * many trials at most, or all that the cell wants: 0. False: the sweep cannot
 * go on.
 */
bool cell_visit(struct session *session, struct cell_work *work, int64_t trials);

/* Fills the summary, whatever happened, and releases the work. */
void cell_end(struct session *session, struct cell_work *work);

/* Between two visits: a row of what it came to, for the caller to release. False: there is nothing of it. */
bool cell_so_far(const struct cell_work *work, struct cell_summary *row);
void cell_work_release(struct cell_work *work);

/*
 * anchor.c: measures the first cell once more, as `anchor` of the plan says: a
 * line of the journal and a repeat of the summary. False: the sweep cannot go on.
 */
bool anchor_measure(struct session *session);

/* A visit to another cell has ended: a repeat, if it is time for one. */
bool anchor_after_visit(struct session *session);

/*
 * One load of the cell's requests, decoded: the work's next trial. Its records
 * are stored, and added to the work's, unless the trial is left out because
 * figures of it would be wrong: llmbench or the machine stood still, or the user
 * cut it short and there is a whole one. Then the store says so in each record,
 * and the row has a flag. False: the engine cannot work, session->failure is set.
 */
bool trial_run(struct session *session, struct cell_work *work);

/* The requests that are sent and forgotten before the first trial. */
bool trial_warm(struct session *session, const struct cell *cell);
void trial_records_release(struct trial_records *records);
bool records_any_failed(const struct record *records, size_t count);

/*
 * decode.c: what the exchanges of a load mean. It begins before the load, is told
 * by the engine's thread of each exchange that has ended, and finishes after it
 * with the records of the first `count` requests, which the caller owns; their
 * exchanges are released. False: the disk failed that had a part of the records,
 * and all of them are empty.
 */
struct decoding *decoding_begin(struct session *session, const struct cell *cell, struct exchange *exchanges,
                                size_t count);
void decoding_ended(struct decoding *decoding, size_t index);
bool decoding_finish(struct decoding *decoding, size_t count, struct record **into, struct failure *failure);

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

/* Readings of finished trials: what the counters were then is not known any more. */
void scrape_take_up(struct cell_work *work);

/* The summary's queue and server metrics, from all records and readings, and the flag of counts that differ. */
void scrape_conclude(struct cell_work *work);

/*
 * fit.c: what the requests of a cell will say. Where their prompts are made,
 * the server, which has its model loaded, is asked how many tokens they have, by
 * a route for that or by requests of one token; the cell is flagged when it does
 * not tell. By a route each prompt is counted before it is sent.
 */
void fit_workload(struct session *session, const struct cell_work *work);
void fit_forget(struct session *session);

/*
 * predict.c: the cell's memory as the shape of its model foretells it, and the
 * roof over its decoding. Its samples and records are in the summary already.
 * The memory's bandwidth comes before its model is loaded.
 */
void predict_bandwidth(struct session *session, const struct cell *cell);
void predict_memory(const struct session *session, const struct cell *cell, struct cell_summary *into);

/* space.c: warns when the results will not find room on their disk, or all requests among the open files. */
void space_check(const struct session *session);

/* document.c: run.json. */
struct json *run_document(const struct session *session);

#endif
