/*
 * A run directory: results/<matrix>/<UTC time>/. Append-only files while the
 * run goes on, whole documents replaced atomically; a crash leaves readable
 * files and loses at most the trial that was running.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/files.h"
#include "base/json.h"
#include "core/summary.h"
#include "core/trace.h"

struct store;

/*
 * Makes `out`/`name`/<UTC of wall_ns>/ (with -2, -3 … when it exists) and opens
 * its files. What cannot stand in a file's name becomes '-' in `name`. Status 2
 * when `out` cannot be, 3 when the disk is at fault. Until it is closed, or this process
 * ends, the directory is locked against others that would write to it.
 */
struct store *store_create(const char *out, const char *name, int64_t wall_ns, struct failure *failure);

/* Closes; the files stay, and the run directory is free for others. NULL is allowed. */
void store_close(struct store *store);

const char *store_folder(const struct store *store);

/* For a person: what may go wrong with this directory though it was opened, "" when all is well. Borrowed. */
const char *store_doubts(const struct store *store);

/* The path for the log of the n-th server start (from 1); the caller frees it. */
char *store_log_path(const struct store *store, size_t n);

/* --- Continuing a run --- */

/*
 * Which run of `out`/`name` is to be continued: its newest one without an end
 * (else the newest that left a cell), or the one that `run` means (NULL:
 * nothing), a run directory or the name of one there. *finished: it has come to
 * its end, and left no cell; without `run`, so have all of them. The caller
 * frees the path. NULL: there is none, status 2.
 */
char *store_find_unfinished(const char *out, const char *name, const char *run, bool *finished,
                            struct failure *failure);

/*
 * Opens a run directory again, and makes `out`, which may be another one than
 * it stands in. Status 2 when another process writes to it, or `out` cannot be.
 * Before store_keep() nothing can be added.
 */
struct store *store_open(const char *folder, const char *out, const char *name, struct failure *failure);

/* NULL: the run had not come so far, or it is damaged. The caller frees it. */
struct json *store_read_run(const struct store *store);

/* Each whole line of cells.jsonl; of records.jsonl, then samples.jsonl. Status 3. */
bool store_read_journal(const struct store *store, void (*take)(void *context, const struct json *line), void *context,
                        struct failure *failure);
bool store_read_measured(const struct store *store, void (*take)(void *context, const struct json *line), void *context,
                         struct failure *failure);

enum store_fate {
	STORE_KEEP,
	STORE_SET_ASIDE, /* it goes to dropped.jsonl, since somebody may want it yet */
	STORE_FORGET,
};

struct store_choice {
	enum store_fate (*judge)(void *context, const struct json *line); /* of any of the three files */
	void *context;
};

/*
 * Rewrites cells.jsonl, records.jsonl and samples.jsonl with the whole lines
 * that are to be kept: what a crash tore goes, too. Cut short, it can be done
 * again. Also while the run goes on. Status 3.
 */
bool store_keep(struct store *store, const struct store_choice *choice, struct failure *failure);

/* How many server starts had a log: the number of the last one, since others may have been deleted. */
size_t store_log_count(const struct store *store);

/* --- Writing --- */

/* run.json: settings, machine, server, versions; replaced whenever more is known. Takes the value. */
bool store_write_run(struct store *store, struct json *run, struct failure *failure);

/*
 * One line each, in one write; takes the value. Disk full is status 3, here
 * and below; the file then ends with its last whole line.
 */
bool store_add_record(struct store *store, struct json *record, struct failure *failure);
bool store_add_sample(struct store *store, struct json *sample, struct failure *failure);

/* The journal: the cell, or trial, is finished once this returns (fsync of records, samples and journal). Takes the
 * value. */
bool store_end_cell(struct store *store, struct json *cell, struct failure *failure);

/* report.md and summary.json of this run so far. A run whose summary has its end is finished, so this comes last. */
bool store_write_summary(struct store *store, const struct json *summary, const char *report, struct failure *failure);

/* Files beside report.md. */
bool store_write_files(struct store *store, const struct files *files, struct failure *failure);

/* What names of files beside results/<matrix>.md begin with: the name that the matrix has there. Borrowed. */
const char *store_stem(const struct store *store);

/* results/<matrix>.md becomes this report; its files, which stand beside it, come first. */
bool store_publish(struct store *store, const char *report, const struct files *files, struct failure *failure);

/*
 * Finds the run that `path` means: a run directory, or a results folder (its
 * newest run with a summary.json; finished ones first). The caller frees the
 * path. NULL: failure, status 2.
 */
char *store_find(const char *path, struct failure *failure);

/* Loads summary.json of a run directory, or a file of that kind. */
bool store_load(const char *folder, struct summary *summary, struct failure *failure);
bool store_load_file(const char *path, struct summary *summary, struct failure *failure);

/* `out`/baselines/`name`.json, where a baseline is kept: a copy of summary.json to compare with. The caller frees it.
 */
char *store_baseline_path(const char *out, const char *name);

/* Makes, or replaces, the baseline at such a path. */
bool store_save_baseline(const struct summary *summary, const char *path, struct failure *failure);

/*
 * Loads records.jsonl and samples.jsonl of it, as far as a trace holds them. A
 * file that is not there has no lines, and lines that are no JSON (a torn last
 * one) are left out. Status 3 when a file cannot be read. `trace` is released
 * by the caller in any case.
 */
bool store_load_trace(const char *folder, const struct summary *summary, struct trace *trace, struct failure *failure);

#endif
