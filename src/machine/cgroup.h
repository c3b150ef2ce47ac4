/*
 * Control groups: where the memory of this process is accounted and limited, and
 * the arithmetic inside a limit. Portable: works on the texts of the files.
 */
#ifndef MACHINE_CGROUP_H
#define MACHINE_CGROUP_H

#include <stdbool.h>

#include "machine/memory.h"

/* The memory controller is in one of the two hierarchies, whatever else the other one holds. */
struct cgroup_place {
	bool first_version; /* names of the files, see cgroup_files */
	char *mount;        /* folder where the hierarchy is mounted; NULL: no memory controller seen */
	char *path;         /* this process's group below it: "" or "/a/b" */
};

/*
 * From the texts of /proc/self/cgroup and /proc/self/mountinfo. A mount may show
 * only a part of the hierarchy (a container without a namespace of its own);
 * the path is then made relative to that part.
 */
struct cgroup_place cgroup_locate(const char *self_cgroup, const char *mountinfo);
void cgroup_place_release(struct cgroup_place *place);

/* Cuts the last part off a path; false when it was "" already. */
bool cgroup_go_up(char *path);

/* Files of a group. */
struct cgroup_files {
	const char *limit, *usage, *stat;
	const char *swap;          /* NULL: it stands in stat */
	const char *inactive_file; /* key in stat: page cache that the kernel drops first */
	const char *swap_key;
};
const struct cgroup_files *cgroup_files(bool first_version);

/* The number in a file; JSON_UNKNOWN for "max" and for the huge number that is no limit in the first version. */
int64_t cgroup_number(const char *text);

struct cgroup_counts {
	int64_t limit_bytes, usage_bytes, inactive_file_bytes, swap_bytes; /* JSON_UNKNOWN where not told */
};

/* Turns a reading of the whole machine into one of the group: used = usage − inactive_file, total = limit. */
void cgroup_reading(const struct cgroup_counts *counts, struct memory_reading *reading);

#endif
