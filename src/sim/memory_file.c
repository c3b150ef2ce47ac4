#include "sim/memory_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

bool memory_file_create(struct memory_file *file, int64_t total_bytes, struct failure *failure)
{
	const char *folder = getenv("TMPDIR");
	int descriptor;

	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	file->path = text_format("%s/llmbench-sim-memory.XXXXXX", folder);
	descriptor = mkstemp(file->path);
	if (descriptor < 0) {
		failure_set(failure, STATUS_CANNOT_GO_ON, "cannot create a file in %s: %s", folder, strerror(errno));
		free(file->path);
		file->path = NULL;
		return false;
	}
	close(descriptor);
	file->next_path = text_format("%s.next", file->path);
	file->total_bytes = total_bytes;
	memory_file_set(file, 0);
	return true;
}

void memory_file_set(const struct memory_file *file, int64_t used_bytes)
{
	FILE *next = file->next_path != NULL ? fopen(file->next_path, "w") : NULL;

	if (next == NULL)
		return;
	fprintf(next, "%" PRId64 " %" PRId64 "\n", used_bytes, file->total_bytes);
	if (fclose(next) == 0)
		rename(file->next_path, file->path);
}

void memory_file_release(struct memory_file *file)
{
	if (file->path != NULL) {
		unlink(file->path);
		unlink(file->next_path);
	}
	free(file->path);
	free(file->next_path);
	*file = (struct memory_file){0};
}
