#include "machine/frameworks_darwin.h"

#include <dlfcn.h>
#include <string.h>

#include "base/json.h"

void *library_open(const char *path)
{
	return dlopen(path, RTLD_LAZY | RTLD_LOCAL);
}

void library_close(void *library)
{
	if (library != NULL)
		dlclose(library);
}

/* C has no conversion from the pointer to an object that dlsym() returns. */
bool library_find(void *library, const char *name, void *function)
{
	void *address = library != NULL ? dlsym(library, name) : NULL;

	memcpy(function, &address, sizeof(address));
	return address != NULL;
}

static bool find_functions(struct frameworks *f)
{
	bool found = true;

#define X(type, name, arguments) found = library_find(f->core_foundation, #name, &f->name) && found;
	CORE_FOUNDATION(X)
#undef X
#define X(type, name, arguments) found = library_find(f->io_kit, #name, &f->name) && found;
	IO_KIT(X)
#undef X
	return found;
}

bool frameworks_open(struct frameworks *f, struct text *why)
{
	*f = (struct frameworks){
	    .core_foundation = library_open(FRAMEWORK("CoreFoundation")),
	    .io_kit = library_open(FRAMEWORK("IOKit")),
	};
	if (find_functions(f))
		return true;
	frameworks_close(f);
	if (why != NULL)
		text_add(why, "IOKit cannot be loaded");
	return false;
}

void frameworks_close(struct frameworks *f)
{
	library_close(f->io_kit);
	library_close(f->core_foundation);
	*f = (struct frameworks){0};
}

cf_ref frameworks_string(const struct frameworks *f, const char *string)
{
	return f->CFStringCreateWithCString(NULL, string, CF_UTF8);
}

void frameworks_release(const struct frameworks *f, cf_ref object)
{
	if (object != NULL)
		f->CFRelease(object);
}

static bool is_a(const struct frameworks *f, cf_ref object, cf_type type)
{
	return object != NULL && f->CFGetTypeID(object) == type;
}

int64_t frameworks_integer(const struct frameworks *f, cf_ref object)
{
	int64_t value;

	return is_a(f, object, f->CFNumberGetTypeID()) && f->CFNumberGetValue(object, CF_NUMBER_SINT64, &value)
	           ? value
	           : JSON_UNKNOWN;
}

bool frameworks_text(const struct frameworks *f, cf_ref object, char *into, size_t size)
{
	if (is_a(f, object, f->CFStringGetTypeID()) && f->CFStringGetCString(object, into, (cf_index)size, CF_UTF8))
		return true;
	into[0] = '\0';
	return false;
}

cf_ref frameworks_get(const struct frameworks *f, cf_ref object, cf_ref key)
{
	return key != NULL && is_a(f, object, f->CFDictionaryGetTypeID()) ? f->CFDictionaryGetValue(object, key) : NULL;
}

cf_index frameworks_count(const struct frameworks *f, cf_ref object)
{
	return is_a(f, object, f->CFArrayGetTypeID()) ? f->CFArrayGetCount(object) : 0;
}

cf_ref frameworks_property(const struct frameworks *f, io_object service, cf_ref key)
{
	return key != NULL ? f->IORegistryEntryCreateCFProperty(service, key, NULL, 0) : NULL;
}

/* The dictionary of what is to be matched is released by the call that takes it. */
void frameworks_each_service(const struct frameworks *f, const char *class_name,
                             bool (*visit)(void *context, io_object service), void *context)
{
	cf_ref matching = f->IOServiceMatching(class_name);
	io_object services = 0, service;

	if (matching == NULL || f->IOServiceGetMatchingServices(0, matching, &services) != 0 || services == 0)
		return;
	while ((service = f->IOIteratorNext(services)) != 0)
		if (!visit(context, service))
			f->IOObjectRelease(service);
	f->IOObjectRelease(services);
}
