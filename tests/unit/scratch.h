/*
 * A folder for the files of one test program: scratch_make() at the beginning,
 * scratch_remove() at the end; names are within it.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static char scratch[] = "/tmp/llmbench-test.XXXXXX";

__attribute__((unused)) static void scratch_make(void)
{
	if (mkdtemp(scratch) == NULL) {
		perror(scratch);
		exit(1);
	}
}

/* The caller frees it. */
__attribute__((unused)) static char *scratch_path(const char *name)
{
	return text_format("%s/%s", scratch, name);
}

__attribute__((unused)) static void scratch_folder(const char *name)
{
	char *path = scratch_path(name);
	struct failure failure = {0};

	if (!file_make_folder(path, &failure))
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(path);
}

__attribute__((unused)) static void scratch_put(const char *name, const char *bytes)
{
	char *path = scratch_path(name);
	struct failure failure = {0};

	if (!file_replace(path, bytes, strlen(bytes), &failure))
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(path);
}

/* "" when there is none. The caller frees it. */
__attribute__((unused)) static char *scratch_get(const char *name)
{
	char *path = scratch_path(name);
	struct failure failure = {0};
	struct text text = {0};

	file_read(path, 1 << 24, &text, &failure);
	failure_release(&failure);
	free(path);
	return text_take(&text);
}

__attribute__((unused)) static void scratch_drop(const char *name)
{
	char *path = scratch_path(name);

	unlink(path);
	free(path);
}

__attribute__((unused)) static void scratch_remove_tree(const char *path)
{
	DIR *open = opendir(path);
	const struct dirent *entry;

	while (open != NULL && (entry = readdir(open)) != NULL) {
		char *below = text_format("%s/%s", path, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(below) != 0)
			scratch_remove_tree(below);
		free(below);
	}
	if (open != NULL)
		closedir(open);
	rmdir(path);
}

__attribute__((unused)) static void scratch_remove(void)
{
	scratch_remove_tree(scratch);
}

#endif
