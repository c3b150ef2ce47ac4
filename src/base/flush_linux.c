#include "base/flush.h"

#include <unistd.h>

int flush_to_disk(int file)
{
	return fsync(file);
}
