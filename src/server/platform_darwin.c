#include "server/platform.h"

#include <libproc.h>
#include <mach-o/dyld.h>
#include <stdlib.h>
#include <sys/proc_info.h>
#include <unistd.h>

#include "base/memory.h"

/* More processes than a machine of this kind lets a user have. */
enum { PIDS_MAX = 16384 };

/*
 * proc_pidinfo() answers for processes of our user, which is what our
 * descendants are, and with "no such process" for zombies.
 */
void platform_each_process(void (*visit)(void *context, const struct process *process), void *context)
{
	pid_t pids[PIDS_MAX];
	int count = proc_listallpids(pids, (int)sizeof(pids));

	for (int i = 0; i < count && i < PIDS_MAX; i++) {
		struct proc_bsdinfo info;
		struct process process = {.pid = pids[i]};

		if (proc_pidinfo(pids[i], PROC_PIDTBSDINFO, 0, &info, (int)sizeof(info)) != (int)sizeof(info))
			continue;
		process.parent = (pid_t)info.pbi_ppid;
		process.group = (pid_t)info.pbi_pgid;
		process.session = getsid(pids[i]);
		process.started = info.pbi_start_tvsec * 1000000 + info.pbi_start_tvusec;
		visit(context, &process);
	}
}

void platform_adopt_orphans(void)
{
}

void platform_set_name(const char *name)
{
	(void)name;
}

void platform_signal_after_parent(int number)
{
	(void)number;
}

void platform_close_from(int first)
{
	for (int fd = first, limit = getdtablesize(); fd < limit; fd++)
		close(fd);
}

char *platform_own_path(void)
{
	char path[4096];
	uint32_t size = sizeof(path);

	return _NSGetExecutablePath(path, &size) == 0 ? realpath(path, NULL) : NULL;
}
