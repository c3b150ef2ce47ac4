#include <stdlib.h>

#include "machine/linux.h"
#include "machine/proc_text.h"

int64_t machine_oom_kills(const char *root)
{
	char *text = linux_file(root, "/proc/vmstat");
	int64_t kills = text != NULL ? proc_integer(text, "oom_kill") : JSON_UNKNOWN;

	free(text);
	return kills;
}
