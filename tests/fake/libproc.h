/*
 * The names of macOS' <libproc.h> that src/machine uses; see mach/mach.h.
 */
#ifndef FAKE_LIBPROC_H
#define FAKE_LIBPROC_H

#include <stdint.h>
#include <sys/types.h>

#define PROC_PIDT_SHORTBSDINFO 13
#define RUSAGE_INFO_V4         4

#define PROC_PIDLISTFDS      1
#define PROC_PIDFDSOCKETINFO 3
#define PROX_FDTYPE_SOCKET   2
#define SOCKINFO_TCP         2
#define TSI_S_LISTEN         1

struct proc_bsdshortinfo {
	uint32_t pbsi_pid, pbsi_ppid;
	char pbsi_comm[16];
};

struct rusage_info_v4 {
	uint64_t ri_user_time, ri_system_time, ri_child_user_time, ri_child_system_time;
	uint64_t ri_pageins, ri_child_pageins;
	uint64_t ri_resident_size, ri_phys_footprint, ri_lifetime_max_phys_footprint;
	uint64_t ri_proc_start_abstime;
};

struct proc_fdinfo {
	int32_t proc_fd;
	uint32_t proc_fdtype;
};

struct socket_fdinfo {
	struct {
		int soi_kind;
		struct {
			struct {
				struct {
					int insi_lport;
				} tcpsi_ini;
				int tcpsi_state;
			} pri_tcp;
		} soi_proto;
	} psi;
};

typedef void *rusage_info_t;

int proc_listallpids(void *pids, int bytes);
int proc_pidinfo(int pid, int flavor, uint64_t argument, void *info, int bytes);
int proc_pidfdinfo(int pid, int descriptor, int flavor, void *info, int bytes);
int proc_pid_rusage(int pid, int flavor, rusage_info_t *usage);

#endif
