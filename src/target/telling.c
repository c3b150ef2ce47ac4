#include "target/telling.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "target/words.h"

enum { GROUPS = 2, TELLING_MAX = 200 };

struct span {
	const char *begin;
	size_t size;
};

/* The last match in the string: in a log the newest. False: there is none. */
static bool find_last(const char *pattern, size_t group, const char *string, struct span *found)
{
	regmatch_t match[GROUPS];
	regex_t regex;
	bool any = false;
	int flags = 0;

	assert(group < GROUPS);
	pattern_compile(&regex, pattern, REG_ICASE | REG_NEWLINE);
	while (pattern_match(&regex, string, GROUPS, match, flags)) {
		*found = (struct span){string + match[group].rm_so, (size_t)(match[group].rm_eo - match[group].rm_so)};
		any = true;
		string += match[0].rm_eo;
		if (match[0].rm_eo == 0 || *string == '\0')
			break;
		flags = string[-1] == '\n' ? 0 : REG_NOTBOL;
	}
	regfree(&regex);
	return any;
}

static bool is_vague(const struct telling_rules *rules, const char *words)
{
	struct span found;

	for (const char *const *pattern = rules->vague; *pattern != NULL; pattern++)
		if (find_last(*pattern, 0, words, &found))
			return true;
	return false;
}

/* What the log says since the last load began. */
static const char *newest_part(const struct telling_rules *rules, const char *log)
{
	struct span begin;

	return rules->load_begins != NULL && find_last(rules->load_begins, 0, log, &begin) ? begin.begin : log;
}

static const char *without_wrappers(const struct telling_rules *rules, const char *words)
{
	const char *const *wrapper = rules->wrappers;
	struct span found;

	while (*wrapper != NULL) {
		if (find_last(*wrapper, 0, words, &found) && found.begin == words && found.size > 0) {
			words += found.size;
			wrapper = rules->wrappers;
		} else {
			wrapper++;
		}
	}
	return words;
}

/* NULL when it is blank. */
static char *told(const char *begin, size_t size)
{
	return words_masked(begin, words_cut(begin, size, TELLING_MAX));
}

/* The first line, without what the server put before it. */
static char *shortened(const struct telling_rules *rules, const char *words)
{
	const char *begin = words + strspn(words, " \t\r\n"), *inner;
	char *line = memory_copy(begin, strcspn(begin, "\n")), *result;
	struct span found;

	inner = without_wrappers(rules, line);
	result = find_last(rules->bare, 0, inner, &found) ? told(line, strlen(line)) : told(inner, strlen(inner));
	free(line);
	return result;
}

char *telling_find(const struct telling_rules *rules, const char *words, const char *log)
{
	struct span found;

	if (log == NULL || (words != NULL && !is_vague(rules, words)))
		log = "";
	log = newest_part(rules, log);
	for (const char *const *pattern = rules->patterns; *pattern != NULL; pattern++)
		if ((words != NULL && find_last(*pattern, 0, words, &found)) || find_last(*pattern, 0, log, &found))
			return told(found.begin, found.size);
	for (const char *const *pattern = rules->log_patterns; *pattern != NULL; pattern++)
		if (find_last(*pattern, 1, log, &found))
			return told(found.begin, found.size);
	return words != NULL ? shortened(rules, words) : NULL;
}
