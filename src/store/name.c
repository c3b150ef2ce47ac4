#include "store/name.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Room for ".md" and the temporary names of file_replace() below the usual limit of 255 bytes. */
enum { NAME_SIZE_MAX = 200 };

enum { LOG_NUMBER_MAX = 10000000 }; /* more than servers are started in a run */

/* 'd' is a digit. */
static const char stamp_form[] = "ddddddddTddddddZ";

char *store_safe_name(const char *name)
{
	size_t size = strlen(name);
	char *safe;

	if (size == 0)
		return memory_string("-");
	if (size > NAME_SIZE_MAX)
		for (size = NAME_SIZE_MAX; size > 0 && ((unsigned char)name[size] & 0xc0) == 0x80; size--)
			; /* not in the middle of a UTF-8 sequence */
	safe = memory_copy(name, size);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)safe[i];

		if (c == '/' || c < 0x20 || c == 0x7f || (c == '.' && i == 0))
			safe[i] = '-';
	}
	return safe;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool store_is_run_name(const char *name)
{
	size_t i;

	for (i = 0; stamp_form[i] != '\0'; i++)
		if (stamp_form[i] == 'd' ? !is_digit(name[i]) : name[i] != stamp_form[i])
			return false;
	if (name[i] == '\0')
		return true;
	if (name[i++] != '-' || !is_digit(name[i]))
		return false;
	while (is_digit(name[i]))
		i++;
	return name[i] == '\0';
}

size_t store_log_number(const char *name)
{
	static const char head[] = "server-";
	const char *at = name + sizeof(head) - 1;
	size_t n = 0;

	if (!text_starts_with(name, head))
		return 0;
	for (; is_digit(*at) && n < LOG_NUMBER_MAX / 10; at++)
		n = 10 * n + (size_t)(*at - '0');
	return strcmp(at, ".log") == 0 ? n : 0;
}

/* The n of "-n", 1 when there is none. */
static long ordinal(const char *name)
{
	const char *after = name + strlen(stamp_form);

	return *after == '\0' ? 1 : strtol(after + 1, NULL, 10);
}

int store_compare_runs(const char *a, const char *b)
{
	int order = strncmp(a, b, strlen(stamp_form));

	return order != 0 ? order : (ordinal(a) > ordinal(b)) - (ordinal(a) < ordinal(b));
}
