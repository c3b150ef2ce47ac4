/* The lines of cells.jsonl: what a run that is resumed goes by. */
#include <stdlib.h>

#include "base/memory.h"
#include "run/session.h"

/*
 * A line stands for itself: whoever finds nothing but the journal knows which
 * settings, server and model it is of. Takes the line.
 */
static bool write_line(struct session *session, const struct cell *cell, struct json *line)
{
	json_set_string(line, "key", session->states[cell->index].key);
	json_set(line, "server", server_facts_json(session_server(session, cell)));
	json_set(line, "model", model_facts_json(session_model(session, cell)));
	return store_end_cell(session->store, line, session->failure);
}

/* Before the line, since what it took to measure the cell taught something of the machine, too. */
static bool write_run(struct session *session)
{
	return store_write_run(session->store, run_document(session), session->failure);
}

bool journal_cell(struct session *session, const struct cell_work *work)
{
	struct cell_state *state = &session->states[work->cell->index];
	bool good = write_run(session) && write_line(session, work->cell, cell_summary_json(work->into));

	state->finished = true;
	cell_state_forget(state);
	return good;
}

bool journal_anchor(struct session *session)
{
	size_t last = session->summary->repeat_count - 1;

	return write_run(session) &&
	       write_line(session, &session->plan->cells[0], anchor_repeat_json(session->summary, last));
}

/*
 * What the server said of failures and of its end is not kept before the end of
 * the cell, so trials with failures are measured again.
 */
bool journal_trial(struct session *session, struct cell_work *work)
{
	struct cell_state *state = &session->states[work->cell->index];
	struct cell_conditions conditions = work->conditions;

	/* An interrupt may have come before the visit's trial. */
	if (work->repeat > 0 || work->failed || work->cut_short || work->trials == state->trials)
		return true;
	state->trials = work->trials;
	state->until_ns = clock_now_ns() - session->origin_ns;
	if (work->death.size > 0 || records_any_failed(work->records.records, work->records.count))
		return true;
	if (work->conditions_read && conditions.end.at_ns > conditions.start.at_ns) {
		conditions.change = conditions_change_of(&work->since, &conditions.end, !work->not_ours);
		json_free(work->into->conditions);
		work->into->conditions = cell_conditions_json(&conditions);
	}
	return write_line(session, work->cell, cell_summary_trial_json(work->into, state->trials, state->until_ns));
}
