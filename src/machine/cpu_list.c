#include "machine/cpu_list.h"

#include <ctype.h>
#include <stdlib.h>

/* Reads "4" or "4-7" and moves *at behind it. */
static bool take_range(const char **at, long *first, long *last)
{
	char *after;

	if (!isdigit((unsigned char)**at))
		return false;
	*first = *last = strtol(*at, &after, 10);
	if (*after == '-' && isdigit((unsigned char)after[1]))
		*last = strtol(after + 1, &after, 10);
	*at = *after == ',' ? after + 1 : after;
	return true;
}

long cpu_list_next(const char *list, long after)
{
	long first, last, next = -1;

	while (take_range(&list, &first, &last)) {
		if (last <= after)
			continue;
		if (first <= after)
			first = after + 1;
		if (first <= last && (next < 0 || first < next))
			next = first;
	}
	return next;
}

bool cpu_list_has(const char *list, long cpu)
{
	return cpu_list_next(list, cpu - 1) == cpu;
}
