/*
 * From the command line of a matrix file to what execve() takes. Pure but for
 * the search of the program.
 */
#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"
#include "server/server.h"

struct command {
	char *program;    /* its path */
	char **arguments; /* ended by NULL; the first is the program as it was written */
	size_t count;
};

/*
 * Splits a line at blanks. '…' keeps everything, "…" all but \" and \\, and \
 * outside of quotes keeps the next character; nothing else has a meaning. An
 * open quote, a \ at the end and an empty line are failures (status 2).
 */
bool command_split(const char *line, struct command *command, struct failure *failure);

/*
 * Adds `string` with each {name} replaced; {{ stands for {. A brace that no
 * identifier and } follow stays as it is, so that JSON survives. An unknown
 * name, or one whose value is NULL, is a failure (status 2).
 */
bool command_fill(const char *string, const struct server_placeholder *placeholders, struct text *into,
                  struct failure *failure);

/*
 * The executable that `name` means: a path when it holds a slash, else the
 * first one in the folders of `path` (as in $PATH; NULL: none), else one
 * beside our own executable. NULL: there is none. The caller frees it.
 */
char *command_find(const char *name, const char *path);

/* All three: splits, fills every argument on its own (a value with blanks stays one argument), finds the program. */
bool command_prepare(const char *line, const struct server_placeholder *placeholders, const char *path,
                     struct command *command, struct failure *failure);
void command_release(struct command *command);

#endif
