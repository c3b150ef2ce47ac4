#include "machine/cgroup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* The first version's "no limit" is the greatest number of whole pages in 63 bits. */
#define NO_LIMIT (INT64_C(1) << 62)

/* The `index`th field of a line, fields divided by `separator`; its size in *size. Empty when there are fewer. */
static const char *field(const char *line, size_t index, char separator, size_t *size)
{
	const char ends[] = {separator, '\n', '\0'};

	for (; index > 0; index--) {
		line += strcspn(line, ends);
		if (*line != separator)
			break;
		line++;
	}
	*size = index == 0 ? strcspn(line, ends) : 0;
	return line;
}

static bool is(const char *bytes, size_t size, const char *word)
{
	return size == strlen(word) && memcmp(bytes, word, size) == 0;
}

/* Whether a comma separated list has the word. */
static bool list_has(const char *list, size_t size, const char *word)
{
	for (const char *at = list, *end = list + size; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t part = (size_t)((comma != NULL ? comma : end) - at);

		if (is(at, part, word))
			return true;
		at += part + 1;
	}
	return false;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end != NULL ? end + 1 : line + strlen(line);
}

/*
 * Lines "ID:CONTROLLERS:PATH". The second version has ID 0 and no controllers; it
 * has memory when no hierarchy of the first version claims it.
 */
static char *own_path(const char *self_cgroup, bool *first_version)
{
	char *path = NULL;

	for (const char *line = self_cgroup; *line != '\0'; line = next_line(line)) {
		size_t controllers_size, path_size;
		const char *controllers = field(line, 1, ':', &controllers_size);
		const char *start = controllers + controllers_size + 1;

		if (controllers[controllers_size] != ':')
			continue;
		path_size = strcspn(start, "\n"); /* a path may have colons */
		*first_version = list_has(controllers, controllers_size, "memory");
		if (*first_version || (controllers_size == 0 && text_starts_with(line, "0:"))) {
			free(path);
			path = memory_copy(start, path_size);
		}
		if (*first_version)
			break;
	}
	return path;
}

/* Whether a mount, described from "TYPE SOURCE SUPER-OPTIONS" on, is the hierarchy that has memory. */
static bool has_memory(const char *description, bool first_version)
{
	size_t type_size, options_size;
	const char *type = field(description, 0, ' ', &type_size);
	const char *options = field(description, 2, ' ', &options_size);

	if (first_version)
		return is(type, type_size, "cgroup") && list_has(options, options_size, "memory");
	return is(type, type_size, "cgroup2");
}

/*
 * Lines "ID PARENT DEVICE ROOT MOUNT OPTIONS … - TYPE SOURCE SUPER-OPTIONS": the
 * mount of the hierarchy, and in *root which part of it is mounted there.
 */
static char *find_mount(const char *mountinfo, bool first_version, char **root)
{
	for (const char *line = mountinfo; *line != '\0'; line = next_line(line)) {
		const char *dash = strstr(line, " - "), *part, *mount;
		size_t part_size, mount_size;

		if (dash == NULL || dash >= next_line(line) || !has_memory(dash + 3, first_version))
			continue;
		part = field(line, 3, ' ', &part_size);
		mount = field(line, 4, ' ', &mount_size);
		*root = memory_copy(part, part_size);
		return memory_copy(mount, mount_size);
	}
	return NULL;
}

/* The path below the mounted part; "" when it lies outside ("/..") or is the part itself. */
static void make_relative(char *path, const char *root)
{
	size_t size = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(path, root, size) != 0 || (path[size] != '/' && path[size] != '\0') ||
	    strstr(path, "/..") != NULL || strcmp(path + size, "/") == 0)
		path[0] = '\0';
	else
		memmove(path, path + size, strlen(path + size) + 1);
}

struct cgroup_place cgroup_locate(const char *self_cgroup, const char *mountinfo)
{
	struct cgroup_place place = {0};
	char *root = NULL;

	place.path = own_path(self_cgroup, &place.first_version);
	if (place.path != NULL)
		place.mount = find_mount(mountinfo, place.first_version, &root);
	if (root != NULL)
		make_relative(place.path, root);
	free(root);
	return place;
}

void cgroup_place_release(struct cgroup_place *place)
{
	free(place->mount);
	free(place->path);
	*place = (struct cgroup_place){0};
}

bool cgroup_go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}

const struct cgroup_files *cgroup_files(bool first_version)
{
	static const struct cgroup_files first = {
	    .limit = "memory.limit_in_bytes",
	    .usage = "memory.usage_in_bytes",
	    .stat = "memory.stat",
	    .inactive_file = "total_inactive_file",
	    .swap_key = "total_swap",
	};
	static const struct cgroup_files second = {
	    .limit = "memory.max",
	    .usage = "memory.current",
	    .stat = "memory.stat",
	    .swap = "memory.swap.current",
	    .inactive_file = "inactive_file",
	};

	return first_version ? &first : &second;
}

int64_t cgroup_number(const char *text)
{
	char *end;
	unsigned long long number;

	if (*text < '0' || *text > '9')
		return JSON_UNKNOWN;
	errno = 0;
	number = strtoull(text, &end, 10);
	return errno != 0 || number >= NO_LIMIT ? JSON_UNKNOWN : (int64_t)number;
}

void cgroup_reading(const struct cgroup_counts *counts, struct memory_reading *reading)
{
	reading->total_bytes = counts->limit_bytes;
	reading->swap_used_bytes = counts->swap_bytes;
	if (counts->usage_bytes == JSON_UNKNOWN || counts->inactive_file_bytes == JSON_UNKNOWN)
		reading->used_bytes = JSON_UNKNOWN;
	else if (counts->usage_bytes > counts->inactive_file_bytes)
		reading->used_bytes = counts->usage_bytes - counts->inactive_file_bytes;
	else
		reading->used_bytes = 0;
}
