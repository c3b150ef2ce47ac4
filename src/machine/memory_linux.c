/*
 * Used memory from /proc/meminfo, or from the control group when that limits
 * this process below the machine's memory. The files are opened once and read
 * again from their beginning, which makes the kernel compute them anew.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "machine/cgroup.h"
#include "machine/linux.h"
#include "machine/meminfo.h"
#include "machine/proc_files.h"
#include "machine/proc_text.h"
#include "machine/source.h"

/* The files that are read have 1 to 3 KB. */
#define FILE_BYTES 16384

/* Descriptors are −1 where there is no such file. */
struct linux_source {
	struct memory_source base;
	int meminfo;
	int64_t limit_bytes; /* of the control group; JSON_UNKNOWN: none, or above the machine's memory */
	bool first_version;
	int usage, stat, swap; /* of the control group that has the limit */
};

static int64_t read_number(int file, char text[FILE_BYTES])
{
	return proc_read_again(file, text, FILE_BYTES) ? cgroup_number(text) : JSON_UNKNOWN;
}

static void read_group(const struct linux_source *source, char text[FILE_BYTES], struct memory_reading *reading)
{
	const struct cgroup_files *files = cgroup_files(source->first_version);
	struct cgroup_counts counts = {.limit_bytes = source->limit_bytes};

	counts.usage_bytes = read_number(source->usage, text);
	counts.swap_bytes = read_number(source->swap, text);
	proc_read_again(source->stat, text, FILE_BYTES);
	counts.inactive_file_bytes = proc_integer(text, files->inactive_file);
	if (files->swap_key != NULL)
		counts.swap_bytes = proc_integer(text, files->swap_key);
	cgroup_reading(&counts, reading);
}

static void linux_read(struct memory_source *base, struct memory_reading *reading)
{
	const struct linux_source *source = (const struct linux_source *)base;
	char text[FILE_BYTES];

	if (source->limit_bytes != JSON_UNKNOWN)
		read_group(source, text, reading);
	else if (proc_read_again(source->meminfo, text, FILE_BYTES))
		meminfo_reading(text, reading);
}

static void linux_close(struct memory_source *base)
{
	struct linux_source *source = (struct linux_source *)base;

	proc_close(source->meminfo);
	proc_close(source->usage);
	proc_close(source->stat);
	proc_close(source->swap);
	free(source);
}

static int open_file(const char *root, const char *folder, const char *name)
{
	char *path = text_format("%s/%s", folder, name);
	int file = proc_open(root, path);

	free(path);
	return file;
}

/*
 * A group is bound by the limits of all groups above it. The tightest one is
 * looked for; its folder is returned, NULL when none is below `limit_bytes`.
 */
static char *find_tightest(const char *root, struct cgroup_place *place, int64_t *limit_bytes)
{
	const struct cgroup_files *files = cgroup_files(place->first_version);
	char *tightest = NULL;

	do {
		char *folder = text_format("%s%s", place->mount, place->path);
		char *path = text_format("%s/%s", folder, files->limit);
		char *text = linux_file(root, path);
		int64_t limit = text != NULL ? cgroup_number(text) : JSON_UNKNOWN;

		if (limit != JSON_UNKNOWN && limit < *limit_bytes) {
			*limit_bytes = limit;
			free(tightest);
			tightest = folder;
			folder = NULL;
		}
		free(text);
		free(path);
		free(folder);
	} while (cgroup_go_up(place->path));
	return tightest;
}

static void open_group(const char *root, struct linux_source *source, const char *folder)
{
	const struct cgroup_files *files = cgroup_files(source->first_version);

	source->base.without_files = false;
	source->usage = open_file(root, folder, files->usage);
	source->stat = open_file(root, folder, files->stat);
	if (files->swap != NULL)
		source->swap = open_file(root, folder, files->swap);
	source->base.definition =
	    source->first_version ? "memory.usage_in_bytes - total_inactive_file of the control group; total: its limit"
				  : "memory.current - inactive_file of the control group; total: its limit";
}

static void find_limit(const char *root, struct linux_source *source)
{
	char *self_cgroup = linux_file(root, "/proc/self/cgroup");
	char *mountinfo = linux_file(root, "/proc/self/mountinfo");
	struct memory_reading machine = {.total_bytes = JSON_UNKNOWN};

	if (self_cgroup != NULL && mountinfo != NULL) {
		struct cgroup_place place = cgroup_locate(self_cgroup, mountinfo);
		int64_t limit_bytes;
		char *folder = NULL;

		linux_read(&source->base, &machine);
		limit_bytes = machine.total_bytes != JSON_UNKNOWN ? machine.total_bytes : INT64_MAX;
		if (place.mount != NULL)
			folder = find_tightest(root, &place, &limit_bytes);
		if (folder != NULL) {
			source->first_version = place.first_version;
			source->limit_bytes = limit_bytes;
			open_group(root, source, folder);
		}
		free(folder);
		cgroup_place_release(&place);
	}
	free(self_cgroup);
	free(mountinfo);
}

struct memory_source *memory_open_system(const char *root)
{
	struct linux_source *source = memory_new(1, sizeof *source);

	source->base.read = linux_read;
	source->base.close = linux_close;
	source->base.definition = "MemTotal - MemAvailable of /proc/meminfo";
	source->base.without_files = true;
	source->limit_bytes = JSON_UNKNOWN;
	source->usage = source->stat = source->swap = -1;
	source->meminfo = open_file(root, "/proc", "meminfo");
	find_limit(root, source);
	return &source->base;
}
