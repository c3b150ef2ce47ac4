#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID_SIZE = 24 };

static char *lock_path(const char *folder)
{
	return text_format("%s/lock", folder);
}

static int refuse(int file, const char *folder, struct failure *failure)
{
	char pid[PID_SIZE + 1] = "";
	ssize_t size = read(file, pid, PID_SIZE);
	long number = size > 0 ? strtol(pid, NULL, 10) : 0;

	close(file);
	if (number > 0)
		failure_set(failure, STATUS_USER_MISTAKE,
		            "another llmbench (process %ld) writes to %s: wait until it ends, or stop it", number,
		            folder);
	else
		failure_set(failure, STATUS_USER_MISTAKE,
		            "another llmbench writes to %s: wait until it ends, or stop it", folder);
	return LOCK_NONE;
}

static void write_pid(int file)
{
	char *pid = text_format("%ld\n", (long)getpid());

	/* Only for the message to somebody else. */
	(void)!ftruncate(file, 0);
	(void)!write(file, pid, strlen(pid));
	free(pid);
}

/* Its last owner may have removed the file while we opened it: then a lock of it keeps nobody out. */
static bool is_removed(int file)
{
	struct stat status;

	return fstat(file, &status) == 0 && status.st_nlink == 0;
}

int lock_take(const char *folder, struct failure *failure)
{
	char *path = lock_path(folder);
	int file;

	while ((file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)) >= 0) {
		if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
			file = refuse(file, folder, failure);
			break;
		}
		if (!is_removed(file)) {
			write_pid(file);
			break;
		}
		close(file);
	}
	if (file < 0)
		failure_set(failure, STATUS_USER_MISTAKE, "cannot write \"%s\": %s", path, strerror(errno));
	free(path);
	return file;
}

void lock_release(int lock, const char *folder)
{
	char *path = lock_path(folder);

	if (lock != LOCK_NONE) {
		unlink(path);
		close(lock);
	}
	free(path);
}
