#include "machine/cpu_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* No machine has counted more since it was started; many of them add up within int64_t. */
#define NUMBER_MAX (INT64_MAX >> 16)

/* Up to `limit` numbers that are not negative, with blanks between them; returns how many there are. */
static size_t read_numbers(const char *text, int64_t *numbers, size_t limit)
{
	size_t count = 0;

	while (count < limit) {
		char *after;
		long long number;

		errno = 0;
		number = strtoll(text, &after, 10);
		if (after == text || errno != 0 || number < 0 || number > NUMBER_MAX)
			break;
		text = after;
		numbers[count++] = number;
	}
	return count;
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guest is part of user, and so is left out. */
bool cpu_ticks_parse(const char *stat, struct cpu_ticks *ticks)
{
	enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, COUNT };
	int64_t t[COUNT] = {0};

	if (!text_starts_with(stat, "cpu ") || read_numbers(stat + strlen("cpu "), t, COUNT) <= IDLE)
		return false;
	*ticks = (struct cpu_ticks){
	    .busy = t[USER] + t[NICE] + t[SYSTEM] + t[IRQ] + t[SOFTIRQ],
	    .idle = t[IDLE] + t[IOWAIT],
	    .steal = t[STEAL],
	};
	return true;
}

/* Behind `count` more blanks; NULL when there are fewer. */
static const char *skip_fields(const char *at, int count)
{
	for (; count > 0 && at != NULL; count--)
		at = strchr(at + 1, ' ');
	return at;
}

/* "pid (name) state ppid pgrp session tty_nr tpgid flags …", where tpgid, priority and nice may be negative. */
bool process_ticks_parse(const char *stat, struct process_ticks *process)
{
	enum { FLAGS, MINFLT, CMINFLT, MAJFLT, CMAJFLT, UTIME, STIME, CUTIME, CSTIME, COUNT };
	const char *at = strrchr(stat, ')');
	int64_t t[COUNT];

	if (at == NULL || at[1] != ' ' || at[2] == '\0' || read_numbers(stat, &process->pid, 1) != 1)
		return false;
	at += 3;
	if (read_numbers(at, &process->parent, 1) != 1)
		return false;
	at = skip_fields(at, 5);
	if (at == NULL || read_numbers(at, t, COUNT) != COUNT)
		return false;
	at = skip_fields(at, COUNT + 4); /* behind priority, nice, num_threads and itrealvalue */
	if (at == NULL || read_numbers(at, &process->started, 1) != 1)
		return false;
	process->ticks = t[UTIME] + t[STIME] + t[CUTIME] + t[CSTIME];
	process->major_faults = t[MAJFLT] + t[CMAJFLT];
	return true;
}

static void swap(struct process_ticks *a, struct process_ticks *b)
{
	struct process_ticks kept = *a;

	*a = *b;
	*b = kept;
}

/* processes[0, members) are the tree as far as it is known. */
static bool is_child(const struct process_ticks *processes, size_t members, const struct process_ticks *process)
{
	for (size_t i = 0; i < members; i++)
		if (processes[i].pid == process->parent)
			return true;
	return false;
}

size_t process_family(struct process_ticks *processes, size_t count, int64_t root)
{
	size_t members = 0, before;

	for (size_t i = 0; i < count && members == 0; i++)
		if (processes[i].pid == root)
			swap(&processes[members++], &processes[i]);
	do {
		before = members;
		for (size_t i = members; i < count; i++)
			if (is_child(processes, members, &processes[i]))
				swap(&processes[members++], &processes[i]);
	} while (members > before);
	return members;
}

int64_t process_ticks_of_tree(struct process_ticks *processes, size_t count, int64_t root)
{
	size_t members = process_family(processes, count, root);
	int64_t sum = 0;

	for (size_t i = 0; i < members; i++)
		sum += processes[i].ticks;
	return members > 0 ? sum : JSON_UNKNOWN;
}
