/*
 * The macOS sources of src/machine that ask for processes, on any system:
 * compiled into this test against the headers of tests/fake, with processes
 * that follow a script.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/listener_darwin.c"
#include "machine/sensor_server_darwin.c"

#include "machine/listener.h"
#include "tap.h"

enum { PROCESSES = 7, DESCRIPTORS = 3, CHILD = 502, LEADER = 500, NEW = 504 };

struct process {
	int pid, parent;
	const char *name;
	bool foreign, ended, listed; /* another user's; gone; but still listed */
	uint64_t started;
	struct rusage_info_v4 usage;
	int ports[DESCRIPTORS]; /* of its sockets that listen; 0: something else */
};

/* A server, its two runners, one of them its grandchild; another user's, and a stranger. */
static const struct process scripted[PROCESSES] = {
    {1, 0, "launchd", .foreign = true, .started = 1},
    {CHILD, 501, "llama-server", .started = 52,
     .usage = {.ri_user_time = 24,
               .ri_pageins = 7,
               .ri_resident_size = 3000,
               .ri_phys_footprint = 2000,
               .ri_lifetime_max_phys_footprint = 5000},
     .ports = {0, 50123, 0}},
    {LEADER, 1, "ollama", .started = 50,
     .usage = {.ri_user_time = 12,
               .ri_system_time = 6,
               .ri_child_user_time = 3,
               .ri_child_system_time = 3,
               .ri_pageins = 1,
               .ri_child_pageins = 2,
               .ri_resident_size = 100,
               .ri_phys_footprint = 50,
               .ri_lifetime_max_phys_footprint = 60},
     .ports = {0, 0, 11434}},
    {503, 1, "editor", .started = 53, .usage = {.ri_resident_size = 1 << 30}, .ports = {8080, 0, 0}},
    {501, LEADER, "ollama", .started = 51, .usage = {.ri_resident_size = 10}, .ports = {11434, 0, 0}},
    {505, LEADER, "ollama", .ended = true, .listed = true, .started = 55},
    {NEW, 501, "llama-server", .ended = true, .started = 54, .usage = {.ri_resident_size = 7}},
};
static struct process processes[PROCESSES];
static int listings;

static struct process *find(int pid)
{
	for (int i = 0; i < PROCESSES; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

int64_t mach_units_ns(uint64_t units)
{
	return (int64_t)units * 125 / 3;
}

/* One has ended since it was listed. */
int proc_listallpids(void *pids, int bytes)
{
	int count = 0;

	if (pids == NULL)
		return PROCESSES + 20;
	listings++;
	for (int i = 0; i < PROCESSES && (count + 1) * (int)sizeof(pid_t) <= bytes; i++)
		if (!processes[i].ended || processes[i].listed)
			((pid_t *)pids)[count++] = processes[i].pid;
	return count;
}

static int descriptors_of(const struct process *process, void *into, int bytes)
{
	const struct proc_fdinfo all[DESCRIPTORS] = {{3, 2}, {4, PROX_FDTYPE_SOCKET}, {5, PROX_FDTYPE_SOCKET}};
	struct proc_fdinfo *list = into;

	if (into == NULL)
		return sizeof(all);
	if (process->foreign || bytes < (int)sizeof(all))
		return 0;
	for (int i = 0; i < DESCRIPTORS; i++)
		list[i] = (struct proc_fdinfo){i, process->ports[i] != 0 ? PROX_FDTYPE_SOCKET : all[i].proc_fdtype};
	return sizeof(all);
}

int proc_pidinfo(int pid, int flavor, uint64_t argument, void *info, int bytes)
{
	const struct process *process = find(pid);
	struct proc_bsdshortinfo answer = {0};

	if (flavor == PROC_PIDLISTFDS)
		return descriptors_of(process, info, bytes);
	if (flavor != PROC_PIDT_SHORTBSDINFO || argument != 0 || bytes != sizeof(answer))
		return 0;
	answer.pbsi_pid = (uint32_t)pid;
	answer.pbsi_ppid = (uint32_t)process->parent;
	snprintf(answer.pbsi_comm, sizeof(answer.pbsi_comm), "%s", process->name);
	memcpy(info, &answer, sizeof(answer));
	return bytes;
}

int proc_pidfdinfo(int pid, int descriptor, int flavor, void *info, int bytes)
{
	int port = find(pid)->ports[descriptor];
	struct socket_fdinfo answer = {.psi.soi_kind = port != 0 ? SOCKINFO_TCP : 3};

	if (flavor != PROC_PIDFDSOCKETINFO || bytes != sizeof(answer))
		return 0;
	answer.psi.soi_proto.pri_tcp.tcpsi_state = port != 8080 ? TSI_S_LISTEN : 4;
	answer.psi.soi_proto.pri_tcp.tcpsi_ini.insi_lport = htons((uint16_t)port);
	memcpy(info, &answer, sizeof(answer));
	return bytes;
}

int proc_pid_rusage(int pid, int flavor, rusage_info_t *usage)
{
	const struct process *process = find(pid);
	struct rusage_info_v4 answer;

	errno = process == NULL || process->ended ? ESRCH : process->foreign ? EPERM : EINVAL;
	if (process == NULL || process->ended || process->foreign || flavor != RUSAGE_INFO_V4)
		return -1;
	answer = process->usage;
	answer.ri_proc_start_abstime = process->started;
	memcpy(usage, &answer, sizeof(answer));
	return 0;
}

/* --- the server's processes --- */

static struct server_family family;
static struct sensor *sensor;

static void start(int pid)
{
	const struct sensor_context context = {.server_pid = pid, .family = &family, .root = ""};
	struct text why = {0};

	memcpy(processes, scripted, sizeof(processes));
	sensor = sensor_open_server(&context, &why);
	ok(sensor != NULL, "the server's sensor opens");
	text_release(&why);
}

static struct sample read_sample(bool edge)
{
	struct sample sample;

	sample_reset(&sample);
	sensor->read(sensor, edge, &sample);
	return sample;
}

static void test_sums(void)
{
	struct sample sample;

	start(LEADER);
	sample = read_sample(false);
	is_int(family.count, 3, "the leader, its child and that one's; none that has just ended, no stranger");
	is_int(sample.server_resident_bytes, 3110, "resident memory of three");
	is_int(sample.server_footprint_bytes, 2050, "footprint");
	is_int(sample.server_peak_bytes, 2050, "peaks from before are not the cell's");
	find(CHILD)->usage.ri_lifetime_max_phys_footprint = 5100;
	sample = read_sample(false);
	is_int(sample.server_peak_bytes, 50 + 5100, "the kernel's own peak of the one that rose");
	find(NEW)->ended = false;
	find(NEW)->usage.ri_lifetime_max_phys_footprint = 9;
	sample = read_sample(true);
	is_int(sample.server_peak_bytes, 50 + 5100 + 9, "and of one that began since");
	is_int(sample.server_major_faults, 10, "pages that were read, also of children that ended");
	is_int(sample.server_cpu_ns, 1000 + 1000, "24 units of each of two, 125/3 ns each");
	is_int(sample.server_file_bytes, JSON_UNKNOWN, "pages of mapped files are not told");
	sensor->close(sensor);
}

static void test_search(void)
{
	struct sample sample;

	start(LEADER);
	listings = 0;
	for (int i = 0; i < SEARCH_EACH - 1; i++)
		sample = read_sample(false);
	is_int(listings, 0, "in between nobody is looked for");
	find(NEW)->ended = false;
	sample = read_sample(false);
	is_int(listings, 1, "every few readings all are");
	is_int(sample.server_resident_bytes, 3117, "a new one is found");
	find(NEW)->ended = true;
	sample = read_sample(false);
	is_int(sample.server_resident_bytes, 3110, "one that is gone is looked for at once");
	is_int(family.count, 3, "  and forgotten");
	find(NEW)->ended = false;
	sample = read_sample(true);
	is_int(sample.server_resident_bytes, 3117, "an edge finds a new one");
	find(NEW)->started = 99;
	find(NEW)->parent = 1;
	sample = read_sample(false);
	is_int(sample.server_resident_bytes, 3110, "another process with its number is not the server's");
	sensor->close(sensor);
}

static void test_end(void)
{
	struct sample sample;

	start(LEADER);
	find(CHILD)->foreign = true;
	sample = read_sample(true);
	is_int(sample.server_resident_bytes, JSON_UNKNOWN, "one of them is another user's: no sum");
	find(CHILD)->foreign = false;
	sample = read_sample(true);
	is_int(sample.server_resident_bytes, 3110, "it tells again");
	find(LEADER)->started = 77;
	sample = read_sample(true);
	is_int(sample.server_resident_bytes, JSON_UNKNOWN, "another process has the leader's number");
	is_int(family.count, 0, "  and the server has no process");
	find(LEADER)->ended = true;
	sample = read_sample(false);
	is_int(sample.server_cpu_ns, JSON_UNKNOWN, "the leader is gone");
	sensor->close(sensor);
}

static void refused(int pid, const char *want)
{
	const struct sensor_context context = {.server_pid = pid, .family = &family, .root = ""};
	struct text why = {0};

	ok(sensor_open_server(&context, &why) == NULL, want);
	is_text(text_string(&why), want, "  and why");
	text_release(&why);
}

static void test_refused(void)
{
	memcpy(processes, scripted, sizeof(processes));
	refused(0, "the server's process is not known");
	refused(1, "process 1 is another user's");
	refused(NEW, "process 504 is not visible");
}

/* --- from a port to a process --- */

static void test_listener(void)
{
	memcpy(processes, scripted, sizeof(processes));
	is_int(machine_listener_pid(11434), LEADER, "two hold the socket: the one from which the other descends");
	is_int(machine_listener_pid(50123), CHILD, "a runner's own port");
	is_int(machine_listener_pid(8080), 0, "a connection is no listener");
	is_int(machine_listener_pid(9), 0, "nobody");
	find(501)->parent = 1;
	is_int(machine_listener_pid(11434), 0, "two strangers: not clear which one");
	find(CHILD)->name = "com.docker.backend";
	is_int(machine_listener_pid(50123), 0, "Docker's end of a port is no server");
	find(CHILD)->foreign = true;
	is_int(machine_listener_pid(50123), 0, "another user's is not visible");
}

int main(void)
{
	test_sums();
	test_search();
	test_end();
	test_refused();
	test_listener();
	return tap_done();
}
