#include <math.h>
#include <stdlib.h>

#include "report/judges.h"
#include "report/models.h"

#define EACH_SUBJECT(subject, scope)                                                            \
	const struct subject *subject = subjects_next((scope)->subjects, (scope)->group, NULL); \
	subject != NULL;                                                                        \
	subject = subjects_next((scope)->subjects, (scope)->group, subject)

static size_t count_cells(const struct rule_scope *scope, bool done)
{
	size_t count = 0;

	for (EACH_SUBJECT(subject, scope))
		for (size_t i = 0; i < subject->cell_count; i++)
			count += (subject->cells[i]->status == CELL_DONE) == done;
	return count;
}

bool judge_nothing_measured(const struct rule_scope *scope, struct text *into)
{
	size_t not_done = count_cells(scope, false);

	if (not_done == 0 || count_cells(scope, true) > 0)
		return false;
	text_addf(into, "Nothing was measured: %zu of %zu cells failed, were skipped or are unfinished.", not_done,
	          not_done);
	return true;
}

/* Of all measured cells of the group the one with the highest or the lowest value; no cell: none was measured. */
static struct place extreme(const struct rule_scope *scope, const struct measure *measure, bool highest)
{
	struct place found = {.value = NAN};

	for (EACH_SUBJECT(subject, scope))
		for (size_t i = 0; i < subject->cell_count; i++) {
			double value = measure_of(measure, subject->cells[i]);

			if (isnan(value) ||
			    (found.cell != NULL && (highest ? value <= found.value : value >= found.value)))
				continue;
			found = (struct place){subject, subject->cells[i], value,
			                       measure_interval(measure, subject->cells[i])};
		}
	return found;
}

/* "In every cell the median", or in which: a cell may have failed, or have no such figure. */
static void add_in_cells(const struct rule_scope *scope, const struct measure *measure, struct text *into)
{
	size_t known = 0, cells = 0;

	for (EACH_SUBJECT(subject, scope)) {
		cells += subject->cell_count;
		known += measure_range(measure, subject).count;
	}
	if (known == cells)
		text_add(into, "In every cell");
	else if (known == 1)
		text_addf(into, "In the one of %zu cells with this figure", cells);
	else
		text_addf(into, "In each of the %zu of %zu cells with this figure", known, cells);
	text_add(into, " the median ");
}

bool judge_fastest(const struct rule_scope *scope, struct text *into)
{
	const struct measure *speed = judges_speed(scope->group);
	size_t count;
	struct place *places = measure_rank(speed, scope->subjects, scope->group, &count);
	bool fires = count > 1 && measure_ties(speed, places, count) == 1;

	if (fires) {
		judges_add_place(scope, speed, &places[0], into);
		text_add(into, " is the fastest: ");
		measure_add_times(judges_times(speed, &places[0], &places[1]), into);
		text_add(into, " as fast as ");
		judges_add_place(scope, speed, &places[1], into);
		text_add_char(into, '.');
	}
	free(places);
	return fires;
}

bool judge_not_apart(const struct rule_scope *scope, struct text *into)
{
	const struct measure *speed = judges_speed(scope->group);
	size_t count;
	struct place *places = measure_rank(speed, scope->subjects, scope->group, &count);
	size_t ties = measure_ties(speed, places, count);

	if (ties > 1) {
		judges_add_places(scope, speed, places, ties, into);
		text_add(into, " cannot be told apart in speed.");
	}
	free(places);
	return ties > 1;
}

bool judge_reads_along(const struct rule_scope *scope, struct text *into)
{
	const struct measure *stream = &measures[MEASURE_STREAM];
	struct place slowest = extreme(scope, stream, false);

	if (slowest.cell == NULL || slowest.value < READING_TOKENS_PER_S)
		return false;
	add_in_cells(scope, stream, into);
	text_addf(into, "answer comes faster than people read (%.1f tokens/s); the slowest: ", READING_TOKENS_PER_S);
	judges_add_place(scope, stream, &slowest, into);
	text_add_char(into, '.');
	return true;
}

bool judge_slower_than_reading(const struct rule_scope *scope, struct text *into)
{
	const struct measure *stream = &measures[MEASURE_STREAM];
	struct place slowest = extreme(scope, stream, false);

	if (slowest.cell == NULL || slowest.value >= READING_TOKENS_PER_S)
		return false;
	text_addf(into, "Answers come slower than people read (%.1f tokens/s); the slowest: ", READING_TOKENS_PER_S);
	judges_add_place(scope, stream, &slowest, into);
	text_add_char(into, '.');
	return true;
}

static bool judge_slowest_begin(const struct rule_scope *scope, bool above, double bound_s, const char *words,
                                struct text *into)
{
	const struct measure *first = &measures[MEASURE_TTFT];
	struct place slowest = extreme(scope, first, true);

	if (slowest.cell == NULL || (slowest.value > bound_s) != above)
		return false;
	if (!above)
		add_in_cells(scope, first, into);
	text_add(into, words);
	judges_add_place(scope, first, &slowest, into);
	text_add_char(into, '.');
	return true;
}

bool judge_begins_at_once(const struct rule_scope *scope, struct text *into)
{
	return judge_slowest_begin(scope, false, FLOW_S, "answer begins within a second; the latest: ", into);
}

bool judge_waits(const struct rule_scope *scope, struct text *into)
{
	return judge_slowest_begin(scope, true, ATTENTION_S,
	                           "Some answers begin after more than ten seconds; the latest: ", into);
}

bool judge_gain(const struct rule_scope *scope, struct text *into)
{
	struct gain gain = judges_gain(scope);

	if (gain.subject == NULL || gain.times <= 1)
		return false;
	text_add(into, "Working on more requests at once pays: ");
	judges_add_place(scope, &measures[MEASURE_THROUGHPUT], &gain.most, into);
	text_add(into, " makes ");
	measure_add_times(gain.times, into);
	text_add(into, " the tokens of ");
	judges_add_place(scope, &measures[MEASURE_THROUGHPUT], &gain.least, into);
	text_add_char(into, '.');
	return true;
}

static bool judge_sound(const struct rule_scope *scope, bool slower, const char *words, struct text *into)
{
	const struct measure *rtf = &measures[MEASURE_RTF];
	struct place slowest = extreme(scope, rtf, true);

	if (slowest.cell == NULL || (slowest.value >= 1) != slower)
		return false;
	if (!slower)
		add_in_cells(scope, rtf, into);
	text_add(into, words);
	judges_add_place(scope, rtf, &slowest, into);
	text_add_char(into, '.');
	return true;
}

bool judge_real_time(const struct rule_scope *scope, struct text *into)
{
	return judge_sound(scope, false, "recording is written down faster than it plays; the slowest: ", into);
}

bool judge_slower_than_sound(const struct rule_scope *scope, struct text *into)
{
	return judge_sound(scope, true, "Recordings are written down slower than they play; the slowest: ", into);
}

static int64_t size_of(const struct place *place)
{
	return place->subject->model != NULL ? place->subject->model->size_bytes : JSON_UNKNOWN;
}

/* The largest and the smallest model of the first place's server that differ in size. */
static bool find_sizes(const struct place *places, size_t count, const struct place **large, const struct place **small)
{
	*large = *small = NULL;
	for (size_t i = 0; i < count; i++) {
		if (size_of(&places[i]) <= 0 ||
		    !text_equal(places[i].subject->server_name, places[0].subject->server_name) ||
		    places[i].subject->summary != places[0].subject->summary)
			continue;
		if (*large == NULL || size_of(&places[i]) > size_of(*large))
			*large = &places[i];
		if (*small == NULL || size_of(&places[i]) < size_of(*small))
			*small = &places[i];
	}
	return *large != NULL && size_of(*large) != size_of(*small);
}

bool judge_size(const struct rule_scope *scope, struct text *into)
{
	const struct measure *speed = judges_speed(scope->group);
	const struct place *large, *small;
	size_t count;
	struct place *places = measure_rank(speed, scope->subjects, scope->group, &count);
	bool fires = find_sizes(places, count, &large, &small) && !measure_is_tie(speed, large, small);

	if (fires) {
		judges_add_name(scope, large->subject, into);
		text_add(into, " is ");
		measure_add_times((double)size_of(large) / (double)size_of(small), into);
		text_add(into, " as large on disk as ");
		judges_add_name(scope, small->subject, into);
		text_add(into, " and ");
		measure_add_times(1 / judges_times(speed, small, large), into);
		text_add(into, " as fast.");
	}
	free(places);
	return fires;
}

/* The peak of a cell in % of its machine's memory; NAN unknown. */
static double share_pct(const struct cell_summary *cell)
{
	if (cell->memory.total_bytes <= 0)
		return NAN;
	return 100 * measure_of(&measures[MEASURE_PEAK], cell) / (double)cell->memory.total_bytes;
}

/* Of all measured cells of the group the one whose machine was fullest, which need not have the highest peak. */
static struct place fullest(const struct rule_scope *scope)
{
	const struct measure *peak = &measures[MEASURE_PEAK];
	struct place found = {.value = NAN};

	for (EACH_SUBJECT(subject, scope))
		for (size_t i = 0; i < subject->cell_count; i++) {
			const struct cell_summary *cell = subject->cells[i];

			if (isnan(share_pct(cell)) || (found.cell != NULL && share_pct(cell) <= share_pct(found.cell)))
				continue;
			found = (struct place){subject, cell, measure_of(peak, cell), measure_interval(peak, cell)};
		}
	return found;
}

static bool judge_memory(const struct rule_scope *scope, bool tight, const char *words, struct text *into)
{
	struct place place = fullest(scope);
	double pct = place.cell != NULL ? share_pct(place.cell) : NAN;

	if (isnan(pct) || (pct >= TIGHT_MEMORY_PCT) != tight)
		return false;
	text_add(into, words);
	judges_add_place(scope, &measures[MEASURE_PEAK], &place, into);
	text_addf(into, ", %.0f %% of ", pct);
	models_add_memory(into, place.cell->memory.total_bytes);
	text_add_char(into, '.');
	return true;
}

bool judge_memory_room(const struct rule_scope *scope, struct text *into)
{
	return judge_memory(scope, false, "Memory has room; the fullest system: ", into);
}

bool judge_memory_tight(const struct rule_scope *scope, struct text *into)
{
	return judge_memory(scope, true, "Memory is nearly full; the fullest system: ", into);
}

/* A model may be in several places. */
static size_t count_models(const struct place *places, size_t count)
{
	size_t models = 0;

	for (size_t i = 0; i < count; i++) {
		size_t earlier = 0;

		while (!text_equal(places[earlier].subject->model_name, places[i].subject->model_name))
			earlier++;
		models += earlier == i;
	}
	return models;
}

bool judge_load_times(const struct rule_scope *scope, struct text *into)
{
	const struct measure *load = &measures[MEASURE_LOAD];
	size_t count;
	struct place *places = measure_rank(load, scope->subjects, scope->group, &count);

	if (count > 1) {
		size_t models = count_models(places, count);

		text_addf(into, "%zu model%s loaded in at best ", models, models == 1 ? " was" : "s were");
		measure_add(load, places[0].value, &places[0].interval, into);
		text_add(into, " to ");
		measure_add(load, places[count - 1].value, &places[count - 1].interval, into);
		text_add_char(into, '.');
	}
	free(places);
	return count > 1;
}

bool judge_not_done(const struct rule_scope *scope, struct text *into)
{
	size_t not_done = 0, cells = 0, subjects = 0, at = 0;

	for (EACH_SUBJECT(subject, scope)) {
		size_t missing = subject_cells_with(subject, CELL_FAILED) + subject_cells_with(subject, CELL_SKIPPED);

		not_done += missing;
		cells += subject->cell_count;
		subjects += missing > 0;
	}
	if (not_done == 0)
		return false;
	text_addf(into, "%zu of %zu cells failed or were skipped: ", not_done, cells);
	for (EACH_SUBJECT(subject, scope)) {
		size_t missing = subject_cells_with(subject, CELL_FAILED) + subject_cells_with(subject, CELL_SKIPPED);

		if (missing == 0)
			continue;
		text_addf(into, "%s%zu of %zu with ", list_separator(at++, subjects), missing, subject->cell_count);
		judges_add_name(scope, subject, into);
	}
	text_add_char(into, '.');
	return true;
}
