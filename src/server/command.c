#include "server/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command_line.h"
#include "base/memory.h"
#include "server/platform.h"

void command_release(struct command *command)
{
	command_line_free(command->arguments);
	free(command->program);
	*command = (struct command){0};
}

static bool fill_arguments(struct command *command, const struct placeholder *placeholders, struct failure *failure)
{
	for (size_t i = 0; i < command->count; i++) {
		struct text filled = {0};

		if (!command_line_fill(command->arguments[i], placeholders, &filled, failure)) {
			text_release(&filled);
			return false;
		}
		free(command->arguments[i]);
		command->arguments[i] = text_take(&filled);
	}
	return true;
}

/* --- Finding the program --- */

static bool is_executable(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* Takes the path. */
static char *if_executable(char *path)
{
	if (is_executable(path))
		return path;
	free(path);
	return NULL;
}

/* So that ./llmbench finds the llmbench-sim that was built with it. */
static char *find_beside_ourselves(const char *name)
{
	char *own = platform_own_path();
	const char *slash = own == NULL ? NULL : strrchr(own, '/');
	char *found = slash == NULL ? NULL : if_executable(text_format("%.*s/%s", (int)(slash - own), own, name));

	free(own);
	return found;
}

char *command_find(const char *name, const char *path)
{
	if (*name == '\0')
		return NULL;
	if (strchr(name, '/') != NULL)
		return if_executable(memory_string(name));
	while (path != NULL) {
		int length = (int)strcspn(path, ":");
		/* POSIX: an empty part is the working directory. */
		char *found =
		    if_executable(length == 0 ? text_format("./%s", name) : text_format("%.*s/%s", length, path, name));

		if (found != NULL)
			return found;
		path = path[length] == ':' ? path + length + 1 : NULL;
	}
	return find_beside_ourselves(name);
}

static bool refuse_program(const char *name, struct failure *failure)
{
	const char *slash = strrchr(name, '/');

	if (slash == NULL && strchr(name, '=') != NULL)
		return failure_set(
		    failure, STATUS_USER_MISTAKE,
		    "no program \"%s\": no shell reads the command, so set variables in the server's env", name);
	if (slash != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "\"%s\" is %s: correct server.start, or give server.url of a running server", name,
		                   access(name, F_OK) == 0 ? "not an executable file" : "not there");
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "no program \"%s\" in PATH or beside llmbench: install %s, or give server.url of a running "
	                   "server",
	                   name, strcmp(name, "ollama") == 0 ? "Ollama" : "it");
}

bool command_prepare(const char *line, const struct placeholder *placeholders, const char *path,
                     struct command *command, struct failure *failure)
{
	*command = (struct command){0};
	command->arguments = command_line_split(line, &command->count, failure);
	if (command->arguments == NULL)
		return false;
	if (fill_arguments(command, placeholders, failure)) {
		command->program = command_find(command->arguments[0], path);
		if (command->program != NULL)
			return true;
		refuse_program(command->arguments[0], failure);
	}
	command_release(command);
	return false;
}
