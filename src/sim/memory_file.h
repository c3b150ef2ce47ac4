/*
 * The simulated machine's used and total memory, for a benchmark's sampler: a
 * file with the one line "used_bytes total_bytes\n", replaced by rename.
 */
#ifndef SIM_MEMORY_FILE_H
#define SIM_MEMORY_FILE_H

#include <stdint.h>

#include "base/failure.h"

/* `= {0}`: there is none, and setting it does nothing. */
struct memory_file {
	char *path, *next_path; /* the file; where its next content is written */
	int64_t total_bytes;
};

/* In $TMPDIR, else /tmp. */
bool memory_file_create(struct memory_file *file, int64_t total_bytes, struct failure *failure);
void memory_file_set(const struct memory_file *file, int64_t used_bytes);
/* Removes it. Safe on `= {0}`. */
void memory_file_release(struct memory_file *file);

#endif
