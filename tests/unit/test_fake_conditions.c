/*
 * The macOS sources of conditions on any system: compiled into this test against
 * the headers of tests/fake, with a kernel and frameworks that follow a script.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define getpid  fake_getpid
#define sysconf fake_sysconf
#define dlopen  fake_dlopen
#define dlsym   fake_dlsym
#define dlclose fake_dlclose

#include "machine/conditions_darwin.c"
#include "machine/cpu_time_darwin.c"
#include "machine/frameworks_darwin.c"
#include "machine/power_darwin.c"
#include "machine/sysctl_darwin.c"
#include "machine/watch_darwin.c"

#include "core_foundation.h"
#include "machine/condition_names.h"
#include "processors.h"
#include "tap.h"

struct battery {
	int64_t now, most;
};

static struct {
	int64_t thermal, low_power_notified; /* −1: the system refuses */
	int64_t pressure;                    /* 0: there is no such name */
	bool frameworks, asks_mode;          /* asks_mode: NSProcessInfo knows the question */
	bool low_power;
	const char *source;
	struct battery batteries[2];
	int battery_count;
	int tokens, libraries; /* held */
} mac;

/* --- the kernel --- */

pid_t fake_getpid(void)
{
	return 500;
}

/* 501 descends from 500, 502 from 501; 1 is root's and does not tell its times; 503 ends while it is asked. */
int proc_listallpids(void *pids, int bytes)
{
	static const pid_t all[] = {1, 502, 500, 503, 501};

	if (pids == NULL)
		return 5 + 20;
	if (bytes < (int)sizeof(all))
		return 0;
	memcpy(pids, all, sizeof(all));
	return 5;
}

int proc_pidinfo(int pid, int flavor, uint64_t argument, void *info, int bytes)
{
	const struct proc_bsdshortinfo process = {
	    .pbsi_pid = (uint32_t)pid,
	    .pbsi_ppid = pid == 1     ? 0
	                 : pid == 500 ? 1
	                              : (uint32_t)pid - 1,
	};

	if (flavor != PROC_PIDT_SHORTBSDINFO || argument != 0 || bytes != sizeof(process) || pid == 503)
		return 0;
	memcpy(info, &process, sizeof(process));
	return bytes;
}

int proc_pid_rusage(int pid, int flavor, rusage_info_t *usage)
{
	const struct rusage_info_v4 times = {
	    .ri_user_time = 24, .ri_system_time = 12, .ri_child_user_time = 6, .ri_child_system_time = 6};

	if (flavor != RUSAGE_INFO_V4 || pid == 1)
		return -1;
	memcpy(usage, &times, sizeof(times));
	return 0;
}

int sysctlbyname(const char *name, void *old, size_t *old_size, void *new, size_t new_size)
{
	const struct xsw_usage swap = {.xsu_total = 2048, .xsu_used = 1470};
	const int32_t level = (int32_t)mac.pressure;
	const void *value = strcmp(name, "vm.swapusage") == 0 ? (const void *)&swap : &level;
	size_t size = value == &swap ? sizeof(swap) : sizeof(level);

	if ((value == &level && (mac.pressure == 0 || strcmp(name, "kern.memorystatus_vm_pressure_level") != 0)) ||
	    new != NULL || new_size != 0 || *old_size < size)
		return -1;
	memcpy(old, value, size);
	*old_size = size;
	return 0;
}

/* --- notifications: the token tells the name --- */

uint32_t notify_register_check(const char *name, int *token)
{
	*token = strcmp(name, "com.apple.system.thermalpressurelevel") == 0;
	if ((*token ? mac.thermal : mac.low_power_notified) < 0)
		return 1000000;
	mac.tokens++;
	return NOTIFY_OK;
}

uint32_t notify_get_state(int token, uint64_t *state)
{
	*state = (uint64_t)(token ? mac.thermal : mac.low_power_notified);
	return NOTIFY_OK;
}

uint32_t notify_cancel(int token)
{
	mac.tokens -= token == 0 || token == 1;
	return NOTIFY_OK;
}

/* --- frameworks: the info is `mac`, the list one of batteries --- */

static struct fake_object numbers[4], batteries[2], list = {.type = FAKE_ARRAY};
static struct fake_item charges[4], list_items[2];

static cf_ref fake_IOPSCopyPowerSourcesInfo(void)
{
	static const struct fake_object info = {.type = FAKE_OTHER};

	return fake_take(&info);
}

static cf_ref fake_IOPSCopyPowerSourcesList(cf_ref info)
{
	for (int i = 0; i < mac.battery_count; i++) {
		numbers[2 * i] = FAKE_NUMBER_OF(mac.batteries[i].now);
		numbers[2 * i + 1] = FAKE_NUMBER_OF(mac.batteries[i].most);
		charges[2 * i] = (struct fake_item){"Current Capacity", &numbers[2 * i]};
		charges[2 * i + 1] = (struct fake_item){"Max Capacity", &numbers[2 * i + 1]};
		batteries[i] = (struct fake_object){.type = FAKE_DICTIONARY, .count = 2, .items = &charges[2 * i]};
		list_items[i].value = &batteries[i];
	}
	list.count = (size_t)mac.battery_count;
	list.items = list_items;
	return info != NULL ? fake_take(&list) : NULL;
}

static cf_ref fake_IOPSGetPowerSourceDescription(cf_ref info, cf_ref source)
{
	return info != NULL ? source : NULL;
}

static cf_ref fake_IOPSGetProvidingPowerSourceType(cf_ref info)
{
	static struct fake_object type;

	type = FAKE_STRING_OF(mac.source);
	return info != NULL && mac.source != NULL ? &type : NULL;
}

/* Nothing of the registry is asked for conditions. */
#define X(type, name, arguments)      \
	static void fake_##name(void) \
	{                             \
		abort();              \
	}
IO_KIT(X)
#undef X

static void *class_named(const char *name)
{
	return strcmp(name, "NSProcessInfo") == 0 ? &mac : NULL;
}

static void *selector_named(const char *name)
{
	return (void *)name;
}

static void *method_of(void *type, void *selector)
{
	return mac.asks_mode && strcmp(selector, "isLowPowerModeEnabled") == 0 ? type : NULL;
}

/* The one function has two types: what it is asked for first is the object. */
static void *send_for_object(void *to, void *selector)
{
	return strcmp(selector, "processInfo") == 0 ? to : NULL;
}

static bool send_for_truth(void *to, void *selector)
{
	return to == &mac && strcmp(selector, "isLowPowerModeEnabled") == 0 && mac.low_power;
}

void *fake_dlopen(const char *path, int mode)
{
	if (!mac.frameworks || mode != (RTLD_LAZY | RTLD_LOCAL) || path[0] != '/')
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
	    IO_KIT(X) IO_POWER(X)
#undef X
		{"objc_getClass", (void (*)(void))class_named},
	    {"sel_registerName", (void (*)(void))selector_named},
	    {"class_getInstanceMethod", (void (*)(void))method_of},
	    {"objc_msgSend", again ? (void (*)(void))send_for_truth : (void (*)(void))send_for_object},
	    {NULL, NULL},
	};
	void *address = library == &mac ? fake_find(functions, name) : NULL;

	again = again != (strcmp(name, "objc_msgSend") == 0);
	return address != NULL || library != &mac ? address : fake_find(fake_core_foundation, name);
}

/* --- tests --- */

static struct machine_conditions read_mac(void)
{
	struct machine_conditions got;

	machine_conditions_read(&got);
	is_int(fake_rights + fake_mappings + mac.tokens + mac.libraries + fake_held, 0, "what was taken is given back");
	return got;
}

static void test_states(void)
{
	static const struct {
		int64_t thermal, low_power_notified, pressure;
		bool frameworks, asks_mode, low_power;
		const char *source, *want_state, *want_mode, *want_pressure, *want_source;
	} cases[] = {
	    {0, 0, 1, true, true, false, "AC Power", "nominal", "off", "normal", "ac"},
	    {1, 0, 2, true, true, true, "Battery Power", "fair", "on", "warning", "battery"},
	    {2, 1, 4, true, true, false, "UPS Power", "serious", "on", "critical", "ups"},
	    {3, 1, 3, true, false, false, "Perpetuum Mobile", "critical", "on", NULL, NULL},
	    {4, 0, 0, true, false, true, NULL, "critical", NULL, NULL, NULL},
	    {5, -1, 0, false, true, true, "AC Power", NULL, NULL, NULL, NULL},
	    {-1, -1, 0, false, false, false, NULL, NULL, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine_conditions got;

		mac.thermal = cases[i].thermal;
		mac.low_power_notified = cases[i].low_power_notified;
		mac.pressure = cases[i].pressure;
		mac.frameworks = cases[i].frameworks;
		mac.asks_mode = cases[i].asks_mode;
		mac.low_power = cases[i].low_power;
		mac.source = cases[i].source;
		got = read_mac();
		is_text(thermal_state_name(got.thermal_state), cases[i].want_state, "thermal state");
		is_text(low_power_mode_name(got.low_power_mode), cases[i].want_mode, "  low-power mode");
		is_text(memory_pressure_name(got.memory_pressure), cases[i].want_pressure, "  memory pressure");
		is_text(power_source_name(got.power_source), cases[i].want_source, "  power source");
	}
}

static void test_numbers(void)
{
	struct machine_conditions got;

	mac.frameworks = true;
	mac.source = "Battery Power";
	mac.batteries[0] = (struct battery){90, 100};
	mac.batteries[1] = (struct battery){1230, 3000};
	mac.battery_count = 2;
	got = read_mac();
	is_real(got.battery_pct, 41, 1e-9, "the emptiest battery");
	is_int(got.swap_used_bytes, 1470, "swap");
	is_int(got.cpu_busy_ns, INT64_C(3000000123) * 10 * NS_PER_MS, "busy: user, system and nice of both processors");
	is_int(got.cpu_idle_ns, INT64_C(4050) * 10 * NS_PER_MS, "idle");
	is_int(got.own_cpu_ns, 3 * 48 * 125 / 3, "three processes of ours, in units of 125/3 ns");
	is_int(got.cpu_steal_ns, JSON_UNKNOWN, "no steal");
	is_int(got.swapped_in_bytes, JSON_UNKNOWN, "pages swapped in are not asked for");
	ok(isnan(got.cpu_temperature_c) && got.cpu_governor[0] == '\0', "no temperature, no governor");
	mac.battery_count = 0;
	got = read_mac();
	ok(isnan(got.battery_pct), "no battery");
}

/* Heat that comes and goes between two readings is seen by a look; nothing is held when the watch is closed. */
static void test_watch(void)
{
	struct machine_conditions worst, seen;
	struct watch *watch;

	mac.thermal = mac.low_power_notified = 0;
	watch = watch_open("");
	machine_conditions_reset(&worst);
	for (int i = 0; i < 3; i++) {
		mac.thermal = i == 1 ? 2 : 0;
		mac.pressure = i == 1 ? 2 : 1;
		mac.low_power_notified = i == 1;
		watch_look(watch, &seen);
		conditions_worsen(&worst, &seen);
	}
	is_text(thermal_state_name(worst.thermal_state), "serious", "the worst is kept");
	is_text(low_power_mode_name(worst.low_power_mode), "on", "  also of the mode");
	is_text(memory_pressure_name(worst.memory_pressure), "warning", "  and of memory pressure");
	is_int(mac.tokens, 2, "two notifications are registered; a look takes nothing");
	watch_close(watch);
	is_int(mac.tokens, 0, "what was taken is given back");
}

int main(void)
{
	test_states();
	test_watch();
	test_numbers();
	return tap_done();
}
