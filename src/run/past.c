/*
 * The files of a run that is continued, line by line: what of them holds is
 * taken, all else is dropped.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "run/dropped.h"
#include "run/session.h"

struct past {
	struct session *session;
	size_t last; /* the cell of the line before: lines of a cell are neighbours */
	struct dropped gone, changed;
	bool anchor_ended; /* a repeat that does not hold: later ones do not count on from there */
};

static bool is_schema(const struct json *line, const char *name)
{
	return text_equal(json_get_string(line, "schema"), name);
}

/* --- Whose a line is --- */

/* NULL: of no cell of the matrix. */
static struct cell_state *state_of(struct past *past, const char *id)
{
	struct session *session = past->session;
	const struct summary *summary = session->summary;

	if (id == NULL)
		return NULL;
	for (size_t i = 0; i < summary->cell_count; i++) {
		size_t cell = (past->last + i) % summary->cell_count;

		if (text_equal(summary->cells[cell].id, id)) {
			past->last = cell;
			return &session->states[cell];
		}
	}
	return NULL;
}

static size_t index_of(const struct session *session, const struct cell_state *state)
{
	return (size_t)(state - session->states);
}

static bool is_repeat(const struct session *session, const char *id)
{
	for (size_t i = 0; i < session->summary->repeat_count; i++)
		if (text_equal(session->summary->repeats[i].cell.id, id))
			return true;
	return false;
}

/* Which the cell of a trial's line is, too, but the trial is not. */
static bool is_unfinished(const struct json *line)
{
	return !is_schema(line, "llmbench.trial/1") &&
	       text_equal(json_get_string(line, "status"), cell_status_name(CELL_UNFINISHED));
}

static bool has_key(const struct json *line, const struct cell_state *state)
{
	return text_equal(json_get_string(line, "key"), state->key);
}

/* --- The journal --- */

static void remember_server(struct session *session, const struct cell *cell, const struct json *line)
{
	struct server_facts *facts = session_server(session, cell);
	double speed = facts->simulated_speed;

	server_facts_release(facts);
	*facts = server_facts_parse(json_get(line, "server"));
	facts->simulated_speed = speed;
}

static void remember_model(struct session *session, const struct cell *cell, const struct json *line)
{
	struct model_facts *facts = session_model(session, cell);

	model_facts_release(facts);
	*facts = model_facts_parse(json_get(line, "model"));
	facts->remembered = true;
}

static bool has_facts(const struct json *line, const struct cell *cell)
{
	const struct json *server = json_get(line, "server"), *model = json_get(line, "model");

	return text_equal(json_get_string(server, "name"), cell->server->name) &&
	       text_equal(json_get_string(model, "server"), cell->server->name) &&
	       text_equal(json_get_string(model, "name"), cell->model);
}

static bool restore(struct session *session, struct cell_state *state, const struct json *line)
{
	size_t index = index_of(session, state);
	const struct cell *cell = &session->plan->cells[index];
	struct cell_summary *into = &session->summary->cells[index];

	if (!has_facts(line, cell))
		return false;
	cell_summary_release(into);
	cell_summary_init(into);
	if (!cell_summary_parse(line, into)) {
		cell_state_begin_again(session, index);
		return false;
	}
	remember_server(session, cell, line);
	remember_model(session, cell, line);
	cell_state_forget(state);
	state->version = memory_string(json_get_string(json_get(line, "server"), "version"));
	state->digest = memory_string(json_get_string(json_get(line, "model"), "digest"));
	return true;
}

/* False: what was measured of the cell is dropped. */
static bool holds(struct past *past, struct cell_state *state, const struct json *line)
{
	struct dropped *dropped = state == NULL ? &past->gone : &past->changed;

	if (state != NULL && has_key(line, state))
		return true;
	if (state != NULL)
		state->moved = true;
	if (!is_unfinished(line))
		dropped_add(dropped, past->session->plan, line);
	return false;
}

static void take_cell(struct past *past, struct cell_state *state, const struct json *line)
{
	struct session *session = past->session;

	if (holds(past, state, line) && !is_unfinished(line) && restore(session, state, line)) {
		state->finished = true;
		session->since_anchor += session->plan->order != PLAN_INTERLEAVED &&
		                         session->summary->cells[index_of(session, state)].sent > 0;
	}
}

static void take_trial(struct past *past, struct cell_state *state, const struct json *line)
{
	int64_t trial = json_get_integer(line, "trial"), at_ns = json_get_integer(line, "at_ns");

	if (!holds(past, state, line) || state->finished || trial < 1 || at_ns == JSON_UNKNOWN ||
	    !restore(past->session, state, line))
		return;
	state->trials = trial;
	state->until_ns = at_ns;
	past->session->since_anchor += past->session->plan->order == PLAN_INTERLEAVED;
}

static void take_anchor(struct past *past, const struct json *line)
{
	struct session *session = past->session;
	struct summary *summary = session->summary;
	struct anchor_repeat *repeat;

	past->anchor_ended |= session->plan->anchor == 0 || !has_key(line, &session->states[0]) ||
	                      is_unfinished(line) ||
	                      json_get_integer(line, "repeat") != (int64_t)summary->repeat_count + 1;
	if (past->anchor_ended)
		return;
	summary->repeats = memory_resize(summary->repeats, summary->repeat_count + 1, sizeof(*summary->repeats));
	repeat = &summary->repeats[summary->repeat_count];
	cell_summary_init(&repeat->cell);
	repeat->since_start_s = json_get_number(line, "since_start_s");
	past->anchor_ended = !cell_summary_parse(line, &repeat->cell);
	if (past->anchor_ended) {
		cell_summary_release(&repeat->cell);
		return;
	}
	summary->repeat_count++;
	session->since_anchor = 0;
}

static void take_line(void *context, const struct json *line)
{
	struct past *past = context;

	if (is_schema(line, "llmbench.anchor/1"))
		take_anchor(past, line);
	else if (is_schema(line, "llmbench.trial/1"))
		take_trial(past, state_of(past, json_get_string(line, "id")), line);
	else if (is_schema(line, "llmbench.cell/1"))
		take_cell(past, state_of(past, json_get_string(line, "id")), line);
}

/* --- Finished trials of cells that are not --- */

static void take_record(struct session *session, struct cell_state *state, const struct json *line)
{
	struct trial_records *into = &state->records;
	struct record record;

	if (json_get_integer(line, "trial") > state->trials)
		return;
	if (json_get(line, "left_out") != NULL) {
		state->left_out_count++;
		return;
	}
	if (!record_parse(line, session->origin_ns, &record))
		return;
	into->records = memory_grow(into->records, &into->capacity, into->count, sizeof(*into->records));
	into->records[into->count++] = record;
}

static void take_sample(struct session *session, struct cell_state *state, const struct json *line)
{
	struct server_sample reading;
	struct sample sample;

	if (json_get_integer(line, "at_ns") > state->until_ns)
		return;
	if (sample_parse(line, session->origin_ns, &sample)) {
		state->samples =
		    memory_grow(state->samples, &state->sample_capacity, state->sample_count, sizeof(*state->samples));
		state->samples[state->sample_count++] = sample;
	} else if (server_sample_parse(line, session->origin_ns, &reading)) {
		server_polls_add(&state->polls, &reading);
	}
}

static void take_measured(void *context, const struct json *line)
{
	struct past *past = context;
	struct cell_state *state = state_of(past, json_get_string(line, "cell"));

	if (state == NULL || state->finished || state->trials == 0)
		return;
	if (is_schema(line, "llmbench.record/1"))
		take_record(past->session, state, line);
	else
		take_sample(past->session, state, line);
}

/* A line of the journal is written after its records; only a damaged disk has one without them. */
static void check_trials(struct session *session, size_t cell)
{
	struct cell_state *state = &session->states[cell];
	size_t requests = (size_t)session->plan->cells[cell].requests;

	state->left_out = (int64_t)(state->left_out_count / requests);
	if (state->records.count + state->left_out_count == (size_t)state->trials * requests)
		return;
	cell_state_forget(state);
	cell_state_begin_again(session, cell);
}

/* --- What stays --- */

static enum store_fate judge_journal(struct past *past, const struct json *line)
{
	const struct cell_state *state = state_of(past, json_get_string(line, "id"));
	bool stays = state != NULL && !state->moved && has_key(line, state);

	if (is_repeat(past->session, json_get_string(line, "id")))
		return STORE_KEEP;
	if (is_unfinished(line))
		return STORE_FORGET;
	if (!stays)
		return STORE_SET_ASIDE;
	/* Those of a cell that is finished tell the next one who resumes the run when the anchor was due. */
	if (is_schema(line, "llmbench.trial/1"))
		return state->finished || json_get_integer(line, "trial") <= state->trials ? STORE_KEEP : STORE_FORGET;
	return state->finished ? STORE_KEEP : STORE_SET_ASIDE;
}

/* Samples tell their time, records their trial. */
static bool is_of_trials(const struct json *line, const struct cell_state *state)
{
	if (is_schema(line, "llmbench.record/1"))
		return json_get_integer(line, "trial") <= state->trials;
	return json_get_integer(line, "at_ns") <= state->until_ns;
}

static enum store_fate judge(void *context, const struct json *line)
{
	struct past *past = context;
	const char *id = json_get_string(line, "cell");
	const struct cell_state *state;

	if (id == NULL)
		return judge_journal(past, line);
	if (is_repeat(past->session, id))
		return STORE_KEEP;
	state = state_of(past, id);
	if (state == NULL || state->moved)
		return STORE_SET_ASIDE;
	return state->finished || (state->trials > 0 && is_of_trials(line, state)) ? STORE_KEEP : STORE_FORGET;
}

bool past_keep(struct session *session)
{
	struct past past = {.session = session};
	const struct store_choice choice = {judge, &past};
	bool good = store_keep(session->store, &choice, session->failure);

	for (size_t i = 0; i < session->plan->cell_count; i++)
		session->states[i].moved = false;
	return good;
}

static void say_what_holds(struct session *session)
{
	size_t finished = 0, begun = 0, count = session->plan->cell_count;
	struct text more = {0};

	for (size_t i = 0; i < count; i++) {
		finished += session->states[i].finished;
		begun += !session->states[i].finished && session->states[i].trials > 0;
	}
	if (begun > 0)
		text_addf(&more, ", %zu more %s finished trials", begun, begun == 1 ? "has" : "have");
	session_warn(session, "resuming %s: %zu of %zu cells are finished%s", store_folder(session->store), finished,
	             count, text_string(&more));
	text_release(&more);
}

/* What --only leaves out the matrix still has: a run is not made smaller by that. */
static bool check_only(const struct past *past)
{
	struct session *session = past->session;

	return !session->plan->narrowed || past->gone.count == 0 ||
	       failure_set(session->failure, STATUS_USER_MISTAKE,
	                   "cannot resume %s with this --only: it has figures of %zu other cell%s (%s), which would be "
	                   "dropped; without --only the run goes on as a whole, without --resume a new one begins",
	                   store_folder(session->store), past->gone.count, past->gone.count == 1 ? "" : "s",
	                   text_string(&past->gone.names));
}

bool past_take(struct session *session)
{
	struct past past = {.session = session};
	bool good = store_read_journal(session->store, take_line, &past, session->failure) &&
	            store_read_measured(session->store, take_measured, &past, session->failure);

	for (size_t i = 0; i < session->plan->cell_count; i++)
		check_trials(session, i);
	good = good && check_only(&past) && past_keep(session);
	if (good) {
		say_what_holds(session);
		dropped_say(&past.gone, session, "that the matrix does not have any more");
		dropped_say(&past.changed, session, "whose settings changed");
	}
	dropped_release(&past.gone);
	dropped_release(&past.changed);
	return good;
}
