/*
 * Seed 001's report: a table for each task, with its key findings; what the
 * models take; what fits which machine; what is missing.
 */
#include <math.h>

#include "report/judges.h"
#include "report/memory_classes.h"
#include "report/models.h"
#include "report/overview.h"
#include "report/styles.h"

struct row {
	const struct subjects *subjects;
	const struct subject *subject;
};

static void add_model(const struct row *row, struct table *table)
{
	struct text *cell = table_cell(table, NAN);

	text_add(cell, STRONG_ON);
	subject_add_name(row->subjects, row->subject, cell);
	text_add(cell, STRONG_OFF);
}

static double known(int64_t count)
{
	return count == JSON_UNKNOWN ? NAN : (double)count;
}

static void add_parameters(const struct row *row, struct table *table)
{
	int64_t parameters = row->subject->model != NULL ? row->subject->model->parameters : JSON_UNKNOWN;

	models_add_parameters(table_cell(table, known(parameters)), parameters);
}

static void add_size(const struct row *row, struct table *table)
{
	int64_t bytes = row->subject->model != NULL ? row->subject->model->size_bytes : JSON_UNKNOWN;

	models_add_size(table_cell(table, known(bytes)), bytes);
}

static void add_task(const struct row *row, struct table *table)
{
	table_cell_text(table, subject_task_words(row->subject));
}

/* By its best cell it is sorted, whatever the range. */
static struct text *measure_cell(const struct measure *measure, const struct row *row, struct table *table)
{
	const struct range range = measure_range(measure, row->subject);

	return table_cell(table, measure->higher_is_better ? range.high : range.low);
}

static void add_range(enum measure_id id, const struct row *row, struct table *table)
{
	measure_add_range(&measures[id], row->subject, measure_cell(&measures[id], row, table));
}

static void add_speed(const struct row *row, struct table *table)
{
	add_range(MEASURE_THROUGHPUT, row, table);
}

static void add_inputs(const struct row *row, struct table *table)
{
	add_range(MEASURE_INPUTS, row, table);
}

static void add_latency(const struct row *row, struct table *table)
{
	add_range(MEASURE_LATENCY, row, table);
}

/* Of a server that loads its model when it starts only peaks are known: its own, or the system's. */
static void add_memory(const struct row *row, struct table *table)
{
	const struct range need = measure_range(&measures[MEASURE_MEMORY], row->subject);
	const struct range peak = measure_range(&measures[MEASURE_PEAK], row->subject);
	const struct range server = measure_range(&measures[MEASURE_SERVER], row->subject);
	struct text *cell;

	if (need.count > 0 || peak.count + server.count == 0) {
		add_range(MEASURE_MEMORY, row, table);
		return;
	}
	if (server.count > 0) {
		cell = table_cell(table, server.low);
		text_add(cell, "server: ");
		measure_add_range(&measures[MEASURE_SERVER], row->subject, cell);
		return;
	}
	cell = table_cell(table, peak.low);
	text_add(cell, "system: ");
	measure_add_range(&measures[MEASURE_PEAK], row->subject, cell);
}

/* "RTF 0.043, 23 times as fast as it plays" */
static void add_performance(const struct row *row, struct table *table)
{
	const struct range range = measure_range(&measures[MEASURE_RTF], row->subject);
	struct text *cell = measure_cell(&measures[MEASURE_RTF], row, table);

	measure_add_range(&measures[MEASURE_RTF], row->subject, cell);
	if (range.high < 1) {
		text_add(cell, ", ");
		measure_add_times(1 / range.high, cell);
		text_add(cell, " as fast as it plays");
	} else if (range.high >= 1) {
		text_add(cell, ", slower than it plays");
	}
}

static void add_notes(const struct row *row, struct table *table)
{
	overview_add_notes(row->subject, table_cell(table, NAN));
}

enum { COLUMNS_MAX = 7 };

/* Of each task's table, in the seed's order; embeddings, which it has not, like text. */
static const struct column {
	const char *title;
	void (*add)(const struct row *row, struct table *table);
} columns[GROUP_COUNT][COLUMNS_MAX + 1] = {
    [GROUP_TEXT] = {{"Model", add_model},
                    {"Parameters", add_parameters},
                    {"Size", add_size},
                    {"Speed", add_speed},
                    {"Memory", add_memory},
                    {"Notes", add_notes}},
    [GROUP_VISION] = {{"Model", add_model},
                      {"Parameters", add_parameters},
                      {"Size", add_size},
                      {"Task", add_task},
                      {"Latency", add_latency},
                      {"Memory", add_memory},
                      {"Notes", add_notes}},
    [GROUP_SPEECH] = {{"Model", add_model},
                      {"Parameters", add_parameters},
                      {"Size", add_size},
                      {"Performance", add_performance},
                      {"Memory", add_memory},
                      {"Notes", add_notes}},
    [GROUP_EMBEDDING] = {{"Model", add_model},
                         {"Parameters", add_parameters},
                         {"Size", add_size},
                         {"Speed", add_inputs},
                         {"Memory", add_memory},
                         {"Notes", add_notes}},
};

static void add_table(const struct subjects *subjects, enum group group, struct document *into)
{
	struct table *table = document_table(into);

	for (const struct column *column = columns[group]; column->title != NULL; column++)
		table_column(table, column->title);
	for (const struct subject *subject = subjects_next(subjects, group, NULL); subject != NULL;
	     subject = subjects_next(subjects, group, subject)) {
		const struct row row = {subjects, subject};

		table_row(table);
		for (const struct column *column = columns[group]; column->title != NULL; column++)
			column->add(&row, table);
	}
}

static void add_task_section(const struct subjects *subjects, enum group group, struct document *into)
{
	text_add(document_heading(into, 3), group_words[group].title);
	add_table(subjects, group, into);
	text_add(document_paragraph(into), STRONG("Key Findings:"));
	if (rules_add(subjects, RULE_FINDING, group, "", into) == 0)
		text_add(document_item(into), "none: the figures of one cell say nothing more than the table");
}

static void add_line(struct document *into, const char *title, void (*add)(const struct subjects *, struct text *),
                     const struct subjects *subjects)
{
	struct text *item = document_item(into);

	text_addf(item, STRONG("%s") ": ", title);
	add(subjects, item);
}

static void add_memory_item(const struct subjects *subjects, enum group group, struct document *into)
{
	const struct measure *memory = &measures[MEASURE_MEMORY];
	const struct interval none = interval_of(NULL, 0);
	struct text *item = document_item(into);
	struct range all = {NAN, NAN, 0};

	for (const struct subject *subject = subjects_next(subjects, group, NULL); subject != NULL;
	     subject = subjects_next(subjects, group, subject)) {
		struct range range = measure_range(memory, subject);

		all.low = fmin(all.low, range.low);
		all.high = fmax(all.high, range.high);
		all.count += range.count;
	}
	text_addf(item, "%s: ", group_words[group].title);
	if (all.count == 0) {
		text_add(item, "not measured");
		return;
	}
	measure_add(memory, all.low, &none, item);
	if (all.high > all.low) {
		text_add(item, " to ");
		measure_add(memory, all.high, &none, item);
	}
}

static void add_resources(const struct subjects *subjects, struct document *into)
{
	text_add(document_heading(into, 2), "Resource Utilization");
	text_add(document_heading(into, 3), "Storage Requirements");
	overview_add_storage(subjects, into);
	text_add(document_heading(into, 3), "Memory Usage Patterns");
	for (int group = 0; group < GROUP_COUNT; group++)
		if (subjects_in(subjects, (enum group)group) > 0)
			add_memory_item(subjects, (enum group)group, into);
}

static void add_definitions(const struct subjects *subjects, struct document *into)
{
	static const struct {
		enum measure_id id;
		const char *column;
	} rows[] = {{MEASURE_THROUGHPUT, "Speed"}, {MEASURE_LATENCY, "Latency"},
	            {MEASURE_RTF, "Performance"},  {MEASURE_INPUTS, "Speed of embeddings"},
	            {MEASURE_MEMORY, "Memory"},    {MEASURE_PEAK, "Peak, system"},
	            {MEASURE_SERVER, "Server"}};

	text_add(document_heading(into, 2), "How This Was Measured");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (measure_is_known(&measures[rows[i].id], subjects))
			text_addf(document_item(into), STRONG("%s") ": %s.", rows[i].column,
			          measures[rows[i].id].definition);
	text_add(document_item(into), "Of several cells the lowest and the highest figure stand; – is not measured. "
	                              "Models are ranked by cells in which no request failed.");
	rules_add_whole(subjects, RULE_LIMITATION, into);
	add_line(into, "Tool", overview_add_tools, subjects);
}

bool style_tasks(const struct report_input *input, struct document *into, struct failure *failure)
{
	struct subjects subjects;

	(void)failure;
	subjects_collect(input, &subjects);
	overview_add_title(&subjects, into);
	add_line(into, "Date", overview_add_dates, &subjects);
	add_line(into, "Hardware", overview_add_machines, &subjects);
	add_line(into, "Platform", overview_add_platforms, &subjects);
	add_line(into, "Backend", overview_add_servers, &subjects);
	text_add(document_heading(into, 2), "Executive Summary");
	overview_add_summary(&subjects, document_paragraph(into));
	text_add(document_heading(into, 2), "Performance Results");
	for (int group = 0; group < GROUP_COUNT; group++)
		if (subjects_in(&subjects, (enum group)group) > 0)
			add_task_section(&subjects, (enum group)group, into);
	add_resources(&subjects, into);
	text_add(document_heading(into, 2), "Recommendations");
	memory_classes_add(&subjects, 3, into);
	if (overview_has_pending(&subjects)) {
		text_add(document_heading(into, 2), "Pending Models");
		overview_add_pending(&subjects, into);
	}
	add_definitions(&subjects, into);
	subjects_release(&subjects);
	return true;
}
