/* The portable parts of machine/identity.h, and this machine. */
#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "machine/cpu_list.h"
#include "machine/identity.h"
#include "machine/memory.h"
#include "machine/system.h"
#include "tap.h"

static void is_json(const struct machine_identity *identity, const char *want, const char *what)
{
	struct json *json = machine_identity_json(identity);
	struct text text = {0};

	json_add_to(&text, json);
	is_text(text_string(&text), want, what);
	text_release(&text);
	json_free(json);
}

static void test_json(void)
{
	struct machine_identity identity;

	machine_identity_reset(&identity);
	is_json(&identity,
	        "{\"title\":null,\"model\":null,\"system\":null,\"system_version\":null,\"architecture\":null,"
	        "\"physical_cores\":null,\"logical_cores\":null,\"performance_cores\":null,\"efficiency_cores\":null,"
	        "\"gpu\":null,\"gpu_driver\":null,\"gpu_cores\":null,\"gpu_bandwidth_bytes_per_s\":null,\"gpu_limit_"
	        "bytes\":null,\"memory_bytes\":null,"
	        "\"translated\":false,\"virtualized\":false}",
	        "unknown is null");
	identity.title = memory_string("Apple M4");
	identity.model = memory_string("Mac16,10");
	identity.system = memory_string("macOS");
	identity.system_version = memory_string("15.5 (24F74)");
	identity.architecture = memory_string("arm64");
	identity.physical_cores = identity.logical_cores = 10;
	identity.performance_cores = 4;
	identity.efficiency_cores = 6;
	identity.gpu = memory_string("Apple M4");
	identity.gpu_cores = 10;
	identity.gpu_limit_bytes = 12713115648;
	identity.memory_bytes = 17179869184;
	is_json(
	    &identity,
	    "{\"title\":\"Apple M4\",\"model\":\"Mac16,10\",\"system\":\"macOS\",\"system_version\":\"15.5 (24F74)\","
	    "\"architecture\":\"arm64\",\"physical_cores\":10,\"logical_cores\":10,\"performance_cores\":4,"
	    "\"efficiency_cores\":6,\"gpu\":\"Apple "
	    "M4\",\"gpu_driver\":null,\"gpu_cores\":10,\"gpu_bandwidth_bytes_per_s\":null,"
	    "\"gpu_limit_bytes\":12713115648,\"memory_bytes\":17179869184,\"translated\":false,\"virtualized\":false}",
	    "a Mac");
	machine_identity_release(&identity);
	ok(identity.title == NULL && identity.memory_bytes == JSON_UNKNOWN, "released: unknown again");
	machine_identity_release(&identity);
}

static void test_title(void)
{
	static const struct {
		const char *title, *model, *system, *architecture, *want;
	} cases[] = {
	    {"Apple M4", "Mac16,10", "macOS", "arm64", "Apple M4"},
	    {NULL, "Radxa ROCK 5B", "Linux", "aarch64", "Radxa ROCK 5B"},
	    {NULL, NULL, "Linux", "aarch64", "Linux aarch64"},
	    {NULL, NULL, "Linux", NULL, "Linux"},
	    {NULL, NULL, NULL, NULL, "unknown machine"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct machine_identity identity;

		machine_identity_reset(&identity);
		identity.title = memory_string(cases[i].title);
		identity.model = memory_string(cases[i].model);
		identity.system = memory_string(cases[i].system);
		identity.architecture = memory_string(cases[i].architecture);
		machine_identity_entitle(&identity);
		is_text(identity.title, cases[i].want, "title");
		machine_identity_release(&identity);
	}
}

static void test_cpu_list(void)
{
	static const struct {
		const char *list;
		long after, want;
	} cases[] = {
	    {"0-3,8,10-11\n", -1, 0},
	    {"0-3,8,10-11\n", 2, 3},
	    {"0-3,8,10-11\n", 3, 8},
	    {"0-3,8,10-11\n", 10, 11},
	    {"0-3,8,10-11\n", 11, -1},
	    {"8,0", -1, 0},
	    {"7", -1, 7},
	    {"", -1, -1},
	    {"\n", -1, -1},
	    {"3-1", -1, -1},
	    {"2,x,4", 2, -1},
	    {"-1", -1, -1},
	    {"9223372036854775807", LONG_MAX - 1, LONG_MAX},
	    {"9223372036854775807", LONG_MAX, -1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		is_int(cpu_list_next(cases[i].list, cases[i].after), cases[i].want, "next processor");
	ok(cpu_list_has("4-5", 5) && !cpu_list_has("4-5", 3), "has");
}

static void test_this_machine(void)
{
	struct machine_identity identity;
	struct memory_source *source = memory_open(NULL);
	struct memory_reading reading;

	memory_read(source, &reading);
	memory_close(source);
	machine_identify(&identity);
	ok(identity.title != NULL && identity.title[0] != '\0', "this machine has a title");
	ok(identity.architecture != NULL, "and an architecture");
	ok(identity.logical_cores >= 1, "and processors");
	ok(identity.physical_cores == JSON_UNKNOWN || identity.physical_cores <= identity.logical_cores, "and cores");
	is_int(identity.memory_bytes, reading.total_bytes, "its memory is the total of its readings");
	machine_identity_release(&identity);
}

int main(void)
{
	test_json();
	test_title();
	test_cpu_list();
	test_this_machine();
	return tap_done();
}
