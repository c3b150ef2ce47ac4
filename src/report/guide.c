/*
 * Seed 004's guide: each machine and profile, all of it computed from what was
 * measured. What was not measured is said to be so.
 */
#include "report/guide.h"
#include "report/cells.h"
#include "report/runs.h"
#include "report/styles.h"

static size_t count_different(const struct points *points, const char *field)
{
	size_t count = 0;

	for (size_t i = 0; i < points->count; i++) {
		size_t earlier = 0;

		while (!points_agree(&points->items[earlier], &points->items[i], field))
			earlier++;
		count += earlier == i;
	}
	return count;
}

static void add_count(const struct points *points, const char *field, const char *noun, struct text *into)
{
	size_t count = count_different(points, field);

	text_addf(into, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void add_title(const struct guide *guide, struct document *into)
{
	struct text *heading = document_heading(into, 1);

	if (!points_vary(&guide->points, "title")) {
		inline_add(heading, guide->points.items[0].summary->title);
		text_add_char(heading, ' ');
	}
	text_add(heading, "Performance Guide");
}

static void add_overview(const struct guide *guide, struct document *into)
{
	const struct points *points = &guide->points;
	struct text *text;

	text_add(document_heading(into, 2), "Performance Overview");
	text = document_paragraph(into);
	add_count(points, "model", "model", text);
	text_add(text, " on ");
	add_count(points, "machine", "machine", text);
	if (guide->has_profiles) {
		text_add(text, " under ");
		add_count(points, "profile", "profile", text);
	}
	text_addf(text, ", %zu cell%s. ", points->count, points->count == 1 ? "" : "s");
	if (guide->field == NULL) {
		text_add(text, "There is nothing to compare them with.");
		return;
	}
	text_addf(text, "Improvements are over %s ", guide->field);
	inline_add(text, guide->value[0] != '\0' ? guide->value : "unset");
	text_add(text, " with everything else equal.");
}

static void add_definitions(const struct guide *guide, struct document *into)
{
	const struct metric *metric = metric_find(GUIDE_METRIC);
	const char *memory = json_get_string(guide->points.items[0].summary->host, "memory_definition");
	struct text *item;

	item = document_item(into);
	text_add(item, STRONG("Tokens/Second") ": median over the trials of a cell. ");
	inline_add_sentence(item, metric->definition);
	item = document_item(into);
	text_add(item, STRONG("Memory Usage") ": the highest from loading the model to the last reply");
	if (memory != NULL) {
		text_add(item, "; ");
		inline_add(item, memory);
	}
	text_add_char(item, '.');
	item = document_item(into);
	text_add(item, STRONG("CPU Usage") ": of the server alone. ");
	inline_add_sentence(item, metric_find("server_cpu_pct")->definition);
	text_add(
	    document_item(into),
	    STRONG("Improvement") ": ratio of the geometric means over trials, less 1, with its 95 % "
				  "interval by Welch's t on logarithms, from three trials on each side. Of loading "
				  "times it is the time that other machines save.");
	text_add(document_item(into),
	         STRONG("cold") ": the run's first load of that file, from the disk unless the system "
	                        "still had it in memory; " STRONG("warm") ": a later one. Medians over cells.");
}

bool style_guide(const struct report_input *input, struct document *into, struct failure *failure)
{
	struct guide guide;
	bool good = guide_make(input, &guide, failure);

	if (good) {
		add_title(&guide, into);
		add_overview(&guide, into);
		text_add(document_heading(into, 3), "Performance Benchmarks");
		guide_add_performance(&guide, into);
		guide_add_loads(&guide, into);
		guide_add_profiles(&guide, into);
		guide_add_health(&guide, into);
		guide_add_troubles(&guide, into);
		text_add(document_heading(into, 2), "How this was measured");
		add_definitions(&guide, into);
		runs_add_files(&guide.points, into);
		runs_add(input, into);
	}
	guide_release(&guide);
	return good;
}
