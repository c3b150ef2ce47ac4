/*
 * Each library is opened for one question and closed after it: the system has
 * them in memory for every program anyway, and nothing must be kept.
 */
#include "machine/power_darwin.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>

#define FRAMEWORK(name) "/System/Library/Frameworks/" name ".framework/" name

/* The types of CoreFoundation, as they cross the interface. */
typedef const void *cf_ref;
typedef long cf_index;

enum { CF_UTF8 = 0x08000100, CF_NUMBER_SINT64 = 4 };

/* X(type of result, name, arguments) of the functions that are used. */
#define CORE_FOUNDATION(X)                                                         \
	X(void, CFRelease, (cf_ref))                                               \
	X(cf_index, CFArrayGetCount, (cf_ref))                                     \
	X(cf_ref, CFArrayGetValueAtIndex, (cf_ref, cf_index))                      \
	X(cf_ref, CFDictionaryGetValue, (cf_ref, cf_ref))                          \
	X(cf_ref, CFStringCreateWithCString, (cf_ref, const char *, uint32_t))     \
	X(unsigned char, CFStringGetCString, (cf_ref, char *, cf_index, uint32_t)) \
	X(unsigned char, CFNumberGetValue, (cf_ref, cf_index, void *))
#define IO_KIT(X)                                                  \
	X(cf_ref, IOPSCopyPowerSourcesInfo, (void))                \
	X(cf_ref, IOPSCopyPowerSourcesList, (cf_ref))              \
	X(cf_ref, IOPSGetPowerSourceDescription, (cf_ref, cf_ref)) \
	X(cf_ref, IOPSGetProvidingPowerSourceType, (cf_ref))

struct power_functions {
#define X(type, name, arguments) type(*name) arguments;
	CORE_FOUNDATION(X)
	IO_KIT(X)
#undef X
};

/* Stores a function's address: C has no conversion from the pointer to an object that dlsym() returns. */
static bool find(void *library, const char *name, void *function, size_t size)
{
	void *address = library != NULL ? dlsym(library, name) : NULL;

	memcpy(function, &address, size);
	return address != NULL;
}

static bool find_all(void *core_foundation, void *io_kit, struct power_functions *f)
{
	bool found = true;

#define X(type, name, arguments) found = find(core_foundation, #name, &f->name, sizeof(f->name)) && found;
	CORE_FOUNDATION(X)
#undef X
#define X(type, name, arguments) found = find(io_kit, #name, &f->name, sizeof(f->name)) && found;
	IO_KIT(X)
#undef X
	return found;
}

static double number_of(const struct power_functions *f, cf_ref dictionary, const char *key)
{
	cf_ref name = f->CFStringCreateWithCString(NULL, key, CF_UTF8);
	cf_ref number = name != NULL ? f->CFDictionaryGetValue(dictionary, name) : NULL;
	int64_t value;
	bool told = number != NULL && f->CFNumberGetValue(number, CF_NUMBER_SINT64, &value);

	if (name != NULL)
		f->CFRelease(name);
	return told ? (double)value : NAN;
}

/* Of several batteries the emptiest counts. */
static double charge_pct(const struct power_functions *f, cf_ref info)
{
	cf_ref list = f->IOPSCopyPowerSourcesList(info);
	cf_index count = list != NULL ? f->CFArrayGetCount(list) : 0;
	double least = NAN;

	for (cf_index i = 0; i < count; i++) {
		cf_ref source = f->IOPSGetPowerSourceDescription(info, f->CFArrayGetValueAtIndex(list, i));

		if (source != NULL)
			least = fmin(least, 100 * number_of(f, source, "Current Capacity") /
			                        number_of(f, source, "Max Capacity"));
	}
	if (list != NULL)
		f->CFRelease(list);
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
	cf_ref type = info != NULL ? f->IOPSGetProvidingPowerSourceType(info) : NULL;
	char name[CONDITION_WORD];

	if (type != NULL && f->CFStringGetCString(type, name, sizeof(name), CF_UTF8))
		conditions->power_source = source_named(name);
	if (info != NULL) {
		conditions->battery_pct = charge_pct(f, info);
		f->CFRelease(info);
	}
}

static void close_library(void *library)
{
	if (library != NULL)
		dlclose(library);
}

void power_read_darwin(struct machine_conditions *conditions)
{
	void *core_foundation = dlopen(FRAMEWORK("CoreFoundation"), RTLD_LAZY | RTLD_LOCAL);
	void *io_kit = dlopen(FRAMEWORK("IOKit"), RTLD_LAZY | RTLD_LOCAL);
	struct power_functions functions;

	if (find_all(core_foundation, io_kit, &functions))
		read_sources(&functions, conditions);
	close_library(io_kit);
	close_library(core_foundation);
}

/* [[NSProcessInfo processInfo] isLowPowerModeEnabled], by the functions that the compiler would call for it. */
enum low_power_mode low_power_mode_darwin(void)
{
	void *foundation = dlopen(FRAMEWORK("Foundation"), RTLD_LAZY | RTLD_LOCAL);
	void *runtime = dlopen("/usr/lib/libobjc.A.dylib", RTLD_LAZY | RTLD_LOCAL);
	void *(*class_named)(const char *);
	void *(*selector_named)(const char *);
	void *(*method_of)(void *, void *);
	void *(*send)(void *, void *);
	bool (*send_for_bool)(void *, void *);
	enum low_power_mode mode = LOW_POWER_UNKNOWN;

	if (foundation != NULL && find(runtime, "objc_getClass", &class_named, sizeof(class_named)) &&
	    find(runtime, "sel_registerName", &selector_named, sizeof(selector_named)) &&
	    find(runtime, "class_getInstanceMethod", &method_of, sizeof(method_of)) &&
	    find(runtime, "objc_msgSend", &send, sizeof(send)) &&
	    find(runtime, "objc_msgSend", &send_for_bool, sizeof(send_for_bool))) {
		void *type = class_named("NSProcessInfo");
		void *question = selector_named("isLowPowerModeEnabled");

		if (type != NULL && method_of(type, question) != NULL) {
			void *process = send(type, selector_named("processInfo"));

			if (process != NULL)
				mode = send_for_bool(process, question) ? LOW_POWER_ON : LOW_POWER_OFF;
		}
	}
	close_library(runtime);
	close_library(foundation);
	return mode;
}
