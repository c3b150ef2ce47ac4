/*
 * The macOS sources of src/machine on any system: compiled into this test
 * against the headers of tests/fake, with a kernel and a clock that follow a script.
 */
#include <stdlib.h>
#include <string.h>

#define clock_now_ns fake_now_ns

#include "machine/identity_darwin.c"
#include "machine/memory_darwin.c"
#include "machine/sysctl_darwin.c"

#include "base/units.h"
#include "machine/gpu_darwin.h"
#include "machine/identity.h"
#include "machine/sampler.h"
#include "tap.h"

/* Frameworks have a test of their own: test_fake_frameworks.c. */
void gpu_identify_darwin(struct machine_identity *identity)
{
	identity->gpu_cores = 10;
}

/* The kernel. */

struct answer {
	mach_msg_type_number_t asked; /* what the source must have asked for */
	kern_return_t result;
	mach_msg_type_number_t count; /* what the kernel says of its size */
	int32_t faults;               /* another number makes another answer */
};

static struct {
	int64_t now_ns;
	const struct answer *answers;
	size_t at, count; /* answers given, answers in all */
	int ports;        /* rights to the host that are held */
} kernel;

int64_t fake_now_ns(void)
{
	return kernel.now_ns;
}

mach_port_t mach_host_self(void)
{
	kernel.ports++;
	return 77;
}

mach_port_t mach_task_self(void)
{
	return 1;
}

kern_return_t mach_port_deallocate(mach_port_t task, mach_port_t port)
{
	kernel.ports -= task == 1 && port == 77;
	return KERN_SUCCESS;
}

kern_return_t host_page_size(host_t host, vm_size_t *bytes)
{
	*bytes = 16384;
	return host == 77 ? KERN_SUCCESS : 4;
}

/* A 16-GiB Mac, recorded; 13.127Gi are used. */
kern_return_t host_statistics64(host_t host, int flavor, host_info64_t info, mach_msg_type_number_t *count)
{
	const struct answer *answer = &kernel.answers[kernel.at];

	if (kernel.at == kernel.count || host != 77 || flavor != HOST_VM_INFO64 || *count != answer->asked) {
		ok(false, "the kernel was asked as expected");
		return 4;
	}
	kernel.at++;
	*count = answer->count;
	if (answer->result != KERN_SUCCESS || answer->count > HOST_INFO_MAX)
		return answer->result;
	memset(info, 0, answer->count * sizeof *info);
	if (answer->count < VM_POSITIONS)
		return KERN_SUCCESS;
	info[VM_WIRED] = 159117;
	info[12] = answer->faults;
	info[VM_PURGEABLE] = 630;
	info[VM_COMPRESSOR] = 454496;
	info[VM_INTERNAL] = 247311;
	return KERN_SUCCESS;
}

/* The names of sysctl that the running test offers. */
struct name {
	const char *name, *string; /* no string: a number of `size` bytes */
	int64_t number;
	size_t size;
};
static const struct name *names;

int sysctlbyname(const char *name, void *old, size_t *old_size, void *new, size_t new_size)
{
	static const struct xsw_usage swap = {.xsu_total = 2147483648, .xsu_used = 1541469798};

	(void)new;
	(void)new_size;
	for (const struct name *at = names; at->name != NULL; at++) {
		const void *value = at->string != NULL ? (const void *)at->string : (const void *)&at->number;
		size_t size = at->string != NULL ? strlen(at->string) + 1 : at->size;

		if (strcmp(at->name, "vm.swapusage") == 0) {
			value = &swap;
			size = sizeof swap;
		}
		if (strcmp(at->name, name) != 0)
			continue;
		if (*old_size < size)
			return -1;
		memcpy(old, value,
		       size); /* the lower half of a number comes first on both of Apple's processors and here */
		*old_size = size;
		return 0;
	}
	return -1;
}

/* The tests. */

#define ANSWERS(...) \
	(const struct answer[]){__VA_ARGS__}, sizeof((struct answer[]){__VA_ARGS__}) / sizeof(struct answer)

static const struct name mac[] = {
    {"hw.memsize", NULL, 17179869184, 8}, {"vm.swapusage", NULL, 0, 0}, {NULL, NULL, 0, 0}};
static const struct name nothing[] = {{NULL, NULL, 0, 0}};

static struct memory_source *start(const struct answer *answers, size_t count, const struct name *offered)
{
	names = offered;
	kernel.now_ns = 5 * NS_PER_S;
	kernel.answers = answers;
	kernel.count = count;
	kernel.at = 0;
	return memory_open(NULL);
}

static void stop(struct memory_source *source)
{
	memory_close(source);
	is_int(kernel.at, kernel.count, "  every answer was asked for");
	is_int(kernel.ports, 0, "  the host's right is given back");
}

/* One second after the reading before. */
static void expect(struct memory_source *source, bool known, bool stale, const char *what)
{
	struct memory_reading reading;

	kernel.now_ns += NS_PER_S;
	memory_read(source, &reading);
	is_int(reading.used_bytes, known ? 14095056896 : JSON_UNKNOWN, what);
	is_int(reading.stale, stale, "  stale");
}

static void test_recorded(void)
{
	struct memory_source *source = start(ANSWERS({38, KERN_SUCCESS, 38, 1}), mac);
	struct memory_reading reading;
	struct text text = {0};

	memory_read(source, &reading);
	units_add_gi(&text, reading.used_bytes);
	text_add_char(&text, '/');
	units_add_gi(&text, reading.total_bytes);
	is_text(text_string(&text), "13.127Gi/16.000Gi", "a recorded Mac");
	is_int(reading.swap_used_bytes, 1541469798, "swap");
	is_int(reading.compressed_bytes, 7446462464, "what the compressor occupies");
	ok(strstr(memory_definition(source), "host_statistics64") != NULL, "definition");
	text_release(&text);
	stop(source);
}

static void test_growth(void)
{
	struct memory_source *source = start(ANSWERS({38, KERN_SUCCESS, 38, 1}, {38, MIG_ARRAY_TOO_LARGE, 104, 0},
	                                             {104, KERN_SUCCESS, 104, 2}, {104, KERN_SUCCESS, 104, 3}),
	                                     mac);

	expect(source, true, false, "38 integers");
	expect(source, true, false, "the kernel has 104: asked again");
	expect(source, true, false, "from then on 104 are asked for at once");
	stop(source);

	source = start(ANSWERS({38, KERN_SUCCESS, 62, 1}, {38, KERN_SUCCESS, 62, 2}), mac);
	expect(source, true, false, "62 where 38 were asked for");
	expect(source, true, false, "again");
	stop(source);
}

static void test_failures(void)
{
	struct memory_source *source = start(ANSWERS({38, KERN_SUCCESS, 24, 1}, {38, KERN_SUCCESS, 38, 1}), mac);

	expect(source, false, false, "24 integers: unknown");
	expect(source, true, false, "the next one is used");
	stop(source);

	source = start(ANSWERS({38, MIG_ARRAY_TOO_LARGE, 1025, 0}, {38, MIG_ARRAY_TOO_LARGE, 38, 0}), mac);
	expect(source, false, false, "more than Mach can send: unknown");
	expect(source, false, false, "refused without a larger wish: unknown");
	stop(source);

	source = start(
	    ANSWERS({38, MIG_ARRAY_TOO_LARGE, 104, 0}, {104, MIG_ARRAY_TOO_LARGE, 120, 0}, {104, KERN_SUCCESS, 104, 1}),
	    mac);
	expect(source, false, false, "one retry only");
	expect(source, true, false, "later it answers");
	stop(source);

	source = start(ANSWERS({38, 5, 38, 0}), nothing);
	expect(source, false, false, "KERN_FAILURE: unknown");
	stop(source);
}

static void test_stale(void)
{
	struct memory_source *source =
	    start(ANSWERS({38, KERN_SUCCESS, 38, 1}, {38, KERN_SUCCESS, 38, 1}, {38, 5, 38, 0},
	                  {38, KERN_SUCCESS, 38, 1}, {38, KERN_SUCCESS, 38, 2}),
	          mac);

	expect(source, true, false, "the first answer is fresh");
	expect(source, true, true, "the same 38 integers are stale");
	expect(source, false, false, "a failure is not stale");
	expect(source, true, true, "it does not make the old answer new");
	expect(source, true, false, "one counter moved: fresh");
	stop(source);
}

/* Two questions a second in the long run, three at once after a rest. */
static void test_rate(void)
{
	struct memory_source *source =
	    start(ANSWERS({38, KERN_SUCCESS, 38, 1}, {38, KERN_SUCCESS, 38, 2}, {38, KERN_SUCCESS, 38, 3},
	                  {38, KERN_SUCCESS, 38, 4}, {38, KERN_SUCCESS, 38, 5}, {38, KERN_SUCCESS, 38, 6}),
	          mac);
	struct memory_reading reading;
	int fresh = 0;

	for (int i = 0; i < 5; i++) {
		memory_read(source, &reading);
		fresh += !reading.stale;
		is_int(reading.used_bytes, 14095056896, "at once: the number is told");
	}
	is_int(fresh, 3, "at once: three are asked for, the others repeat the last one");
	for (int i = 0; i < 15; i++) { /* 100 ms apart */
		kernel.now_ns += NS_PER_S / 10;
		memory_read(source, &reading);
		fresh += !reading.stale;
	}
	is_int(fresh, 6, "1.5 seconds later: three more");
	stop(source);
}

static void test_no_names(void)
{
	struct memory_source *source = start(ANSWERS({38, KERN_SUCCESS, 38, 1}), nothing);
	struct memory_reading reading;

	memory_read(source, &reading);
	is_int(reading.total_bytes, JSON_UNKNOWN, "no hw.memsize: unknown");
	is_int(reading.swap_used_bytes, JSON_UNKNOWN, "no vm.swapusage: unknown");
	is_int(reading.used_bytes, 14095056896, "used is known nevertheless");
	stop(source);
}

/* Stale readings stay among the samples and are marked. */
static void test_sampler(void)
{
	static const bool stale[] = {false, true, true, false};
	struct sampler *sampler;
	struct sampler_result result;

	memory_close(
	    start(ANSWERS({38, KERN_SUCCESS, 38, 1}, {38, KERN_SUCCESS, 38, 1}, {38, KERN_SUCCESS, 38, 2}), mac));
	sampler = sampler_start(&(struct sensor_context){0}, 3600 * NS_PER_S, NULL, 0);
	sampler_enter(sampler, PHASE_LOADING);
	result = sampler_stop(sampler);
	is_int(result.count, 4, "start, both sides of an edge, stop");
	for (size_t i = 0; i < result.count && i < 4; i++) {
		is_int(result.samples[i].stale, stale[i], "  stale");
		is_int(result.samples[i].used_bytes, 14095056896, "  used");
		is_int(result.samples[i].swap_used_bytes, 1541469798, "  swap");
		is_int(result.samples[i].compressed_bytes, 7446462464, "  compressed");
	}
	ok(strstr(result.definition, "host_statistics64") != NULL, "the definition is handed on");
	is_int(kernel.ports, 0, "the host's right is given back");
	sampler_result_release(&result);
}

static void identify(const struct name *offered, struct machine_identity *identity)
{
	memory_close(start(ANSWERS({38, KERN_SUCCESS, 38, 1}), offered));
	machine_identify(identity);
}

static void test_identity(void)
{
	static const struct name m4[] = {
	    {"machdep.cpu.brand_string", "Apple M4", 0, 0},
	    {"hw.model", "Mac16,10", 0, 0},
	    {"hw.memsize", NULL, 17179869184, 8},
	    {"hw.physicalcpu", NULL, 10, 4},
	    {"hw.logicalcpu", NULL, 10, 4},
	    {"hw.nperflevels", NULL, 2, 4},
	    {"hw.perflevel0.physicalcpu", NULL, 4, 4},
	    {"hw.perflevel1.physicalcpu", NULL, 6, 4},
	    {"kern.osproductversion", "15.5", 0, 0},
	    {"kern.osversion", "24F74", 0, 0},
	    {"sysctl.proc_translated", NULL, 1, 4},
	    {"kern.hv_vmm_present", NULL, 0, 4},
	    {NULL, NULL, 0, 0},
	};
	static const struct name three_kinds[] = {
	    {"hw.nperflevels", NULL, 3, 4},
	    {"hw.perflevel0.physicalcpu", NULL, 2, 4},
	    {"hw.perflevel1.physicalcpu", NULL, 4, 4},
	    {"hw.perflevel2.physicalcpu", NULL, 6, 4},
	    {"kern.osproductversion", "16.0", 0, 0},
	    {"kern.hv_vmm_present", NULL, 1, 4},
	    {NULL, NULL, 0, 0},
	};
	struct machine_identity identity;

	identify(m4, &identity);
	is_text(identity.title, "Apple M4", "M4: title");
	is_text(identity.model, "Mac16,10", "M4: model");
	is_text(identity.system, "macOS", "M4: system");
	is_text(identity.system_version, "15.5 (24F74)", "M4: version");
	is_text(identity.architecture, "arm64", "M4: architecture of the machine, not of the translated program");
	is_int(identity.physical_cores, 10, "M4: cores");
	is_int(identity.performance_cores, 4, "M4: fast cores");
	is_int(identity.efficiency_cores, 6, "M4: slow cores");
	is_int(identity.memory_bytes, 17179869184, "M4: memory");
	is_int(identity.gpu_cores, 10, "M4: the GPU was asked for");
	ok(identity.translated && !identity.virtualized, "M4: under Rosetta, no virtual machine");
	machine_identity_release(&identity);

	identify(three_kinds, &identity);
	is_int(identity.performance_cores, 2, "three kinds: the fastest");
	is_int(identity.efficiency_cores, 10, "three kinds: all slower ones");
	is_text(identity.system_version, "16.0", "no build number");
	ok(!identity.translated && identity.virtualized, "a virtual machine");
	machine_identity_release(&identity);

	identify(nothing, &identity);
	ok(text_starts_with(identity.title, "macOS"), "nothing told: there is a title");
	is_int(identity.performance_cores, JSON_UNKNOWN, "nothing told: cores are unknown");
	is_text(identity.system_version, NULL, "nothing told: no version");
	ok(!identity.translated && !identity.virtualized, "nothing told: not claimed");
	machine_identity_release(&identity);
}

int main(void)
{
	test_recorded();
	test_growth();
	test_failures();
	test_stale();
	test_rate();
	test_no_names();
	test_sampler();
	test_identity();
	return tap_done();
}
