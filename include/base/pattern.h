/*
 * Regular expressions that are constants of ours, of <regex.h>. Without memory
 * the program ends: a match that was not looked for would look like none.
 */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* Extended; flags: more of REG_*. A pattern that is none is our mistake. The caller has it freed by regfree(). */
void pattern_compile(regex_t *regex, const char *pattern, int flags);

/* As regexec(), whether it matched. */
bool pattern_match(const regex_t *regex, const char *string, size_t group_count, regmatch_t *groups, int flags);

#endif
