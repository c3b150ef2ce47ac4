#include "sim/fault.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"

static const struct row {
	size_t offset;
	const char *name, *argument; /* NULL: it takes no value, and is 1 */
	int64_t least, most;
	const char *what;
} rows[] = {
#define X(member, name, argument, least, most, what) \
	{offsetof(struct faults, member), name, argument, least, most, what},
    FAULTS(X)
#undef X
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void faults_reset(struct faults *faults)
{
#define X(member, name, argument, least, most, what) faults->member = FAULT_NONE;
	FAULTS(X)
#undef X
}

static bool mistake_about_name(const char *name, struct failure *failure)
{
	struct text_guess guess = {.word = name};
	struct text names = {0};

	for (size_t i = 0; i < ROW_COUNT; i++) {
		text_addf(&names, "%s%s", i > 0 ? ", " : "", rows[i].name);
		text_guess_offer(&guess, rows[i].name, rows[i].name);
	}
	if (guess.nearest != NULL)
		text_addf(&names, " (did you mean \"%s\"?)", guess.nearest);
	failure_set(failure, STATUS_USER_MISTAKE, "no such fault \"%s\"; allowed: %s", name, text_string(&names));
	text_release(&names);
	return false;
}

static bool read_value(const struct row *row, const char *value, struct faults *faults, struct failure *failure)
{
	int64_t *member = (int64_t *)(void *)((char *)faults + row->offset);

	if (row->argument == NULL && value != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "--fault %s takes no value", row->name);
	if (row->argument == NULL)
		*member = 1;
	else if (value == NULL || !units_read_integer(value, member) || *member < row->least || *member > row->most)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "--fault %s=%s: allowed: %" PRId64 " to %" PRId64 ", as in %s=%" PRId64, row->name,
		                   value != NULL ? value : "", row->least, row->most, row->name, row->least);
	return true;
}

bool faults_read(struct faults *faults, const char *string, struct failure *failure)
{
	size_t length = strcspn(string, "=");
	char *name = memory_copy(string, length);
	bool found = false, good = false;

	for (size_t i = 0; i < ROW_COUNT && !found; i++) {
		found = strcmp(rows[i].name, name) == 0;
		if (found)
			good =
			    read_value(&rows[i], string[length] == '=' ? string + length + 1 : NULL, faults, failure);
	}
	if (!found)
		mistake_about_name(name, failure);
	free(name);
	return good;
}

void faults_add_list(struct text *text)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char *name = rows[i].argument == NULL ? memory_string(rows[i].name)
		                                      : text_format("%s=%s", rows[i].name, rows[i].argument);

		text_addf(text, "  %-20s %s\n", name, rows[i].what);
		free(name);
	}
}
