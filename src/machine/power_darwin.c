/*
 * Each library is opened for one question and closed after it: the system has
 * them in memory for every program anyway, and nothing must be kept.
 */
#include "machine/power_darwin.h"

#include <math.h>
#include <string.h>

#include "machine/frameworks_darwin.h"

/* X(type of result, name, arguments) of the functions that are used beside those of frameworks_darwin.h. */
#define IO_POWER(X)                                                \
	X(cf_ref, IOPSCopyPowerSourcesInfo, (void))                \
	X(cf_ref, IOPSCopyPowerSourcesList, (cf_ref))              \
	X(cf_ref, IOPSGetPowerSourceDescription, (cf_ref, cf_ref)) \
	X(cf_ref, IOPSGetProvidingPowerSourceType, (cf_ref))

struct power_functions {
	struct frameworks all;
#define X(type, name, arguments) type(*name) arguments;
	IO_POWER(X)
#undef X
};

static bool find_power_functions(struct power_functions *f)
{
	bool found = true;

#define X(type, name, arguments) found = library_find(f->all.io_kit, #name, &f->name) && found;
	IO_POWER(X)
#undef X
	return found;
}

static double number_of(const struct frameworks *f, cf_ref dictionary, const char *key)
{
	cf_ref name = frameworks_string(f, key);
	int64_t value = frameworks_integer(f, frameworks_get(f, dictionary, name));

	frameworks_release(f, name);
	return value != JSON_UNKNOWN ? (double)value : NAN;
}

/* Of several batteries the emptiest counts. */
static double charge_pct(const struct power_functions *f, cf_ref info)
{
	cf_ref list = f->IOPSCopyPowerSourcesList(info);
	cf_index count = frameworks_count(&f->all, list);
	double least = NAN;

	for (cf_index i = 0; i < count; i++) {
		cf_ref source = f->IOPSGetPowerSourceDescription(info, f->all.CFArrayGetValueAtIndex(list, i));

		if (source != NULL)
			least = fmin(least, 100 * number_of(&f->all, source, "Current Capacity") /
			                        number_of(&f->all, source, "Max Capacity"));
	}
	frameworks_release(&f->all, list);
	return least;
}

static enum power_source source_named(const char *name)
{
	if (strcmp(name, "AC Power") == 0)
		return POWER_AC;
	if (strcmp(name, "Battery Power") == 0)
		return POWER_BATTERY;
	return strcmp(name, "UPS Power") == 0 ? POWER_UPS : POWER_UNKNOWN;
}

static void read_sources(const struct power_functions *f, struct machine_conditions *conditions)
{
	cf_ref info = f->IOPSCopyPowerSourcesInfo();
	char name[CONDITION_WORD];

	if (info == NULL)
		return;
	if (frameworks_text(&f->all, f->IOPSGetProvidingPowerSourceType(info), name, sizeof(name)))
		conditions->power_source = source_named(name);
	conditions->battery_pct = charge_pct(f, info);
	f->all.CFRelease(info);
}

void power_read_darwin(struct machine_conditions *conditions)
{
	struct power_functions functions;

	if (!frameworks_open(&functions.all, NULL))
		return;
	if (find_power_functions(&functions))
		read_sources(&functions, conditions);
	frameworks_close(&functions.all);
}

/* [[NSProcessInfo processInfo] isLowPowerModeEnabled], by the functions that the compiler would call for it. */
enum low_power_mode low_power_mode_darwin(void)
{
	void *foundation = library_open(FRAMEWORK("Foundation"));
	void *runtime = library_open("/usr/lib/libobjc.A.dylib");
	void *(*class_named)(const char *);
	void *(*selector_named)(const char *);
	void *(*method_of)(void *, void *);
	void *(*send)(void *, void *);
	bool (*send_for_bool)(void *, void *);
	enum low_power_mode mode = LOW_POWER_UNKNOWN;

	if (foundation != NULL && library_find(runtime, "objc_getClass", &class_named) &&
	    library_find(runtime, "sel_registerName", &selector_named) &&
	    library_find(runtime, "class_getInstanceMethod", &method_of) &&
	    library_find(runtime, "objc_msgSend", &send) && library_find(runtime, "objc_msgSend", &send_for_bool)) {
		void *type = class_named("NSProcessInfo");
		void *question = selector_named("isLowPowerModeEnabled");

		if (type != NULL && method_of(type, question) != NULL) {
			void *process = send(type, selector_named("processInfo"));

			if (process != NULL)
				mode = send_for_bool(process, question) ? LOW_POWER_ON : LOW_POWER_OFF;
		}
	}
	library_close(runtime);
	library_close(foundation);
	return mode;
}
