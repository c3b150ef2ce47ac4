/*
 * Conditions from /proc and /sys. Any of these files may be missing: a virtual
 * machine has hardly one of them.
 */
#include "machine/conditions_linux.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/condition_names.h"
#include "machine/linux.h"
#include "machine/meminfo.h"
#include "machine/proc_text.h"

void linux_each(const char *root, const char *path, const char *prefix,
                void (*visit)(const char *root, const char *path, void *context), void *context)
{
	char *folder = text_format("%s%s", root, path);
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.' && text_starts_with(entries[i]->d_name, prefix)) {
			char *entry = text_format("%s/%s", path, entries[i]->d_name);

			visit(root, entry, context);
			free(entry);
		}
		free(entries[i]);
	}
	free(entries);
	free(folder);
}

void linux_word(const char *root, const char *folder, const char *name, char word[CONDITION_WORD])
{
	char *path = text_format("%s/%s", folder, name);
	char *text = linux_file(root, path);
	size_t length = text != NULL ? strcspn(text, "\n") : 0;

	word[0] = '\0';
	if (text != NULL && length < CONDITION_WORD) {
		memcpy(word, text, length);
		word[length] = '\0';
	}
	free(text);
	free(path);
}

int64_t linux_integer(const char *word)
{
	char *after;
	long long number;

	errno = 0;
	number = strtoll(word, &after, 10);
	return after != word && *after == '\0' && errno == 0 ? number : JSON_UNKNOWN;
}

int64_t linux_number(const char *root, const char *folder, const char *name)
{
	char word[CONDITION_WORD];

	linux_word(root, folder, name, word);
	return linux_integer(word);
}

/* --- Frequency --- */

static void visit_policy(const char *root, const char *path, void *context)
{
	struct machine_conditions *conditions = context;
	char word[CONDITION_WORD];

	linux_word(root, path, "scaling_driver", word);
	conditions_add_word(conditions->cpu_driver, word);
	linux_word(root, path, "scaling_governor", word);
	conditions_add_word(conditions->cpu_governor, word);
	linux_word(root, path, "energy_performance_preference", word);
	conditions_add_word(conditions->cpu_energy_preference, word);
}

static void frequency_linux(const char *root, struct machine_conditions *conditions)
{
	linux_each(root, "/sys/devices/system/cpu/cpufreq", "policy", visit_policy, conditions);
}

/* --- Memory --- */

static int64_t times(int64_t count, int64_t unit)
{
	return count == JSON_UNKNOWN || count > INT64_MAX / unit ? JSON_UNKNOWN : count * unit;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123": microseconds in which at least one task waited. */
int64_t pressure_stalled_ns(const char *pressure)
{
	const char *total = text_starts_with(pressure, "some ") ? strstr(pressure, "total=") : NULL;

	return times(total != NULL ? proc_integer(total, "total") : JSON_UNKNOWN, NS_PER_US);
}

static void memory_linux(const char *root, struct machine_conditions *conditions)
{
	char *meminfo = linux_file(root, "/proc/meminfo");
	char *vmstat = linux_file(root, "/proc/vmstat");
	char *pressure = linux_file(root, "/proc/pressure/memory");
	struct memory_reading reading;

	if (meminfo != NULL) {
		meminfo_reading(meminfo, &reading);
		conditions->swap_used_bytes = reading.swap_used_bytes;
	}
	if (vmstat != NULL) {
		int64_t page_bytes = sysconf(_SC_PAGESIZE);

		conditions->swapped_in_bytes = times(proc_integer(vmstat, "pswpin"), page_bytes);
		conditions->swapped_out_bytes = times(proc_integer(vmstat, "pswpout"), page_bytes);
	}
	if (pressure != NULL)
		conditions->memory_stalled_ns = pressure_stalled_ns(pressure);
	free(meminfo);
	free(vmstat);
	free(pressure);
}

const struct condition_source condition_sources[] = {
    {"power supply", power_linux},
    {"heat", heat_linux},
    {"CPU frequency policy", frequency_linux},
    {"CPU time of all and of our own processes", cpu_time_linux},
    {"swap and memory pressure", memory_linux},
    {NULL, NULL},
};
