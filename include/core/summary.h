/*
 * The results of a run, ready to be reported: statistics over requests and
 * trials, memory, flags. Everything here is computed from records and samples
 * by pure functions; reports read nothing else.
 */
#ifndef CORE_SUMMARY_H
#define CORE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "core/answer.h"
#include "core/cell.h"
#include "core/error_floor.h"
#include "core/facts.h"
#include "core/interval.h"
#include "core/memory_model.h"
#include "core/metric.h"
#include "core/record.h"
#include "core/sample.h"
#include "core/stages.h"

/* Exact over all values: quantile q is the smallest value with at least q·n values ≤ it (nearest rank). NAN when n = 0.
 */
struct distribution {
	size_t n;
	double mean, min, p50, p90, p95, p99, max;
};

/* Sorts `values`. */
struct distribution distribution_of(double *values, size_t count);

/* The same, but p50 is the median: for an even count the mean of the middle two. For a few values, one per trial. */
struct distribution distribution_over_trials(double *values, size_t count);

/* The statistics by name, as they are told of each trial, too: what a rule can ask for. Ended by a NULL name. */
struct distribution_statistic {
	const char *name;
	size_t offset; /* of the member in struct distribution */
};

extern const struct distribution_statistic distribution_statistics[];
double distribution_get(const struct distribution *values, const struct distribution_statistic *statistic);

enum cell_status { CELL_DONE, CELL_FAILED, CELL_SKIPPED, CELL_UNFINISHED };
const char *cell_status_name(enum cell_status status);

/*
 * X(symbol, name in JSON): what decides over other cells, or over the cell
 * itself when the run is resumed. Of a cell that failed, or hit its limit: the
 * first three; of one that was skipped: the others. The last two are also those
 * of a cell that ended with fewer trials than it wants.
 */
#define CELL_CAUSES(X)                                                                                      \
	X(CAUSE_NONE, NULL)                   /* nothing that is known of others, too */                    \
	X(CAUSE_MEMORY, "memory")             /* it ran out of memory */                                    \
	X(CAUSE_CELL_TIMEOUT, "cell_timeout") /* it was not over in its time */                             \
	X(CAUSE_SERVER, "server")             /* its server could not be had, did not answer, or ended */   \
	X(CAUSE_SMALLER, "smaller_cell")      /* one that needs no more had the first or second of these */ \
	X(CAUSE_GIVEN_UP, "given_up")         /* its server had failed too often */                         \
	X(CAUSE_BUDGET, "budget")             /* the time of the whole run was used up */

enum cell_cause {
#define X(symbol, name) symbol,
	CELL_CAUSES(X)
#undef X
};
const char *cell_cause_name(enum cell_cause cause); /* NULL: CAUSE_NONE */

/*
 * Cold: the run had not loaded the model's file before, so it came from the disk, unless the system still had it in its
 * page cache from before the run. Warm: it had.
 */
enum load_kind { LOAD_UNKNOWN, LOAD_COLD, LOAD_WARM };
const char *load_kind_name(enum load_kind kind); /* NULL unknown */

struct metric_summary {
	const struct metric *metric;
	struct distribution values; /* over requests, or over trials */
	/* METRIC_TRIAL only: */
	struct interval interval;
	double *trials; /* owned; values.n values, in the order of trials; NULL: not told */
	/* METRIC_REQUEST only: of each trial that has values, in their order; n, min and max are not kept in JSON */
	struct distribution *by_trial; /* owned; NULL: not told */
	size_t by_trial_count;
};

/* Bytes; JSON_UNKNOWN where not measured. */
struct memory_summary {
	int64_t total_bytes;
	int64_t baseline_bytes;    /* used by the system before the model was loaded */
	int64_t system_peak_bytes; /* highest used memory from loading to the last reply */
	int64_t system_mean_bytes; /* time-weighted while measuring */
	/*
	 * The highest sum of used memory and the mapped weights that it leaves out, machine_has_mapped_weights();
	 * unknown where there are none, or it has them. A key of the JSON only where it is known.
	 */
	int64_t system_with_files_bytes;
	/*
	 * From loading to the last reply: of the server's processes the highest sample, with the kernel's own peak of
	 * each that rose in the visit; these need not be of one instant. A peak between two samples that is below one
	 * from before the visit is missed, and a load when the server starts is before it. Then the highest sample of
	 * what the GPUs have allocated.
	 */
	int64_t server_peak_bytes, gpu_peak_bytes;
	size_t samples, stale_samples; /* all of the cell; how many of them are stale and so in no statistic */
};

/* Over the samples of one cell, in order of time. */
struct memory_summary memory_summary_of(const struct sample *samples, size_t count);

struct cell_summary {
	char *id;
	struct json *settings;
	enum cell_status status;
	char *reason; /* why it is not done: for people; NULL when done */
	enum cell_cause cause;
	char *server_words; /* the telling part of what the server said about it; NULL: it said nothing */
	double duration_s;  /* first due to last done, median over the trials in which a request succeeded; NAN none */
	int64_t errors;     /* requests that failed, or 1 for the preload; JSON_UNKNOWN: the cell never came to it */
	int64_t sent, ok, failed; /* measured requests of all trials: all, and how they ended; sent = ok + failed */
	int64_t outcomes[OUTCOME_COUNT];
	enum load_kind load;            /* what model_load_s is of */
	int64_t retries;                /* connects refused and tried again */
	struct metric_summary *metrics; /* one per row of metrics[], in its order */
	struct memory_summary memory;
	struct memory_prediction predicted; /* its memory, by the model's shape; members of "memory" in the JSON */
	int64_t loaded_bytes;        /* what the server said that the loaded model takes; JSON_UNKNOWN; likewise */
	struct json *conditions;     /* machine/conditions.h; NULL: not read */
	struct json *machine;        /* cell_summary_add_samples(); NULL: not sampled */
	struct json *queue;          /* core/fairness.h; NULL: nothing was sent */
	struct json *server_metrics; /* core/server_metrics.h; NULL: the server tells none */
	struct client_check client;  /* how exact llmbench itself was */
	struct answer sample;        /* the first answer that has text */
	char **flags;                /* what a reader must know before trusting the row */
	size_t flag_count;
};

/*
 * Fills counts, errors, duration and the metrics of requests and trials, by
 * the rate and the slo of cell->settings, from the records of all trials (any order of trials; records of one trial are
 * adjacent). Called once, with all of them; everything else stays.
 */
void cell_summary_add_records(struct cell_summary *cell, const struct record *records, size_t count);

/*
 * Flags of what trials tell about each other and about the load: a rate that
 * was not achieved, drift, outliers, a slow first trial, `until` not reached.
 */
void cell_summary_add_trial_flags(struct cell_summary *cell);

/*
 * Fills memory, the metrics of the machine, and `machine`: {"energy_source",
 * "measured_s", "phases": machine_phases_json() and, by the stages' names,
 * stage_figures_json()}, from the samples of all visits.
 * After cell_summary_add_records(): tokens per joule need the tokens. whole: the
 * samples are of all trials that the figures have, and of no others; else energy
 * is unknown, as that of a part of them, or of more, misleads.
 */
void cell_summary_add_samples(struct cell_summary *cell, const struct sample *samples, size_t count,
                              const struct stages *stages, int64_t output_tokens, bool whole);

/* By its settings: requests are due on a schedule, that of a rate or of a trace. */
bool cell_summary_is_open_loop(const struct cell_summary *cell);

/* Of a cell that has its records and client.core_share. */
struct client_figures cell_summary_client_figures(const struct cell_summary *cell);
/* How fast its trials were: RTFx of recordings, inputs/s of embeddings, else output tokens/s. */
const struct metric_summary *cell_summary_speed(const struct cell_summary *cell);

/* A METRIC_CELL value; NAN unknown. */
void cell_summary_set(struct cell_summary *cell, const char *metric, double value);
/* What is flagged already is not flagged twice. */
void cell_summary_add_flag(struct cell_summary *cell, const char *format, ...) TEXT_PRINTF(2, 3);
/* Unfinished, nothing known: the start of every cell_summary. */
void cell_summary_init(struct cell_summary *cell);
void cell_summary_release(struct cell_summary *cell);

/* The sweep's first cell, measured once more: see core/anchor.h. */
struct anchor_repeat {
	double since_start_s;     /* from the sweep's start to when its first request was due; NAN: it had none */
	struct cell_summary cell; /* its id is that of the cell, with "-anchor-1" and so on */
};

struct summary {
	char *name; /* of the matrix: "m4" */
	char *title;
	struct json *host;  /* machine/identity.h */
	char *started_utc;  /* provenance: "2026-11-21T06:19:00Z" */
	char *finished_utc; /* NULL while it runs, or when it was interrupted */
	char **resumed_utc; /* when it was continued, each time; a key of the JSON only where it was */
	size_t resumed_count;
	char *tool_version;
	char *load_engine;     /* what sent and stamped: "libcurl/7.88.1, epoll, kernel stamps"; NULL unknown */
	struct json *datasets; /* a list, see workload/dataset.h; NULL unknown */
	struct json *profiles; /* {profile: {variable: value}}, without secrets; NULL unknown */
	char **notes;          /* `notes:` of the matrix: further figures for the Notes column */
	size_t note_count;
	struct server_facts *servers;
	size_t server_count;
	struct model_facts *models; /* in the matrix's order */
	size_t model_count;
	struct cell_summary *cells; /* in the plan's order */
	size_t cell_count;
	int64_t anchor_every;          /* the plan's `anchor`: visits between two repeats of cells[0]; 0: none */
	struct anchor_repeat *repeats; /* in order of time; they are no cells of the tables */
	size_t repeat_count;
};

void summary_release(struct summary *summary);

/* Of a load that begins now: warm where a cell or repeat of the summary, or the cell itself, has loaded that file. */
enum load_kind summary_next_load(const struct summary *summary, const struct cell_summary *cell);

/* llmbench.cell/1: one line of cells.jsonl; an item of summary.json's "cells" is the same without "schema". */
struct json *cell_summary_json(const struct cell_summary *cell);
/* llmbench.trial/1, a line too, of a cell that is not at its end: "trial", of how many trials it speaks, and "at_ns",
 * then the keys of a cell as far as they are known by then. */
struct json *cell_summary_trial_json(const struct cell_summary *cell, int64_t trial, int64_t at_ns);
/* Reads such a line, or an item of "cells", into what cell_summary_init() began. False: it lacks what a cell must have.
 */
bool cell_summary_parse(const struct json *json, struct cell_summary *cell);
/* llmbench.anchor/1, a line of cells.jsonl too: "repeat", from 1, and "since_start_s", then the keys of a cell. */
struct json *anchor_repeat_json(const struct summary *summary, size_t repeat);
/*
 * llmbench.summary/1; "anchor" is null, or {"cell": id, "every", "metric", "drift": {"repeats", "span_s",
 * "pct_per_hour", "low", "high", "interval", "span_pct"}, "flags", "repeats": [as above, without "schema"]};
 * "server" is the first of the servers, and "servers", all of them, is there when they are several.
 */
struct json *summary_json(const struct summary *summary);
/* Reads summary.json back, and what summary_json() then writes is the same. False, and `summary` empty, when it is not
 * one. */
bool summary_parse(const struct json *json, struct summary *summary);

#endif
