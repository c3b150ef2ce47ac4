/*
 * The memory of a simulated device. llmbench-sim keeps one line in a file,
 * "USED TOTAL\n": two decimal numbers of bytes. It replaces the file by rename,
 * so the name is opened anew for every reading.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "machine/source.h"

struct simulated_source {
	struct memory_source base;
	char *file;
};

/* A plain decimal number with `end` right after it; moves *at behind that. */
static bool take_number(const char **at, char end, int64_t *number)
{
	char *after;
	long long value;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	value = strtoll(*at, &after, 10);
	if (errno != 0 || *after != end)
		return false;
	*at = after + 1;
	*number = value;
	return true;
}

static void simulated_read(struct memory_source *base, struct memory_reading *reading)
{
	const struct simulated_source *source = (const struct simulated_source *)base;
	char line[64];
	const char *at = line;
	int64_t used, total;
	ssize_t size;
	int file = open(source->file, O_RDONLY | O_CLOEXEC);

	if (file < 0)
		return;
	size = read(file, line, sizeof line - 1);
	close(file);
	if (size <= 0)
		return;
	line[size] = '\0';
	if (!take_number(&at, ' ', &used) || !take_number(&at, '\n', &total) || at != line + size || used > total)
		return;
	reading->used_bytes = used;
	reading->total_bytes = total;
}

static void simulated_close(struct memory_source *base)
{
	struct simulated_source *source = (struct simulated_source *)base;

	free(source->file);
	free(source);
}

struct memory_source *memory_open_simulated(const char *file)
{
	struct simulated_source *source = memory_new(1, sizeof *source);

	source->base.read = simulated_read;
	source->base.close = simulated_close;
	source->base.definition = "used memory of the simulated device, as llmbench-sim states it";
	source->file = memory_string(file);
	return &source->base;
}
