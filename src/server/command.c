#include "server/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/platform.h"

static const char blanks[] = " \t\r\n";

void command_release(struct command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free(command->arguments[i]);
	free(command->arguments);
	free(command->program);
	*command = (struct command){0};
}

/* --- Splitting --- */

static void add_argument(struct command *command, char *argument)
{
	command->arguments = memory_resize(command->arguments, command->count + 2, sizeof(*command->arguments));
	command->arguments[command->count++] = argument;
	command->arguments[command->count] = NULL;
}

/* From after the opening quote to after the closing one; NULL when there is none. */
static const char *read_quoted(const char *at, char quote, struct text *word)
{
	for (; *at != '\0'; at++) {
		if (*at == quote)
			return at + 1;
		if (quote == '"' && at[0] == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
		text_add_char(word, *at);
	}
	return NULL;
}

/* One word; NULL when it is not complete, then `problem` says why. */
static const char *read_word(const char *at, struct text *word, const char **problem)
{
	while (*at != '\0' && strchr(blanks, *at) == NULL) {
		if (*at == '\'' || *at == '"') {
			*problem = *at == '"' ? "a \" is not closed" : "a ' is not closed";
			at = read_quoted(at + 1, *at, word);
			if (at == NULL)
				return NULL;
			continue;
		}
		if (*at == '\\' && *++at == '\0') {
			*problem = "nothing follows the \\ at its end";
			return NULL;
		}
		text_add_char(word, *at++);
	}
	return at;
}

bool command_split(const char *line, struct command *command, struct failure *failure)
{
	*command = (struct command){0};
	for (const char *at = line + strspn(line, blanks); *at != '\0'; at += strspn(at, blanks)) {
		struct text word = {0};
		const char *problem = NULL;

		at = read_word(at, &word, &problem);
		if (at == NULL) {
			text_release(&word);
			command_release(command);
			failure_set(failure, STATUS_USER_MISTAKE, "cannot split the command \"%s\": %s", line, problem);
			return false;
		}
		add_argument(command, text_take(&word));
	}
	if (command->count == 0)
		return failure_set(failure, STATUS_USER_MISTAKE, "the command of the server is empty");
	return true;
}

/* --- Filling --- */

/* The length of the identifier at the beginning, 0 when there is none. */
static size_t identifier_length(const char *at)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

	if (*at == '\0' || strchr(letters, *at) == NULL)
		return 0;
	for (size_t length = 1;; length++)
		if (at[length] == '\0' ||
		    (strchr(letters, at[length]) == NULL && strchr("0123456789", at[length]) == NULL))
			return length;
}

static const struct server_placeholder *find_placeholder(const struct server_placeholder *placeholders,
                                                         const char *name, size_t length)
{
	for (const struct server_placeholder *p = placeholders; p != NULL && p->name != NULL; p++)
		if (strlen(p->name) == length && memcmp(p->name, name, length) == 0)
			return p;
	return NULL;
}

static bool refuse_placeholder(const char *string, const char *name, size_t length,
                               const struct server_placeholder *placeholders, struct failure *failure)
{
	struct text allowed = {0};

	for (const struct server_placeholder *p = placeholders; p != NULL && p->name != NULL; p++)
		text_addf(&allowed, " {%s}", p->name);
	failure_set(failure, STATUS_USER_MISTAKE,
	            "no such placeholder {%.*s} in \"%s\" (allowed:%s; for a brace itself write {{)", (int)length, name,
	            string, allowed.size > 0 ? text_string(&allowed) : " none");
	text_release(&allowed);
	return false;
}

bool command_fill(const char *string, const struct server_placeholder *placeholders, struct text *into,
                  struct failure *failure)
{
	for (const char *at = string; *at != '\0';) {
		size_t length = *at == '{' ? identifier_length(at + 1) : 0;
		const struct server_placeholder *found;

		if (length == 0 || at[1 + length] != '}') {
			text_add_char(into, *at);
			at += at[0] == '{' && at[1] == '{' ? 2 : 1;
			continue;
		}
		found = find_placeholder(placeholders, at + 1, length);
		if (found == NULL)
			return refuse_placeholder(string, at + 1, length, placeholders, failure);
		if (found->value == NULL)
			return failure_set(failure, STATUS_USER_MISTAKE, "{%s} in \"%s\" has no value: set %s",
			                   found->name, string, found->name);
		text_add(into, found->value);
		at += length + 2;
	}
	return true;
}

static bool fill_arguments(struct command *command, const struct server_placeholder *placeholders,
                           struct failure *failure)
{
	for (size_t i = 0; i < command->count; i++) {
		struct text filled = {0};

		if (!command_fill(command->arguments[i], placeholders, &filled, failure)) {
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

bool command_prepare(const char *line, const struct server_placeholder *placeholders, const char *path,
                     struct command *command, struct failure *failure)
{
	if (!command_split(line, command, failure))
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
