/*
 * The rules of the gate, in each pair.
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/parts.h"

static bool is_beyond(const struct compare_rule *rule, double value)
{
	return rule->above ? value > rule->limit : value < rule->limit;
}

/* Beyond the limit as a whole, or not at all; in between it cannot be told. */
static enum gate_state judge_interval(const struct compare_rule *rule, const struct interval *interval)
{
	bool low = is_beyond(rule, interval->low), high = is_beyond(rule, interval->high);

	if (isnan(interval->low) || low != high)
		return GATE_CANNOT_TELL;
	return low ? GATE_TRIPPED : GATE_PASSED;
}

static const struct compare_figure *find(const struct compare_result *result, const struct compare_gate *gate)
{
	const struct compare_pair *pair = &result->pairs[gate->pair];
	const struct compare_figure *figure = &result->figures[pair->first_figure];

	for (size_t i = 0; i < pair->figure_count; i++, figure++)
		if (figure->metric == gate->rule->metric && figure->statistic == gate->rule->statistic)
			return figure;
	return NULL;
}

/* A change trips when one is established and the figure is beyond; it passes when it is established to be within. */
static void judge_change(const struct compare_result *result, struct compare_gate *gate)
{
	const struct compare_figure *figure = find(result, gate);

	if (figure == NULL)
		return;
	gate->value = figure->comparison.change_pct;
	gate->interval = figure->comparison.interval;
	if (figure->established && isnan(gate->value)) /* it grew from 0, by more than any percentage */
		gate->state = gate->rule->above ? GATE_TRIPPED : GATE_PASSED;
	else if (figure->established)
		gate->state = is_beyond(gate->rule, gate->value) ? GATE_TRIPPED : GATE_PASSED;
	else if (!isnan(gate->interval.low) &&
	         !is_beyond(gate->rule, gate->rule->above ? gate->interval.high : gate->interval.low))
		gate->state = GATE_PASSED;
}

static struct interval interval_by_trial(const struct metric_summary *summary,
                                         const struct distribution_statistic *statistic)
{
	double *values = memory_new(summary->by_trial_count, sizeof(*values));
	struct interval interval;

	for (size_t i = 0; i < summary->by_trial_count; i++)
		values[i] = distribution_get(&summary->by_trial[i], statistic);
	interval = interval_of(values, summary->by_trial_count);
	free(values);
	return interval;
}

/* What there is one value of in a cell is judged by it. */
static void judge_once(struct compare_gate *gate, double value)
{
	gate->value = value;
	if (!isnan(value))
		gate->state = is_beyond(gate->rule, value) ? GATE_TRIPPED : GATE_PASSED;
}

static void judge_value(const struct compare_result *result, struct compare_gate *gate)
{
	const struct compare_rule *rule = gate->rule;
	const struct cell_summary *now = result->pairs[gate->pair].now;
	const struct metric_summary *summary;

	if (rule->metric == NULL) {
		judge_once(gate, now->errors == JSON_UNKNOWN ? NAN : (double)now->errors);
		return;
	}
	summary = &now->metrics[rule->metric - metrics];
	switch (rule->metric->scope) {
	case METRIC_CELL:
		judge_once(gate, summary->values.p50);
		return;
	case METRIC_TRIAL:
		gate->value = summary->values.p50;
		gate->interval = summary->interval;
		break;
	case METRIC_REQUEST:
		gate->value = distribution_get(&summary->values, rule->statistic);
		gate->interval = interval_by_trial(summary, rule->statistic);
		break;
	}
	gate->state = judge_interval(rule, &gate->interval);
}

/* A cell that failed has no figures: that it did is told elsewhere. */
static bool is_measured(const struct compare_pair *pair, const struct compare_rule *rule)
{
	return pair->now->status == CELL_DONE && (!rule->relative || pair->base->status == CELL_DONE);
}

void compare_judge_rules(struct compare_result *result)
{
	const struct compare_options *options = &result->options;

	result->gates = memory_new(options->rule_count * result->pair_count, sizeof(*result->gates));
	for (size_t i = 0; i < options->rule_count; i++) {
		for (size_t pair = 0; pair < result->pair_count; pair++) {
			struct compare_gate *gate = &result->gates[result->gate_count];

			if (!is_measured(&result->pairs[pair], &options->rules[i]))
				continue;
			result->gate_count++;
			*gate = (struct compare_gate){
			    .rule = &options->rules[i],
			    .pair = pair,
			    .state = GATE_CANNOT_TELL,
			    .value = NAN,
			    .interval = {NAN, NAN},
			};
			if (gate->rule->relative)
				judge_change(result, gate);
			else
				judge_value(result, gate);
		}
	}
}
