/*
 * Whole files. Nothing here knows what is in them.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

/* Reads a regular file or pipe of at most `limit` bytes. */
bool file_read(const char *path, size_t limit, struct text *into, struct failure *failure);

/*
 * Replaces a file so that a reader, or a crash, sees the old bytes or the new
 * ones and nothing between: temporary file beside it, fsync, rename, fsync of
 * the folder.
 */
bool file_replace(const char *path, const char *bytes, size_t size, struct failure *failure);

/* mkdir -p */
bool file_make_folder(const char *path, struct failure *failure);

/* "configs/m4.conf" → "m4": the last part without its last extension. The caller frees it. */
char *file_stem(const char *path);

#endif
