/*
 * The rules of a gate: METRIC[.STATISTIC] < or > NUMBER[%].
 *
 *	output_tokens_per_s < -5%     the change; trips when one is established, and the figure is beyond the limit
 *	ttft_ms.p99 > 500             the figure of NEW; trips when its interval over trials is beyond the limit
 *	errors > 0                    what is counted or measured once in a cell: trips by its value
 *
 * So noise does not trip a rule. A rule that neither trips nor is cleared by
 * its interval cannot be told.
 */
#ifndef COMPARE_RULE_H
#define COMPARE_RULE_H

#include <stdbool.h>

#include "base/failure.h"
#include "core/summary.h"

struct compare_rule {
	char *text;                  /* owned; as it was given */
	const struct metric *metric; /* NULL: `errors` of the cell */
	/* Of requests; p50 unless it is named. NULL: the metric has one value per trial, or per cell. */
	const struct distribution_statistic *statistic;
	bool above;    /* >, else < */
	bool relative; /* % of change */
	double limit;
};

/* Status 2 says what is allowed, and the nearest name. */
bool compare_rule_read(const char *text, struct compare_rule *rule, struct failure *failure);
void compare_rule_release(struct compare_rule *rule);

#endif
