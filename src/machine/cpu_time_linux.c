/*
 * CPU time of the machine, and of this process and all that it started: one
 * pass over /proc, about 8 µs a process.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/conditions_linux.h"
#include "machine/cpu_time.h"
#include "machine/linux.h"

struct processes {
	struct process_ticks *items;
	size_t count, capacity;
};

static void visit_process(const char *root, const char *path, void *context)
{
	struct processes *processes = context;
	const char *name = strrchr(path, '/') + 1;
	char *file, *stat;

	if (*name < '0' || *name > '9')
		return;
	file = text_format("%s/stat", path);
	stat = linux_file(root, file);
	processes->items =
	    memory_grow(processes->items, &processes->capacity, processes->count, sizeof(*processes->items));
	/* It may have ended since the folder was listed. */
	if (stat != NULL && process_ticks_parse(stat, &processes->items[processes->count]))
		processes->count++;
	free(stat);
	free(file);
}

static int64_t ns_of_ticks(int64_t ticks)
{
	return ticks == JSON_UNKNOWN ? JSON_UNKNOWN : ticks * (NS_PER_S / sysconf(_SC_CLK_TCK));
}

void cpu_time_linux(const char *root, struct machine_conditions *conditions)
{
	char *stat = linux_file(root, "/proc/stat");
	char *self = linux_file(root, "/proc/self/stat");
	struct process_ticks own;
	struct cpu_ticks ticks;

	if (stat != NULL && cpu_ticks_parse(stat, &ticks)) {
		conditions->cpu_busy_ns = ns_of_ticks(ticks.busy);
		conditions->cpu_idle_ns = ns_of_ticks(ticks.idle);
		conditions->cpu_steal_ns = ns_of_ticks(ticks.steal);
	}
	if (self != NULL && process_ticks_parse(self, &own)) {
		struct processes processes = {0};

		linux_each(root, "/proc", "", visit_process, &processes);
		conditions->own_cpu_ns = ns_of_ticks(process_ticks_of_tree(processes.items, processes.count, own.pid));
		free(processes.items);
	}
	free(stat);
	free(self);
}
