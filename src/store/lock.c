#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Who has the lock, or had it last: "1234 host" in its file. */
struct owner {
	long process; /* 0: not known */
	char host[256];
};

static char *lock_path(const char *folder)
{
	return text_format("%s/lock", folder);
}

static struct owner this_owner(void)
{
	struct owner owner = {.process = (long)getpid()};

	if (gethostname(owner.host, sizeof(owner.host) - 1) != 0)
		owner.host[0] = '\0';
	return owner;
}

static struct owner read_owner(int file)
{
	struct owner owner = {0};
	char line[sizeof(owner.host) + 24] = "", *end;
	ssize_t size = pread(file, line, sizeof(line) - 1, 0);

	if (size <= 0)
		return owner;
	line[strcspn(line, "\n")] = '\0';
	owner.process = strtol(line, &end, 10);
	if (*end == ' ' && strlen(end + 1) < sizeof(owner.host))
		memcpy(owner.host, end + 1, strlen(end + 1) + 1);
	return owner;
}

static void write_owner(int file, const struct owner *owner)
{
	char *line = text_format("%ld %s\n", owner->process, owner->host);

	/* Only for the message to somebody else. */
	(void)!ftruncate(file, 0);
	(void)!write(file, line, strlen(line));
	free(line);
}

static bool is_elsewhere(const struct owner *owner)
{
	struct owner here = this_owner();

	return owner->process > 0 && owner->host[0] != '\0' && strcmp(owner->host, here.host) != 0;
}

static int refuse(int file, const char *folder, struct failure *failure)
{
	struct owner owner = read_owner(file);
	struct text who = {0};

	close(file);
	if (owner.process > 0)
		text_addf(&who, " (process %ld%s%s)", owner.process, is_elsewhere(&owner) ? " on " : "",
		          is_elsewhere(&owner) ? owner.host : "");
	failure_set(failure, STATUS_USER_MISTAKE, "another llmbench%s writes to %s: wait until it ends, or stop it",
	            text_string(&who), folder);
	text_release(&who);
	return LOCK_NONE;
}

/* The lock is ours as far as the system can tell; error: 0, or of one that has no locks. */
static void take_over(int file, int error, const char *folder, struct text *doubt)
{
	struct owner last = read_owner(file), here = this_owner();

	if (error != 0)
		text_addf(doubt, "the disk of %s has no locks (%s): see that no other llmbench writes there", folder,
		          strerror(error));
	else if (is_elsewhere(&last))
		text_addf(
		    doubt,
		    "process %ld on %s wrote to %s and did not end as it should: if it still runs, stop one of the two",
		    last.process, last.host, folder);
	write_owner(file, &here);
}

/* Its last owner may have removed the file while we opened it: then a lock of it keeps nobody out. */
static bool is_removed(int file)
{
	struct stat status;

	return fstat(file, &status) == 0 && status.st_nlink == 0;
}

int lock_take(const char *folder, struct text *doubt, struct failure *failure)
{
	char *path = lock_path(folder);
	int file;

	while ((file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)) >= 0) {
		int error = flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;

		if (error == EWOULDBLOCK) {
			file = refuse(file, folder, failure);
			break;
		}
		if (!is_removed(file)) {
			take_over(file, error, folder, doubt);
			break;
		}
		close(file);
	}
	if (file < 0)
		failure_set(failure, file_status(errno), "cannot write \"%s\": %s", path, file_reason(errno));
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
