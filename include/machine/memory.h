/*
 * Used memory of the system.
 *
 * macOS: used = (internal − purgeable) + wired + compressor pages, the parts
 * that Activity Monitor shows; total = sysctl hw.memsize. The kernel answers
 * only a few questions a second of all programs together: three readings at
 * once, and two a second in the long run, ask it; others repeat the last one and
 * say that they are stale, as does an answer that equals the one before.
 *
 * Linux: used = MemTotal − MemAvailable, total = MemTotal; when a control group
 * limits this process to less, used = the group's usage less inactive file
 * pages, total = the limit, swap = the group's. A managed server is in the same
 * group, unless the command that starts it moves it (systemd-run): then its own
 * limit may differ, and is not seen.
 *
 * Simulated device: the two numbers that llmbench-sim keeps in a file, one line
 * "USED TOTAL\n".
 *
 * Reading is in memory_<system>.c; the arithmetic is portable (vm_counts,
 * meminfo, cgroup) and tested with recorded numbers.
 */
#ifndef MACHINE_MEMORY_H
#define MACHINE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"

struct memory_reading {
	int64_t used_bytes, total_bytes, swap_used_bytes; /* JSON_UNKNOWN where not told */
	int64_t compressed_bytes; /* of `used`, what the compressor occupies (macOS); likewise */
	bool stale;               /* the kernel repeated an old answer */
};

/*
 * How many processes the system has killed since it started, because it had no
 * memory left (Linux: oom_kill of /proc/vmstat, of all control groups).
 * JSON_UNKNOWN where it does not tell. root: "" for this machine.
 */
int64_t machine_oom_kills(const char *root);

struct memory_source; /* an open source; read by one thread at a time */

/* simulated_file NULL: this machine. NULL is never returned; a source that cannot read says unknown. */
struct memory_source *memory_open(const char *simulated_file);
void memory_close(struct memory_source *source);

/* No allocation. */
void memory_read(struct memory_source *source, struct memory_reading *reading);

/* The definition of "used" that readings of this source follow, for reports. Static. */
const char *memory_definition(const struct memory_source *source);

/* Whether "used" leaves out pages of mapped files that are in use, as MemAvailable does: weights may be such. */
bool memory_is_without_files(const struct memory_source *source);

#endif
