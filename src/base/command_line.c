#include "base/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char blanks[] = " \t\r\n";

void command_line_free(char **arguments)
{
	for (size_t i = 0; arguments != NULL && arguments[i] != NULL; i++)
		free(arguments[i]);
	free(arguments);
}

/* --- Splitting --- */

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

char **command_line_split(const char *line, size_t *count, struct failure *failure)
{
	char **arguments = memory_new(1, sizeof(*arguments));

	*count = 0;
	for (const char *at = line + strspn(line, blanks); *at != '\0'; at += strspn(at, blanks)) {
		struct text word = {0};
		const char *problem = NULL;

		at = read_word(at, &word, &problem);
		if (at == NULL) {
			text_release(&word);
			command_line_free(arguments);
			failure_set(failure, STATUS_USER_MISTAKE, "cannot split the command \"%s\": %s", line, problem);
			return NULL;
		}
		arguments = memory_resize(arguments, *count + 2, sizeof(*arguments));
		arguments[(*count)++] = text_take(&word);
		arguments[*count] = NULL;
	}
	if (*count > 0)
		return arguments;
	free(arguments);
	failure_set(failure, STATUS_USER_MISTAKE, "the command of the server is empty");
	return NULL;
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

static const struct placeholder *find_placeholder(const struct placeholder *placeholders, const char *name,
                                                  size_t length)
{
	for (const struct placeholder *p = placeholders; p != NULL && p->name != NULL; p++)
		if (strlen(p->name) == length && memcmp(p->name, name, length) == 0)
			return p;
	return NULL;
}

static bool refuse_placeholder(const char *string, const char *name, size_t length,
                               const struct placeholder *placeholders, struct failure *failure)
{
	struct text allowed = {0};

	for (const struct placeholder *p = placeholders; p != NULL && p->name != NULL; p++)
		text_addf(&allowed, " {%s}", p->name);
	failure_set(failure, STATUS_USER_MISTAKE,
	            "no such placeholder {%.*s} in \"%s\" (allowed:%s; for a brace itself write {{)", (int)length, name,
	            string, allowed.size > 0 ? text_string(&allowed) : " none");
	text_release(&allowed);
	return false;
}

bool command_line_fill(const char *string, const struct placeholder *placeholders, struct text *into,
                       struct failure *failure)
{
	for (const char *at = string; *at != '\0';) {
		size_t length = *at == '{' ? identifier_length(at + 1) : 0;
		const struct placeholder *found;

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
