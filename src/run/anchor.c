/* The anchor: the sweep's first cell, measured again and again; core/anchor.h looks at its repeats. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "run/session.h"

static struct anchor_repeat *add_repeat(struct session *session)
{
	struct summary *summary = session->summary;
	struct anchor_repeat *repeat;
	char *suffix;

	summary->repeats = memory_resize(summary->repeats, summary->repeat_count + 1, sizeof(*summary->repeats));
	repeat = &summary->repeats[summary->repeat_count++];
	suffix = text_format("-anchor-%zu", summary->repeat_count);
	cell_begin(&session->plan->cells[0], suffix, &repeat->cell);
	repeat->since_start_s = NAN;
	free(suffix);
	return repeat;
}

static void begin_progress(struct session *session)
{
	session->progress = (struct sweep_progress){
	    .cell = 1,
	    .cell_count = session->plan->cell_count,
	    .anchor = session->summary->repeat_count,
	    .settings = &session->plan->cells[0],
	    .tokens_per_s = NAN,
	    .memory_used_bytes = JSON_UNKNOWN,
	    .seconds_left = NAN,
	};
}

/* What the repeats would come to, too; NULL: nothing is known against them. */
static const char *why_of_no_use(const struct session *session)
{
	const struct plan *plan = session->plan;
	const struct cell_summary *cell = &session->summary->cells[0];

	if (cell->cause == CAUSE_MEMORY)
		return "its cell ran out of memory";
	if (cell->cause == CAUSE_CELL_TIMEOUT && cell->ok == 0)
		return "its cell came to no answer in its cell_timeout";
	if (failure_rows_has(&session->failures, &plan->cells[0], plan->give_up_after))
		return "its server failed too many cells in a row";
	return NULL;
}

/* Nor is it in more time than there is. */
static bool is_of_use(struct session *session)
{
	const char *why = why_of_no_use(session);

	if (why != NULL && !session->anchor_is_over)
		session_warn(session, "the anchor is not repeated any more: %s", why);
	session->anchor_is_over = session->anchor_is_over || why != NULL || leave_budget_is_used(session);
	return !session->anchor_is_over;
}

bool anchor_measure(struct session *session)
{
	struct anchor_repeat *repeat;
	struct cell_work work;
	bool good;

	if (!is_of_use(session))
		return true;
	repeat = add_repeat(session);
	work = cell_work_of(&session->plan->cells[0], &repeat->cell);
	work.repeat = session->summary->repeat_count;
	session->since_anchor = 0;
	begin_progress(session);
	good = cell_visit(session, &work, 0);
	if (work.records.count > 0)
		repeat->since_start_s =
		    (double)(work.records.records[0].due_ns - session->origin_ns) / (double)NS_PER_S;
	cell_end(session, &work);
	begin_progress(session);
	session->progress.ended = &repeat->cell;
	good = journal_anchor(session) && good;
	session_step(session, SWEEP_ENDED);
	return good;
}

bool anchor_after_visit(struct session *session)
{
	if (session->plan->anchor == 0 || session->since_anchor < session->plan->anchor || session_stopped(session))
		return true;
	return anchor_measure(session);
}
