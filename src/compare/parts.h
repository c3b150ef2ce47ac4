/*
 * The steps of compare_runs(), in this order; each reads what the ones before it found.
 */
#ifndef COMPARE_PARTS_H
#define COMPARE_PARTS_H

#include "compare/compare.h"

/* Adds a difference unless the values are equal, or one of them (NULL) is unknown. */
void compare_add_difference(struct compare_result *result, enum compare_part part, const char *what, const char *base,
                            const char *now);
void compare_warn(struct compare_result *result, const char *format, ...) TEXT_PRINTF(2, 3);

/* A setting as a person writes it; "unset" where it is (NULL). */
void compare_add_value(const struct json *value, struct text *into);

/* Pairs, lonely cells, and differences of knobs that have one value in each run. */
void compare_match(struct compare_result *result);

/* Differences of machines, servers, profiles, models, data sets and stamps; warnings. */
void compare_check_facts(struct compare_result *result);
void compare_check_conditions(struct compare_result *result);

/* Figures and their verdicts. */
void compare_judge_figures(struct compare_result *result);

/* Gates: the rules in each pair. */
void compare_judge_rules(struct compare_result *result);

#endif
