/*
 * From the command line of a matrix file to what execve() takes. Pure but for
 * the search of the program; the line itself is of base/command_line.h.
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
 * The executable that `name` means: a path when it holds a slash, else the
 * first one in the folders of `path` (as in $PATH; NULL: none), else one
 * beside our own executable. NULL: there is none. The caller frees it.
 */
char *command_find(const char *name, const char *path);

/* All three: splits, fills every argument on its own (a value with blanks stays one argument), finds the program. */
bool command_prepare(const char *line, const struct placeholder *placeholders, const char *path,
                     struct command *command, struct failure *failure);
void command_release(struct command *command);

#endif
