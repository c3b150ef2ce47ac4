/*
 * The names of macOS' <libproc.h> that src/machine uses; see mach/mach.h.
 */
#ifndef FAKE_LIBPROC_H
#define FAKE_LIBPROC_H

#include <stdint.h>
#include <sys/types.h>

#define PROC_PIDT_SHORTBSDINFO 13
#define RUSAGE_INFO_V4         4

struct proc_bsdshortinfo {
	uint32_t pbsi_pid, pbsi_ppid;
};

struct rusage_info_v4 {
	uint64_t ri_user_time, ri_system_time, ri_child_user_time, ri_child_system_time;
};

typedef void *rusage_info_t;

int proc_listallpids(void *pids, int bytes);
int proc_pidinfo(int pid, int flavor, uint64_t argument, void *info, int bytes);
int proc_pid_rusage(int pid, int flavor, rusage_info_t *usage);

#endif
