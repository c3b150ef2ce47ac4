#include "target/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/units.h"
#include "core/cell.h"

enum { GROUPS = 3 };

/* A walk through all matches of a pattern. */
struct walk {
	regex_t regex;
	const char *at; /* NULL: at the end */
	regmatch_t groups[GROUPS];
	bool begun;
};

static struct walk walk_begin(const char *pattern, const char *log)
{
	struct walk walk = {.at = log};

	pattern_compile(&walk.regex, pattern, REG_NEWLINE);
	return walk;
}

/* The next match: its groups are offsets from walk->at. False, and everything is freed, when there is none. */
static bool walk_on(struct walk *walk)
{
	if (walk->begun)
		walk->at += walk->groups[0].rm_eo;
	walk->begun = true;
	if (pattern_match(&walk->regex, walk->at, GROUPS, walk->groups, 0))
		return true;
	regfree(&walk->regex);
	return false;
}

int64_t log_count(const char *pattern, const char *log)
{
	struct walk walk = walk_begin(pattern, log);
	int64_t count = 0;

	while (walk_on(&walk))
		count++;
	return count;
}

/* The last group that took part in the last match, cut to what fits; "" when there is none. */
static void last_value(const char *pattern, const char *log, char value[PROOF_NAME_MAX])
{
	struct walk walk = walk_begin(pattern, log);

	value[0] = '\0';
	while (walk_on(&walk)) {
		const regmatch_t *group = &walk.groups[walk.groups[2].rm_so >= 0 ? 2 : 1];

		snprintf(value, PROOF_NAME_MAX, "%.*s", (int)(group->rm_eo - group->rm_so), walk.at + group->rm_so);
	}
}

/* Of the first pattern that matches at all. */
void log_name(const char *const patterns[LOG_PATTERNS], const char *log, char value[PROOF_NAME_MAX])
{
	value[0] = '\0';
	for (size_t i = 0; i < LOG_PATTERNS && patterns[i] != NULL && value[0] == '\0'; i++)
		last_value(patterns[i], log, value);
}

static int64_t number_of(const char *digits)
{
	int64_t number;

	return units_read_integer(digits, &number) ? number : JSON_UNKNOWN;
}

int64_t log_number(const char *const patterns[LOG_PATTERNS], const char *log)
{
	char value[PROOF_NAME_MAX];

	log_name(patterns, log, value);
	return number_of(value);
}

/* Both numbers of the last match; unchanged when there is none. */
void log_pair(const char *pattern, const char *log, int64_t *first, int64_t *second)
{
	struct walk walk = walk_begin(pattern, log);

	while (walk_on(&walk)) {
		*first = strtoll(walk.at + walk.groups[1].rm_so, NULL, 10);
		*second = strtoll(walk.at + walk.groups[2].rm_so, NULL, 10);
	}
}

int64_t log_switch(const char *const patterns[LOG_PATTERNS], const char *log)
{
	static const char *const on[] = {"1", "enabled", "Enabled", "true", "on", "enabling"};
	char value[PROOF_NAME_MAX];

	log_name(patterns, log, value);
	if (value[0] == '\0')
		return JSON_UNKNOWN;
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		if (strcmp(value, on[i]) == 0)
			return CELL_ON;
	return CELL_OFF;
}
