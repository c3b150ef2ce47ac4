#include "machine/proc_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* The value of the first line with the key at or after `text`; NULL when there is none. */
static const char *find(const char *text, const char *key)
{
	size_t size = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, size) == 0 && line[size] != '\0' && strchr(" \t:=", line[size]) != NULL)
			return line + size + strspn(line + size, " \t:=");
	}
	return NULL;
}

int64_t proc_integer(const char *text, const char *key)
{
	const char *value = find(text, key);
	long long number;

	if (value == NULL || *value < '0' || *value > '9')
		return JSON_UNKNOWN;
	errno = 0;
	number = strtoll(value, NULL, 10);
	return errno == 0 ? number : JSON_UNKNOWN;
}

char *proc_string(const char *text, const char *key)
{
	const char *value = find(text, key);
	size_t size;

	if (value == NULL)
		return NULL;
	value += strspn(value, "\"'");
	size = strcspn(value, "\n");
	while (size > 0 && strchr("\"' \t\r", value[size - 1]) != NULL)
		size--;
	return size > 0 ? memory_copy(value, size) : NULL;
}
