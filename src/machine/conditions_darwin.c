/*
 * Conditions of a Mac, from what libSystem tells. None of these questions is
 * rationed by the kernel as host_statistics64 is, which is why pages swapped in
 * and out are left unknown: the memory source needs its few answers.
 */
#include <stdlib.h>
#include <unistd.h>

#include <libproc.h>
#include <mach/mach.h>
#include <sys/sysctl.h>

#include "base/memory.h"
#include "machine/conditions_darwin.h"
#include "machine/cpu_time.h"
#include "machine/cpu_time_darwin.h"
#include "machine/power_darwin.h"
#include "machine/sysctl_darwin.h"

/* The state of a name; false when the system refuses. A name that nobody sets has state 0. */
static bool notified_state(const char *name, uint64_t *state)
{
	bool told;
	int token;

	if (notify_register_check(name, &token) != NOTIFY_OK)
		return false;
	told = notify_get_state(token, state) == NOTIFY_OK;
	notify_cancel(token);
	return told;
}

/* enum OSThermalPressureLevel of macOS in <libkern/OSThermalNotification.h>. */
enum thermal_state thermal_state_of_pressure(uint64_t level)
{
	static const enum thermal_state states[] = {THERMAL_NOMINAL, THERMAL_FAIR, THERMAL_SERIOUS, THERMAL_CRITICAL,
	                                            THERMAL_CRITICAL};

	return level < sizeof(states) / sizeof(states[0]) ? states[level] : THERMAL_UNKNOWN;
}

static void heat_darwin(const char *root, struct machine_conditions *conditions)
{
	uint64_t level;

	(void)root;
	if (notified_state(THERMAL_NOTIFICATION, &level))
		conditions->thermal_state = thermal_state_of_pressure(level);
}

/* The notification's state tells only that the mode is on: it may not be set by this version of macOS. */
static void power_darwin(const char *root, struct machine_conditions *conditions)
{
	uint64_t low_power;

	(void)root;
	power_read_darwin(conditions);
	conditions->low_power_mode = low_power_mode_darwin();
	if (notified_state(LOW_POWER_NOTIFICATION, &low_power) && low_power != 0)
		conditions->low_power_mode = LOW_POWER_ON;
}

void memory_darwin(const char *root, struct machine_conditions *conditions)
{
	struct xsw_usage usage;
	size_t size = sizeof(usage);

	(void)root;
	if (sysctlbyname("vm.swapusage", &usage, &size, NULL, 0) == 0 && size == sizeof(usage))
		conditions->swap_used_bytes = (int64_t)usage.xsu_used;
	switch (sysctl_integer("kern.memorystatus_vm_pressure_level")) {
	case 1:
		conditions->memory_pressure = PRESSURE_NORMAL;
		break;
	case 2:
		conditions->memory_pressure = PRESSURE_WARNING;
		break;
	case 4:
		conditions->memory_pressure = PRESSURE_CRITICAL;
		break;
	default:
		break;
	}
}

/* --- CPU time --- */

/* Processes of other users are listed, but their times are not told: they are none of ours, so 0 does no harm. */
static bool read_process(pid_t pid, struct process_ticks *process)
{
	struct proc_bsdshortinfo info;
	struct rusage_info_v4 usage;

	if (proc_pidinfo(pid, PROC_PIDT_SHORTBSDINFO, 0, &info, sizeof(info)) != sizeof(info))
		return false;
	*process = (struct process_ticks){.pid = pid, .parent = info.pbsi_ppid};
	if (proc_pid_rusage(pid, RUSAGE_INFO_V4, (rusage_info_t *)&usage) == 0)
		process->ticks = mach_units_ns(usage.ri_user_time + usage.ri_system_time + usage.ri_child_user_time +
		                               usage.ri_child_system_time);
	return true;
}

static void cpu_time_darwin(const char *root, struct machine_conditions *conditions)
{
	enum { SPARE = 64 }; /* processes that begin between the two questions */
	host_t host = mach_host_self();
	int limit = proc_listallpids(NULL, 0) + SPARE;
	pid_t *pids = memory_new((size_t)limit, sizeof(*pids));
	struct process_ticks *processes = memory_new((size_t)limit, sizeof(*processes));
	int count = proc_listallpids(pids, limit * (int)sizeof(*pids));
	size_t known = 0;

	(void)root;
	processor_times(host, &conditions->cpu_busy_ns, &conditions->cpu_idle_ns);
	mach_port_deallocate(mach_task_self(), host);
	for (int i = 0; i < count; i++)
		known += read_process(pids[i], &processes[known]);
	conditions->own_cpu_ns = process_ticks_of_tree(processes, known, getpid());
	free(processes);
	free(pids);
}

const struct condition_source condition_sources[] = {
    {"power supply and mode", power_darwin},
    {"thermal pressure", heat_darwin},
    {"CPU time of all and of our own processes", cpu_time_darwin},
    {"swap and memory pressure", memory_darwin},
    {NULL, NULL},
};
