#include "report/judges.h"

#include <math.h>
#include <stdlib.h>

#include "report/cells.h"

const struct measure *judges_speed(enum group group)
{
	static const enum measure_id speeds[GROUP_COUNT] = {
	    [GROUP_TEXT] = MEASURE_THROUGHPUT,
	    [GROUP_VISION] = MEASURE_LATENCY,
	    [GROUP_SPEECH] = MEASURE_RTF,
	    [GROUP_EMBEDDING] = MEASURE_INPUTS,
	};

	return &measures[speeds[group]];
}

void judges_add_name(const struct rule_scope *scope, const struct subject *subject, struct text *into)
{
	text_add(into, STRONG_ON);
	subject_add_name(scope->subjects, subject, into);
	text_add(into, STRONG_OFF);
}

void judges_add_place(const struct rule_scope *scope, const struct measure *measure, const struct place *place,
                      struct text *into)
{
	const char *words = subject_cell_words(place->subject, place->cell);

	judges_add_name(scope, place->subject, into);
	text_add(into, " (");
	measure_add(measure, place->value, &place->interval, into);
	text_add(into, *words != '\0' ? ", " : "");
	inline_add(into, words);
	text_add_char(into, ')');
}

void judges_add_places(const struct rule_scope *scope, const struct measure *measure, const struct place *places,
                       size_t count, struct text *into)
{
	for (size_t i = 0; i < count; i++) {
		text_add(into, list_separator(i, count));
		judges_add_place(scope, measure, &places[i], into);
	}
}

double judges_times(const struct measure *measure, const struct place *better, const struct place *worse)
{
	return measure->higher_is_better ? better->value / worse->value : worse->value / better->value;
}

static bool is_load(const char *knob)
{
	return text_equal(knob, "parallel") || text_equal(knob, "concurrency");
}

/* Whether two cells differ in nothing but how much is worked on at once. */
static bool are_steps(const struct cell_summary *a, const struct cell_summary *b)
{
	bool same = true;

	for (const struct json *knob = json_first(a->settings); knob != NULL && same; knob = json_next(knob)) {
		struct text left = {0}, right = {0};

		cells_add_setting(a, json_key(knob), &left);
		cells_add_setting(b, json_key(knob), &right);
		same = is_load(json_key(knob)) || text_equal(text_string(&left), text_string(&right));
		text_release(&left);
		text_release(&right);
	}
	return same;
}

/* Requests that are worked on at once; unknown: JSON_UNKNOWN. */
static int64_t at_once(const struct cell_summary *cell)
{
	int64_t parallel = json_get_integer(cell->settings, "parallel");
	int64_t concurrency = json_get_integer(cell->settings, "concurrency");

	if (parallel == JSON_UNKNOWN || (concurrency != JSON_UNKNOWN && concurrency < parallel))
		return concurrency;
	return parallel;
}

static struct gain gain_of(const struct measure *measure, const struct subject *subject)
{
	struct gain gain = {.most = measure_best(measure, subject), .times = NAN};

	gain.least = gain.most;
	for (size_t i = 0; i < subject->cell_count && gain.most.cell != NULL; i++) {
		const struct cell_summary *cell = subject->cells[i];
		double value = measure_of(measure, cell);

		if (isnan(value) || cell->failed > 0 || !are_steps(cell, gain.most.cell) ||
		    at_once(cell) >= at_once(gain.least.cell))
			continue;
		gain.least = (struct place){subject, cell, value, measure_interval(measure, cell)};
	}
	if (gain.most.cell != gain.least.cell && !measure_is_tie(measure, &gain.most, &gain.least)) {
		gain.subject = subject;
		gain.times = gain.most.value / gain.least.value;
	}
	return gain;
}

struct gain judges_gain(const struct rule_scope *scope)
{
	struct gain best = {.times = NAN};

	for (const struct subject *subject = subjects_next(scope->subjects, scope->group, NULL); subject != NULL;
	     subject = subjects_next(scope->subjects, scope->group, subject)) {
		struct gain gain = gain_of(&measures[MEASURE_THROUGHPUT], subject);

		if (gain.subject != NULL && !(gain.times <= best.times))
			best = gain;
	}
	return best;
}
