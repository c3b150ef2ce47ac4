/* Cells that are left: not run, or not to all their trials. See session.h. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/units.h"
#include "run/session.h"

bool leave_budget_is_used(const struct session *session)
{
	return session->plan->budget_ns > 0 &&
	       session->spent_ns + clock_now_ns() - session->began_ns >= session->plan->budget_ns;
}

static char *budget_reason(const struct session *session)
{
	struct text reason = {0};

	text_add(&reason, "the budget of ");
	units_add_duration(&reason, session->plan->budget_ns);
	text_add(&reason, " was used up");
	return text_take(&reason);
}

static char *reason_of(const struct session *session, const struct cell_work *work, enum cell_cause *cause)
{
	char *reason;

	*cause = CAUSE_BUDGET;
	if (leave_budget_is_used(session))
		return budget_reason(session);
	*cause = CAUSE_GIVEN_UP;
	reason = failure_rows_reason(&session->failures, work->cell, session->plan->give_up_after);
	if (reason != NULL)
		return reason;
	*cause = CAUSE_SMALLER;
	return session->options->prune && work->trials == 0
	           ? prune_reason(session->plan, session->summary->cells, work->cell->index)
	           : NULL;
}

bool leave_cell(struct session *session, struct cell_work *work)
{
	if (work->left == NULL)
		work->left = reason_of(session, work, &work->left_cause);
	return work->left != NULL;
}

void leave_skip(struct session *session, struct cell_work *work)
{
	struct cell_summary *into = work->into;

	into->status = CELL_SKIPPED;
	into->cause = work->left_cause;
	free(into->reason);
	into->reason = work->left;
	work->left = NULL;
	session->states[work->cell->index].left = true;
	cell_work_release(work);
}

/* The cure is what goes on with them. */
static const struct {
	enum cell_cause cause;
	const char *why, *cure;
} lines[] = {
    {CAUSE_SMALLER, "they take no less than one that ran out of memory or of its time", "--resume --no-prune"},
    {CAUSE_GIVEN_UP, "their server failed too many in a row", "--resume"},
    {CAUSE_BUDGET, "the budget was used up", "--resume --set budget="},
};

static void say_line(struct session *session, size_t line)
{
	const struct summary *summary = session->summary;
	size_t skipped = 0, cut = 0;
	struct text told = {0};

	for (size_t i = 0; i < summary->cell_count; i++) {
		bool is_skipped = summary->cells[i].status == CELL_SKIPPED;

		skipped += summary->cells[i].cause == lines[line].cause && is_skipped;
		cut += summary->cells[i].cause == lines[line].cause && !is_skipped;
	}
	if (skipped + cut == 0)
		return;
	text_addf(&told, "%zu of %zu cells were not run", skipped, summary->cell_count);
	if (cut > 0)
		text_addf(&told, ", %zu ended before %s last trial", cut, cut == 1 ? "its" : "their");
	text_addf(&told, ": %s (%s", lines[line].why, lines[line].cure);
	if (lines[line].cause == CAUSE_BUDGET)
		units_add_duration(&told, 2 * session->plan->budget_ns);
	session_warn(session, "%s goes on with them)", text_string(&told));
	text_release(&told);
}

void leave_say(struct session *session)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		say_line(session, i);
}
