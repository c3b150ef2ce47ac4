#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define NAME_ATTEMPTS 100

/* What a person can mend by giving another path is the user's mistake. */
static enum status status_of(int error)
{
	bool mistake = error == ENOENT || error == EACCES || error == EISDIR || error == ENOTDIR ||
	               error == ENAMETOOLONG || error == ELOOP;

	return mistake ? STATUS_USER_MISTAKE : STATUS_CANNOT_GO_ON;
}

static const char *reason_of(int error)
{
	switch (error) {
	case ENOENT:
		return "no such file or folder";
	case EACCES:
		return "permission denied";
	case EISDIR:
		return "it is a folder";
	case ENOTDIR:
		return "a part of the path is not a folder";
	case ENOSPC:
		return "no space left on the disk";
	default:
		return strerror(error);
	}
}

static bool cannot(struct failure *failure, const char *verb, const char *path, int error)
{
	struct text shown = {0};

	text_add_masked(&shown, path, strlen(path));
	failure_set(failure, status_of(error), "cannot %s \"%s\": %s", verb, text_string(&shown), reason_of(error));
	text_release(&shown);
	return false;
}

/* Returns 0 or errno; EFBIG when there are more than `limit` bytes. */
static int read_all(int file, size_t limit, struct text *into)
{
	size_t total = 0;

	for (;;) {
		ssize_t got;

		text_reserve(into, 65536);
		got = read(file, into->data + into->size, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : 0;
		into->size += (size_t)got;
		into->data[into->size] = '\0';
		total += (size_t)got;
		if (total > limit)
			return EFBIG;
	}
}

bool file_read(const char *path, size_t limit, struct text *into, struct failure *failure)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (file < 0)
		return cannot(failure, "read", path, errno);
	error = read_all(file, limit, into);
	close(file);
	if (error == EFBIG)
		return failure_set(failure, STATUS_USER_MISTAKE, "cannot read \"%s\": it is larger than %zu bytes",
		                   path, limit);
	return error == 0 || cannot(failure, "read", path, error);
}

/* The folder of a path: "a/b" → "a", "b" → ".", "/b" → "/". The caller frees it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return memory_string(".");
	return slash == path ? memory_string("/") : memory_copy(path, (size_t)(slash - path));
}

static int write_all(int file, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t done = write(file, bytes, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		bytes += done;
		size -= (size_t)done;
	}
	return fsync(file) == 0 ? 0 : errno;
}

/* A new file beside `path`, -1 and errno when there can be none. Its name goes into `name`. */
static int open_beside(const char *path, struct text *name)
{
	for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
		int file;

		text_clear(name);
		text_addf(name, "%s.%ld-%d.tmp", path, (long)getpid(), attempt);
		file = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (file >= 0 || errno != EEXIST)
			return file;
	}
	return -1;
}

/* Makes the rename itself survive a crash; some file systems cannot sync a folder, which is not an error. */
static void sync_folder_of(const char *path)
{
	char *folder = folder_of(path);
	int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (opened >= 0) {
		fsync(opened);
		close(opened);
	}
	free(folder);
}

bool file_replace(const char *path, const char *bytes, size_t size, struct failure *failure)
{
	struct text beside = {0};
	int file = open_beside(path, &beside), error;

	if (file < 0) {
		error = errno;
	} else {
		error = write_all(file, bytes, size);
		if (close(file) != 0 && error == 0)
			error = errno;
		if (error == 0 && rename(beside.data, path) != 0)
			error = errno;
		if (error != 0)
			unlink(beside.data);
	}
	text_release(&beside);
	if (error != 0)
		return cannot(failure, "write", path, error);
	sync_folder_of(path);
	return true;
}

static int make_one_folder(const char *path)
{
	struct stat state;
	int error;

	if (mkdir(path, 0777) == 0)
		return 0;
	error = errno;
	if (stat(path, &state) != 0)
		return error;
	return S_ISDIR(state.st_mode) ? 0 : ENOTDIR;
}

bool file_make_folder(const char *path, struct failure *failure)
{
	char *part = memory_string(path);
	int error = *path == '\0' ? ENOENT : 0;

	for (char *at = part + 1; error == 0 && at[-1] != '\0'; at++) {
		char kept = *at;

		if (kept != '/' && kept != '\0')
			continue;
		*at = '\0';
		error = make_one_folder(part);
		*at = kept;
	}
	free(part);
	return error == 0 || cannot(failure, "make the folder", path, error);
}

char *file_stem(const char *path)
{
	size_t end = strlen(path), start, dot;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	dot = end;
	while (dot > start && path[dot - 1] != '.')
		dot--;
	/* A dot that begins the name begins no extension. */
	return memory_copy(path + start, (dot > start + 1 ? dot - 1 : end) - start);
}
