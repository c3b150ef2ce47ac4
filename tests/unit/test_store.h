/*
 * What the tests of the store look at: the files of a run directory.
 */
#ifndef TEST_STORE_H
#define TEST_STORE_H

#include <stdlib.h>

#include "base/file.h"
#include "tap.h"

static char *read_whole(const char *folder, const char *name)
{
	char *path = text_format("%s/%s", folder, name);
	struct failure failure = {0};
	struct text text = {0};

	file_read(path, 1 << 24, &text, &failure);
	failure_release(&failure);
	free(path);
	return text_take(&text);
}

static void check_file(const char *folder, const char *name, const char *want)
{
	char *got = read_whole(folder, name);

	is_text(got, want, name);
	free(got);
}

#endif
