/* The sensors of Linux: on a recorded tree, and on this machine against what is known of a child. */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "machine/sensor.h"
#include "tap.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)

static struct sample read_once(const struct sensor_context *context, bool edge)
{
	struct sensor_bank *bank = sensor_bank_open(context);
	struct sample sample;

	sample_reset(&sample);
	ok(sensor_bank_read(bank, edge, &sample), "something is read");
	sensor_bank_close(bank);
	return sample;
}

static const struct sensor_state *state_of(const struct sensor_bank *bank, const char *name)
{
	for (size_t i = 0; i < sensor_count(); i++)
		if (strcmp(sensor_bank_state(bank, i)->name, name) == 0)
			return sensor_bank_state(bank, i);
	return NULL;
}

/* laptop: 4712 is a server with the runner 4713, which nobody may ask for proportional sizes. */
static void test_tree(void)
{
	const struct sensor_context context = {.root = "tests/data/linux/laptop", .server_pid = 4712};
	struct sample sample = read_once(&context, true);

	is_int(sample.server_resident_bytes, (2000 + 300 + 50 + 9000 + 500000) * KIB,
	       "anonymous, shared and files of both");
	is_int(sample.server_file_bytes, (300 + 500000) * KIB, "of that, files");
	is_int(sample.server_swap_bytes, 16 * KIB, "swap");
	is_int(sample.server_peak_bytes, (2350 + 509000) * KIB, "the kernel's peaks are from before: what they have");
	is_int(sample.server_pss_bytes, 1900 * KIB, "proportional, of what may be asked");
	is_int(sample.server_pss_file_bytes, 100 * KIB, "of that, files");
	is_int(sample.server_cpu_ns, (300 + 40 + 7 + 8 + 2000 + 100) * 10 * NS_PER_MS, "CPU time of both");
	is_int(sample.server_major_faults, 0, "faults");
	is_int(sample.used_bytes, 8286876 * KIB, "the system's memory");
	ok(sample.client_cpu_ns > 0, "this program's CPU time");
	ok(sample.cpu_busy_ns > 0 && sample.cpu_idle_ns > 0, "the machine's");
	is_int(sample.system_power_mw, JSON_UNKNOWN, "what nobody tells is unknown");
	sample = read_once(&context, false);
	is_int(sample.server_pss_bytes, JSON_UNKNOWN, "away from edges nobody's page tables are walked");
	is_int(sample.server_resident_bytes, (2000 + 300 + 50 + 9000 + 500000) * KIB, "the rest is read");
}

static void test_gpus(void)
{
	const struct sensor_context desktop = {.root = "tests/data/linux/desktop"};
	const struct sensor_context laptop = {.root = "tests/data/linux/laptop"};
	struct sample sample = read_once(&desktop, false);

	is_int(sample.gpu_used_bytes, 9030000000,
	       "a card's own memory and what it borrows; a sleeping card is left alone");
	is_int(sample.gpu_total_bytes, 17163091968, "its own");
	is_int(sample.gpu_busy_pct, 87, "utilization");
	is_int(sample.gpu_power_mw, 203000, "power, by power1_average");
	is_int(sample.gpu_temperature_mc, 78000, "the hotter of edge and junction, not the memory's");
	is_int(sample.gpu_clock_mhz, 2450, "clock");
	sample = read_once(&laptop, false);
	is_int(sample.gpu_used_bytes, 3500000000, "a GPU without memory of its own");
	is_int(sample.gpu_total_bytes, 8536870912, "may have the system's");
	is_int(sample.gpu_power_mw, 15000, "power, by power1_input");
	is_int(sample.gpu_temperature_mc, 55000, "edge alone");
	is_int(sample.gpu_energy_uj, JSON_UNKNOWN, "it counts no energy");
}

static void set_counter(const char *root, const char *value)
{
	char *path = text_format("%s/sys/class/powercap/intel-rapl:0/energy_uj", root);
	FILE *file = fopen(path, "w");

	ok(file != NULL && fputs(value, file) >= 0, value);
	if (file != NULL)
		fclose(file);
	free(path);
}

/* A package whose counter wraps between two readings. */
static void test_energy(void)
{
	char folder[] = "/tmp/llmbench-rapl-XXXXXX";
	struct sensor_context context = {.root = mkdtemp(folder)};
	char *make = text_format(
	    "mkdir -p %s/sys/class && cp -r tests/data/linux/laptop/sys/class/powercap %s/sys/class", folder, folder);
	char *clear = text_format("rm -rf %s", folder);
	struct sensor_bank *bank;
	struct sample first, second;

	ok(system(make) == 0, "a copy of the laptop's counters");
	bank = sensor_bank_open(&context);
	set_counter(folder, "262143328840\n");
	sample_reset(&first);
	sensor_bank_read(bank, false, &first);
	set_counter(folder, "490\n");
	sample_reset(&second);
	sensor_bank_read(bank, false, &second);
	is_int(second.cpu_energy_uj - first.cpu_energy_uj, 500, "over the end of its range");
	is_int(second.dram_energy_uj - first.dram_energy_uj, 0, "memory is counted apart");
	set_counter(folder, "");
	sample_reset(&second);
	sensor_bank_read(bank, false, &second);
	is_int(second.cpu_energy_uj, JSON_UNKNOWN, "a counter that tells nothing is unknown");
	sensor_bank_close(bank);
	ok(system(clear) == 0, "cleared");
	free(make);
	free(clear);
}

static void test_absent(void)
{
	const struct sensor_context none = {.root = "tests/data/linux/laptop"};
	const struct sensor_context gone = {.root = "tests/data/linux/laptop", .server_pid = 9};
	const struct sensor_context simulated = {.simulated_file = "tests/data/no-such-file", .server_pid = getpid()};
	struct sensor_bank *bank = sensor_bank_open(&none);

	ok(!state_of(bank, "server")->open && state_of(bank, "memory")->open, "no server: the others are read");
	is_text(state_of(bank, "server")->why, "the server's process is not known", "and why");
	sensor_bank_close(bank);
	bank = sensor_bank_open(&gone);
	is_text(state_of(bank, "server")->why, "process 9 is not visible", "a process that is not there");
	sensor_bank_close(bank);
	bank = sensor_bank_open(&simulated);
	is_text(state_of(bank, "server")->why, "the device is simulated", "of a simulated device nothing else is read");
	sensor_bank_close(bank);
}

/* A child of the child held twice as much, holds `bytes` and uses the CPU until it is killed. */
static pid_t start_family(size_t bytes)
{
	int ready[2];
	char byte;
	pid_t child;

	if (pipe(ready) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		if (fork() == 0) {
			char *held = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			char *more = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			alarm(60);
			if (held == MAP_FAILED || more == MAP_FAILED)
				_exit(1);
			memset(held, 1, bytes);
			memset(more, 1, bytes);
			munmap(more, bytes);
			if (write(ready[1], "x", 1) != 1)
				_exit(1);
			for (;;)
				held[0]++;
		}
		alarm(60);
		pause();
		_exit(0);
	}
	if (read(ready[0], &byte, 1) != 1)
		child = -1;
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void test_live(void)
{
	enum { HELD = 64 };
	pid_t child = start_family(HELD * MIB);
	const struct sensor_context context = {.server_pid = child};
	struct sensor_bank *bank = sensor_bank_open(&context);
	struct sample first, last, after;

	sample_reset(&first);
	sensor_bank_read(bank, true, &first);
	ok(first.server_resident_bytes >= HELD * MIB && first.server_resident_bytes < (HELD + 64) * MIB,
	   "what a grandchild holds is the server's");
	ok(first.server_pss_bytes >= HELD * MIB, "proportional too");
	ok(first.server_peak_bytes >= first.server_resident_bytes - MIB &&
	       first.server_peak_bytes < first.server_resident_bytes + HELD / 2 * MIB,
	   "the peak is not below, nor what it was before");
	do {
		clock_sleep_until(clock_now_ns() + 20 * NS_PER_MS);
		sample_reset(&last);
		sensor_bank_read(bank, false, &last);
	} while (last.server_cpu_ns - first.server_cpu_ns < 50 * NS_PER_MS);
	ok(last.cpu_busy_ns > first.cpu_busy_ns, "its CPU time counts, and is part of the machine's");
	kill(-child, SIGKILL);
	waitpid(child, NULL, 0);
	sample_reset(&after);
	sensor_bank_read(bank, false, &after);
	is_int(after.server_resident_bytes, JSON_UNKNOWN, "a server that is gone has no memory, not none");
	is_int(after.server_cpu_ns, JSON_UNKNOWN, "and no time");
	ok(state_of(bank, "server")->reads >= 3 && state_of(bank, "server")->total_ns > 0, "readings are timed");
	sensor_bank_close(bank);
}

/* Linux counts mapped pages as available: the whole reason for machine_has_mapped_weights(). */
static void test_mapped(void)
{
	enum { FILE_MIB = 96 };
	char path[] = "/var/tmp/llmbench-mapped-XXXXXX";
	int file = mkstemp(path);
	const struct sensor_context context = {.server_pid = getpid()};
	struct sensor_bank *bank = sensor_bank_open(&context);
	char *block = calloc(1, MIB);
	const volatile char *mapped;
	struct sample before, after;

	unlink(path);
	memset(block, 1, MIB);
	for (int i = 0; i < FILE_MIB; i++)
		if (write(file, block, MIB) != MIB)
			ok(false, "the file is written");
	sample_reset(&before);
	sensor_bank_read(bank, true, &before);
	mapped = mmap(NULL, FILE_MIB * MIB, PROT_READ, MAP_SHARED, file, 0);
	for (int64_t i = 0; mapped != MAP_FAILED && i < FILE_MIB * MIB; i += 4096)
		(void)mapped[i];
	sample_reset(&after);
	sensor_bank_read(bank, true, &after);
	ok(after.server_file_bytes - before.server_file_bytes >= (FILE_MIB - 4) * MIB, "mapped pages are resident");
	ok(after.server_pss_file_bytes - before.server_pss_file_bytes >= (FILE_MIB - 4) * MIB, "by their share too");
	ok(after.server_resident_bytes >= after.server_file_bytes, "and part of the whole");
	sensor_bank_close(bank);
	close(file);
	free(block);
}

int main(void)
{
	test_tree();
	test_gpus();
	test_energy();
	test_absent();
	test_live();
	test_mapped();
	return tap_done();
}
