/*
 * Cores from /sys/devices. A core with several threads is several processors;
 * the first of them stands for the core.
 */
#include <stdlib.h>

#include "base/text.h"
#include "machine/cpu_list.h"
#include "machine/linux.h"
#include "machine/proc_text.h"

static char *cpu_file(const char *root, long cpu, const char *name)
{
	char *path = text_format("/sys/devices/system/cpu/cpu%ld/%s", cpu, name);
	char *text = linux_file(root, path);

	free(path);
	return text;
}

/* Whether the processor stands for its core; *known turns false when the kernel does not tell. */
static bool is_core(const char *root, long cpu, bool *known)
{
	char *siblings = cpu_file(root, cpu, "topology/core_cpus_list");
	bool first;

	if (siblings == NULL) /* its name before Linux 5.3 */
		siblings = cpu_file(root, cpu, "topology/thread_siblings_list");
	*known = *known && siblings != NULL;
	first = siblings != NULL && cpu_list_next(siblings, -1) == cpu;
	free(siblings);
	return first;
}

/* ARM: computing power, 1024 for the machine's strongest core. JSON_UNKNOWN where the kernel does not tell. */
static int64_t capacity(const char *root, long cpu)
{
	char *text = cpu_file(root, cpu, "cpu_capacity");
	int64_t value = text != NULL ? strtoll(text, NULL, 10) : JSON_UNKNOWN;

	free(text);
	return value;
}

/* Whether the processor is of the machine's fastest kind. Intel lists its slow ones, `slow` (NULL elsewhere). */
static bool is_fast(const char *root, long cpu, const char *slow, int64_t greatest)
{
	return slow != NULL ? !cpu_list_has(slow, cpu) : capacity(root, cpu) == greatest;
}

static int64_t greatest_capacity(const char *root, const char *online)
{
	int64_t greatest = JSON_UNKNOWN;

	for (long cpu = cpu_list_next(online, -1); cpu >= 0; cpu = cpu_list_next(online, cpu)) {
		int64_t value = capacity(root, cpu);

		if (value > greatest)
			greatest = value;
	}
	return greatest;
}

void topology_linux(const char *root, struct machine_identity *identity)
{
	char *online = linux_file(root, "/sys/devices/system/cpu/online");
	char *slow = linux_file(root, "/sys/devices/cpu_atom/cpus");
	int64_t logical = 0, physical = 0, fast = 0, greatest;
	bool known = true;

	if (online != NULL) {
		greatest = greatest_capacity(root, online);
		for (long cpu = cpu_list_next(online, -1); cpu >= 0; cpu = cpu_list_next(online, cpu)) {
			bool core = is_core(root, cpu, &known);

			logical++;
			physical += core;
			fast += core && is_fast(root, cpu, slow, greatest);
		}
	}
	if (logical > 0)
		identity->logical_cores = logical;
	if (logical > 0 && known) {
		identity->physical_cores = physical;
		if (fast < physical) { /* cores of one kind are not divided */
			identity->performance_cores = fast;
			identity->efficiency_cores = physical - fast;
		}
	}
	free(online);
	free(slow);
}
