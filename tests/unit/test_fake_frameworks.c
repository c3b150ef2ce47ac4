/*
 * The macOS sources of src/machine that ask frameworks and the processors, on
 * any system: compiled into this test against the headers of tests/fake, with a
 * registry, a library of reports and a controller that follow a script.
 */
#include <stdlib.h>
#include <string.h>

#define sysconf fake_sysconf
#define dlopen  fake_dlopen
#define dlsym   fake_dlsym
#define dlclose fake_dlclose

#include "machine/cpu_time_darwin.c"
#include "machine/frameworks_darwin.c"
#include "machine/gpu_darwin.c"
#include "machine/sensor_cpu_darwin.c"
#include "machine/sensor_energy_darwin.c"
#include "machine/sensor_gpu_darwin.c"
#include "machine/sensor_smc_darwin.c"

#include "io_kit.h"
#include "machine/system.h"
#include "processors.h"
#include "tap.h"

/* --- the kernel --- */

static struct {
	const char *missing;            /* a library that is not there, or a function */
	int libraries, devices;         /* held */
	int64_t limit_mib, working_set; /* 0: not told */
} mac;

int64_t sysctl_integer(const char *name)
{
	if (strcmp(name, "hw.memsize") == 0)
		return INT64_C(16) << 30;
	return strcmp(name, "iogpu.wired_limit_mb") == 0 ? mac.limit_mib : JSON_UNKNOWN;
}

/* --- reports of energy: what the differences between samples are --- */

#define CHANNEL(channel, label, joules)                                                                         \
	{                                                                                                       \
		NULL, DICTIONARY({"name", STRING(channel)}, {"unit", STRING(label)}, {"value", NUMBER(joules)}) \
	}
#define CHANNELS(...) DICTIONARY({"IOReportChannels", ARRAY(__VA_ARGS__)})

static const struct fake_object *const busy = CHANNELS(
    CHANNEL("PCPU0", "mJ", 900), CHANNEL("DIE_0_CPU Energy", "mJ", 1200), CHANNEL("DIE_1_CPU Energy", "mJ", 300),
    CHANNEL("GPU Energy", "nJ", 5000000999), CHANNEL("DRAM", "uJ", 250), CHANNEL("ANE", "mJ", 7));
static const struct fake_object *const silent = CHANNELS(CHANNEL("CPU Energy", "mJ", 0), CHANNEL("GPU Energy", "nJ", 1),
                                                         CHANNEL("DRAM0", "mJ", 4), CHANNEL("DRAM1", "bananas", 3));
static const struct fake_object *difference;
static bool no_sample;

static cf_ref fake_IOReportCopyChannelsInGroup(cf_ref group, cf_ref subgroup, uint64_t a, uint64_t b, uint64_t c)
{
	return strcmp(((const struct fake_object *)group)->string, "Energy Model") == 0 && subgroup == NULL &&
	               a + b + c == 0
	           ? fake_take(busy)
	           : NULL;
}

static cf_ref fake_IOReportCreateSubscription(void *a, cf_ref channels, cf_ref *subscribed, uint64_t b, cf_ref c)
{
	*subscribed = channels;
	return a == NULL && b == 0 && c == NULL && channels == busy ? fake_take(model) : NULL;
}

static cf_ref fake_IOReportCreateSamples(cf_ref subscription, cf_ref channels, cf_ref a)
{
	return subscription == model && channels == busy && a == NULL && !no_sample ? fake_take(nameless) : NULL;
}

static cf_ref fake_IOReportCreateSamplesDelta(cf_ref older, cf_ref newer, cf_ref a)
{
	return older == nameless && newer == nameless && a == NULL ? fake_take(difference) : NULL;
}

static cf_ref part_of(cf_ref channel, const char *name)
{
	const struct fake_object key = FAKE_STRING_OF(name);

	return fake_CFDictionaryGetValue(channel, &key);
}

static cf_ref fake_IOReportChannelGetChannelName(cf_ref channel)
{
	return part_of(channel, "name");
}

static cf_ref fake_IOReportChannelGetUnitLabel(cf_ref channel)
{
	return part_of(channel, "unit");
}

static int64_t fake_IOReportSimpleGetIntegerValue(cf_ref channel, int32_t index)
{
	return index == 0 ? ((const struct fake_object *)part_of(channel, "value"))->number : -1;
}

/* --- Metal --- */

static void *create_device(void)
{
	mac.devices += mac.working_set > 0;
	return mac.working_set > 0 ? &mac : NULL;
}

static void *selector_named(const char *name)
{
	return (void *)name;
}

static void send(void *to, void *selector)
{
	mac.devices -= to == &mac && strcmp(selector, "release") == 0;
}

static uint64_t send_for_size(void *to, void *selector)
{
	return to == &mac && strcmp(selector, "recommendedMaxWorkingSetSize") == 0 ? (uint64_t)mac.working_set : 0;
}

/* --- libraries --- */

void *fake_dlopen(const char *path, int mode)
{
	if (mode != (RTLD_LAZY | RTLD_LOCAL) || path[0] != '/' ||
	    (mac.missing != NULL && strstr(path, mac.missing) != NULL))
		return NULL;
	mac.libraries++;
	return &mac;
}

int fake_dlclose(void *library)
{
	mac.libraries -= library == &mac;
	return 0;
}

void *fake_dlsym(void *library, const char *name)
{
	static bool again;
	const struct fake_function functions[] = {
#define X(type, name, arguments) FAKE_FUNCTION(name),
	    IO_KIT(X) IO_REPORT(X)
#undef X
		{"MTLCreateSystemDefaultDevice", (void (*)(void))create_device},
	    {"sel_registerName", (void (*)(void))selector_named},
	    {"objc_msgSend", again ? (void (*)(void))send_for_size : (void (*)(void))send},
	    {NULL, NULL},
	};
	void *address = fake_find(functions, name);

	if (library != &mac || (mac.missing != NULL && strcmp(name, mac.missing) == 0))
		return NULL;
	again = again != (strcmp(name, "objc_msgSend") == 0);
	return address != NULL ? address : fake_find(fake_core_foundation, name);
}

/* --- tests --- */

static struct server_family family = {2, {501, 502}};

typedef struct sensor *(*sensor_opener)(const struct sensor_context *context, struct text *why);

static struct sensor *start(sensor_opener open, const char *missing, const char *want_why)
{
	const struct sensor_context context = {.root = "", .family = &family};
	struct text why = {0};
	struct sensor *sensor;

	mac.missing = missing;
	sensor = open(&context, &why);
	mac.missing = NULL;
	is_text(text_string(&why), want_why, "why it is not here");
	ok((sensor == NULL) == (want_why[0] != '\0'), "  and whether it is");
	text_release(&why);
	return sensor;
}

static struct sample read_sample(struct sensor *sensor)
{
	struct sample sample;

	sample_reset(&sample);
	sensor->read(sensor, false, &sample);
	return sample;
}

static void nothing_is_held(void)
{
	is_int(mac.libraries + mac.devices + fake_rights + fake_mappings + fake_held + fake_io_held, 0,
	       "what was taken is given back");
}

static void test_gpu(void)
{
	struct sensor *sensor;
	struct sample sample;

	statistics = m4;
	sensor = start(sensor_open_gpu, NULL, "");
	sample = read_sample(sensor);
	is_int(sample.gpu_used_bytes, 2679144448, "what is allocated, not what the driver has in use");
	is_int(sample.gpu_total_bytes, INT64_C(16) << 30, "of the computer's memory");
	is_int(sample.gpu_busy_pct, 23, "busy");
	is_int(sample.server_gpu_ns, 7030, "the server's time: of all interfaces, of nobody else");
	family.count = 0;
	is_int(read_sample(sensor).server_gpu_ns, JSON_UNKNOWN, "no process of the server is known");
	family = (struct server_family){1, {501}};
	is_int(read_sample(sensor).server_gpu_ns, JSON_UNKNOWN, "an older system does not tell it");
	family = (struct server_family){2, {501, 502}};
	statistics = without_memory;
	sample = read_sample(sensor);
	ok(sample.gpu_used_bytes == JSON_UNKNOWN && sample.gpu_total_bytes == JSON_UNKNOWN, "without the key: unknown");
	is_int(sample.gpu_busy_pct, 23, "  the rest is read");
	statistics = words;
	is_int(read_sample(sensor).gpu_used_bytes, JSON_UNKNOWN, "words are no number");
	statistics = NULL;
	is_int(read_sample(sensor).gpu_busy_pct, JSON_UNKNOWN, "no statistics any more");
	sensor->close(sensor);
	nothing_is_held();
	start(sensor_open_gpu, NULL, "no GPU that publishes its statistics");
	start(sensor_open_gpu, "IOKit", "IOKit cannot be loaded");
	start(sensor_open_gpu, "CoreFoundation", "IOKit cannot be loaded");
	start(sensor_open_gpu, "IOIteratorNext", "IOKit cannot be loaded");
	nothing_is_held();
}

static void test_energy(void)
{
	struct sensor *sensor = start(sensor_open_energy, NULL, "");
	struct sample sample;

	difference = busy;
	sample = read_sample(sensor);
	is_int(sample.cpu_energy_uj, 1500000, "energy of both dies, in µJ");
	is_int(sample.gpu_energy_uj, 5000000, "of the GPU");
	is_int(sample.dram_energy_uj, 250, "of the memory");
	sample = read_sample(sensor);
	is_int(sample.cpu_energy_uj, 3000000, "it adds up");
	is_int(sample.gpu_energy_uj, 10000001, "  without losing what is less than 1 µJ");
	no_sample = true;
	is_int(read_sample(sensor).cpu_energy_uj, JSON_UNKNOWN, "no sample now: unknown");
	no_sample = false;
	difference = silent;
	sample = read_sample(sensor);
	is_int(sample.cpu_energy_uj, 3000000, "a counter that stands still is told as it is");
	is_int(sample.dram_energy_uj, JSON_UNKNOWN, "another unit of one of two: unknown");
	difference = busy;
	sample = read_sample(sensor);
	is_int(sample.cpu_energy_uj, 4500000, "it goes on");
	is_int(sample.dram_energy_uj, JSON_UNKNOWN, "a sum with a gap stays unknown");
	difference = NULL;
	is_int(read_sample(sensor).gpu_energy_uj, JSON_UNKNOWN, "no difference: unknown");
	sensor->close(sensor);
	nothing_is_held();
	start(sensor_open_energy, "libIOReport", "libIOReport cannot be loaded");
	start(sensor_open_energy, "IOReportCreateSamplesDelta", "libIOReport cannot be loaded");
	start(sensor_open_energy, "IOKit", "IOKit cannot be loaded");
	no_sample = true;
	start(sensor_open_energy, NULL, "IOReport has no channels of energy");
	no_sample = false;
	nothing_is_held();
}

static void test_controller(void)
{
	struct sensor *sensor = start(sensor_open_smc, NULL, "");
	struct sample sample = read_sample(sensor);

	is_int(sample.system_power_mw, 12500, "power of the machine");
	is_int(sample.cpu_temperature_mc, 70000, "the CPU's hottest sensor; the battery is hotter");
	is_int(sample.gpu_temperature_mc, 61250, "the GPU's");
	memset(keys[1].bytes, 0, sizeof(keys[1].bytes));
	is_int(read_sample(sensor).system_power_mw, JSON_UNKNOWN, "0 W is unknown");
	keys[6].bytes[2] = 0x96;
	keys[6].bytes[3] = 0x42;
	is_int(read_sample(sensor).cpu_temperature_mc, 75000, "a core that slept wakes");
	sensor->close(sensor);
	nothing_is_held();
	start(sensor_open_smc, "IOKit", "IOKit cannot be loaded");
	controller_refuses = true;
	start(sensor_open_smc, NULL, "the controller (SMC) cannot be opened");
	controller_refuses = false;
	nothing_is_held();
}

static void test_processors(void)
{
	struct sensor *sensor = start(sensor_open_cpu, NULL, "");
	struct sample sample = read_sample(sensor);

	is_int(sample.cpu_busy_ns, INT64_C(3000000123) * 10 * NS_PER_MS, "busy: user, system and nice of both");
	is_int(sample.cpu_idle_ns, INT64_C(4050) * 10 * NS_PER_MS, "idle");
	ok(sample.client_cpu_ns > 0, "llmbench's own time");
	fake_no_processors = true;
	is_int(read_sample(sensor).cpu_busy_ns, JSON_UNKNOWN, "not told: unknown");
	fake_no_processors = false;
	sensor->close(sensor);
	nothing_is_held();
}

static void identified(const char *missing, const char *name, int64_t want_cores, int64_t want_limit)
{
	struct machine_identity identity;

	machine_identity_reset(&identity);
	mac.missing = missing;
	gpu_identify_darwin(&identity);
	mac.missing = NULL;
	is_text(identity.gpu, name, missing != NULL ? missing : "all libraries");
	is_int(identity.gpu_cores, want_cores, "  cores");
	is_int(identity.gpu_limit_bytes, want_limit, "  Metal's limit");
	machine_identity_release(&identity);
	nothing_is_held();
}

static void test_identity(void)
{
	mac.working_set = 12713115648;
	mac.limit_mib = 0;
	identified(NULL, "Apple M4", 10, 12713115648);
	identified("IOKit", NULL, JSON_UNKNOWN, 12713115648);
	identified("Metal", "Apple M4", 10, JSON_UNKNOWN);
	identified("libobjc", "Apple M4", 10, JSON_UNKNOWN);
	mac.limit_mib = 14000;
	identified("Metal", "Apple M4", 10, INT64_C(14000) << 20);
	mac.working_set = 0; /* no device */
	identified(NULL, "Apple M4", 10, INT64_C(14000) << 20);
}

int main(void)
{
	test_gpu();
	test_energy();
	test_controller();
	test_processors();
	test_identity();
	return tap_done();
}
