/*
 * A comparison as a document: the outcome first, what it rests on last.
 */
#include "document/document.h"

#include <math.h>
#include <string.h>

#include "compare/compare.h"

/* Four digits that count, and every digit before the point. */
static void add_value(struct table *table, double value)
{
	int decimals = value == 0 || !isfinite(value) ? 0 : 3 - (int)floor(log10(fabs(value)));

	if (round(fabs(value) * pow(10, decimals)) >= 10000) /* 99.999 has its four digits as 100.0 */
		decimals--;
	table_cell_number(table, value, decimals < 0 ? 0 : decimals > 6 ? 6 : decimals);
}

static void add_interval(struct table *table, const struct interval *interval, const char *format)
{
	struct text *cell = table_cell(table, NAN);

	if (isnan(interval->low)) {
		text_add(cell, "–");
		return;
	}
	text_add_char(cell, '[');
	text_addf(cell, format, interval->low);
	text_add(cell, ", ");
	text_addf(cell, format, interval->high);
	text_add_char(cell, ']');
}

/* --- The outcome --- */

static size_t count_verdicts(const struct compare_result *result, enum compare_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < result->figure_count; i++)
		count += result->figures[i].verdict == verdict;
	return count;
}

static void add_outcome(const struct compare_result *result, struct document *into)
{
	struct text *text = document_paragraph(into);
	static const enum compare_verdict verdicts[] = {VERDICT_WORSE, VERDICT_BETTER, VERDICT_CHANGED, VERDICT_SAME,
	                                                VERDICT_CANNOT_TELL};
	const char *before = ": ";

	text_addf(text, STRONG_ON "%s" STRONG_OFF ".", compare_outcome(result));
	if (result->pair_count == 0 && !compare_is_refused(result))
		text_add(text, " No cell of one run has the settings of a cell of the other.");
	if (result->figure_count == 0)
		return;
	text_addf(text, " Of %zu figures in %zu cell%s", result->figure_count, result->pair_count,
	          result->pair_count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		size_t count = count_verdicts(result, verdicts[i]);

		if (count == 0)
			continue;
		text_addf(text, "%s%zu %s", before, count, compare_verdict_word(verdicts[i]));
		before = ", ";
	}
	text_add_char(text, '.');
}

static void add_run(const struct summary *summary, const char *name, struct document *into)
{
	struct text *text = document_item(into);

	text_addf(text, STRONG_ON "%s" STRONG_OFF ": ", name);
	inline_add(text, summary->title ? summary->title : summary->name ? summary->name : "no title");
	text_add(text, ", measured ");
	inline_add(text, summary->started_utc ? summary->started_utc : "at an unknown time");
	if (summary->finished_utc == NULL)
		text_add(text, " (not finished)");
	for (size_t i = 0; i < summary->server_count; i++) {
		const struct server_facts *server = &summary->servers[i];

		text_add(text, i == 0 ? ", on " : " and ");
		inline_add(text, server->kind ? server->kind : server->name ? server->name : "an unknown server");
		text_add(text, server->version ? " " : "");
		inline_add(text, server->version);
		text_add(text, server->simulated ? ", simulated: " : "");
		inline_add(text, server->simulated);
	}
	text_add(text, ", by llmbench ");
	inline_add(text, summary->tool_version ? summary->tool_version : "of an unknown version");
	text_add_char(text, '.');
}

static void add_differences(const struct compare_result *result, struct document *into)
{
	struct table *table;

	if (result->difference_count == 0)
		return;
	text_add(document_heading(into, 2), "What differs");
	table = document_table(into);
	table_column(table, "What");
	table_column(table, "BASE");
	table_column(table, "NEW");
	table_column(table, "Comparable");
	for (size_t i = 0; i < result->difference_count; i++) {
		const struct compare_difference *difference = &result->differences[i];
		const char *word = compare_part_word(difference->part);

		table_row(table);
		table_cell_text(table, difference->what);
		table_cell_text(table, difference->base);
		table_cell_text(table, difference->now);
		text_addf(table_cell(table, NAN),
		          difference->allowed ? "%s may differ" : "only with " CODE_ON "--allow %s" CODE_OFF, word);
	}
}

/* --- Rules and figures --- */

static void add_gates(const struct compare_result *result, struct document *into)
{
	struct table *table;

	if (result->gate_count == 0)
		return;
	text_add(document_heading(into, 2), "Rules");
	table = document_table(into);
	table_column(table, "Rule");
	table_column(table, "Cell");
	table_number_column(table, "Value");
	table_column(table, "95 % interval");
	table_column(table, "State");
	for (size_t i = 0; i < result->gate_count; i++) {
		const struct compare_gate *gate = &result->gates[i];
		bool tripped = gate->state == GATE_TRIPPED;

		table_row(table);
		table_cell_text(table, gate->rule->text);
		table_cell_text(table, result->pairs[gate->pair].name);
		if (gate->rule->relative && !isnan(gate->value))
			text_addf(table_cell(table, gate->value), "%+.1f %%", gate->value);
		else
			add_value(table, gate->value);
		add_interval(table, &gate->interval, gate->rule->relative ? "%+.1f" : "%.4g");
		text_addf(table_cell(table, NAN), tripped ? STRONG_ON "%s" STRONG_OFF : "%s",
		          gate_state_word(gate->state));
	}
}

static void add_verdict(struct table *table, const struct compare_figure *figure)
{
	struct text *cell = table_cell(table, NAN);
	const char *word = compare_verdict_word(figure->verdict);

	switch (figure->verdict) {
	case VERDICT_BETTER:
	case VERDICT_WORSE:
	case VERDICT_CHANGED:
		text_addf(cell, STRONG_ON "%s" STRONG_OFF, word);
		break;
	case VERDICT_SAME:
		text_add(cell, word);
		break;
	case VERDICT_CANNOT_TELL:
		text_addf(cell, "%s: %s", word, figure->reason);
		break;
	}
}

static void add_figure(const struct compare_result *result, const struct compare_figure *figure, struct table *table)
{
	const struct comparison *comparison = &figure->comparison;
	struct text *name;

	table_row(table);
	table_cell_text(table, result->pairs[figure->pair].name);
	name = table_cell(table, NAN);
	text_add(name, figure->metric->title);
	if (figure->statistic != NULL)
		text_addf(name, " %s", figure->statistic->name);
	if (strstr(figure->metric->title, "/s") == NULL)
		text_addf(name, " (%s)", figure->metric->unit);
	add_value(table, comparison->base);
	add_value(table, comparison->now);
	if (isnan(comparison->change_pct))
		table_cell_number(table, NAN, 0);
	else
		text_addf(table_cell(table, comparison->change_pct), "%+.1f", comparison->change_pct);
	add_interval(table, &comparison->interval, "%+.1f");
	add_verdict(table, figure);
}

static struct table *start_figures(const char *heading, struct document *into)
{
	struct table *table;

	text_add(document_heading(into, 2), heading);
	table = document_table(into);
	table_column(table, "Cell");
	table_column(table, "Figure");
	table_number_column(table, "BASE");
	table_number_column(table, "NEW");
	table_number_column(table, "Change (%)");
	table_column(table, "95 % interval");
	table_column(table, "Verdict");
	return table;
}

/* Those of a family that are shown; returns how many are not. */
static size_t add_figures(const struct compare_result *result, bool main, const char *heading, struct document *into)
{
	struct table *table = NULL;
	size_t hidden = 0;

	for (size_t i = 0; i < result->figure_count; i++) {
		const struct compare_figure *figure = &result->figures[i];
		bool changed = figure->verdict != VERDICT_SAME && figure->verdict != VERDICT_CANNOT_TELL;

		if (figure->main != main)
			continue;
		if (!main && !changed && !result->options.all) {
			hidden++;
			continue;
		}
		if (table == NULL)
			table = start_figures(heading, into);
		add_figure(result, figure, table);
	}
	return hidden;
}

static void add_both_families(const struct compare_result *result, struct document *into)
{
	size_t hidden;

	add_figures(result, true, "Main figures", into);
	hidden = add_figures(result, false, result->options.all ? "Other figures" : "Other figures that changed", into);
	if (hidden > 0)
		text_addf(
		    document_paragraph(into),
		    "%zu other figures are the same within noise, or it cannot be told: " CODE("--all") " lists them.",
		    hidden);
}

/* --- Cells without figures --- */

static void add_state(struct table *table, const struct cell_summary *cell)
{
	struct text *text = table_cell(table, NAN);

	text_add(text, cell_status_name(cell->status));
	if (cell->errors != JSON_UNKNOWN && cell->errors > 0)
		text_addf(text, ", %lld error%s", (long long)cell->errors, cell->errors == 1 ? "" : "s");
	text_add(text, cell->reason ? ": " : "");
	inline_add(text, cell->reason);
}

static bool is_fine(const struct cell_summary *cell)
{
	return cell->status == CELL_DONE && cell->errors <= 0;
}

static void add_failures(const struct compare_result *result, struct document *into)
{
	struct table *table = NULL;

	for (size_t i = 0; i < result->pair_count; i++) {
		const struct compare_pair *pair = &result->pairs[i];

		if (is_fine(pair->base) && is_fine(pair->now))
			continue;
		if (table == NULL) {
			text_add(document_heading(into, 2), "Failures");
			table = document_table(into);
			table_column(table, "Cell");
			table_column(table, "BASE");
			table_column(table, "NEW");
			table_column(table, "Verdict");
		}
		table_row(table);
		table_cell_text(table, pair->name);
		add_state(table, pair->base);
		add_state(table, pair->now);
		text_add(table_cell(table, NAN), pair->failed || pair->more_errors ? STRONG("worse")
		                                 : pair->unfinished                ? "cannot tell"
		                                 : is_fine(pair->now)              ? STRONG("better")
		                                                                   : "");
	}
}

static void add_lonely(const struct compare_result *result, struct document *into)
{
	if (result->lonely_count == 0)
		return;
	text_add(document_heading(into, 2), "In one run only");
	for (size_t i = 0; i < result->lonely_count; i++) {
		struct text *text = document_item(into);

		text_add(text, result->lonely[i].of_base ? "BASE: " : "NEW: ");
		inline_add(text, result->lonely[i].name);
	}
}

/* --- What it rests on --- */

static void add_warnings(const struct compare_result *result, struct document *into)
{
	if (result->warning_count == 0)
		return;
	text_add(document_heading(into, 2), "Before you trust this");
	for (size_t i = 0; i < result->warning_count; i++)
		inline_add(document_item(into), result->warnings[i]);
}

static void add_method(const struct compare_result *result, struct document *into)
{
	if (result->figure_count == 0)
		return;
	text_add(document_heading(into, 2), "How it was compared");
	text_add(
	    document_item(into),
	    "BASE and NEW are geometric means over trials, of requests those of each trial's p50 "
	    "and p99; the interval is that of the change, by Welch's t test on logarithms. Where a trial is 0, they "
	    "are means, and the test is on values: the change is in % of BASE's mean, and from 0 there is none.");
	text_addf(
	    document_item(into),
	    "Better and worse: the change is established, and at least %.0f %%, by which runs of the same thing "
	    "differ. Where nothing changed, at most %.0f %% of comparisons call anything so: %.1f of them have the "
	    "main figures, the others the rest, or as many once a main figure changed; corrected for their number "
	    "by Benjamini and Hochberg.",
	    COMPARISON_SMALL_PCT, 100 * COMPARE_LEVEL, 100 * COMPARE_MAIN_LEVEL);
	text_addf(document_item(into),
	          "Same within noise: the interval lies within ±%g %%. Else it cannot be told; more trials help.",
	          result->options.margin_pct);
}

void compare_document(const struct compare_result *result, struct document *into)
{
	text_add(document_heading(into, 1), "Comparison");
	add_outcome(result, into);
	add_run(result->base, "BASE", into);
	add_run(result->now, "NEW", into);
	add_differences(result, into);
	add_gates(result, into);
	add_failures(result, into);
	add_both_families(result, into);
	add_lonely(result, into);
	add_warnings(result, into);
	add_method(result, into);
}
