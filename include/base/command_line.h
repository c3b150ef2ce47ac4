/*
 * A command line that no shell reads: split at blanks, its {placeholders}
 * filled.
 */
#ifndef BASE_COMMAND_LINE_H
#define BASE_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

/* Lists end with a NULL name. A NULL value makes using the placeholder a failure. */
struct placeholder {
	const char *name;
	const char *value;
};

/*
 * Splits a line at blanks. '…' keeps everything, "…" all but \" and \\, and \
 * outside of quotes keeps the next character; nothing else has a meaning. An
 * open quote, a \ at the end and an empty line are failures (status 2): NULL.
 * The list ends with NULL; command_line_free() frees it.
 */
char **command_line_split(const char *line, size_t *count, struct failure *failure);
void command_line_free(char **arguments); /* NULL is allowed */

/*
 * Adds `string` with each {name} replaced; {{ stands for {. A brace that no
 * identifier and } follow stays as it is, so that JSON survives. An unknown
 * name, or one whose value is NULL, is a failure (status 2).
 */
bool command_line_fill(const char *string, const struct placeholder *placeholders, struct text *into,
                       struct failure *failure);

#endif
