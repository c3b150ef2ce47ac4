/* The macOS way onto the disk, on any system. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "tap.h"

#ifndef F_FULLFSYNC
#define F_FULLFSYNC 51
#endif

static struct {
	int full_error, plain_error; /* errno; 0: it succeeds */
	int full, plain;             /* calls */
} disk;

static int answer(int *calls, int error)
{
	++*calls;
	errno = error;
	return error == 0 ? 0 : -1;
}

static int fake_fcntl(int file, int command)
{
	return file == 7 && command == F_FULLFSYNC ? answer(&disk.full, disk.full_error) : -1;
}

static int fake_fsync(int file)
{
	return file == 7 ? answer(&disk.plain, disk.plain_error) : -1;
}

#define fcntl fake_fcntl
#define fsync fake_fsync
#include "base/flush_darwin.c"

int main(void)
{
	is_int(flush_to_disk(7), 0, "a disk that empties its cache");
	ok(disk.full == 1 && disk.plain == 0, "is asked for that alone");
	disk.full_error = ENOTSUP;
	is_int(flush_to_disk(7), 0, "a file system that cannot ask for it");
	is_int(disk.plain, 1, "does what it can");
	disk.full_error = disk.plain_error = EIO;
	is_int(flush_to_disk(7), -1, "a disk that fails");
	is_int(errno, EIO, "says why");
	return tap_done();
}
