/* For tests of the plan: a folder of their own, in which a.conf is written and loaded. */
#ifndef PLAN_MATRIX_H
#define PLAN_MATRIX_H

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/plan.h"
#include "tap.h"

#define MAX_OPTIONS 4

static void write_file(const char *name, const char *bytes)
{
	struct failure failure = {0};

	if (!file_replace(name, bytes, strlen(bytes), &failure)) {
		printf("Bail out! %s\n", failure.message);
		exit(1);
	}
}

__attribute__((unused)) static size_t count_of(const char *const *strings)
{
	size_t count = 0;

	while (count < MAX_OPTIONS && strings[count] != NULL)
		count++;
	return count;
}

/* Loads a.conf with these bytes. */
__attribute__((unused)) static bool load(const char *matrix, const char *const *set, const char *const *only,
                                         struct plan *plan, struct failure *failure)
{
	const struct plan_options options = {
	    .set = set, .set_count = count_of(set), .only = only, .only_count = count_of(only)};

	write_file("a.conf", matrix);
	return plan_load("a.conf", &options, plan, failure);
}

__attribute__((unused)) static const char *const nothing[MAX_OPTIONS] = {NULL};

static char matrix_folder[] = "/tmp/llmbench-test-plan-XXXXXX";

__attribute__((unused)) static bool enter_folder(void)
{
	return mkdtemp(matrix_folder) != NULL && chdir(matrix_folder) == 0;
}

__attribute__((unused)) static int leave_folder(int status)
{
	char *command = text_format("rm -rf '%s'", matrix_folder);

	if (system(command) != 0)
		status = 1;
	free(command);
	return status;
}

#endif
