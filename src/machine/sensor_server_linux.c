/*
 * The server's processes from /proc (reference: sampling.md §4.3). One pass
 * over all processes finds them, 8 µs each, so that is done at edges of phases,
 * when one of them is gone, and every few readings; in between each of them is
 * asked, 30 µs. Proportional sizes walk page tables under the lock that the
 * server needs for its own mappings, milliseconds for each GiB: only at edges.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "machine/cpu_time.h"
#include "machine/peaks.h"
#include "machine/proc_files.h"
#include "machine/proc_text.h"
#include "machine/sensors.h"

enum {
	EACH_MAX = 8192,   /* of the machine */
	FILE_BYTES = 4096, /* the longest file that is read has 1.5 KB */
	PATH_BYTES = 512,
	SEARCH_EACH = 5, /* readings */
};

#define KIB INT64_C(1024)

struct server_sensor {
	struct sensor base;
	char root[PATH_BYTES - 64];
	int64_t leader, leader_started;
	int64_t tick_ns;
	struct process_ticks family[SERVER_FAMILY_MAX];
	size_t family_count;
	bool whole; /* all of them are in `family`: a server with more processes is not seen at all */
	struct server_family *told;
	struct process_peaks peaks;
	int readings_since_search;
	struct process_ticks each[EACH_MAX]; /* while it searches */
	size_t each_count;
};

static bool read_file(const struct server_sensor *sensor, int64_t pid, const char *name, char text[FILE_BYTES])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/proc/%lld/%s", sensor->root, (long long)pid, name);
	return proc_read(path, text, FILE_BYTES);
}

static bool read_ticks(const struct server_sensor *sensor, int64_t pid, struct process_ticks *process)
{
	char text[FILE_BYTES];

	return read_file(sensor, pid, "stat", text) && process_ticks_parse(text, process);
}

/* One process of the machine; one that ended since the folder was read is left out. */
static bool add_one(long long pid, void *context)
{
	struct server_sensor *sensor = context;

	if (read_ticks(sensor, pid, &sensor->each[sensor->each_count]))
		sensor->each_count++;
	return sensor->each_count < EACH_MAX;
}

/* All of them; 0 when there are too many, or /proc cannot be read. */
static size_t list_each(struct server_sensor *sensor)
{
	char path[PATH_BYTES];

	sensor->each_count = 0;
	snprintf(path, sizeof(path), "%s/proc", sensor->root);
	proc_each(path, add_one, sensor);
	return sensor->each_count < EACH_MAX ? sensor->each_count : 0;
}

/* The leader and all that descend from it; none once the leader is gone or another process has its number. */
static void search(struct server_sensor *sensor)
{
	size_t count = list_each(sensor);
	size_t members = process_family(sensor->each, count, sensor->leader);

	sensor->family_count = 0;
	sensor->readings_since_search = 0;
	sensor->whole =
	    members > 0 && members <= SERVER_FAMILY_MAX && sensor->each[0].started == sensor->leader_started;
	for (size_t i = 0; sensor->whole && i < members; i++) {
		sensor->told->pids[i] = sensor->each[i].pid;
		sensor->family[sensor->family_count++] = sensor->each[i];
	}
	sensor->told->count = sensor->family_count;
}

static int64_t kib(const char *text, const char *key)
{
	int64_t value = proc_integer(text, key);

	return value == JSON_UNKNOWN ? JSON_UNKNOWN : value * KIB;
}

static void add_status(struct server_sensor *sensor, const struct process_ticks *process, const char *text,
                       struct sample *into)
{
	int64_t file = kib(text, "RssFile");

	sample_add(&into->server_resident_bytes, kib(text, "RssAnon"));
	sample_add(&into->server_resident_bytes, kib(text, "RssShmem"));
	sample_add(&into->server_resident_bytes, file);
	sample_add(&into->server_file_bytes, file);
	sample_add(&into->server_swap_bytes, kib(text, "VmSwap"));
	sample_add(&into->server_peak_bytes,
	           process_peaks_add(&sensor->peaks, process, kib(text, "VmHWM"), kib(text, "VmRSS")));
}

static void add_proportional(const struct server_sensor *sensor, int64_t pid, char text[FILE_BYTES],
                             struct sample *into)
{
	if (!read_file(sensor, pid, "smaps_rollup", text))
		return; /* another user's, or an old kernel */
	sample_add(&into->server_pss_bytes, kib(text, "Pss"));
	sample_add(&into->server_pss_file_bytes, kib(text, "Pss_File"));
}

/* False: it is gone. */
static bool add_process(struct server_sensor *sensor, const struct process_ticks *known, bool edge, struct sample *into)
{
	char text[FILE_BYTES];
	struct process_ticks now;

	if (!read_ticks(sensor, known->pid, &now) || now.started != known->started ||
	    !read_file(sensor, known->pid, "status", text))
		return false;
	add_status(sensor, &now, text, into);
	sample_add(&into->server_cpu_ns, now.ticks * sensor->tick_ns);
	sample_add(&into->server_major_faults, now.major_faults);
	if (edge)
		add_proportional(sensor, known->pid, text, into);
	return true;
}

static bool add_family(struct server_sensor *sensor, bool edge, struct sample *into)
{
	for (size_t i = 0; i < sensor->family_count; i++)
		if (!add_process(sensor, &sensor->family[i], edge, into))
			return false;
	return sensor->whole;
}

/* A sum over a family of which one is missing is no figure. */
static void forget(struct sample *sample)
{
	sample->server_resident_bytes = sample->server_file_bytes = sample->server_swap_bytes = JSON_UNKNOWN;
	sample->server_peak_bytes = sample->server_pss_bytes = sample->server_pss_file_bytes = JSON_UNKNOWN;
	sample->server_cpu_ns = sample->server_major_faults = JSON_UNKNOWN;
}

static void server_read(struct sensor *base, bool edge, struct sample *into)
{
	struct server_sensor *sensor = (struct server_sensor *)base;

	if (edge || ++sensor->readings_since_search >= SEARCH_EACH)
		search(sensor);
	for (int tries = 0; !add_family(sensor, edge, into); tries++) {
		forget(into);
		if (tries == 2 || !sensor->whole)
			return;
		search(sensor);
	}
	sensor->peaks.begun = true;
}

static void server_close(struct sensor *base)
{
	free(base);
}

struct sensor *sensor_open_server(const struct sensor_context *context, struct text *why)
{
	struct server_sensor *sensor;
	struct process_ticks leader;

	if (context->server_pid == 0) {
		text_add(why, "the server's process is not known");
		return NULL;
	}
	sensor = memory_new(1, sizeof(*sensor));
	sensor->base = (struct sensor){server_read, server_close};
	snprintf(sensor->root, sizeof(sensor->root), "%s", context->root);
	sensor->told = context->family;
	sensor->leader = context->server_pid;
	sensor->tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	if (!read_ticks(sensor, sensor->leader, &leader)) {
		text_addf(why, "process %lld is not visible", (long long)sensor->leader);
		free(sensor);
		return NULL;
	}
	sensor->leader_started = leader.started;
	search(sensor);
	return &sensor->base;
}
