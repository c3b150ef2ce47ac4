#include "report/memory_classes.h"

#include <math.h>

#include "report/judges.h"
#include "report/models.h"

static const struct class
{
	const char *title;
	double gib; /* at most */
} classes[] = {
    {"16 GB", 16},
    {"24 GB", 24},
    {"32 GB", 32},
    {"more than 32 GB", INFINITY},
};
enum { CLASS_COUNT = sizeof(classes) / sizeof(classes[0]) };

/* The subject's cell with the lowest peak, which decides what it fits in. */
static struct place least_peak(const struct subject *subject)
{
	return measure_best(&measures[MEASURE_PEAK], subject);
}

/* The first class that it fits; CLASS_COUNT: its memory is not known. */
static size_t class_of(const struct subject *subject)
{
	struct place peak = least_peak(subject);
	size_t class = 0;

	if (peak.cell == NULL)
		return CLASS_COUNT;
	while (peak.value > classes[class].gib * 0x1p30)
		class ++;
	return class;
}

static void add_fit(const struct rule_scope *scope, const struct subject *subject, struct text *into)
{
	const struct measure *speed = judges_speed(scope->group);
	struct place peak = least_peak(subject);
	const char *words = subject_cell_words(subject, peak.cell);

	judges_add_name(scope, subject, into);
	text_add(into, " (");
	measure_add_of(speed, peak.cell, into);
	text_add(into, ", peak ");
	measure_add(&measures[MEASURE_PEAK], peak.value, &peak.interval, into);
	text_add(into, *words != '\0' ? ", " : "");
	inline_add(into, words);
	text_add_char(into, ')');
}

/* The fastest subject of the group that fits the class, at the cell with its least memory; NULL: none does. */
static const struct subject *fastest(const struct rule_scope *scope, size_t class)
{
	const struct measure *speed = judges_speed(scope->group);
	const struct subject *best = NULL;
	double best_value = NAN;

	for (const struct subject *subject = subjects_next(scope->subjects, scope->group, NULL); subject != NULL;
	     subject = subjects_next(scope->subjects, scope->group, subject)) {
		double value;

		if (class_of(subject) > class)
			continue;
		value = measure_of(speed, least_peak(subject).cell);
		if (isnan(value) ||
		    (best != NULL && (speed->higher_is_better ? value <= best_value : value >= best_value)))
			continue;
		best = subject;
		best_value = value;
	}
	return best;
}

/* What the fastest of each task would need beside each other; false: there is one task only, or memory is not known. */
static bool add_together(const struct subject *const fits[GROUP_COUNT], struct text *into)
{
	double sum = 0;
	size_t count = 0;

	for (int group = 0; group < GROUP_COUNT; group++) {
		if (fits[group] == NULL)
			continue;
		sum += measure_of(&measures[MEASURE_MEMORY], least_peak(fits[group]).cell);
		count++;
	}
	if (count < 2 || isnan(sum))
		return false;
	text_add(into, STRONG("Together") ": about ");
	models_add_memory(into, (int64_t)sum);
	text_add(into, ", the sum of what each was measured to need; they were not measured side by side");
	return true;
}

static void add_fastest(const struct subjects *subjects, size_t class, const struct subject *fits[GROUP_COUNT],
                        struct document *into)
{
	struct text together = {0};

	for (int group = 0; group < GROUP_COUNT; group++) {
		const struct rule_scope scope = {subjects, (enum group)group};
		struct text *item;

		fits[group] = fastest(&scope, class);
		if (fits[group] == NULL)
			continue;
		item = document_item(into);
		text_addf(item, STRONG("%s") ": ", group_words[group].label);
		add_fit(&scope, fits[group], item);
	}
	if (add_together(fits, &together))
		text_add(document_item(into), text_string(&together));
	text_release(&together);
}

/* What else needs no more than this class, and more than those before. */
static void add_others(const struct subjects *subjects, size_t class, const struct subject *const fits[GROUP_COUNT],
                       struct document *into)
{
	for (size_t i = 0; i < subjects->count; i++) {
		const struct subject *subject = &subjects->items[i];
		const struct rule_scope scope = {subjects, subject_group(subject)};
		struct text *item;

		if (class_of(subject) != class || subject == fits[scope.group])
			continue;
		item = document_item(into);
		text_add(item, "also fits: ");
		add_fit(&scope, subject, item);
	}
}

static size_t count_in(const struct subjects *subjects, size_t class)
{
	size_t count = 0;

	for (size_t i = 0; i < subjects->count; i++)
		count += class_of(&subjects->items[i]) == class;
	return count;
}

static void add_class(const struct subjects *subjects, size_t class, int level, struct document *into)
{
	const struct subject *fits[GROUP_COUNT] = {0};

	text_addf(document_heading(into, level), "For %s of Memory", classes[class].title);
	if (count_in(subjects, class) == 0) {
		text_add(document_item(into), "the same: nothing else that was measured fits");
		return;
	}
	add_fastest(subjects, class, fits, into);
	add_others(subjects, class, fits, into);
}

void memory_classes_add(const struct subjects *subjects, int level, struct document *into)
{
	size_t known = 0;

	for (size_t class = 0; class < CLASS_COUNT; class ++) {
		bool last = class + 1 == CLASS_COUNT;

		known += count_in(subjects, class);
		if (known > 0 && !(last && count_in(subjects, class) == 0))
			add_class(subjects, class, level, into);
	}
	if (known == 0)
		text_add(document_paragraph(into),
		         "Memory was not measured, so nothing can be said of machines with less "
		         "or more of it.");
}
