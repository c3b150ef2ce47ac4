/*
 * The text files of Linux, read on every system: memory, control groups, lists
 * of processors, CPU time, GPUs' clients, sockets. No figure is negative, and
 * what is read twice is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "machine/cgroup.h"
#include "machine/cpu_list.h"
#include "machine/cpu_time.h"
#include "machine/drm_client.h"
#include "machine/meminfo.h"
#include "machine/proc_text.h"
#include "machine/sockets.h"

enum { SIZE_MAX_BYTES = 1 << 13, STEPS = 300, SOCKETS = 8, PROCESSES = 16 };

static bool is_known_or_not_negative(int64_t value)
{
	return value >= 0 || value == JSON_UNKNOWN;
}

static void try_meminfo(char *text)
{
	struct memory_reading reading;

	meminfo_reading(text, &reading);
	must(is_known_or_not_negative(reading.used_bytes) && is_known_or_not_negative(reading.total_bytes) &&
	         is_known_or_not_negative(reading.swap_used_bytes),
	     "memory is not negative");
}

/* A key, and the text behind it. */
static void try_text(char *text)
{
	char *lines = text + strcspn(text, "\n"), *string;

	if (*lines == '\0')
		return;
	*lines++ = '\0';
	must(is_known_or_not_negative(proc_integer(lines, text)), "a number is not negative");
	string = proc_string(lines, text);
	must(string == NULL || *string != '\0', "a string is not empty");
	free(string);
}

/* /proc/self/cgroup, a line "---", /proc/self/mountinfo. */
static void try_cgroup(char *text)
{
	char *mark = strstr(text, "\n---\n");
	struct cgroup_place place;

	if (mark == NULL)
		return;
	mark[1] = '\0';
	place = cgroup_locate(text, mark + strlen("\n---\n"));
	must(place.mount == NULL || place.path != NULL, "a mounted group has a path");
	while (place.path != NULL && cgroup_go_up(place.path))
		continue;
	cgroup_place_release(&place);
}

/* A limit, then usage, inactive pages and swap, a line each. */
static void try_cgroup_numbers(char *text)
{
	struct memory_reading reading;
	struct cgroup_counts counts;
	int64_t *members[] = {&counts.limit_bytes, &counts.usage_bytes, &counts.inactive_file_bytes,
	                      &counts.swap_bytes};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		*members[i] = cgroup_number(text);
		must(is_known_or_not_negative(*members[i]), "a number of a group is not negative");
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	cgroup_reading(&counts, &reading);
	must(is_known_or_not_negative(reading.used_bytes), "memory of a group is not negative");
}

static void try_cpu_list(char *text)
{
	long cpu = -1;

	for (int step = 0; step < STEPS; step++) {
		long next = cpu_list_next(text, cpu);

		if (next < 0)
			break;
		must(next > cpu, "processors ascend");
		must(cpu_list_has(text, next), "the list has its processors");
		cpu = next;
	}
}

static void try_cpu_time(char *text)
{
	struct cpu_ticks ticks;

	if (cpu_ticks_parse(text, &ticks))
		must(ticks.busy >= 0 && ticks.idle >= 0 && ticks.steal >= 0, "times are not negative");
}

/* Lines of /proc/PID/stat. */
static void try_processes(char *text)
{
	struct process_ticks processes[PROCESSES];
	size_t count = 0, family;

	for (char *line = text; line != NULL && count < PROCESSES;) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end++ = '\0';
		if (process_ticks_parse(line, &processes[count])) {
			must(processes[count].ticks >= 0 && processes[count].major_faults >= 0,
			     "figures of a process are not negative");
			count++;
		}
		line = end;
	}
	if (count == 0)
		return;
	family = process_family(processes, count, processes[count - 1].pid);
	must(family >= 1 && family <= count, "a process is of its family");
	must(is_known_or_not_negative(process_ticks_of_tree(processes, count, processes[0].pid)),
	     "times of a family are not negative");
}

/* Two readings, the second behind a line "---". */
static void try_drm(char *text)
{
	char *mark = strstr(text, "\n---\n");
	struct drm_client before, now;

	if (mark != NULL)
		*mark = '\0';
	if (!drm_client_parse(text, &before))
		return;
	must(is_known_or_not_negative(before.engine_ns) && is_known_or_not_negative(before.bytes),
	     "figures of a client are not negative");
	must(drm_client_is_same(&before, &before), "a client is itself");
	if (mark != NULL && drm_client_parse(mark + strlen("\n---\n"), &now))
		must(drm_client_spent_ns(&before, &now, 1000000000) >= 0, "engine time is not negative");
}

static void try_sockets(char *text)
{
	unsigned long sockets[SOCKETS];

	must(sockets_listening(text, 11434, sockets, SOCKETS) <= SOCKETS, "there are no more than asked for");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static void (*const tries[])(char *) = {try_meminfo,        try_text,     try_cgroup,
	                                        try_cgroup_numbers, try_cpu_list, try_cpu_time,
	                                        try_processes,      try_drm,      try_sockets};
	struct feed feed = feed_of(bytes, size);
	size_t chosen = feed_choose(&feed, sizeof(tries) / sizeof(tries[0]));
	char *text;

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	text = feed_string(&feed);
	tries[chosen](text);
	free(text);
	return 0;
}
