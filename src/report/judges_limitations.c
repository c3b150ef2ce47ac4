#include <math.h>
#include <stdlib.h>

#include "core/flag.h"
#include "report/cells.h"
#include "report/judges.h"
#include "report/listing.h"

/* How many measured cells there are in all runs, and in how many of them it `holds`. */
struct count {
	size_t cells, of;
};

static struct count count_done(const struct rule_scope *scope, bool (*holds)(const struct cell_summary *cell))
{
	struct count count = {0};

	for (size_t r = 0; r < scope->subjects->run_count; r++) {
		const struct summary *run = scope->subjects->runs[r];

		for (size_t i = 0; i < run->cell_count; i++) {
			if (run->cells[i].status != CELL_DONE)
				continue;
			count.of++;
			count.cells += holds(&run->cells[i]);
		}
	}
	return count;
}

/* "3 of 8 measured cells" */
static void add_count(struct text *into, struct count count)
{
	text_addf(into, "%zu of %zu measured cells", count.cells, count.of);
}

bool judge_simulated(const struct rule_scope *scope, struct text *into)
{
	struct listing devices = {0};
	bool fires;

	for (size_t r = 0; r < scope->subjects->run_count; r++)
		for (size_t i = 0; i < scope->subjects->runs[r]->server_count; i++) {
			const struct server_facts *server = &scope->subjects->runs[r]->servers[i];
			struct text device = {0};

			if (server->simulated == NULL)
				continue;
			inline_add(&device, server->name);
			text_add(&device, " is ");
			inline_add(&device, server->simulated);
			listing_add(&devices, &device);
		}
	fires = devices.count > 0;
	if (fires) {
		text_add(into, STRONG("Simulated") ": these are figures of a model of a machine, not of a machine: ");
		listing_join(&devices, ", ", "", into);
		text_add_char(into, '.');
	}
	listing_release(&devices);
	return fires;
}

bool judge_unfinished(const struct rule_scope *scope, struct text *into)
{
	size_t unfinished = 0, cells = 0;

	for (size_t i = 0; i < scope->subjects->count; i++) {
		unfinished += subject_cells_with(&scope->subjects->items[i], CELL_UNFINISHED);
		cells += scope->subjects->items[i].cell_count;
	}
	if (unfinished > 0)
		text_addf(into, "%zu of %zu cells were not measured to their end, and have no figures here.",
		          unfinished, cells);
	return unfinished > 0;
}

static bool has_no_interval(const struct cell_summary *cell)
{
	return cell_summary_speed(cell)->values.n < INTERVAL_TRIALS_MIN;
}

bool judge_few_trials(const struct rule_scope *scope, struct text *into)
{
	struct count count = count_done(scope, has_no_interval);

	if (count.cells == 0)
		return false;
	add_count(into, count);
	text_addf(into,
	          " have fewer than %d trials, and so no interval: how far such figures would differ if they were "
	          "measured again is not known.",
	          INTERVAL_TRIALS_MIN);
	return true;
}

static bool is_noisy(const struct cell_summary *cell)
{
	const struct metric_summary *speed = cell_summary_speed(cell);

	return interval_half(&speed->interval) > speed->values.p50 * NOISY_PCT / 100;
}

bool judge_noisy(const struct rule_scope *scope, struct text *into)
{
	struct count count = count_done(scope, is_noisy);

	if (count.cells == 0)
		return false;
	text_add(into, "The speed of ");
	add_count(into, count);
	text_addf(into, " is known no better than to ±%d %%.", NOISY_PCT);
	return true;
}

static bool is_partly_failed(const struct cell_summary *cell)
{
	return cell->failed > 0;
}

bool judge_partly_failed(const struct rule_scope *scope, struct text *into)
{
	struct count count = count_done(scope, is_partly_failed);

	if (count.cells == 0)
		return false;
	text_add(into, "In ");
	add_count(into, count);
	text_add(into, " some requests failed; their figures are of the others, and are not ranked.");
	return true;
}

/* How many measured cells have the flag; NULL: any flag. */
static struct count count_flag(const struct rule_scope *scope, const struct flag *flag)
{
	struct count count = {0};

	for (size_t i = 0; i < scope->subjects->count; i++)
		for (size_t c = 0; c < scope->subjects->items[i].cell_count; c++) {
			const struct cell_summary *cell = scope->subjects->items[i].cells[c];
			bool has = false;

			if (cell->status != CELL_DONE)
				continue;
			for (size_t f = 0; f < cell->flag_count && !has; f++)
				has = flag == NULL || flag_of_text(cell->flags[f]) == flag;
			count.cells += has;
			count.of++;
		}
	return count;
}

bool judge_flagged(const struct rule_scope *scope, struct text *into)
{
	struct count any = count_flag(scope, NULL);
	size_t named = 0;

	if (any.cells == 0)
		return false;
	add_count(into, any);
	text_add(into, " have flags");
	for (size_t i = 0; i < flag_count; i++) {
		struct count count = count_flag(scope, &flags[i]);

		if (count.cells > 0)
			text_addf(into, "%s%s (%zu)", named++ == 0 ? ": " : ", ", flags[i].name, count.cells);
	}
	text_add(into, ". " CODE("llmbench help NAME") " explains each.");
	return true;
}

/* The first words of each rule of the machine's conditions that fired in any cell. */
bool judge_conditions(const struct rule_scope *scope, struct text *into)
{
	struct json *told = json_new_object();
	size_t count = 0;

	for (size_t r = 0; r < scope->subjects->run_count; r++) {
		const struct summary *run = scope->subjects->runs[r];

		for (size_t i = 0; i < run->cell_count; i++)
			for (const struct json *flag = json_first(json_get(run->cells[i].conditions, "flags"));
			     flag != NULL; flag = json_next(flag)) {
				const char *rule = json_get_string(flag, "rule");

				if (rule == NULL || json_get(told, rule) != NULL)
					continue;
				json_set_bool(told, rule, true);
				text_add(into, count++ == 0 ? "The machine was not at its best: " : "; ");
				inline_add(into, json_get_string(flag, "words"));
			}
	}
	json_free(told);
	text_add(into, count > 0 ? "." : "");
	return count > 0;
}

/* Whether the cells of one task in two runs have no value of the knob in common. */
static bool is_other(const struct subject *a, const struct subject *b, const char *knob)
{
	for (size_t i = 0; i < a->cell_count; i++)
		for (size_t j = 0; j < b->cell_count; j++) {
			struct text left = {0}, right = {0};
			bool same;

			cells_add_setting(a->cells[i], knob, &left);
			cells_add_setting(b->cells[j], knob, &right);
			same = text_equal(text_string(&left), text_string(&right));
			text_release(&left);
			text_release(&right);
			if (same)
				return false;
		}
	return true;
}

static bool any_other(const struct subjects *subjects, const char *knob)
{
	for (size_t i = 0; i < subjects->count; i++)
		for (size_t j = 0; j < i; j++)
			if (subject_group(&subjects->items[i]) == subject_group(&subjects->items[j]) &&
			    is_other(&subjects->items[i], &subjects->items[j], knob))
				return true;
	return false;
}

bool judge_other_load(const struct rule_scope *scope, struct text *into)
{
	static const char *const knobs[] = {"task",     "prompt",       "prompts",       "input_tokens",
	                                    "image",    "audio",        "trace",         "turns",
	                                    "requests", "concurrency",  "rate",          "parallel",
	                                    "api",      "context_size", "output_tokens", "temperature"};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		if (any_other(scope->subjects, knobs[i]))
			text_addf(into, "%s%s",
			          count++ == 0 ? "Models are compared that were given different loads; they differ in: "
			                       : ", ",
			          knobs[i]);
	text_add(into, count > 0 ? "." : "");
	return count > 0;
}

bool judge_other_machines(const struct rule_scope *scope, struct text *into)
{
	if (!scope->subjects->machines_differ)
		return false;
	text_add(into, "Models are compared that were measured on different machines.");
	return true;
}

static bool has_memory(const struct cell_summary *cell)
{
	return !isnan(measure_of(&measures[MEASURE_PEAK], cell));
}

/* A Mac's GPU has none: it works in the system's memory. */
static bool has_gpu_memory(const struct subject *subject)
{
	if (text_equal(json_get_string(subject->summary->host, "system"), "macOS") ||
	    (subject->server != NULL && subject->server->simulated != NULL))
		return false;
	for (size_t i = 0; i < subject->cell_count; i++)
		if (has_memory(subject->cells[i]) && subject->cells[i]->memory.gpu_peak_bytes > 0)
			return true;
	return false;
}

bool judge_system_memory(const struct rule_scope *scope, struct text *into)
{
	bool any = false;

	if (count_done(scope, has_memory).cells == 0)
		return false;
	text_add(into,
	         "Memory is the used memory of the whole system: other programs are in it, and what the system gave "
	         "back to them meanwhile is missing.");
	for (size_t i = 0; i < scope->subjects->count; i++)
		any = any || has_gpu_memory(&scope->subjects->items[i]);
	if (any)
		text_add(into, " A GPU's own memory, and what of a model lies there, is not in it.");
	return true;
}

bool judge_no_memory(const struct rule_scope *scope, struct text *into)
{
	struct count count = count_done(scope, has_memory);

	if (count.of == 0 || count.cells > 0)
		return false;
	text_add(into, "Memory was not measured.");
	return true;
}
