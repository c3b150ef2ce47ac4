#include "base/pattern.h"

#include <assert.h>

#include "base/memory.h"

void pattern_compile(regex_t *regex, const char *pattern, int flags)
{
	int error = regcomp(regex, pattern, REG_EXTENDED | flags);

	if (error == REG_ESPACE)
		memory_exhausted();
	assert(error == 0);
}

bool pattern_match(const regex_t *regex, const char *string, size_t group_count, regmatch_t *groups, int flags)
{
	int error = regexec(regex, string, group_count, groups, flags);

	if (error == REG_ESPACE)
		memory_exhausted();
	return error == 0;
}
