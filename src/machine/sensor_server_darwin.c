/*
 * The server's processes from libproc (reference: sampling.md §2). One pass
 * over all processes finds them: at edges of phases, when one of them is gone,
 * and every few readings; in between each of them is asked. Processes of other
 * users are listed, but tell nothing of themselves.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libproc.h>

#include "base/memory.h"
#include "machine/cpu_time.h"
#include "machine/cpu_time_darwin.h"
#include "machine/peaks.h"
#include "machine/sensors.h"

enum {
	EACH_MAX = 8192, /* of the machine */
	SEARCH_EACH = 5, /* readings */
};

struct server_sensor {
	struct sensor base;
	int64_t leader, leader_started;
	struct process_ticks family[SERVER_FAMILY_MAX];
	size_t family_count;
	bool whole; /* all of them are in `family`: a server with more processes is not seen at all */
	struct server_family *told;
	struct process_peaks peaks;
	int readings_since_search;
	pid_t pids[EACH_MAX]; /* while it searches, as is `each` */
	struct process_ticks each[EACH_MAX];
};

/* False: it is gone, or another user's. */
static bool ask_usage(int64_t pid, struct rusage_info_v4 *usage)
{
	return proc_pid_rusage((int)pid, RUSAGE_INFO_V4, (rusage_info_t *)usage) == 0;
}

/* All processes of the machine; 0 when there are too many, or they are not told. */
static size_t list_each(struct server_sensor *sensor)
{
	int listed = proc_listallpids(sensor->pids, sizeof(sensor->pids));
	size_t count = 0;

	if (listed >= EACH_MAX)
		return 0;
	for (int i = 0; i < listed; i++) {
		struct proc_bsdshortinfo info;

		if (proc_pidinfo(sensor->pids[i], PROC_PIDT_SHORTBSDINFO, 0, &info, sizeof(info)) == sizeof(info))
			sensor->each[count++] = (struct process_ticks){.pid = info.pbsi_pid, .parent = info.pbsi_ppid};
	}
	return count;
}

/* The leader and all that descend from it; none once the leader is gone or another process has its number. */
static void search(struct server_sensor *sensor)
{
	size_t members = process_family(sensor->each, list_each(sensor), sensor->leader);

	sensor->family_count = 0;
	sensor->readings_since_search = 0;
	sensor->whole = members > 0 && members <= SERVER_FAMILY_MAX;
	for (size_t i = 0; sensor->whole && i < members; i++) {
		struct process_ticks *member = &sensor->family[sensor->family_count];
		struct rusage_info_v4 usage;

		*member = sensor->each[i];
		if (!ask_usage(member->pid, &usage)) {
			sensor->whole = errno == ESRCH && i > 0; /* it has just ended, or it tells nothing */
			continue;
		}
		member->started = (int64_t)usage.ri_proc_start_abstime;
		sensor->whole = i > 0 || member->started == sensor->leader_started;
		sensor->told->pids[sensor->family_count++] = member->pid;
	}
	if (!sensor->whole)
		sensor->family_count = 0;
	sensor->told->count = sensor->family_count;
}

static void add_usage(struct server_sensor *sensor, const struct process_ticks *process,
                      const struct rusage_info_v4 *usage, struct sample *into)
{
	sample_add(&into->server_resident_bytes, (int64_t)usage->ri_resident_size);
	sample_add(&into->server_footprint_bytes, (int64_t)usage->ri_phys_footprint);
	sample_add(&into->server_peak_bytes,
	           process_peaks_add(&sensor->peaks, process, (int64_t)usage->ri_lifetime_max_phys_footprint,
	                             (int64_t)usage->ri_phys_footprint));
	sample_add(&into->server_major_faults, (int64_t)(usage->ri_pageins + usage->ri_child_pageins));
	sample_add(&into->server_cpu_ns, mach_units_ns(usage->ri_user_time + usage->ri_system_time +
	                                               usage->ri_child_user_time + usage->ri_child_system_time));
}

/* False: the family is not whole, or one of it is gone. */
static bool add_family(struct server_sensor *sensor, struct sample *into)
{
	for (size_t i = 0; i < sensor->family_count; i++) {
		struct rusage_info_v4 usage;

		if (!ask_usage(sensor->family[i].pid, &usage) ||
		    (int64_t)usage.ri_proc_start_abstime != sensor->family[i].started)
			return false;
		add_usage(sensor, &sensor->family[i], &usage, into);
	}
	return sensor->whole;
}

/* A sum over a family of which one is missing is no figure. */
static void forget(struct sample *sample)
{
	sample->server_resident_bytes = sample->server_footprint_bytes = sample->server_peak_bytes = JSON_UNKNOWN;
	sample->server_cpu_ns = sample->server_major_faults = JSON_UNKNOWN;
}

static void server_read(struct sensor *base, bool edge, struct sample *into)
{
	struct server_sensor *sensor = (struct server_sensor *)base;

	if (edge || ++sensor->readings_since_search >= SEARCH_EACH)
		search(sensor);
	for (int tries = 0; !add_family(sensor, into); tries++) {
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
	struct rusage_info_v4 usage;

	if (context->server_pid == 0) {
		text_add(why, "the server's process is not known");
		return NULL;
	}
	if (!ask_usage(context->server_pid, &usage)) {
		text_addf(why, "process %lld %s", (long long)context->server_pid,
		          errno == EPERM ? "is another user's" : "is not visible");
		return NULL;
	}
	sensor = memory_new(1, sizeof(*sensor));
	sensor->base = (struct sensor){server_read, server_close};
	sensor->told = context->family;
	sensor->leader = context->server_pid;
	sensor->leader_started = (int64_t)usage.ri_proc_start_abstime;
	search(sensor);
	return &sensor->base;
}
