/*
 * Which cells are not run because of what others came to: pure decisions.
 */
#ifndef RUN_PRUNE_H
#define RUN_PRUNE_H

#include "core/summary.h"
#include "plan/plan.h"

/* What is known of a cell that is not as it should be. */
struct failure_signs {
	const char *words, *reason; /* the server's telling words, llmbench's own; NULL: none */
	int64_t oom_kills;          /* processes that the system killed for lack of memory meanwhile; JSON_UNKNOWN */
	bool over_time;             /* cell_timeout was up before it was over */
	bool none_ok;               /* no request of it succeeded */
	bool server_failed;         /* its server could not be had, did not answer, or ended */
};

/*
 * The cause of all that: memory, where words tell it, or where a process was
 * killed while the system killed for memory; then time; then the server. Only a
 * cell without any success, or whose server ended, ran out of memory or has a
 * server that failed.
 */
enum cell_cause prune_cause(const struct failure_signs *signs);

/*
 * Why the cell need not be run: one that takes no more memory ran out of it, or
 * one that takes no more time hit its cell_timeout, which it names by what differs.
 * cells: of the plan so far, in its order. NULL: it is to be run. The caller
 * frees it.
 */
char *prune_reason(const struct plan *plan, const struct cell_summary *cells, size_t cell);

/* --- Failures in a row --- */

/*
 * Cells share a fate when the same server would fail them: cells of one server,
 * and where it starts with a model, of one model.
 */
bool prune_shares_fate(const struct cell *a, const struct cell *b);

/* What cells of one fate came to lately. */
struct failure_row {
	const struct cell *cell; /* one of them */
	int64_t count;           /* of failures of their server since the last cell that had none */
	char *last;              /* owned; the last one's reason */
};

struct failure_rows {
	struct failure_row *rows; /* owned */
	size_t count;
};

/* A cell of the plan has ended: repeats of the anchor do not count. */
void failure_rows_note(struct failure_rows *rows, const struct cell *cell, const struct cell_summary *ended);

/* Whether the cell's server failed `limit` cells in a row. */
bool failure_rows_has(const struct failure_rows *rows, const struct cell *cell, int64_t limit);

/* That, as the reason why the cell need not be tried. NULL: it did not. The caller frees it. */
char *failure_rows_reason(const struct failure_rows *rows, const struct cell *cell, int64_t limit);
void failure_rows_release(struct failure_rows *rows);

#endif
