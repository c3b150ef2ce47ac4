/*
 * Files that were made but not written yet. `= {0}` is none of them.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

struct files {
	struct named_file {
		char *name; /* owned */
		struct text bytes;
	} * items;
	size_t count;
};

/* To be filled in; borrowed until the next one is added. */
struct text *files_add(struct files *files, const char *name);
void files_release(struct files *files);

/* Replaces each in the folder as file_replace() does. */
bool files_write(const struct files *files, const char *folder, struct failure *failure);

#endif
