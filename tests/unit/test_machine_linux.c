/* The Linux sources of src/machine, on the trees of tests/data/linux. */
#include <stdlib.h>

#include "machine/linux.h"
#include "machine/source.h"
#include "machine/system.h"
#include "tap.h"

#define GIB INT64_C(1073741824)
#define KIB INT64_C(1024)

static void test_memory(void)
{
	static const struct {
		const char *tree;
		int64_t used, total, swap;
		const char *definition; /* begins so */
	} cases[] = {
	    {"desktop", 8771552 * KIB, 32788104 * KIB, 128000 * KIB, "MemTotal - MemAvailable"},
	    {"laptop", 8286876 * KIB, 16303428 * KIB, 100000 * KIB, "MemTotal - MemAvailable"},
	    {"board", JSON_UNKNOWN, 8130508 * KIB, JSON_UNKNOWN, "MemTotal - MemAvailable"},
	    {"container", 5 * GIB, 16 * GIB, 1048576, "memory.current - inactive_file"},
	    {"slice", 2 * GIB, 4 * GIB, JSON_UNKNOWN, "memory.current - inactive_file"},
	    {"hybrid", 4 * GIB, 8 * GIB, 4096, "memory.usage_in_bytes - total_inactive_file"},
	    {"docker", 0, 2 * GIB, JSON_UNKNOWN, "memory.usage_in_bytes - total_inactive_file"},
	    {"no-such-tree", JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, "MemTotal - MemAvailable"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *root = text_format("tests/data/linux/%s", cases[i].tree);
		struct memory_source *source = memory_open_system(root);
		struct memory_reading reading;

		for (int twice = 0; twice < 2; twice++) { /* files are read from their beginning each time */
			memory_read(source, &reading);
			is_int(reading.used_bytes, cases[i].used, cases[i].tree);
			is_int(reading.total_bytes, cases[i].total, "  total");
			is_int(reading.swap_used_bytes, cases[i].swap, "  swap");
			ok(!reading.stale, "  fresh");
		}
		ok(text_starts_with(memory_definition(source), cases[i].definition), "  definition");
		memory_close(source);
		free(root);
	}
}

/* Kernels before 4.13 do not count them. */
static void test_oom_kills(void)
{
	is_int(machine_oom_kills("tests/data/linux/desktop"), 3, "processes that were killed for memory");
	is_int(machine_oom_kills("tests/data/linux/board"), JSON_UNKNOWN, "not counted");
	is_int(machine_oom_kills("tests/data/linux/no-such-tree"), JSON_UNKNOWN, "not told");
}

static void test_identity(void)
{
	static const struct {
		const char *tree, *title, *model, *version, *gpu;
		int64_t physical, logical, performance, efficiency;
		bool virtualized;
	} cases[] = {
	    {"desktop", "AMD Ryzen 7 5800X 8-Core Processor", "TUF GAMING B550-PLUS",
	     "Debian GNU/Linux 12 (bookworm), kernel 6.1.0-28-amd64", "Radeon RX 6800, AMD GPU", 2, 4, JSON_UNKNOWN,
	     JSON_UNKNOWN, false},
	    {"container", "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", "Google Compute Engine",
	     "Ubuntu 24.04.1 LTS, kernel 6.8.0-1021-gcp", NULL, 1, 2, JSON_UNKNOWN, JSON_UNKNOWN, true},
	    {"laptop", "12th Gen Intel(R) Core(TM) i5-1240P", "21CBCTO1WW", "kernel 6.11.5-300.fc41.x86_64", "AMD GPU",
	     4, 6, 2, 2, false},
	    {"board", NULL, "Radxa ROCK 5B", "Armbian 24.2, kernel 5.10.160-rockchip", NULL, 4, 4, 2, 2, false},
	    {"no-such-tree", NULL, NULL, NULL, NULL, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, JSON_UNKNOWN, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *root = text_format("tests/data/linux/%s", cases[i].tree);
		struct machine_identity identity;

		machine_identity_reset(&identity);
		machine_identify_linux(root, &identity);
		is_text(identity.title, cases[i].title, cases[i].tree);
		is_text(identity.model, cases[i].model, "  model");
		is_text(identity.system, "Linux", "  system");
		is_text(identity.system_version, cases[i].version, "  version");
		ok(identity.architecture != NULL, "  architecture");
		is_int(identity.physical_cores, cases[i].physical, "  physical cores");
		is_int(identity.logical_cores, cases[i].logical, "  logical cores");
		is_int(identity.performance_cores, cases[i].performance, "  performance cores");
		is_int(identity.efficiency_cores, cases[i].efficiency, "  efficiency cores");
		is_int(identity.virtualized, cases[i].virtualized, "  virtualized");
		is_text(identity.gpu, cases[i].gpu, "  GPU");
		machine_identity_release(&identity);
		free(root);
	}
}

int main(void)
{
	test_memory();
	test_oom_kills();
	test_identity();
	return tap_done();
}
