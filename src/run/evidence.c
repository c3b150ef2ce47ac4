/*
 * Collects what is known of a cell that ran: the server's answers and log, the
 * records, the prompts; core/flag.h judges it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/flag.h"
#include "run/session.h"

static size_t log_size(const struct session *session)
{
	return session->backend.server != NULL ? server_log_size(session->backend.server) : 0;
}

void evidence_ready(struct session *session)
{
	session->backend.log_ready = log_size(session);
}

void evidence_loading(struct session *session)
{
	session->backend.log_load = log_size(session);
	session->backend.asked_loaded = false;
}

void evidence_measuring(struct session *session)
{
	session->backend.log_measured = log_size(session);
}

/* Variables of the server's environment that it does not read. */
static void flag_variables(const struct cell *cell, struct cell_summary *into)
{
	const struct environment *sources[] = {&cell->server->environment, cell->profile};
	struct text names = {0};

	for (size_t s = 0; s < sizeof(sources) / sizeof(sources[0]); s++)
		for (size_t i = 0; sources[s] != NULL && i < sources[s]->count; i++)
			if (plan_variable_is_imaginary(sources[s]->variables[i].name))
				text_addf(&names, "%s%s", names.size > 0 ? ", " : "", sources[s]->variables[i].name);
	if (names.size > 0)
		cell_summary_add_flag(into, "Ollama has no variable %s", text_string(&names));
	text_release(&names);
}

/* Whether the adapter tells a server that is started this knob by a variable. */
static bool environment_tells(const struct session *session, const struct cell *cell, const struct cell_field *field)
{
	struct environment with = {0}, without = {0};
	struct cell unset = *cell;
	bool told = false;

	cell_field_unset(field, &unset);
	session->backend.target->environment(cell, 1, &with);
	session->backend.target->environment(&unset, 1, &without);
	for (size_t i = 0; i < with.count && !told; i++)
		told = !text_equal(with.variables[i].value, environment_get(&without, with.variables[i].name));
	environment_release(&with);
	environment_release(&without);
	return told;
}

static bool start_tells(const struct session *session, const struct cell *cell, const char *knob)
{
	const struct cell_field *field = cell_field_find(knob);

	return field == NULL || cell_start_mentions(cell, knob) ||
	       (text_equal(knob, "context_size") && cell_start_mentions(cell, "context_total")) ||
	       environment_tells(session, cell, field);
}

/* Of the knobs that only a start could obey, those that this start does not have. */
static void flag_untold(const struct session *session, const struct cell *cell, const char *knobs,
                        struct cell_summary *into)
{
	struct text untold = {0};

	for (const char *at = knobs; *at != '\0';) {
		size_t length = strcspn(at, ",");
		char *knob = memory_copy(at, length);

		if (!start_tells(session, cell, knob))
			text_addf(&untold, "%s%s", untold.size > 0 ? ", " : "", knob);
		free(knob);
		at += length + strspn(at + length, ", ");
	}
	if (untold.size > 0)
		cell_summary_add_flag(into, "not in the server's start: %s", text_string(&untold));
	text_release(&untold);
}

static void flag_unsettable(const struct session *session, const struct cell *cell, struct cell_summary *into)
{
	struct text knobs = {0};

	session->backend.target->unsettable(cell, &knobs);
	if (knobs.size > 0 && cell->server->url != NULL)
		cell_summary_add_flag(into, "not set on a running server: %s", text_string(&knobs));
	else
		flag_untold(session, cell, text_string(&knobs), into);
	text_release(&knobs);
}

static void flag_replaced(struct session *session, const struct cell *cell, struct cell_summary *into)
{
	const char *version;

	if (!backend_is_replaced(session, cell))
		return;
	version = session_server(session, cell)->version;
	cell_summary_add_flag(into, "its server was replaced during the run: version %s",
	                      version != NULL ? version : "unknown");
}

void evidence_ask(struct session *session, const struct cell *cell, struct cell_summary *into)
{
	struct problem problem = {0};
	struct exchange asked = {0};

	flag_unsettable(session, cell, into);
	flag_variables(cell, into);
	if (session->backend.not_emptied)
		cell_summary_add_flag(into, "not emptied between cells");
	flag_replaced(session, cell, into);
	session->backend.asked_loaded =
	    backend_ask(session, TARGET_LOADED, cell, session_within_cell(session, cell->load_timeout_ns), &asked,
	                &problem) &&
	    asked.done_ns != TIME_UNKNOWN;
	if (session->backend.asked_loaded)
		into->loaded_bytes = session_model(session, cell)->loaded_bytes;
	exchange_release(&asked);
	problem_release(&problem);
}

/* Of a server whose log is not ours nothing is proved. */
static void read_proofs(const struct session *session, struct evidence *evidence)
{
	const struct backend *backend = &session->backend;
	struct text text = {0};

	proof_reset(&evidence->loaded);
	proof_reset(&evidence->measured);
	if (backend->server == NULL)
		return;
	server_log_part(backend->server, 0, backend->log_ready, &text);
	server_log_part(backend->server, backend->log_load, backend->log_measured, &text);
	backend->target->proof(text_string(&text), &evidence->loaded);
	text_clear(&text);
	server_log_part(backend->server, backend->log_measured, SIZE_MAX, &text);
	backend->target->proof(text_string(&text), &evidence->measured);
	text_release(&text);
}

static double load_s(const struct cell_summary *cell)
{
	const struct metric_summary *load = &cell->metrics[metric_find("model_load_s") - metrics];

	return load->values.n > 0 ? load->values.mean : NAN;
}

void evidence_flag(struct session *session, const struct cell *cell, const struct trial_records *records,
                   struct cell_summary *into)
{
	size_t prompt_count = workload_prompt_count(&session->workload);
	const char **prompts = memory_new(prompt_count, sizeof(*prompts));
	struct evidence evidence = {
	    .cell = cell,
	    .model = session_model(session, cell),
	    .asked_loaded = session->backend.asked_loaded,
	    .records = records->records,
	    .count = records->count,
	    .prompts = prompts,
	    .prompt_count = prompt_count,
	    .unique_prompts = workload_is_unique(&session->workload) || plan_image(session->plan, cell) != NULL ||
	                      plan_audio(session->plan, cell) != NULL,
	    .fixed_media = plan_fixed_media(session->plan, cell),
	    .load_s = load_s(into),
	};

	for (size_t i = 0; i < prompt_count; i++)
		prompts[i] = workload_prompt(&session->workload, i);
	read_proofs(session, &evidence);
	flags_raise(&evidence, into);
	free(prompts);
}
