#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "machine/identity.h"
#include "run/power.h"
#include "run/publish.h"
#include "run/session.h"

/* Replies of a trial beyond this lie in a file. */
#define REPLIES_IN_MEMORY ((size_t)1 << 30)

/* A clock that is adjusted bit by bit is not taken for one that was set. */
enum { CLOCK_SLACK_OF = 1000 };
static const int64_t clock_slack_ns = 5 * NS_PER_S;

/*
 * Fills what is known before the first cell. Every cell has its settings from
 * the beginning, so that the report has a row for it even if the sweep ends early.
 */
static void init_summary(const struct plan *plan, const struct sweep_options *options, int64_t wall_ns,
                         struct summary *summary)
{
	struct machine_identity identity;
	struct text started = {0};

	machine_identify(&identity);
	clock_add_utc(&started, wall_ns);
	*summary = (struct summary){
	    .name = memory_string(plan->name),
	    .title = memory_string(plan->title ? plan->title : identity.title),
	    .host = machine_identity_json(&identity),
	    .started_utc = text_take(&started),
	    .tool_version = memory_string(options->version),
	    .load_engine = load_describe(),
	    .datasets = plan_datasets_json(plan),
	    .profiles = plan_profiles_json(plan),
	    .notes = memory_new(plan->note_count, sizeof(*summary->notes)),
	    .note_count = plan->note_count,
	    .cells = memory_new(plan->cell_count, sizeof(*summary->cells)),
	    .cell_count = plan->cell_count,
	    .anchor_every = plan->anchor,
	};
	for (size_t i = 0; i < plan->note_count; i++)
		summary->notes[i] = memory_string(plan->notes[i]);
	for (size_t i = 0; i < plan->cell_count; i++)
		cell_begin_unvisited(&plan->cells[i], &summary->cells[i]);
	machine_identity_release(&identity);
}

/* What must be possible at once. An open loop without a limit of its own makes do with what there is: space_check(). */
static size_t most_in_flight(const struct plan *plan)
{
	size_t most = 1;

	for (size_t i = 0; i < plan->cell_count; i++) {
		size_t cell = cell_in_flight(&plan->cells[i]);

		most = cell > most ? cell : most;
	}
	return most;
}

/*
 * The mean time of the cells that were measured so far, times those left.
 * Cells differ, so this is a hint to a person and nothing else.
 */
struct estimate {
	int64_t spent_ns;
	size_t measured;
};

static double estimate_left_s(const struct estimate *estimate, size_t cells_left)
{
	if (estimate->measured == 0)
		return NAN;
	return (double)estimate->spent_ns / (double)NS_PER_S / (double)estimate->measured * (double)cells_left;
}

static void begin_progress(struct session *session, size_t place, const struct estimate *estimate)
{
	const struct plan *plan = session->plan;

	session->progress = (struct sweep_progress){
	    .cell = place + 1,
	    .cell_count = plan->cell_count,
	    .settings = &plan->cells[plan->sequence[place]],
	    .tokens_per_s = NAN,
	    .memory_used_bytes = JSON_UNKNOWN,
	    .seconds_left = estimate_left_s(estimate, plan->cell_count - place),
	};
}

/*
 * It gets no visit any more: others are judged by what it came to. One that was
 * cut short has no line of its end: whoever resumes the run goes on with it.
 */
static bool end_cell(struct session *session, size_t place, struct cell_work *work, const struct estimate *estimate)
{
	const struct cell *cell = work->cell;
	bool skipped = work->left != NULL && work->trials == 0, cut = work->left != NULL && !skipped, good;

	if (skipped)
		leave_skip(session, work);
	else
		cell_end(session, work);
	failure_rows_note(&session->failures, cell, work->into);
	begin_progress(session, place, estimate);
	session->progress.ended = work->into;
	if (skipped || cut)
		session->states[cell->index].left = true;
	/* Where the sweep cannot go on, some of the cell may be missing on the disk: it is measured again. */
	good = !failure_is_set(session->failure) && (skipped || cut || journal_cell(session, work));
	work->cell = NULL;
	session_step(session, SWEEP_ENDED);
	return good;
}

/*
 * One visit to each cell for each trial, in rounds, or one visit to an only
 * cell; each ends as soon as it wants no other. Works without a cell are over.
 */
static bool visit_group(struct session *session, struct cell_work *works, size_t first, size_t count,
                        const struct estimate *estimate)
{
	struct publishing last = {0};
	bool good = true, any = true;

	while (good && any) {
		any = false;
		for (size_t i = 0; i < count && good && !session_stopped(session); i++) {
			struct cell_work *work = &works[i];

			if (work->cell == NULL)
				continue;
			if (cell_wants_visit(work) && !leave_cell(session, work)) {
				begin_progress(session, first + i, estimate);
				good = cell_visit(session, work, count > 1 ? 1 : 0);
			}
			if (good && !cell_wants_visit(work))
				good = end_cell(session, first + i, work, estimate);
			any = any || work->cell != NULL;
			/* After the cell's end, which brings its figures to the disk. */
			good = good && anchor_after_visit(session);
		}
		good = good && (!any || publish_round(session, &last));
	}
	return good;
}

/* The cells that are run together. */
static bool run_group(struct session *session, size_t first, size_t count, struct estimate *estimate)
{
	const struct plan *plan = session->plan;
	struct cell_work *works = memory_new(count, sizeof(*works));
	int64_t begin_ns = clock_now_ns();
	bool good;

	for (size_t i = 0; i < count; i++) {
		size_t cell = plan->sequence[first + i];

		if (cell_state_is_over(&session->states[cell]))
			continue;
		works[i] = cell_work_of(&plan->cells[cell], &session->summary->cells[cell]);
		resume_take_up(session, &works[i]);
	}
	session->works = works;
	session->work_count = count;
	good = visit_group(session, works, first, count, estimate);
	session->work_count = 0;
	for (size_t i = 0; i < count; i++) {
		/* An interruption or a full disk may have come before its first visit. */
		if (works[i].cell == NULL)
			continue;
		if (works[i].trials == 0 && !works[i].failed && works[i].left == NULL && works[i].into->reason != NULL)
			continue;
		good = end_cell(session, first + i, &works[i], estimate) && good;
	}
	for (size_t i = 0; i < count; i++)
		estimate->measured += works[i].into != NULL && works[i].into->sent > 0;
	estimate->spent_ns += clock_now_ns() - begin_ns;
	free(works);
	return good;
}

static bool is_over(const struct session *session, size_t first, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!cell_state_is_over(&session->states[session->plan->sequence[first + i]]))
			return false;
	return true;
}

/* Nothing was measured: thousands of such cells are no reason for as many reports. */
static bool is_skipped(const struct session *session, size_t first, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (session->summary->cells[session->plan->sequence[first + i]].status != CELL_SKIPPED)
			return false;
	return true;
}

/* All that are not over yet, once through. */
static bool run_pass(struct session *session, struct estimate *estimate)
{
	const struct plan *plan = session->plan;
	bool good = true;

	for (size_t first = 0, count; first < plan->cell_count && good && !session_stopped(session); first += count) {
		count = plan_group(plan, first);
		if (is_over(session, first, count))
			continue;
		good = run_group(session, first, count, estimate);
		good = (is_skipped(session, first, count) || publish_newest(session)) && good;
	}
	return good;
}

/* How many cells were run to their end, well or not, or are left. */
static size_t count_over(const struct session *session)
{
	size_t over = 0;

	for (size_t i = 0; i < session->plan->cell_count; i++)
		over += cell_state_is_over(&session->states[i]);
	return over;
}

static void run_cells(struct session *session)
{
	const struct plan *plan = session->plan;
	struct estimate estimate = {0};
	bool good = true;

	if (plan->anchor > 0 && (session->summary->repeat_count == 0 || session->since_anchor >= plan->anchor))
		good = anchor_measure(session) && publish_newest(session);
	/* A cell that was over may have to be measured again: see resume_check(). */
	while (good && !session_stopped(session) && count_over(session) < plan->cell_count)
		good = run_pass(session, &estimate);
	/* Whatever fails stands in session->failure. */
	if (plan->anchor > 0 && session->since_anchor > 0 && good && !session_stopped(session) &&
	    anchor_measure(session))
		publish_newest(session);
}

/* The end is so long after the beginning as the run took, even if somebody has set the wall clock meanwhile. */
static void finish_summary(struct session *session)
{
	int64_t wall_ns = clock_with_sleep_ns() + session->wall_offset_ns, off_ns = clock_wall_ns() - wall_ns;
	int64_t took_ns = wall_ns - session->origin_wall_ns;
	struct text finished = {0};

	if (imaxabs(off_ns) > clock_slack_ns + took_ns / CLOCK_SLACK_OF)
		session_warn(session,
		             "the system's clock was set by %+lld s while the run went on: the run's times go by the "
		             "clock as it was before",
		             llround((double)off_ns / (double)NS_PER_S));
	clock_add_utc(&finished, wall_ns);
	session->summary->finished_utc = text_take(&finished);
}

enum status sweep_status(const struct summary *summary)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		if (summary->cells[i].status != CELL_DONE &&
		    !(summary->cells[i].status == CELL_SKIPPED && summary->cells[i].cause == CAUSE_BUDGET))
			return STATUS_CELLS_FAILED;
	for (size_t i = 0; i < summary->repeat_count; i++)
		if (summary->repeats[i].cell.status != CELL_DONE)
			return STATUS_CELLS_FAILED;
	return STATUS_DONE;
}

static bool anything_measured(const struct summary *summary)
{
	for (size_t i = 0; i < summary->cell_count; i++)
		if (summary->cells[i].sent > 0)
			return true;
	for (size_t i = 0; i < summary->repeat_count; i++)
		if (summary->repeats[i].cell.sent > 0)
			return true;
	return false;
}

static enum status sweep_measure(struct session *session)
{
	size_t done;

	run_cells(session);
	done = count_over(session);
	backend_drop(session);
	if (!session_stopped(session) && !failure_is_set(session->failure) && done == session->plan->cell_count) {
		finish_summary(session);
		leave_say(session);
		if (publish_finished(session))
			return sweep_status(session->summary);
	}
	if (session_stopped(session))
		failure_set(session->failure, STATUS_CANNOT_GO_ON, "interrupted in cell %zu of %zu; --resume goes on",
		            done, session->plan->cell_count);
	if (session->failure->status == STATUS_USER_MISTAKE && anything_measured(session->summary))
		return STATUS_CANNOT_GO_ON;
	return session->failure->status;
}

static bool open_store(struct session *session, int64_t wall_ns)
{
	const struct sweep_options *options = session->options;

	session->states = memory_new(session->plan->cell_count, sizeof(*session->states));
	keys_make(session);
	if (options->resume == NULL)
		session->store = store_create(options->out, session->plan->name, wall_ns, session->failure);
	else
		session->store = store_open(options->resume, options->out, session->plan->name, session->failure);
	if (session->store == NULL)
		return false;
	if (*store_doubts(session->store) != '\0')
		session_warn(session, "%s", store_doubts(session->store));
	return options->resume == NULL || resume_run(session, wall_ns);
}

enum status sweep_run(const struct plan *plan, const struct sweep_options *options, struct summary *summary,
                      char **folder, struct failure *failure)
{
	struct session session = {
	    .plan = plan,
	    .options = options,
	    .summary = summary,
	    .failure = failure,
	    .origin_ns = clock_now_ns(),
	    .began_ns = clock_now_ns(),
	    .served = memory_new(plan->server_count, sizeof(*session.served)),
	    .idle = {NAN, NAN},
	};
	int64_t wall_ns = clock_wall_ns();
	enum status status;

	*folder = NULL;
	init_summary(plan, options, wall_ns, summary);
	if (!load_reserve_files(most_in_flight(plan), failure)) {
		free(session.served);
		return failure->status;
	}
	session.origin_wall_ns = wall_ns;
	session.wall_offset_ns = wall_ns - clock_with_sleep_ns();
	power_hold(&session);
	if (open_store(&session, wall_ns)) {
		power_note(&session);
		*folder = memory_string(store_folder(session.store));
		space_check(&session);
		session.replies = load_memory_new(REPLIES_IN_MEMORY, *folder);
		status = publish_newest(&session) ? sweep_measure(&session) : failure->status;
	} else {
		status = failure->status;
	}
	power_release(&session);
	store_close(session.store);
	load_memory_free(session.replies);
	floor_forget(&session);
	fit_forget(&session);
	cell_states_free(session.states, plan->cell_count);
	failure_rows_release(&session.failures);
	free(session.served);
	return status;
}
