#include "server/platform.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"

/* A folder entry as getdents64(2) lays it out; readdir() would allocate. */
struct entry {
	uint64_t inode;
	int64_t next;
	unsigned short size; /* of the whole entry */
	unsigned char type;
	char name[];
};

/* Moves over blanks and one word. */
static const char *after_word(const char *at)
{
	at += strspn(at, " ");
	return at + strcspn(at, " ");
}

static const char *read_number(const char *at, uint64_t *number)
{
	at += strspn(at, " ");
	for (*number = 0; *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	return at;
}

/*
 * proc(5): "pid (name) state parent group session …", the start time being
 * field 22. The name may hold blanks and ')', so fields count from the last ')'.
 */
static bool parse_stat(const char *line, struct process *process)
{
	const char *at = strrchr(line, ')');
	uint64_t parent, group, session;

	if (at == NULL || at[1] != ' ' || strchr("ZX", at[2]) != NULL)
		return false;
	at = read_number(at + 3, &parent);
	at = read_number(at, &group);
	at = read_number(at, &session);
	for (int field = 7; field < 22; field++)
		at = after_word(at);
	read_number(at, &process->started);
	process->parent = (pid_t)parent;
	process->group = (pid_t)group;
	process->session = (pid_t)session;
	return true;
}

static bool look_at(int proc, const char *name, struct process *process)
{
	char path[32], line[1024];
	size_t length = strlen(name);
	uint64_t pid;
	ssize_t size;
	int file;

	if (*read_number(name, &pid) != '\0' || length + sizeof("/stat") > sizeof(path))
		return false;
	memcpy(path, name, length);
	memcpy(path + length, "/stat", sizeof("/stat"));
	file = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size = read(file, line, sizeof(line) - 1);
	close(file);
	line[size < 0 ? 0 : size] = '\0';
	process->pid = (pid_t)pid;
	return parse_stat(line, process);
}

void platform_each_process(void (*visit)(void *context, const struct process *process), void *context)
{
	_Alignas(struct entry) char entries[8192];
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long size;

	if (proc < 0)
		return;
	while ((size = syscall(SYS_getdents64, proc, entries, sizeof(entries))) > 0) {
		for (long at = 0; at < size;) {
			const struct entry *entry = (const struct entry *)(entries + at);
			struct process process = {0};

			if (look_at(proc, entry->name, &process))
				visit(context, &process);
			at += entry->size;
		}
	}
	close(proc);
}

void platform_adopt_orphans(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1L);
}

void platform_set_name(const char *name)
{
	prctl(PR_SET_NAME, name);
}

void platform_signal_after_parent(int number)
{
	prctl(PR_SET_PDEATHSIG, (long)number);
}

void platform_close_from(int first)
{
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	for (long fd = first, limit = sysconf(_SC_OPEN_MAX); fd < limit; fd++)
		close((int)fd);
}

char *platform_own_path(void)
{
	char path[4096];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));

	return size > 0 && (size_t)size < sizeof(path) ? memory_copy(path, (size_t)size) : NULL;
}
