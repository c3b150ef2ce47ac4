/*
 * Goes on with a run that did not come to its end: finds in its directory what
 * still holds, and has the rest dropped. Each kind of step has its rule:
 *
 * A cell is kept when its line stands in the journal and has the key that the
 * cell has now. Of a cell without one, those trials are kept that have a line:
 * of cells run in rounds each, else all but the last one, as long as no request
 * failed. `until` goes on counting from there. What the server told of itself
 * (conditions, memory) in a visit that was cut short is lost with the visit.
 * Repeats of the anchor are kept, and the visits since the last one are counted.
 * Calibrations are made again when they are needed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "machine/identity.h"
#include "run/session.h"

enum { DROPPED_NAMED = 5 }; /* of dropped cells so many are named */

struct dropped {
	size_t count;
	struct text names;
};

struct past {
	struct session *session;
	size_t last; /* the cell of the line before: lines of a cell are neighbours */
	struct dropped gone, changed;
	bool anchor_ended; /* a repeat that does not hold: later ones do not count on from there */
};

static const char *schema_of(const struct json *line)
{
	return json_get_string(line, "schema");
}

static bool is_schema(const struct json *line, const char *name)
{
	return text_equal(schema_of(line), name);
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

static bool is_unfinished(const struct json *line)
{
	return text_equal(json_get_string(line, "status"), cell_status_name(CELL_UNFINISHED));
}

static bool has_key(const struct json *line, const struct cell_state *state)
{
	return text_equal(json_get_string(line, "key"), state->key);
}

/* --- What is dropped, for people --- */

/* "llama3.2, parallel 16": the model, and the knobs that vary now. */
static void add_cell(const struct plan *plan, const struct json *settings, struct text *into)
{
	struct text words = {0};

	text_add(&words, json_get_string(settings, "model") != NULL ? json_get_string(settings, "model") : "?");
	for (size_t i = 0; i < plan->axis_count; i++) {
		const struct json *value = json_get(settings, plan->axes[i]);

		if (value == NULL || text_equal(plan->axes[i], "model"))
			continue;
		text_addf(&words, ", %s ", plan->axes[i]);
		json_add_to(&words, value);
	}
	text_add_masked(into, text_string(&words), words.size);
	text_release(&words);
}

static void drop(const struct plan *plan, struct dropped *dropped, const struct json *line)
{
	if (is_unfinished(line))
		return;
	if (dropped->count < DROPPED_NAMED) {
		text_add(&dropped->names, dropped->count > 0 ? "; " : "");
		add_cell(plan, json_get(line, "settings"), &dropped->names);
	} else if (dropped->count == DROPPED_NAMED) {
		text_add(&dropped->names, "; …");
	}
	dropped->count++;
}

static void say_dropped(const struct session *session, struct dropped *dropped, const char *why)
{
	if (dropped->count > 0)
		session_warn(session,
		             "dropped %zu finished cell%s %s: %s; what was measured of them is in %s/dropped.jsonl",
		             dropped->count, dropped->count == 1 ? "" : "s", why, text_string(&dropped->names),
		             store_folder(session->store));
	text_release(&dropped->names);
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

static void begin_again(struct session *session, size_t cell)
{
	cell_summary_release(&session->summary->cells[cell]);
	cell_begin_unvisited(&session->plan->cells[cell], &session->summary->cells[cell]);
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
		begin_again(session, index);
		return false;
	}
	remember_server(session, cell, line);
	remember_model(session, cell, line);
	cell_state_forget(state);
	state->version = memory_string(json_get_string(json_get(line, "server"), "version"));
	state->digest = memory_string(json_get_string(json_get(line, "model"), "digest"));
	return true;
}

static void take_cell(struct past *past, struct cell_state *state, const struct json *line)
{
	struct session *session = past->session;

	if (state == NULL) {
		drop(session->plan, &past->gone, line);
	} else if (!has_key(line, state)) {
		state->moved = true;
		drop(session->plan, &past->changed, line);
	} else if (!is_unfinished(line) && restore(session, state, line)) {
		state->finished = true;
		session->since_anchor += session->plan->order != PLAN_INTERLEAVED;
	}
}

static void take_trial(struct past *past, struct cell_state *state, const struct json *line)
{
	int64_t trial = json_get_integer(line, "trial"), at_ns = json_get_integer(line, "at_ns");

	if (state == NULL || state->finished || trial < 1 || at_ns == JSON_UNKNOWN || !has_key(line, state) ||
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

	if (json_get_integer(line, "trial") > state->trials || !record_parse(line, session->origin_ns, &record))
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

	if (state->trials == 0 || (int64_t)state->records.count == state->trials * session->plan->cells[cell].requests)
		return;
	cell_state_forget(state);
	begin_again(session, cell);
}

/* --- What stays --- */

static enum store_fate judge_journal(struct past *past, const struct json *line)
{
	const struct cell_state *state = state_of(past, json_get_string(line, "id"));
	bool holds = state != NULL && !state->moved && has_key(line, state);

	if (is_schema(line, "llmbench.trial/1"))
		return holds && !state->finished && json_get_integer(line, "trial") <= state->trials ? STORE_KEEP
		                                                                                     : STORE_FORGET;
	if (is_repeat(past->session, json_get_string(line, "id")) || (holds && state->finished && !is_unfinished(line)))
		return STORE_KEEP;
	return is_unfinished(line) ? STORE_FORGET : STORE_SET_ASIDE;
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

static bool keep_what_holds(struct session *session)
{
	struct past past = {.session = session};
	const struct store_choice choice = {judge, &past};

	return store_keep(session->store, &choice, session->failure);
}

/* --- The run as a whole --- */

static bool same_text(const struct json *a, const struct json *b, struct text *was, struct text *is)
{
	text_clear(was);
	text_clear(is);
	json_add_to(was, a);
	json_add_to(is, b);
	return text_equal(text_string(was), text_string(is));
}

/* A run has one machine: its figures stand in one table. */
static bool check_machine(struct session *session, const struct json *before)
{
	struct text was = {0}, is = {0};
	bool same = true;

	for (const struct json *now = json_first(session->summary->host); now != NULL && same; now = json_next(now)) {
		const struct json *then = json_get(before, json_key(now));

		if (then == NULL || same_text(then, now, &was, &is))
			continue;
		same = failure_set(session->failure, STATUS_USER_MISTAKE,
		                   "cannot resume %s: it was measured where %s is %s, and here it is %s (without "
		                   "--resume a new run begins)",
		                   store_folder(session->store), json_key(now), text_string(&was), text_string(&is));
	}
	text_release(&was);
	text_release(&is);
	return same;
}

static bool check_matrix(struct session *session, const struct json *run)
{
	const char *path = json_get_string(run, "matrix_path");
	char *name = path != NULL ? file_stem(path) : NULL;
	bool same = name == NULL || text_equal(name, session->plan->name) ||
	            failure_set(session->failure, STATUS_USER_MISTAKE,
	                        "cannot resume %s: it is a run of the matrix \"%s\", not of \"%s\"",
	                        store_folder(session->store), name, session->plan->name);

	free(name);
	return same;
}

static void add_time(struct summary *summary, const char *utc)
{
	summary->resumed_utc =
	    memory_resize(summary->resumed_utc, summary->resumed_count + 1, sizeof(*summary->resumed_utc));
	summary->resumed_utc[summary->resumed_count++] = memory_string(utc);
}

/* Stamps go on from the run's beginning, by the wall clock: a boot may lie between. */
static void take_times(struct session *session, const struct json *run, int64_t wall_ns)
{
	const struct json *resumed = json_get(run, "resumed_utc");
	int64_t origin_wall_ns = json_get_integer(run, "origin_wall_ns");
	struct text now = {0};

	if (json_get_string(run, "started_utc") != NULL) {
		free(session->summary->started_utc);
		session->summary->started_utc = memory_string(json_get_string(run, "started_utc"));
	}
	if (origin_wall_ns != JSON_UNKNOWN && origin_wall_ns < wall_ns) {
		session->origin_ns -= wall_ns - origin_wall_ns;
		session->origin_wall_ns = origin_wall_ns;
	}
	for (const struct json *item = json_first(resumed); item != NULL; item = json_next(item))
		add_time(session->summary, json_as_string(item));
	clock_add_utc(&now, wall_ns);
	add_time(session->summary, text_string(&now));
	text_release(&now);
}

static void take_host(struct session *session, const struct json *host)
{
	if (!json_is_object(host))
		return;
	json_free(session->summary->host);
	session->summary->host = json_copy(host);
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

static bool take_past(struct session *session)
{
	struct past past = {.session = session};
	bool good = store_read_journal(session->store, take_line, &past, session->failure) &&
	            store_read_measured(session->store, take_measured, &past, session->failure);

	for (size_t i = 0; i < session->plan->cell_count; i++)
		check_trials(session, i);
	good = good && keep_what_holds(session);
	if (good)
		say_what_holds(session);
	say_dropped(session, &past.gone, "that the matrix does not have any more");
	say_dropped(session, &past.changed, "whose settings changed");
	return good;
}

bool resume_run(struct session *session, int64_t wall_ns)
{
	struct json *run = store_read_run(session->store);
	bool good = check_matrix(session, run) && check_machine(session, json_get(run, "host"));

	if (good) {
		take_host(session, json_get(run, "host"));
		take_times(session, run, wall_ns);
		session->starts = store_log_count(session->store);
		good = take_past(session);
	}
	json_free(run);
	return good;
}

void resume_take_up(struct session *session, struct cell_work *work)
{
	struct cell_state *state = &session->states[work->cell->index];
	const char *id = work->records.id;

	if (state->trials == 0)
		return;
	work->trials = state->trials;
	work->records = state->records;
	work->records.id = id;
	work->samples = state->samples;
	work->sample_count = state->sample_count;
	work->polls = state->polls;
	scrape_take_up(work);
	state->records = (struct trial_records){0};
	state->polls = (struct server_polls){0};
	state->samples = NULL;
	state->sample_count = state->sample_capacity = 0;
}

/* --- A server or a model that is another one now --- */

static bool differ(const char *before, const char *now)
{
	return before != NULL && now != NULL && !text_equal(before, now);
}

/* `server` was just asked; of the other models on it those that are remembered were not. */
static bool is_of_another(struct session *session, size_t index, const struct server_settings *server)
{
	const struct cell *cell = &session->plan->cells[index];
	const struct cell_state *state = &session->states[index];
	const struct model_facts *model;

	if (cell->server != server || (!state->finished && state->trials == 0))
		return false;
	if (differ(state->version, session_server(session, cell)->version))
		return true;
	model = session_model(session, cell);
	return !model->remembered && differ(state->digest, model->digest);
}

static void revert(struct session *session, size_t index)
{
	cell_state_forget(&session->states[index]);
	session->states[index].finished = false;
	session->states[index].moved = true;
	begin_again(session, index);
	for (size_t i = 0; i < session->work_count; i++) {
		struct cell_work *work = &session->works[i];

		if (work->cell != &session->plan->cells[index])
			continue;
		cell_work_release(work);
		*work = cell_work_of(&session->plan->cells[index], &session->summary->cells[index]);
	}
}

bool resume_check(struct session *session, const struct cell *cell)
{
	size_t reverted = 0;

	for (size_t i = 0; i < session->plan->cell_count; i++) {
		if (!is_of_another(session, i, cell->server))
			continue;
		revert(session, i);
		reverted++;
	}
	if (reverted == 0)
		return true;
	session_warn(session,
	             "the server %s or a model of it is another one than before the run was interrupted: %zu cell%s of "
	             "it %s measured again",
	             cell->server->name, reverted, reverted == 1 ? "" : "s", reverted == 1 ? "is" : "are");
	return keep_what_holds(session);
}

/* --- States --- */

void cell_state_forget(struct cell_state *state)
{
	trial_records_release(&state->records);
	server_polls_release(&state->polls);
	free(state->samples);
	free(state->version);
	free(state->digest);
	*state = (struct cell_state){.key = state->key, .finished = state->finished};
}

void cell_states_free(struct cell_state *states, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cell_state_forget(&states[i]);
		free(states[i].key);
	}
	free(states);
}
