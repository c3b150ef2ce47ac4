/* The portable arithmetic of machine/memory.h, and the source of a simulated device. */
#include <stdlib.h>
#include <unistd.h>

#include "base/units.h"
#include "machine/cgroup.h"
#include "machine/meminfo.h"
#include "machine/memory.h"
#include "machine/proc_text.h"
#include "machine/vm_counts.h"
#include "tap.h"

#define KIB INT64_C(1024)

static void is_gi(int64_t bytes, const char *want, const char *what)
{
	struct text text = {0};

	units_add_gi(&text, bytes);
	is_text(text_string(&text), want, what);
	text_release(&text);
}

static int64_t sum(const int32_t *answer, const enum vm_position *positions, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += (uint32_t)answer[positions[i]];
	return total;
}

/* Recorded on three Macs; see the answers of vm_stat there. */
static const int32_t crowded[VM_POSITIONS] = {
    /* 16 GiB, pages of 16 KiB */
    [VM_FREE] = 7532,         [VM_ACTIVE] = 194947,   [VM_INACTIVE] = 191193,
    [VM_WIRED] = 159117,      [VM_PURGEABLE] = 630,   [VM_SPECULATIVE] = 3014,
    [VM_COMPRESSOR] = 454496, [VM_EXTERNAL] = 141843, [VM_INTERNAL] = 247311,
};
static const int32_t partial[VM_POSITIONS] = {
    /* 24 GiB, pages of 16 KiB */
    [VM_FREE] = 13573, [VM_ACTIVE] = 444474, [VM_INACTIVE] = 437999, [VM_WIRED] = 225232, [VM_COMPRESSOR] = 409180,
};
static const int32_t roomy[VM_POSITIONS] = {
    /* Intel, pages of 4 KiB */
    [VM_FREE] = 6127229,    [VM_ACTIVE] = 485320,      [VM_INACTIVE] = 628646,  [VM_WIRED] = 715958,
    [VM_PURGEABLE] = 11820, [VM_SPECULATIVE] = 430715, [VM_EXTERNAL] = 1080348, [VM_INTERNAL] = 464333,
};

static void test_mach(void)
{
	static const enum vm_position queues[] = {VM_ACTIVE, VM_INACTIVE, VM_SPECULATIVE};
	static const enum vm_position kinds[] = {VM_INTERNAL, VM_EXTERNAL};
	static const enum vm_position all[] = {VM_FREE, VM_ACTIVE, VM_INACTIVE, VM_WIRED, VM_COMPRESSOR};
	int32_t answer[VM_POSITIONS] = {[VM_INTERNAL] = 1, [VM_PURGEABLE] = 2, [VM_WIRED] = 3, [VM_COMPRESSOR] = 4};

	is_gi(vm_used_bytes(crowded, 16384), "13.127Gi", "crowded Mac: used is the sum of Activity Monitor's parts");
	is_gi(vm_used_bytes(roomy, 4096), "4.457Gi", "Intel Mac: pages of 4 KiB");
	is_int(sum(crowded, queues, 3), sum(crowded, kinds, 2), "crowded: queues and kinds count the same pages");
	is_int(sum(roomy, queues, 3), sum(roomy, kinds, 2), "roomy: queues and kinds count the same pages");
	is_gi(sum(partial, all, 5) * 16384, "23.353Gi", "24 GiB: the kernel's counts stay below the machine's memory");
	is_int(vm_used_bytes(answer, 1), 7, "more purgeable than internal pages do not make it negative");
	answer[VM_WIRED] = -1;
	is_int(vm_used_bytes(answer, 1), INT64_C(4294967295) + 4, "counts are unsigned");
}

static void test_proc_text(void)
{
	static const char text[] = "MemTotalX: 1 kB\nMemTotal:       12 kB\nEmpty:\nmodel name\t: A  B \r\n"
				   "PRETTY=\"x y\"\nNot: -5\nBig: 99999999999999999999\nlast 7";
	char *value;

	is_int(proc_integer(text, "MemTotal"), 12, "a key is matched whole");
	is_int(proc_integer(text, "last"), 7, "a line without an end");
	is_int(proc_integer(text, "Total"), JSON_UNKNOWN, "not within a line");
	is_int(proc_integer(text, "Empty"), JSON_UNKNOWN, "no value does not take the next line's");
	is_int(proc_integer(text, "Not"), JSON_UNKNOWN, "no negative numbers");
	is_int(proc_integer(text, "Big"), JSON_UNKNOWN, "no numbers beyond 64 bits");
	is_int(proc_integer("", "last"), JSON_UNKNOWN, "empty text");
	is_text(value = proc_string(text, "model name"), "A  B", "blanks at the end are cut");
	free(value);
	is_text(value = proc_string(text, "PRETTY"), "x y", "quotes are cut");
	free(value);
	is_text(proc_string(text, "Empty"), NULL, "an empty string is unknown");
}

static void test_meminfo(void)
{
	struct memory_reading reading = {0};

	meminfo_reading("SwapFree: 3 kB\nMemAvailable: 40 kB\nMemTotal: 100 kB\nSwapTotal: 10 kB\n", &reading);
	is_int(reading.used_bytes, 60 * KIB, "used = MemTotal - MemAvailable, in any order");
	is_int(reading.total_bytes, 100 * KIB, "total");
	is_int(reading.swap_used_bytes, 7 * KIB, "swap = SwapTotal - SwapFree");
	meminfo_reading("MemTotal: 100 kB\nMemAvailable: 101 kB\n", &reading);
	is_int(reading.used_bytes, 0, "never negative");
	is_int(reading.swap_used_bytes, JSON_UNKNOWN, "no swap lines: unknown");
	meminfo_reading("MemTotal: 9223372036854775807 kB\n", &reading);
	is_int(reading.total_bytes, JSON_UNKNOWN, "an absurd number does not overflow");
}

#define MOUNT_2       "30 24 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_1       "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
#define MOUNT_1_CPU   "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,memoryless\n"
#define MOUNT_1_PART  "35 31 0:32 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
#define MOUNT_OTHER   "22 1 259:2 / / rw - ext4 /dev/nvme0n1p2 rw,memory\n"
#define MOUNT_NO_DASH "22 1 259:2 / / rw\n"

static void test_cgroup_locate(void)
{
	static const struct {
		const char *what, *self_cgroup, *mountinfo;
		const char *mount, *path; /* NULL: nothing found */
		bool first_version;
	} cases[] = {
	    {"second version", "0::/a.slice/b.scope\n", MOUNT_OTHER MOUNT_2, "/sys/fs/cgroup", "/a.slice/b.scope",
	     false},
	    {"namespace", "0::/\n", MOUNT_2, "/sys/fs/cgroup", "", false},
	    {"path outside of the namespace", "0::/../../x\n", MOUNT_2, "/sys/fs/cgroup", "", false},
	    {"hybrid: memory in the first", "9:name=systemd:/\n4:cpu,memory:/p/q\n0::/\n", MOUNT_1_CPU MOUNT_2 MOUNT_1,
	     "/sys/fs/cgroup/memory", "/p/q", true},
	    {"hybrid: memory in the second", "4:cpu,memoryless:/p\n0::/s\n", MOUNT_1_CPU MOUNT_2, "/sys/fs/cgroup",
	     "/s", false},
	    {"mounted part", "4:memory:/docker/ab\n", MOUNT_1_PART, "/sys/fs/cgroup/memory", "", true},
	    {"below the mounted part", "4:memory:/docker/ab/c\n", MOUNT_1_PART, "/sys/fs/cgroup/memory", "/c", true},
	    {"beside the mounted part", "4:memory:/docker/abc\n", MOUNT_1_PART, "/sys/fs/cgroup/memory", "", true},
	    {"path with a colon", "0::/a:b", MOUNT_2, "/sys/fs/cgroup", "/a:b", false},
	    {"not mounted", "0::/a\n", MOUNT_OTHER MOUNT_1 MOUNT_NO_DASH, NULL, "/a", false},
	    {"nothing", "", "", NULL, NULL, false},
	    {"malformed", "0\n0:\n::\n\n4:memory", MOUNT_2, NULL, NULL, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cgroup_place place = cgroup_locate(cases[i].self_cgroup, cases[i].mountinfo);

		is_text(place.mount, cases[i].mount, cases[i].what);
		is_text(place.path, cases[i].path, "  its path");
		is_int(place.first_version, cases[i].first_version, "  its version");
		cgroup_place_release(&place);
	}
}

static void test_cgroup_arithmetic(void)
{
	struct memory_reading reading = {.total_bytes = 1000, .used_bytes = 900, .swap_used_bytes = 5};
	char path[] = "/a/b";

	ok(cgroup_go_up(path) && strcmp(path, "/a") == 0, "one up");
	ok(cgroup_go_up(path) && strcmp(path, "") == 0, "up to the mount");
	ok(!cgroup_go_up(path), "not beyond");
	is_int(cgroup_number("4096\n"), 4096, "a limit");
	is_int(cgroup_number("max\n"), JSON_UNKNOWN, "no limit, second version");
	is_int(cgroup_number("9223372036854771712\n"), JSON_UNKNOWN, "no limit, first version");
	is_int(cgroup_number("18446744073709551616\n"), JSON_UNKNOWN, "beyond 64 bits");
	is_int(cgroup_number(""), JSON_UNKNOWN, "empty");
	cgroup_reading(&(struct cgroup_counts){500, 300, 100, JSON_UNKNOWN}, &reading);
	is_int(reading.used_bytes, 200, "used = usage - inactive file");
	is_int(reading.total_bytes, 500, "total = limit");
	is_int(reading.swap_used_bytes, JSON_UNKNOWN, "swap of the group, not of the machine");
	cgroup_reading(&(struct cgroup_counts){500, 300, 301, 0}, &reading);
	is_int(reading.used_bytes, 0, "never negative");
	cgroup_reading(&(struct cgroup_counts){500, JSON_UNKNOWN, 1, 0}, &reading);
	is_int(reading.used_bytes, JSON_UNKNOWN, "no usage: unknown");
	cgroup_reading(&(struct cgroup_counts){500, 300, JSON_UNKNOWN, 0}, &reading);
	is_int(reading.used_bytes, JSON_UNKNOWN, "no page cache known: unknown");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void test_simulated(void)
{
	static const struct {
		const char *text;
		int64_t used, total;
	} cases[] = {
	    {"9895000000 17179869184\n", 9895000000, 17179869184},
	    {"0 17179869184\n", 0, 17179869184},
	    {"5 5\n", 5, 5},
	    {"6 5\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5 6", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5 6\n7\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"-5 6\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5  6\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"0x5 6\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5 99999999999999999999\n", JSON_UNKNOWN, JSON_UNKNOWN},
	    {"5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30\n", JSON_UNKNOWN, JSON_UNKNOWN},
	};
	char path[] = "/tmp/llmbench-memory-XXXXXX";
	int file = mkstemp(path);
	struct memory_source *source = memory_open(path);
	struct memory_reading reading;

	close(file);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_file(path, cases[i].text);
		memory_read(source, &reading);
		is_int(reading.used_bytes, cases[i].used, "simulated: used");
		is_int(reading.total_bytes, cases[i].total, "simulated: total");
	}
	is_int(reading.swap_used_bytes, JSON_UNKNOWN, "simulated: swap is not told");
	ok(!reading.stale, "simulated: not stale");
	unlink(path);
	memory_read(source, &reading);
	is_int(reading.used_bytes, JSON_UNKNOWN, "simulated: the file is gone");
	ok(strstr(memory_definition(source), "simulated") != NULL, "simulated: the definition says so");
	memory_close(source);
	memory_close(NULL);
}

static void test_this_machine(void)
{
	struct memory_source *source = memory_open(NULL);
	struct memory_reading reading;

	memory_read(source, &reading);
	ok(reading.total_bytes > 64 << 20, "this machine: total");
	ok(reading.used_bytes > 1 << 20 && reading.used_bytes < reading.total_bytes, "this machine: used");
	ok(!reading.stale, "this machine: the first reading is fresh");
	ok(memory_definition(source)[0] != '\0', "this machine: definition");
	memory_close(source);
}

int main(void)
{
	test_mach();
	test_proc_text();
	test_meminfo();
	test_cgroup_locate();
	test_cgroup_arithmetic();
	test_simulated();
	test_this_machine();
	return tap_done();
}
