#include <stdlib.h>

#include "base/file.h"
#include "machine/linux.h"

/* /proc/cpuinfo has about 1.5 KB for each processor. */
#define FILE_LIMIT ((size_t)16 << 20)

char *linux_file(const char *root, const char *path)
{
	char *name = text_format("%s%s", root, path);
	struct text text = {0};
	struct failure failure = {0};
	bool read = file_read(name, FILE_LIMIT, &text, &failure);

	free(name);
	failure_release(&failure);
	if (!read) {
		text_release(&text);
		return NULL;
	}
	return text_take(&text);
}
