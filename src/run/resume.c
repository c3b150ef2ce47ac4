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
#include "run/session.h"

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

/* What a cell's figures depend on has the version of llmbench: "whose settings changed" would be a riddle. */
static void say_version(struct session *session, const struct json *run)
{
	const char *then = json_get_string(run, "tool_version"), *now = session->options->version;
	struct text masked = {0};

	if (then == NULL || now == NULL || text_equal(then, now))
		return;
	text_add_masked(&masked, then, strlen(then));
	session_warn(session, "%s was measured by llmbench %s, and this is %s: its cells are measured again",
	             store_folder(session->store), text_string(&masked), now);
	text_release(&masked);
}

static void add_time(struct summary *summary, const char *utc)
{
	summary->resumed_utc =
	    memory_resize(summary->resumed_utc, summary->resumed_count + 1, sizeof(*summary->resumed_utc));
	summary->resumed_utc[summary->resumed_count++] = memory_string(utc);
}

static void later(int64_t *latest_ns, int64_t stamp_ns)
{
	if (stamp_ns > *latest_ns)
		*latest_ns = stamp_ns;
}

/* Unknown is earlier than any stamp. */
static void take_stamps(void *context, const struct json *line)
{
	later(context, json_get_integer(line, "done_ns"));
	later(context, json_get_integer(line, "at_ns"));
}

/*
 * Stamps go on from the run's beginning by the wall clock, since a boot may lie
 * between; but after all that there are, should that clock have been set back.
 */
static void take_origin(struct session *session, const struct json *run, int64_t latest_ns, int64_t wall_ns)
{
	int64_t origin_wall_us = json_get_integer(run, "origin_wall_us"), since_ns = latest_ns;

	if (origin_wall_us != JSON_UNKNOWN)
		later(&since_ns, wall_ns - origin_wall_us * NS_PER_US);
	session->origin_ns -= since_ns;
	session->origin_wall_ns -= since_ns;
}

/* When it began, and when it was resumed so far. */
static void take_times(struct session *session, const struct json *run, int64_t wall_ns)
{
	const struct json *resumed = json_get(run, "resumed_utc");
	struct text now = {0};

	if (json_get_string(run, "started_utc") != NULL) {
		free(session->summary->started_utc);
		session->summary->started_utc = memory_string(json_get_string(run, "started_utc"));
	}
	for (const struct json *item = json_first(resumed); item != NULL; item = json_next(item))
		add_time(session->summary, json_as_string(item));
	clock_add_utc(&now, wall_ns);
	add_time(session->summary, text_string(&now));
	text_release(&now);
}

/* A run that was killed measured on after its document was written. */
static void take_spent(struct session *session, const struct json *run, int64_t latest_ns)
{
	double spent_s = json_get_number(run, "spent_s");
	int64_t until_ns = json_get_integer(run, "spent_until_ns");

	if (until_ns != JSON_UNKNOWN && latest_ns > until_ns)
		spent_s += (double)(latest_ns - until_ns) / (double)NS_PER_S;
	if (spent_s > 0 && spent_s < 1e9) /* 30 years */
		session->spent_ns = (int64_t)(spent_s * (double)NS_PER_S);
}

static void take_host(struct session *session, const struct json *host)
{
	if (!json_is_object(host))
		return;
	json_free(session->summary->host);
	session->summary->host = json_copy(host);
}

/* A run that was killed could not hide the keys of its servers in what these had written. */
static void clean_logs(struct session *session)
{
	const struct plan *plan = session->plan;
	size_t count = store_log_count(session->store);

	for (size_t n = 1; n <= count; n++) {
		char *path = store_log_path(session->store, n);

		for (size_t i = 0; i < plan->server_count; i++)
			if (plan->servers[i].api_key != NULL)
				server_clean_log(path, plan->servers[i].api_key);
		free(path);
	}
}

bool resume_run(struct session *session, int64_t wall_ns)
{
	struct json *run = store_read_run(session->store);
	int64_t latest_ns = 0;
	bool good = check_matrix(session, run) && check_machine(session, json_get(run, "host")) &&
	            store_read_measured(session->store, take_stamps, &latest_ns, session->failure);

	if (good) {
		say_version(session, run);
		clean_logs(session);
		take_host(session, json_get(run, "host"));
		take_spent(session, run, latest_ns);
		take_times(session, run, wall_ns);
		session->starts = store_log_count(session->store);
		take_origin(session, run, latest_ns, wall_ns);
		good = past_take(session);
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
	work->left_out = state->left_out;
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
	session->states[index].left = false;
	session->states[index].moved = true;
	cell_state_begin_again(session, index);
	for (size_t i = 0; i < session->work_count; i++) {
		struct cell_work *work = &session->works[i];

		if (work->cell != &session->plan->cells[index])
			continue;
		cell_work_release(work);
		*work = cell_work_of(&session->plan->cells[index], &session->summary->cells[index]);
	}
}

/* What others were judged by may be to be measured again. */
static void take_back_judgements(struct session *session)
{
	for (size_t i = 0; i < session->plan->cell_count; i++) {
		if (session->summary->cells[i].cause != CAUSE_SMALLER)
			continue;
		session->states[i].left = false;
		cell_state_begin_again(session, i);
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
	take_back_judgements(session);
	session_warn(session,
	             "the server %s or a model of it is another one than before the run was interrupted: %zu cell%s of "
	             "it %s measured again",
	             cell->server->name, reverted, reverted == 1 ? "" : "s", reverted == 1 ? "is" : "are");
	return past_keep(session);
}

/* --- States --- */

bool cell_state_is_over(const struct cell_state *state)
{
	return state->finished || state->left;
}

void cell_state_begin_again(struct session *session, size_t cell)
{
	cell_summary_release(&session->summary->cells[cell]);
	cell_begin_unvisited(&session->plan->cells[cell], &session->summary->cells[cell]);
}

void cell_state_forget(struct cell_state *state)
{
	trial_records_release(&state->records);
	server_polls_release(&state->polls);
	free(state->samples);
	free(state->version);
	free(state->digest);
	*state = (struct cell_state){.key = state->key, .finished = state->finished, .left = state->left};
}

void cell_states_free(struct cell_state *states, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cell_state_forget(&states[i]);
		free(states[i].key);
	}
	free(states);
}
