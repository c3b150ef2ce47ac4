/*
 * Every process is asked for its descriptors, and each socket among them for
 * what it is; processes of other users tell nothing.
 */
#include "machine/listener.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libproc.h>

#include "base/memory.h"
#include "machine/listeners.h"

enum { HOLDERS_MAX = 64, SPARE = 64 /* what is new between two questions */ };

static bool is_listener(pid_t pid, int descriptor, int port)
{
	struct socket_fdinfo info;

	return proc_pidfdinfo(pid, descriptor, PROC_PIDFDSOCKETINFO, &info, sizeof(info)) == sizeof(info) &&
	       info.psi.soi_kind == SOCKINFO_TCP && info.psi.soi_proto.pri_tcp.tcpsi_state == TSI_S_LISTEN &&
	       ntohs((uint16_t)info.psi.soi_proto.pri_tcp.tcpsi_ini.insi_lport) == port;
}

static bool holds(pid_t pid, int port)
{
	int bytes = proc_pidinfo(pid, PROC_PIDLISTFDS, 0, NULL, 0) + SPARE * (int)sizeof(struct proc_fdinfo);
	struct proc_fdinfo *descriptors = memory_new(1, (size_t)bytes);
	int count = proc_pidinfo(pid, PROC_PIDLISTFDS, 0, descriptors, bytes) / (int)sizeof(*descriptors);
	bool found = false;

	for (int i = 0; i < count && !found; i++)
		found =
		    descriptors[i].proc_fdtype == PROX_FDTYPE_SOCKET && is_listener(pid, descriptors[i].proc_fd, port);
	free(descriptors);
	return found;
}

int64_t machine_listener_pid(int port)
{
	int limit = proc_listallpids(NULL, 0) + SPARE;
	pid_t *pids = memory_new((size_t)limit, sizeof(*pids));
	struct process_ticks *each = memory_new((size_t)limit, sizeof(*each));
	int count = proc_listallpids(pids, limit * (int)sizeof(*pids));
	int64_t holders[HOLDERS_MAX], pid;
	size_t each_count = 0, holder_count = 0;
	bool forwards = false;

	for (int i = 0; i < count; i++) {
		struct proc_bsdshortinfo info;

		if (proc_pidinfo(pids[i], PROC_PIDT_SHORTBSDINFO, 0, &info, sizeof(info)) != sizeof(info))
			continue;
		each[each_count++] = (struct process_ticks){.pid = pids[i], .parent = info.pbsi_ppid};
		if (holder_count == HOLDERS_MAX || !holds(pids[i], port))
			continue;
		holders[holder_count++] = pids[i];
		forwards = forwards || listener_forwards(info.pbsi_comm);
	}
	pid = forwards ? 0 : listener_leader(holders, holder_count, each, each_count);
	free(each);
	free(pids);
	return pid;
}
