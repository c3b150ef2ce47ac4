#include "sim/breakage.h"

#include <stdlib.h>
#include <string.h>

static const struct row {
	enum breakage_what what;
	const char *name, *text;
} rows[] = {
#define X(symbol, name, text) {symbol, name, text},
    BREAKAGES(X)
#undef X
};

#define ROW_COUNT      (sizeof(rows) / sizeof(rows[0]))
#define LARGEST_NUMBER 1000000

static enum breakage_what what_of(const char *word, size_t length)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strlen(rows[i].name) == length && strncmp(word, rows[i].name, length) == 0)
			return rows[i].what;
	return BREAK_NONE;
}

/* `prefix` and a number at `*at`; moves on to what follows. */
static bool read_number(const char **at, const char *prefix, int least, int *number)
{
	size_t length = strlen(prefix);
	char *end;
	long value;

	if (strncmp(*at, prefix, length) != 0 || (*at)[length] < '0' || (*at)[length] > '9')
		return false;
	value = strtol(*at + length, &end, 10);
	*at = end;
	*number = (int)value;
	return value >= least && value <= LARGEST_NUMBER;
}

bool breakages_add(struct breakages *breakages, const char *word, struct text *error)
{
	const char *at = word + strcspn(word, "=,");
	struct breakage breakage = {.what = what_of(word, (size_t)(at - word)), .token = 1};
	bool good = breakage.what != BREAK_NONE;

	if (breakages->count == BREAKAGES_MAX) {
		text_addf(error, "at most %d faults", BREAKAGES_MAX);
		return false;
	}
	if (good && *at == '=')
		good = read_number(&at, "=", 0, &breakage.token);
	if (good && *at == ',')
		good = read_number(&at, ",request=", 1, &breakage.request);
	if (good && *at == '\0') {
		breakages->breakages[breakages->count++] = breakage;
		return true;
	}
	text_add(error, "allowed: ");
	for (size_t i = 0; i < ROW_COUNT; i++)
		text_addf(error, "%s%s", i > 0 ? ", " : "", rows[i].name);
	text_addf(error, "; then =N (after N tokens, 0 to %d) and ,request=N (only that one, from 1)", LARGEST_NUMBER);
	return false;
}

struct breakage breakages_of(const struct breakages *breakages, int request)
{
	for (int i = 0; i < breakages->count; i++)
		if (breakages->breakages[i].request == 0 || breakages->breakages[i].request == request)
			return breakages->breakages[i];
	return (struct breakage){.what = BREAK_NONE};
}

void breakages_add_list(struct text *text)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		text_addf(text, "  %-20s %s\n", rows[i].name, rows[i].text);
}
