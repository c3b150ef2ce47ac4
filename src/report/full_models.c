#include <math.h>
#include <stdlib.h>

#include "report/fine_tuning.h"
#include "report/full.h"
#include "report/models.h"
#include "report/overview.h"

/* --- Best performers --- */

static bool has_several_groups(const struct subjects *subjects)
{
	return subjects->count > 0 && subjects_in(subjects, subject_group(&subjects->items[0])) < subjects->count;
}

/* The value of a place, and the settings of its cell. */
static void add_value(const struct measure *measure, const struct place *place, struct text *into)
{
	const char *words = subject_cell_words(place->subject, place->cell);

	measure_add(measure, place->value, &place->interval, into);
	text_add(into, *words != '\0' ? " (" : "");
	inline_add(into, words);
	text_add(into, *words != '\0' ? ")" : "");
}

/* The first `ties` places share the row. */
static void add_winners(const struct subjects *subjects, const struct measure *measure, const struct place *places,
                        size_t ties, struct table *table)
{
	struct text *cell = table_cell(table, NAN);

	for (size_t i = 0; i < ties; i++) {
		text_add(cell, list_separator(i, ties));
		subject_add_model(subjects, places[i].subject, cell);
	}
	cell = table_cell(table, places[0].value);
	for (size_t i = 0; i < ties; i++) {
		text_add(cell, list_separator(i, ties));
		add_value(measure, &places[i], cell);
	}
}

/* How far the row can be trusted. */
static const char *words_of(const struct place *places, size_t count, size_t ties)
{
	if (count == 1)
		return "the only one measured";
	if (ties > 1)
		return "cannot be told apart";
	return count > 0 && isnan(interval_half(&places[0].interval)) ? "no interval" : "";
}

static void add_best_row(const struct subjects *subjects, const struct measure *measure, enum group group,
                         struct table *table)
{
	size_t count, ties;
	struct place *places = measure_rank(measure, subjects, group, &count);
	struct text *metric;

	ties = measure_ties(measure, places, count);
	table_row(table);
	metric = table_cell(table, NAN);
	text_addf(metric, STRONG("%s"), measure->best);
	if (has_several_groups(subjects))
		text_addf(metric, ", %s", group_words[group].noun);
	if (count == 0) {
		table_cell_text(table, "nobody was measured");
		table_cell_number(table, NAN, 0);
		table_cell_number(table, NAN, 0);
	} else {
		struct text *cell;

		add_winners(subjects, measure, places, ties, table);
		cell = table_cell(table, NAN);
		for (size_t i = 0; i < ties; i++) {
			text_add(cell, list_separator(i, ties));
			inline_add(cell, places[i].subject->server_name ? places[i].subject->server_name : "unknown");
		}
	}
	table_cell_text(table, words_of(places, count, ties));
	free(places);
}

void full_add_best(const struct subjects *subjects, struct document *into)
{
	struct table *table = document_table(into);

	table_column(table, "Metric");
	table_column(table, "Model");
	table_column(table, "Value");
	table_column(table, "Framework");
	table_column(table, "Notes");
	for (int group = 0; group < GROUP_COUNT; group++)
		for (size_t i = 0; i < MEASURE_COUNT && subjects_in(subjects, (enum group)group) > 0; i++)
			if (measures[i].best != NULL && measure_is_shown(&measures[i], subjects, (enum group)group))
				add_best_row(subjects, &measures[i], (enum group)group, table);
	text_add(
	    document_paragraph(into),
	    "Ranked is what was measured in cells without a failed request; a model that failed has no figure. Models "
	    "whose 95 % intervals have values in common share a row; where there is no interval, those whose figures "
	    "are printed alike.");
}

/* --- Comparison --- */

static void add_comparison(const struct subjects *subjects, enum group group, struct document *into)
{
	struct table *table = document_table(into);

	table_column(table, "Model");
	table_column(table, "Framework");
	for (size_t i = 0; i < MEASURE_COUNT; i++)
		if (measure_is_shown(&measures[i], subjects, group))
			table_column(table, measures[i].title);
	table_column(table, "Notes");
	for (const struct subject *subject = subjects_next(subjects, group, NULL); subject != NULL;
	     subject = subjects_next(subjects, group, subject)) {
		table_row(table);
		subject_add_model(subjects, subject, table_cell(table, NAN));
		table_cell_text(table, subject->server_name ? subject->server_name : "unknown");
		for (size_t i = 0; i < MEASURE_COUNT; i++) {
			const struct range range = measure_range(&measures[i], subject);

			if (measure_is_shown(&measures[i], subjects, group))
				measure_add_range(
				    &measures[i], subject,
				    table_cell(table, measures[i].higher_is_better ? range.high : range.low));
		}
		overview_add_notes(subject, table_cell(table, NAN));
	}
}

void full_add_comparison(const struct subjects *subjects, struct document *into)
{
	for (int group = 0; group < GROUP_COUNT; group++) {
		if (subjects_in(subjects, (enum group)group) == 0)
			continue;
		text_add(document_heading(into, 3), group_words[group].title);
		add_comparison(subjects, (enum group)group, into);
	}
}

/* --- Each model --- */

static void add_identity(const struct subject *subject, struct document *into)
{
	const struct model_facts *model = subject->model;

	subject_add_server(subject, overview_item(into, "Framework"));
	models_add_size(overview_item(into, "Size"), model != NULL ? model->size_bytes : JSON_UNKNOWN);
	inline_add(overview_item(into, "Quantization"),
	           model != NULL && model->quantization != NULL ? model->quantization : "–");
	models_add_parameters(overview_item(into, "Parameters"), model != NULL ? model->parameters : JSON_UNKNOWN);
}

static void add_fine_tuning(const struct subject *subject, struct document *into)
{
	struct fine_tuning estimate = fine_tuning_estimate(subject->model, measure_free_bytes(subject));

	fine_tuning_add(&estimate, overview_item(into, "Fine-tuning with LoRA (estimate)"));
	fine_tuning_release(&estimate);
}

static void add_metrics(const struct subjects *subjects, const struct subject *subject, struct document *into)
{
	enum group group = subject_group(subject);

	text_add(document_heading(into, 4), "Performance Metrics");
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		if (measure_is_shown(&measures[i], subjects, group))
			measure_add_range(&measures[i], subject, overview_item(into, measures[i].title));
	}
	if (group == GROUP_TEXT || group == GROUP_VISION)
		add_fine_tuning(subject, into);
}

static void add_asked(const struct cell_summary *cell, struct document *into)
{
	static const struct {
		const char *knob, *title;
	} media[] = {{"image", "Picture"}, {"audio", "Recording"}};

	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
		const char *file = json_get_string(cell->settings, media[i].knob);

		if (file != NULL)
			inline_add(overview_item(into, media[i].title), file);
	}
	if (cell->sample.prompt != NULL)
		inline_add(overview_item(into, "Prompt"), cell->sample.prompt);
}

static void add_sample(const struct subject *subject, struct document *into)
{
	const struct interval none = interval_of(NULL, 0);
	const struct cell_summary *cell = NULL;

	for (size_t i = 0; i < subject->cell_count && cell == NULL; i++)
		if (subject->cells[i]->sample.text != NULL)
			cell = subject->cells[i];
	if (cell == NULL)
		return;
	text_add(document_heading(into, 4), "Sample Outputs");
	add_asked(cell, into);
	inline_add(overview_item(into, "Response"), cell->sample.text);
	measure_add(&measures[MEASURE_LATENCY], cell->sample.seconds, &none, overview_item(into, "Time"));
}

void full_add_models(const struct subjects *subjects, struct document *into)
{
	for (size_t i = 0; i < subjects->count; i++) {
		const struct subject *subject = &subjects->items[i];

		subject_add_name(subjects, subject, document_heading(into, 3));
		add_identity(subject, into);
		if (subject_cells_with(subject, CELL_DONE) > 0)
			add_metrics(subjects, subject, into);
		else
			overview_add_pending_of(subjects, subject, into);
		add_sample(subject, into);
	}
}
