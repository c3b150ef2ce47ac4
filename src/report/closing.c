#include "report/closing.h"

#include <math.h>

#include "report/cells.h"
#include "report/figure.h"
#include "report/sections.h"

enum { GROUPS_SHOWN = 6 };

static const char *const not_model[] = {"model", NULL};
static const char *const not_parallel[] = {"parallel", NULL};
static const char *const not_model_or_parallel[] = {"model", "parallel", NULL};

static void add_name(const struct cell_summary *cell, const char *difference, struct text *into)
{
	inline_add(into, cells_model(cell));
	text_add(into, difference[0] != '\0' ? ", " : "");
	inline_add(into, difference);
}

/* NAN when it is not done, requests of it failed, or its speed is another metric. */
static double speed_of(const struct cell_summary *cell, const char *metric)
{
	bool measured = cell->status == CELL_DONE && cell->failed == 0 &&
	                text_equal(cell_summary_speed(cell)->metric->name, metric);

	return measured ? cells_median(cell, metric) : NAN;
}

static const struct cell_summary *fastest(const struct summary *summary, const char *metric)
{
	const struct cell_summary *best = NULL;

	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];

		if (!isnan(speed_of(cell, metric)) && (best == NULL || speed_of(cell, metric) > speed_of(best, metric)))
			best = cell;
	}
	return best;
}

static bool is_as_good(const struct cell_summary *cell, const struct cell_summary *best, const char *metric)
{
	struct interval mine = cells_interval(cell, metric), its = cells_interval(best, metric);

	if (cell == best || isnan(speed_of(cell, metric)))
		return false;
	return speed_of(cell, metric) >= speed_of(best, metric) || mine.high >= its.low;
}

/* The next fastest of them in the plan's order is named, the others counted. */
static void add_equals(const struct summary *summary, const struct cell_summary *best, const char *metric,
                       char **differences, struct text *into)
{
	const struct cell_summary *named = NULL;
	size_t others = 0;

	for (size_t i = 0; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];

		if (!is_as_good(cell, best, metric))
			continue;
		others += named != NULL;
		if (named == NULL || speed_of(cell, metric) > speed_of(named, metric))
			named = cell;
	}
	if (named != NULL) {
		struct interval interval = cells_interval(named, metric);

		text_add(into, "; it cannot be told apart from ");
		add_name(named, differences[named - summary->cells], into);
		text_add(into, " with ");
		figure_add(into, speed_of(named, metric), &interval, 1);
	}
	if (others > 0)
		text_addf(into, " and %zu other%s", others, others == 1 ? "" : "s");
}

/* That it measures llmbench, or the first flag that stands in the Notes of its row; NULL: nothing. */
static const char *warning_of(const struct cell_summary *cell)
{
	if (cell->client.bounds != 0)
		return "client-bound";
	for (size_t i = 0; i < cell->flag_count; i++)
		if (report_is_noted(cell->flags[i]))
			return cell->flags[i];
	return NULL;
}

static void add_best(const struct summary *summary, const char *metric, const char *words, char **differences,
                     struct text *into)
{
	const struct cell_summary *best = fastest(summary, metric);
	struct interval interval;

	if (best == NULL)
		return;
	interval = cells_interval(best, metric);
	text_addf(into, "%s" STRONG("Best") " by %s: ", into->size > 0 ? " " : "", words);
	add_name(best, differences[best - summary->cells], into);
	text_add(into, " with ");
	figure_add(into, speed_of(best, metric), &interval, 1);
	if (warning_of(best) != NULL) {
		text_add(into, " (flagged: ");
		inline_add(into, warning_of(best));
		text_add_char(into, ')');
	}
	add_equals(summary, best, metric, differences, into);
	if (isnan(interval.low))
		text_addf(into, "; without an interval, which takes %d trials", INTERVAL_TRIALS_MIN);
	text_add_char(into, '.');
}

void closing_add_best(const struct summary *summary, struct text *into)
{
	static const struct {
		const char *metric, *words;
	} speeds[] = {
	    {"output_tokens_per_s", "output tokens/s"},
	    {"rtfx", "RTFx"},
	    {"inputs_per_s", "inputs/s"},
	};
	char **differences = cells_differences(summary, not_model);

	for (size_t i = 0; summary->cell_count > 1 && i < sizeof(speeds) / sizeof(speeds[0]); i++)
		add_best(summary, speeds[i].metric, speeds[i].words, differences, into);
	cells_free_differences(summary, differences);
}

/* Tokens a second of one request; NAN unknown. */
static double pace_of(const struct cell_summary *cell)
{
	double tpot_ms = cells_median(cell, "tpot_ms");

	return cell->status == CELL_DONE && tpot_ms > 0 ? 1000 / tpot_ms : NAN;
}

/* Of the cells of one model and its settings: all are those whose difference is that of the first one. */
struct group {
	const struct cell_summary *base, *cliff; /* NULL none */
	int64_t least, most, at;                 /* parallel: of the base, of all that are known, of the cliff */
};

static struct group group_of(const struct summary *summary, char **differences, size_t first)
{
	struct group group = {.least = INT64_MAX, .most = 0, .at = INT64_MAX};

	for (size_t i = first; i < summary->cell_count; i++) {
		int64_t parallel = json_get_integer(summary->cells[i].settings, "parallel");

		if (!text_equal(differences[i], differences[first]) || parallel == JSON_UNKNOWN ||
		    isnan(pace_of(&summary->cells[i])))
			continue;
		if (parallel < group.least) {
			group.base = &summary->cells[i];
			group.least = parallel;
		}
		group.most = parallel > group.most ? parallel : group.most;
	}
	for (size_t i = first; i < summary->cell_count; i++) {
		const struct cell_summary *cell = &summary->cells[i];
		int64_t parallel = json_get_integer(cell->settings, "parallel");

		if (group.base == NULL || !text_equal(differences[i], differences[first]) || parallel == JSON_UNKNOWN)
			continue;
		if (parallel > group.least && parallel < group.at && pace_of(cell) <= pace_of(group.base) / 2) {
			group.cliff = cell;
			group.at = parallel;
		}
	}
	return group;
}

/* Three digits that count, and every digit before the point. */
static void add_pace(double pace, struct text *into)
{
	inline_add_number(into, pace, pace >= 99.95 ? 0 : pace >= 9.995 ? 1 : 2);
}

static void add_group(const struct group *group, const char *label, struct text *into)
{
	add_name(group->base, label, into);
	if (group->cliff == NULL) {
		text_addf(into, " not up to parallel %lld", (long long)group->most);
		return;
	}
	text_addf(into, " at parallel %lld (", (long long)group->at);
	add_pace(pace_of(group->cliff), into);
	text_add(into, " tokens/s, ");
	add_pace(pace_of(group->base), into);
	text_addf(into, " at %lld)", (long long)group->least);
}

static bool is_first(char **differences, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (text_equal(differences[i], differences[cell]))
			return false;
	return true;
}

void closing_add_cliff(const struct summary *summary, struct text *into)
{
	char **differences = cells_differences(summary, not_parallel);
	char **labels = cells_differences(summary, not_model_or_parallel);
	size_t count = 0;

	for (size_t i = 0; i < summary->cell_count; i++) {
		struct group group = group_of(summary, differences, i);

		if (!is_first(differences, i) || group.base == NULL || group.most == group.least)
			continue;
		if (count == 0)
			text_add(into,
			         STRONG("Cliff") ", where a request's speed (1 / TPOT p50) is at most half of that at "
			                         "the smallest parallel: ");
		else if (count < GROUPS_SHOWN)
			text_add(into, "; ");
		if (count++ < GROUPS_SHOWN)
			add_group(&group, labels[i], into);
	}
	if (count > GROUPS_SHOWN)
		text_addf(into, "; and %zu more", count - GROUPS_SHOWN);
	text_add(into, count > 0 ? "." : "");
	cells_free_differences(summary, differences);
	cells_free_differences(summary, labels);
}

void report_add_closing(const struct report_input *input, struct document *into)
{
	static void (*const sentences[])(const struct summary *, struct text *) = {closing_add_best, closing_add_cliff};

	for (size_t run = 0; run < input->count; run++) {
		const struct summary *summary = input->runs[run].summary;

		for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
			struct text sentence = {0}, *paragraph;

			sentences[i](summary, &sentence);
			if (sentence.size > 0) {
				paragraph = document_paragraph(into);
				if (input->count > 1) {
					inline_add(paragraph, summary->title);
					text_add(paragraph, ": ");
				}
				text_add(paragraph, text_string(&sentence));
			}
			text_release(&sentence);
		}
	}
}
