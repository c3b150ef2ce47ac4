/*
 * Runs a plan: sweep → cell → trial. Composes server, target, load, machine
 * and store; prints nothing.
 */
#ifndef RUN_SWEEP_H
#define RUN_SWEEP_H

#include <signal.h>
#include <stdbool.h>

#include "base/failure.h"
#include "base/files.h"
#include "core/summary.h"
#include "core/trace.h"
#include "load/load.h"
#include "plan/plan.h"

/* X(symbol, word for people) */
#define SWEEP_STEPS(X)                                \
	X(SWEEP_STARTING, "starting server")          \
	X(SWEEP_POWERLESS, "waiting for mains power") \
	X(SWEEP_COOLING, "cooling down")              \
	X(SWEEP_LOADING, "loading model")             \
	X(SWEEP_WARMING, "warming up")                \
	X(SWEEP_MEASURING, "measuring")               \
	X(SWEEP_ENDED, "done")

enum sweep_step {
#define X(symbol, word) symbol,
	SWEEP_STEPS(X)
#undef X
};

const char *sweep_step_word(enum sweep_step step);

struct sweep_progress {
	size_t cell, cell_count; /* cell from 1 */
	size_t anchor;           /* from 1: this is that repeat of the anchor; 0: a cell */
	const struct cell *settings;
	enum sweep_step step;
	int trial;                        /* from 1 while measuring */
	struct load_progress load;        /* while warming or measuring */
	double tokens_per_s;              /* now: text chunks a second since the last report; NAN unknown */
	int64_t memory_used_bytes;        /* JSON_UNKNOWN */
	double seconds_left;              /* estimate from the cells so far; NAN unknown */
	const struct cell_summary *ended; /* SWEEP_ENDED: the cell's result */
};

struct sweep_options {
	const char *out;     /* results folder */
	const char *version; /* of llmbench */
	const char *resume;  /* the directory of the run that is continued; NULL: a new one */
	bool sample;         /* memory is sampled */
	bool prune;          /* cells that take no less than one that ran out of memory or of time are skipped */
	const volatile sig_atomic_t *stop;
	/* report.md; with a stem also the files of its charts, whose names begin with it; NULL: it has none */
	void (*report)(const struct summary *summary, const struct trace *trace, const char *chart_stem,
	               struct text *into, struct files *files);
	void (*on_progress)(void *context, const struct sweep_progress *progress);
	void (*on_warning)(void *context, const char *message);
	void *context;
};

/*
 * Fills `summary` (also when it fails) and returns the status of the whole:
 * done, cells failed, user's mistake (nothing was measured), cannot go on.
 * `failure` says why for the last two. folder: the run directory, owned by
 * the caller; NULL when none was made.
 */
enum status sweep_run(const struct plan *plan, const struct sweep_options *options, struct summary *summary,
                      char **folder, struct failure *failure);

/*
 * The status of a sweep that went through all its cells: done, or cells failed.
 * That a budget left some of them out is what its user asked for, as with
 * --only, and no failure.
 */
enum status sweep_status(const struct summary *summary);

#endif
