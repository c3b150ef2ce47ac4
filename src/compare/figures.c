/*
 * The figures of each pair, and what became of them.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/parts.h"

/* Of requests two statistics are looked at: what is usual, and the tail. Rules add others. */
static bool is_shown(const struct distribution_statistic *statistic)
{
	return text_equal(statistic->name, "p50") || text_equal(statistic->name, "p99");
}

static bool rules_name(const struct compare_options *options, const struct metric *metric,
                       const struct distribution_statistic *statistic)
{
	for (size_t i = 0; i < options->rule_count; i++)
		if (options->rules[i].relative && options->rules[i].metric == metric &&
		    options->rules[i].statistic == statistic)
			return true;
	return false;
}

static bool has_relative_rules(const struct compare_options *options)
{
	for (size_t i = 0; i < options->rule_count; i++)
		if (options->rules[i].relative)
			return true;
	return false;
}

/* The values of each trial; *count 0: there are none, or they are not told. The caller frees them. */
static double *trials_of(const struct metric_summary *summary, const struct distribution_statistic *statistic,
                         size_t *count)
{
	double *values;

	*count = statistic != NULL ? summary->by_trial_count : summary->trials != NULL ? summary->values.n : 0;
	values = memory_new(*count, sizeof(*values));
	for (size_t i = 0; i < *count; i++)
		values[i] = statistic != NULL ? distribution_get(&summary->by_trial[i], statistic) : summary->trials[i];
	return values;
}

/* Values over all requests or trials, for figures that are not told by trial. */
static double value_of(const struct metric_summary *summary, const struct distribution_statistic *statistic)
{
	return statistic != NULL ? distribution_get(&summary->values, statistic) : summary->values.p50;
}

static struct comparison compare_summaries(const struct metric_summary *base, const struct metric_summary *now,
                                           const struct distribution_statistic *statistic)
{
	size_t base_count, now_count;
	double *before = trials_of(base, statistic, &base_count), *after = trials_of(now, statistic, &now_count);
	double base_value = value_of(base, statistic), now_value = value_of(now, statistic);
	struct comparison result;

	if (base_count == 0 || now_count == 0) {
		result = comparison_of(&base_value, base->values.n > 0, &now_value, now->values.n > 0);
		result.base_trials = base_count;
		result.now_trials = now_count;
	} else {
		result = comparison_of(before, base_count, after, now_count);
	}
	free(before);
	free(after);
	/* Where there is no mean, the values are told all the same. */
	result.base = isnan(result.base) ? base_value : result.base;
	result.now = isnan(result.now) ? now_value : result.now;
	return result;
}

static void add_figure(struct compare_result *result, size_t pair, size_t metric,
                       const struct distribution_statistic *statistic, bool main)
{
	const struct metric_summary *base = &result->pairs[pair].base->metrics[metric];
	const struct metric_summary *now = &result->pairs[pair].now->metrics[metric];
	struct compare_figure *figure;

	if (base->values.n == 0 && now->values.n == 0)
		return;
	result->figures = memory_resize(result->figures, result->figure_count + 1, sizeof(*result->figures));
	figure = &result->figures[result->figure_count++];
	*figure = (struct compare_figure){
	    .pair = pair,
	    .metric = &metrics[metric],
	    .statistic = statistic,
	    .main = main,
	    .comparison = compare_summaries(base, now, statistic),
	};
	figure->corrected_p = figure->comparison.p;
}

static void add_metric(struct compare_result *result, size_t pair, size_t metric)
{
	const struct compare_options *options = &result->options;
	const struct metric *row = &metrics[metric];
	bool compared = row->better != METRIC_NEUTRAL;
	bool main = !has_relative_rules(options) && cell_summary_speed(result->pairs[pair].base)->metric == row;

	if (row->scope != METRIC_REQUEST) {
		bool named = rules_name(options, row, NULL);

		if (compared || named)
			add_figure(result, pair, metric, NULL, main || named);
		return;
	}
	for (const struct distribution_statistic *at = distribution_statistics; at->name != NULL; at++) {
		bool named = rules_name(options, row, at);

		if ((compared && is_shown(at)) || named)
			add_figure(result, pair, metric, at, named);
	}
}

/* --- Verdicts --- */

static void correct(struct compare_result *result, bool main)
{
	double *p = memory_new(result->figure_count, sizeof(*p));
	size_t count = 0;

	for (size_t i = 0; i < result->figure_count; i++)
		if (result->figures[i].main == main)
			p[count++] = result->figures[i].comparison.p;
	comparison_correct(p, count);
	count = 0;
	for (size_t i = 0; i < result->figure_count; i++)
		if (result->figures[i].main == main)
			result->figures[i].corrected_p = p[count++];
	free(p);
}

/* Whether any of the family is. */
static bool establish(struct compare_result *result, bool main, double level)
{
	bool any = false;

	for (size_t i = 0; i < result->figure_count; i++) {
		struct compare_figure *figure = &result->figures[i];

		if (figure->main != main || isnan(figure->corrected_p))
			continue;
		figure->established = figure->corrected_p <= level;
		any = any || figure->established;
	}
	return any;
}

static const char *why_unknown(const struct compare_figure *figure)
{
	const struct comparison *comparison = &figure->comparison;

	if (isnan(comparison->base) || isnan(comparison->now))
		return isnan(comparison->base) ? "not measured in BASE" : "not measured in NEW";
	if (figure->metric->scope == METRIC_CELL)
		return "measured once";
	if (comparison->base_trials < COMPARISON_TRIALS_MIN || comparison->now_trials < COMPARISON_TRIALS_MIN)
		return "too few trials";
	return isnan(comparison->p) ? "a trial is unknown, or below 0" : NULL;
}

static enum compare_verdict direction(const struct compare_figure *figure)
{
	bool grew = figure->comparison.now > figure->comparison.base;

	switch (figure->metric->better) {
	case METRIC_HIGHER:
		return grew ? VERDICT_BETTER : VERDICT_WORSE;
	case METRIC_LOWER:
		return grew ? VERDICT_WORSE : VERDICT_BETTER;
	case METRIC_NEUTRAL:
		break;
	}
	return VERDICT_CHANGED;
}

/* From 0 any change is large. */
static bool is_large(const struct comparison *comparison)
{
	return isnan(comparison->change_pct) || fabs(comparison->change_pct) >= COMPARISON_SMALL_PCT;
}

static void judge(struct compare_figure *figure, double margin_pct)
{
	const struct interval *interval = &figure->comparison.interval;

	figure->reason = why_unknown(figure);
	figure->verdict = VERDICT_CANNOT_TELL;
	if (figure->reason != NULL)
		return;
	if (figure->established && is_large(&figure->comparison))
		figure->verdict = direction(figure);
	else if (interval->low >= -margin_pct && interval->high <= margin_pct)
		figure->verdict = VERDICT_SAME;
	else
		figure->reason = interval->low < interval->high ? "too noisy" : "too few trials";
}

static bool is_done(const struct compare_pair *pair)
{
	return pair->base->status == CELL_DONE && pair->now->status == CELL_DONE;
}

void compare_judge_figures(struct compare_result *result)
{
	bool changed;

	for (size_t pair = 0; pair < result->pair_count; pair++) {
		struct compare_pair *cells = &result->pairs[pair];

		cells->first_figure = result->figure_count;
		for (size_t i = 0; i < metric_count && is_done(cells); i++)
			add_metric(result, pair, i);
		cells->figure_count = result->figure_count - cells->first_figure;
	}
	correct(result, true);
	correct(result, false);
	changed = establish(result, true, COMPARE_MAIN_LEVEL);
	establish(result, false, changed ? COMPARE_LEVEL : COMPARE_LEVEL - COMPARE_MAIN_LEVEL);
	for (size_t i = 0; i < result->figure_count; i++)
		judge(&result->figures[i], result->options.margin_pct);
}
