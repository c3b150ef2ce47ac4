#include <math.h>
#include <stdlib.h>

#include "report/fine_tuning.h"
#include "report/judges.h"
#include "report/models.h"

/* "For …: A (…)", or "A (…) or B (…), which cannot be told apart". */
static bool choose(const struct rule_scope *scope, const struct measure *measure, const char *what, struct text *into)
{
	size_t count;
	struct place *places = measure_rank(measure, scope->subjects, scope->group, &count);
	size_t ties = measure_ties(measure, places, count);

	if (count > 1) {
		text_addf(into, "For %s: ", what);
		judges_add_places(scope, measure, places, ties, into);
		text_add(into, ties > 1 ? ", which cannot be told apart." : ".");
	}
	free(places);
	return count > 1;
}

bool judge_choose_fastest(const struct rule_scope *scope, struct text *into)
{
	struct text what = {0};
	bool fires;

	text_addf(&what, "the fastest %s", group_words[scope->group].noun);
	fires = choose(scope, judges_speed(scope->group), text_string(&what), into);
	text_release(&what);
	return fires;
}

bool judge_choose_memory(const struct rule_scope *scope, struct text *into)
{
	return choose(scope, &measures[MEASURE_MEMORY], "the least memory", into);
}

static bool are_rivals(const struct place *a, const struct place *b)
{
	struct text left = {0}, right = {0};
	bool rivals;

	subject_add_machine(a->subject, &left);
	subject_add_machine(b->subject, &right);
	rivals = text_equal(a->subject->model_name, b->subject->model_name) &&
	         !text_equal(a->subject->server_name, b->subject->server_name) &&
	         text_equal(text_string(&left), text_string(&right));
	text_release(&left);
	text_release(&right);
	return rivals;
}

/* The next best server of the same model; NULL: there is none. */
static const struct place *rival_of(const struct place *places, size_t count, size_t first)
{
	for (size_t i = first + 1; i < count; i++)
		if (are_rivals(&places[first], &places[i]))
			return &places[i];
	return NULL;
}

/* No better place has the same model on the same machine. */
static bool is_first_server(const struct place *places, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (are_rivals(&places[i], &places[at]))
			return false;
	return true;
}

bool judge_choose_server(const struct rule_scope *scope, struct text *into)
{
	const struct measure *speed = judges_speed(scope->group);
	size_t count, chosen = 0;
	struct place *places = measure_rank(speed, scope->subjects, scope->group, &count);

	for (size_t i = 0; i < count; i++) {
		const struct place *rival = rival_of(places, count, i);

		if (rival == NULL || !is_first_server(places, i) || measure_is_tie(speed, &places[i], rival))
			continue;
		text_add(into, chosen++ == 0 ? "Of the servers: " : "; ");
		judges_add_place(scope, speed, &places[i], into);
		text_add(into, " is ");
		measure_add_times(judges_times(speed, &places[i], rival), into);
		text_add(into, " as fast as ");
		judges_add_place(scope, speed, rival, into);
	}
	free(places);
	text_add(into, chosen > 0 ? "." : "");
	return chosen > 0;
}

bool judge_choose_parallel(const struct rule_scope *scope, struct text *into)
{
	struct gain gain = judges_gain(scope);

	if (gain.subject == NULL || gain.times < 1.1)
		return false;
	text_add(into, "For many requests at once: ");
	judges_add_place(scope, &measures[MEASURE_THROUGHPUT], &gain.most, into);
	text_add_char(into, '.');
	return true;
}

/* Of a subject that was measured, by the memory that was free before its model was loaded. */
static struct fine_tuning estimate_of(const struct subject *subject)
{
	return fine_tuning_estimate(subject->model, measure_free_bytes(subject));
}

bool judge_fine_tune(const struct rule_scope *scope, struct text *into)
{
	const struct subject *largest = NULL;
	struct fine_tuning estimate;

	for (const struct subject *subject = subjects_next(scope->subjects, scope->group, NULL); subject != NULL;
	     subject = subjects_next(scope->subjects, scope->group, subject)) {
		estimate = estimate_of(subject);
		if (estimate.verdict == FINE_TUNING_FITS && subject_cells_with(subject, CELL_DONE) > 0 &&
		    (largest == NULL || subject->model->parameters > largest->model->parameters))
			largest = subject;
		fine_tuning_release(&estimate);
	}
	if (largest == NULL)
		return false;
	estimate = estimate_of(largest);
	text_add(into, "For fine-tuning with LoRA, by an estimate and nothing measured: ");
	judges_add_name(scope, largest, into);
	text_add(into, " is the largest that ");
	fine_tuning_add(&estimate, into);
	text_add_char(into, '.');
	fine_tuning_release(&estimate);
	return true;
}
