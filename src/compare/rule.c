#include "compare/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"

#define EXAMPLE "such as 'output_tokens_per_s < -5%' or 'ttft_ms.p99 > 500'"

static bool refuse(const char *rule, struct failure *failure, const char *why)
{
	return failure_set(failure, STATUS_USER_MISTAKE, "the rule \"%s\": %s", rule, why);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A copy without blanks around it. */
static char *trimmed(const char *bytes, size_t size)
{
	while (size > 0 && is_blank(bytes[0])) {
		bytes++;
		size--;
	}
	while (size > 0 && is_blank(bytes[size - 1]))
		size--;
	return memory_copy(bytes, size);
}

static bool no_such_metric(const char *rule, const char *name, struct failure *failure)
{
	struct text_guess guess = {.word = name};

	text_guess_offer(&guess, "errors", "errors");
	for (size_t i = 0; i < metric_count; i++)
		text_guess_offer(&guess, metrics[i].name, metrics[i].name);
	if (guess.nearest != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "the rule \"%s\": no such metric \"%s\" (did you mean \"%s\"?)", rule, name,
		                   guess.nearest);
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "the rule \"%s\": no such metric \"%s\" (`llmbench help` lists them; errors is one more)",
	                   rule, name);
}

static bool read_statistic(const char *text, const char *name, struct compare_rule *rule, struct failure *failure)
{
	struct text known = {0};

	if (rule->metric == NULL || rule->metric->scope != METRIC_REQUEST)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "the rule \"%s\": %s has one value, no \"%s\": write it without", text,
		                   rule->metric ? rule->metric->name : "errors", name);
	for (const struct distribution_statistic *row = distribution_statistics; row->name != NULL; row++) {
		if (text_equal(row->name, name)) {
			rule->statistic = row;
			text_release(&known);
			return true;
		}
		text_addf(&known, "%s%s", known.size > 0 ? ", " : "", row->name);
	}
	failure_set(failure, STATUS_USER_MISTAKE, "the rule \"%s\": no such statistic \"%s\": %s", text, name,
	            text_string(&known));
	text_release(&known);
	return false;
}

/* METRIC or METRIC.STATISTIC; cuts the name at the point. */
static bool read_figure(const char *text, char *name, struct compare_rule *rule, struct failure *failure)
{
	char *point = strchr(name, '.');

	if (point != NULL)
		*point++ = '\0';
	rule->metric = metric_find(name);
	if (rule->metric == NULL && strcmp(name, "errors") != 0)
		return no_such_metric(text, name, failure);
	if (rule->metric != NULL && rule->metric->scope == METRIC_REQUEST && point == NULL)
		point = "p50";
	return point == NULL || read_statistic(text, point, rule, failure);
}

/* A relative rule that trips although nothing changed means something else. */
static bool read_limit(const char *text, const char *limit, struct compare_rule *rule, struct failure *failure)
{
	rule->relative = strchr(limit, '%') != NULL;
	if (!(rule->relative ? units_read_percent(limit, &rule->limit) : units_read_real(limit, &rule->limit)))
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "the rule \"%s\": \"%s\" is neither a number nor one with %%", text, limit);
	if (!rule->relative)
		return true;
	if (rule->metric == NULL || rule->metric->scope == METRIC_CELL)
		return refuse(text, failure,
		              "what is measured once in a cell has no change beyond noise: give a limit without %");
	if (rule->above ? rule->limit < 0 : rule->limit > 0)
		return refuse(
		    text, failure,
		    "trips although nothing changed: with %, < takes a loss such as -5%, > a growth such as 5%");
	return true;
}

static bool read_parts(const char *text, size_t name_size, const char *limit, struct compare_rule *rule,
                       struct failure *failure)
{
	char *name = trimmed(text, name_size), *number = trimmed(limit, strlen(limit));
	bool good = *name == '\0' || *number == '\0'
	                ? refuse(text, failure, "needs a metric and a limit, " EXAMPLE)
	                : read_figure(text, name, rule, failure) && read_limit(text, number, rule, failure);

	free(name);
	free(number);
	return good;
}

bool compare_rule_read(const char *text, struct compare_rule *rule, struct failure *failure)
{
	size_t size = strcspn(text, "<>=");
	bool good;

	*rule = (struct compare_rule){.text = memory_string(text)};
	rule->above = text[size] == '>';
	if (text[size] != '<' && text[size] != '>')
		good = refuse(text, failure, "has no < and no >, " EXAMPLE);
	else if (text[size + 1] == '=')
		good = refuse(text, failure, "write < or > without =");
	else
		good = read_parts(text, size, text + size + 1, rule, failure);
	if (!good)
		compare_rule_release(rule);
	return good;
}

void compare_rule_release(struct compare_rule *rule)
{
	free(rule->text);
	*rule = (struct compare_rule){0};
}
