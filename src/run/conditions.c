/*
 * The machine's conditions over the visits of a cell: waiting for good ones, the
 * readings at the start and the end of each visit, and the flags that come of
 * them all.
 */
#include <math.h>

#include "run/session.h"

static const int64_t look_ns = NS_PER_S; /* load is a mean over this time */

static void read_now(struct session *session, struct machine_conditions *conditions)
{
	machine_conditions_read(conditions);
	session->idle.cpu_c = fmin(session->idle.cpu_c, conditions->cpu_temperature_c);
}

/* Of the GPU, which only sensors tell; no request runs. */
static double read_gpu_c(struct session *session, struct sensor_bank *sensors)
{
	struct sample sample;
	double gpu_c;

	sample_reset(&sample);
	if (!sensor_bank_read(sensors, true, &sample) || sample.gpu_temperature_mc == JSON_UNKNOWN)
		return NAN;
	gpu_c = (double)sample.gpu_temperature_mc / 1000;
	session->idle.gpu_c = fmin(session->idle.gpu_c, gpu_c);
	return gpu_c;
}

/* Waits until nothing stirs, or no whole look fits before the deadline; what stirs then is in `unrest`. */
static void wait_for_calm(struct session *session, int64_t deadline_ns, struct text *unrest)
{
	const struct sensor_context this_machine = {0};
	struct sensor_bank *sensors = sensor_bank_open(&this_machine);
	struct machine_conditions before, now;

	read_now(session, &before);
	do {
		struct conditions_change change;
		int64_t next_ns = before.at_ns + look_ns;

		session_step(session, SWEEP_COOLING);
		session_pause(session, next_ns < deadline_ns ? next_ns : deadline_ns);
		read_now(session, &now);
		/* No request runs: if a server is busy, it disturbs, whosever it is. */
		change = conditions_change_of(&before, &now, true);
		text_clear(unrest);
		conditions_unrest(&now, read_gpu_c(session, sensors), &change, &session->idle, unrest);
		before = now;
	} while (unrest->size > 0 && now.at_ns + look_ns <= deadline_ns && !session_stopped(session));
	sensor_bank_close(sensors);
}

static double cool_down(struct session *session, const struct cell *cell, struct cell_summary *into)
{
	int64_t begin_ns = clock_now_ns();
	struct text unrest = {0};

	if (cell->cooldown_ns == CELL_UNSET || cell->cooldown_ns == 0)
		return NAN;
	wait_for_calm(session, begin_ns + cell->cooldown_ns, &unrest);
	if (unrest.size > 0 && !session_stopped(session))
		cell_summary_add_flag(into, "not calm when cooldown ended: %s", text_string(&unrest));
	text_release(&unrest);
	return (double)(clock_now_ns() - begin_ns) / (double)NS_PER_S;
}

/* A sum of waits of which each may not have been asked for. */
static double add_wait(double sum_s, double waited_s)
{
	return isnan(sum_s) ? waited_s : sum_s + waited_s;
}

void conditions_begin(struct session *session, struct cell_work *work)
{
	struct cell_conditions *conditions = &work->conditions;
	double waited_s = cool_down(session, work->cell, work->into);
	struct machine_conditions now;

	read_now(session, &now);
	if (work->conditions_read) {
		conditions_resume(&work->since, &conditions->end, &now);
	} else {
		*conditions = (struct cell_conditions){.start = now, .cooldown_s = NAN};
		machine_conditions_reset(&conditions->worst);
		work->since = now;
	}
	work->conditions_read = true;
	conditions->cooldown_s = add_wait(conditions->cooldown_s, waited_s);
	conditions_worsen(&conditions->worst, &now);
}

void conditions_finish(struct session *session, struct cell_work *work, const struct sampler_result *sampled)
{
	struct cell_conditions *conditions = &work->conditions;

	machine_conditions_read(&conditions->end);
	conditions_worsen(&conditions->worst, &sampled->worst);
	conditions_worsen(&conditions->worst, &conditions->end);
	conditions->looks += (int64_t)sampled->looks;
	conditions->gave_up |= sampled->gave_up;
	work->not_ours |= session->backend.server == NULL;
}

/* Figures of a simulated device do not depend on how this machine fares: its rows say nothing of that. */
static void add_notes(const struct cell_conditions *conditions, struct cell_summary *into)
{
	for (size_t i = 0; i < condition_rule_count; i++) {
		struct text words = {0};

		if (condition_rules[i].in_notes)
			condition_rules[i].judge(conditions, &words);
		if (words.size > 0)
			cell_summary_add_flag(into, "%s", text_string(&words));
		text_release(&words);
	}
}

void conditions_end(struct session *session, struct cell_work *work)
{
	struct cell_conditions *conditions = &work->conditions;

	if (!work->conditions_read)
		return;
	conditions->change = conditions_change_of(&work->since, &conditions->end, !work->not_ours);
	json_free(work->into->conditions);
	work->into->conditions = cell_conditions_json(conditions);
	if (session_server(session, work->cell)->simulated == NULL)
		add_notes(conditions, work->into);
}
