#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/flush.h"
#include "base/memory.h"

#define NAME_ATTEMPTS 100

enum status file_status(int error)
{
	bool mistake = error == ENOENT || error == EACCES || error == EISDIR || error == ENOTDIR ||
	               error == ENAMETOOLONG || error == ELOOP;

	return mistake ? STATUS_USER_MISTAKE : STATUS_CANNOT_GO_ON;
}

const char *file_reason(int error)
{
	static const struct {
		int error;
		const char *reason;
	} reasons[] = {
	    {ENOENT, "no such file or folder"},
	    {EACCES, "permission denied"},
	    {EISDIR, "it is a folder"},
	    {ENOTDIR, "a part of the path is not a folder"},
	    {ENOSPC, "no space left on the disk (free some)"},
	    {EDQUOT, "your quota of the disk is used up (free some of it)"},
	    {EFBIG, "it would be larger than files may be (raise `ulimit -f`)"},
	    {EROFS, "the disk can only be read (choose another folder)"},
	    {EIO, "the disk failed (input/output error: see the log of the system)"},
	    {EMFILE, "too many files are open in this program (raise `ulimit -n`)"},
	    {ENFILE, "too many files are open in the system (end other programs)"},
	    {ENOMEM, "out of memory (end other programs)"},
	    {ESTALE, "the network disk has lost it (is it still mounted?)"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == error)
			return reasons[i].reason;
	return strerror(error);
}

static bool cannot(struct failure *failure, const char *verb, const char *path, int error)
{
	struct text shown = {0};

	text_add_masked(&shown, path, strlen(path));
	failure_set(failure, file_status(error), "cannot %s \"%s\": %s", verb, text_string(&shown), file_reason(error));
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

int file_sync(int file)
{
	bool done = flush_to_disk(file) == 0 || errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;

	return done ? 0 : errno;
}

int file_sync_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	if (folder < 0)
		return errno == EACCES ? 0 : errno;
	error = file_sync(folder);
	close(folder);
	return error;
}

int64_t file_free_bytes(const char *folder)
{
	struct statvfs disk;

	return statvfs(folder, &disk) == 0 ? (int64_t)disk.f_bavail * (int64_t)disk.f_frsize : -1;
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
	return file_sync(file);
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

int file_unnamed(const char *folder)
{
	char *path = text_format("%s/unnamed.XXXXXX", folder);
	int file = mkstemp(path);

	if (file >= 0) {
		fcntl(file, F_SETFD, FD_CLOEXEC);
		unlink(path);
	}
	free(path);
	return file;
}

/* Makes the rename itself survive a crash. */
static int sync_folder_of(const char *path)
{
	char *folder = folder_of(path);
	int error = file_sync_folder(folder);

	free(folder);
	return error;
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
	if (error == 0)
		error = sync_folder_of(path);
	return error == 0 || cannot(failure, "write", path, error);
}

bool file_is_stream(const char *path)
{
	/* What stands behind these may be a file, but they are no places that another file could take. */
	static const char *const names[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"};
	struct stat state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(path, names[i], strlen(names[i])) == 0)
			return true;
	return stat(path, &state) == 0 && !S_ISREG(state.st_mode) && !S_ISDIR(state.st_mode);
}

bool file_write(const char *path, const char *bytes, size_t size, struct failure *failure)
{
	int file, error;

	if (!file_is_stream(path))
		return file_replace(path, bytes, size, failure);
	file = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
	if (file < 0)
		return cannot(failure, "write", path, errno);
	error = write_all(file, bytes, size);
	close(file);
	return error == 0 || error == EPIPE || cannot(failure, "write", path, error);
}

void file_open_standard(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (fcntl(i, F_GETFD) == -1)
			(void)!open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
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
