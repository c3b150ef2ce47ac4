/*
 * Whole files. Nothing here knows what is in them.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/* Reads a regular file or pipe of at most `limit` bytes. */
bool file_read(const char *path, size_t limit, struct text *into, struct failure *failure);

/*
 * Replaces a file so that a reader, or a crash, sees the old bytes or the new
 * ones and nothing between: temporary file beside it, fsync, rename, fsync of
 * the folder.
 */
bool file_replace(const char *path, const char *bytes, size_t size, struct failure *failure);

/*
 * For a path that the user named: file_replace(), but what is there and is no
 * file, such as a device, a pipe or /dev/stdout, is written to, not replaced;
 * a reader that has had enough of a pipe is no failure.
 */
bool file_write(const char *path, const char *bytes, size_t size, struct failure *failure);
bool file_is_stream(const char *path);

/*
 * What an errno of a file means, for a person, with the cure where there is one
 * that holds for all files; borrowed until the next call. And its status: 2 for
 * what another path mends, else 3.
 */
const char *file_reason(int error);
enum status file_status(int error);

/*
 * Has the bytes of a file, or the names in a folder, on the disk; 0 or errno.
 * Where a file system has no such thing (some network disks), or the folder may
 * not be read, it is no error: a crash of the machine may lose them then.
 */
int file_sync(int file);
int file_sync_folder(const char *path);

/* Bytes that we may still write below a folder; -1: it cannot be told. */
int64_t file_free_bytes(const char *folder);

/* A new file on the folder's disk that has no name and is gone with its last descriptor; -1 and errno. */
int file_unnamed(const char *folder);

/*
 * For the first line of main(): opens those of descriptors 0 to 2 that the
 * caller had closed, or the next file would get their number, and what is
 * printed would be written into it. What reads or writes there fails, as before.
 */
void file_open_standard(void);

/* mkdir -p */
bool file_make_folder(const char *path, struct failure *failure);

/* "configs/m4.conf" → "m4": the last part without its last extension. The caller frees it. */
char *file_stem(const char *path);

#endif
