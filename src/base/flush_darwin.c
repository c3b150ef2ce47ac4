#include "base/flush.h"

#include <fcntl.h>
#include <unistd.h>

/*
 * fsync() alone leaves the bytes in the cache of the disk there, which loses
 * them with the power: fsync(2). Some file systems, as of network disks, have
 * no more than that.
 */
int flush_to_disk(int file)
{
	return fcntl(file, F_FULLFSYNC) == -1 ? fsync(file) : 0;
}
