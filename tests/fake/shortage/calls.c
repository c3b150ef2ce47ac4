/*
 * The calls that rules.h speaks of, in front of those of the C library: a
 * library to be preloaded.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"

static void *find(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	return found;
}

/* The one that ours stands in front of. */
#define REAL(name)                                                       \
	static __typeof__(&name) real;                                   \
	do {                                                             \
		if (real == NULL)                                        \
			real = (__typeof__(&name))(size_t)(find(#name)); \
	} while (0)

/* --- Memory --- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return rules_count_allocation(__builtin_return_address(0)) != SHORT_OF_NOTHING ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return rules_count_allocation(__builtin_return_address(0)) != SHORT_OF_NOTHING ? NULL
	                                                                               : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return rules_count_allocation(__builtin_return_address(0)) != SHORT_OF_NOTHING ? NULL
	                                                                               : __libc_realloc(old, size);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
	REAL(mmap);
	return rules_count_allocation(__builtin_return_address(0)) != SHORT_OF_NOTHING
	           ? MAP_FAILED
	           : real(address, size, protection, flags, file, offset);
}

/* --- Files --- */

ssize_t write(int file, const void *bytes, size_t size)
{
	long shortage = rules_count_file(CALL_WRITE, file);

	REAL(write);
	if (shortage == SHORT_BY_HALF)
		return real(file, bytes, size / 2);
	return shortage != SHORT_OF_NOTHING ? -1 : real(file, bytes, size);
}

int fsync(int file)
{
	REAL(fsync);
	return rules_count_file(CALL_FSYNC, file) != SHORT_OF_NOTHING ? -1 : real(file);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	return rules_count(CALL_RENAME, to) != SHORT_OF_NOTHING ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(mkdir);
	return rules_count(CALL_MKDIR, path) != SHORT_OF_NOTHING ? -1 : real(path, mode);
}

int flock(int file, int operation)
{
	REAL(flock);
	return rules_count_file(CALL_FLOCK, file) != SHORT_OF_NOTHING ? -1 : real(file, operation);
}

int statvfs(const char *path, struct statvfs *into)
{
	long bytes = rules_count(CALL_SPACE, path);
	int result;

	REAL(statvfs);
	result = real(path, into);
	if (result == 0 && bytes >= 0)
		into->f_bavail = (fsblkcnt_t)bytes / into->f_frsize;
	return result;
}

/* --- Descriptors --- */

static bool refused(enum call call, const char *path)
{
	return rules_count(call, path) != SHORT_OF_NOTHING || rules_count(CALL_DESCRIPTOR, path) != SHORT_OF_NOTHING;
}

int open(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode = 0;

	REAL(open);
	va_start(more, flags);
	if (flags & O_CREAT)
		mode = va_arg(more, mode_t);
	va_end(more);
	return refused(CALL_OPEN, path) ? -1 : real(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	REAL(fopen);
	return refused(CALL_OPEN, path) ? NULL : real(path, mode);
}

DIR *opendir(const char *path)
{
	REAL(opendir);
	return refused(CALL_OPEN, path) ? NULL : real(path);
}

int mkstemp(char *path)
{
	REAL(mkstemp);
	return refused(CALL_OPEN, path) ? -1 : real(path);
}

int socket(int domain, int type, int protocol)
{
	REAL(socket);
	return refused(CALL_SOCKET, NULL) ? -1 : real(domain, type, protocol);
}

int pipe(int ends[2])
{
	REAL(pipe);
	return refused(CALL_PIPE, NULL) ? -1 : real(ends);
}

int epoll_create1(int flags)
{
	REAL(epoll_create1);
	return rules_count(CALL_DESCRIPTOR, NULL) != SHORT_OF_NOTHING ? -1 : real(flags);
}

/* --- Processes and threads --- */

pid_t fork(void)
{
	REAL(fork);
	return rules_count(CALL_FORK, NULL) != SHORT_OF_NOTHING ? -1 : real();
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
	REAL(pthread_create);
	return rules_count(CALL_THREAD, NULL) != SHORT_OF_NOTHING ? errno : real(thread, attributes, run, argument);
}

/* --- The wall clock --- */

static long seconds_off; /* since the clock was read last */

int clock_gettime(clockid_t clock, struct timespec *into)
{
	int result;

	REAL(clock_gettime);
	result = real(clock, into);
	if (result != 0 || clock != CLOCK_REALTIME)
		return result;
	seconds_off = rules_count(CALL_CLOCK, NULL);
	if (seconds_off == SHORT_OF_NOTHING)
		seconds_off = 0;
	into->tv_sec += seconds_off;
	return 0;
}

/* The kernel's stamps are of the same clock. */
ssize_t recvmsg(int socket, struct msghdr *message, int flags)
{
	ssize_t size;

	REAL(recvmsg);
	size = real(socket, message, flags);
	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); seconds_off != 0 && size > 0 && part != NULL;
	     part = CMSG_NXTHDR(message, part)) {
		struct timespec stamp;

		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
		stamp.tv_sec += seconds_off;
		memcpy(CMSG_DATA(part), &stamp, sizeof stamp);
	}
	return size;
}
