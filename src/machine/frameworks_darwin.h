/*
 * CoreFoundation and IOKit, loaded when they are needed: nothing of them is
 * linked, so the program runs on every macOS, and what one of them has not is
 * unknown (reference: sampling.md §3.6).
 */
#ifndef MACHINE_FRAMEWORKS_DARWIN_H
#define MACHINE_FRAMEWORKS_DARWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define FRAMEWORK(name) "/System/Library/Frameworks/" name ".framework/" name

/* The types of both, as they cross the interface. */
typedef const void *cf_ref;
typedef long cf_index;
typedef unsigned long cf_type;
typedef uint32_t io_object; /* a port of Mach; 0: none */
typedef char io_name[128];

enum { CF_UTF8 = 0x08000100, CF_NUMBER_SINT64 = 4 };

/* X(type of result, name, arguments) of the functions that are used; all have been there since before macOS 12. */
#define CORE_FOUNDATION(X)                                                         \
	X(void, CFRelease, (cf_ref))                                               \
	X(cf_type, CFGetTypeID, (cf_ref))                                          \
	X(cf_type, CFArrayGetTypeID, (void))                                       \
	X(cf_type, CFDictionaryGetTypeID, (void))                                  \
	X(cf_type, CFNumberGetTypeID, (void))                                      \
	X(cf_type, CFStringGetTypeID, (void))                                      \
	X(cf_index, CFArrayGetCount, (cf_ref))                                     \
	X(cf_ref, CFArrayGetValueAtIndex, (cf_ref, cf_index))                      \
	X(cf_index, CFDictionaryGetCount, (cf_ref))                                \
	X(cf_ref, CFDictionaryGetValue, (cf_ref, cf_ref))                          \
	X(cf_ref, CFDictionaryCreateMutableCopy, (cf_ref, cf_index, cf_ref))       \
	X(cf_ref, CFStringCreateWithCString, (cf_ref, const char *, uint32_t))     \
	X(unsigned char, CFStringGetCString, (cf_ref, char *, cf_index, uint32_t)) \
	X(unsigned char, CFNumberGetValue, (cf_ref, cf_index, void *))
#define IO_KIT(X)                                                                         \
	X(cf_ref, IOServiceMatching, (const char *))                                      \
	X(int, IOServiceGetMatchingServices, (io_object, cf_ref, io_object *))            \
	X(io_object, IOIteratorNext, (io_object))                                         \
	X(int, IOObjectRelease, (io_object))                                              \
	X(cf_ref, IORegistryEntryCreateCFProperty, (io_object, cf_ref, cf_ref, uint32_t)) \
	X(int, IORegistryEntryGetName, (io_object, char *))                               \
	X(int, IORegistryEntryGetChildIterator, (io_object, const char *, io_object *))   \
	X(int, IOServiceOpen, (io_object, uint32_t, uint32_t, io_object *))               \
	X(int, IOServiceClose, (io_object))                                               \
	X(int, IOConnectCallStructMethod, (io_object, uint32_t, const void *, size_t, void *, size_t *))

struct frameworks {
	void *core_foundation, *io_kit;
#define X(type, name, arguments) type(*name) arguments;
	CORE_FOUNDATION(X)
	IO_KIT(X)
#undef X
};

/* False: `why` (may be NULL) says so in a few words, and nothing is open. */
bool frameworks_open(struct frameworks *frameworks, struct text *why);
void frameworks_close(struct frameworks *frameworks);

/* Like dlopen() and dlclose(), for what is used of other libraries; NULL is allowed. */
void *library_open(const char *path);
void library_close(void *library);

/* Stores a function's address, NULL where there is none, in the pointer to a function at `function`. */
bool library_find(void *library, const char *name, void *function);

/* A string; the caller releases it. */
cf_ref frameworks_string(const struct frameworks *frameworks, const char *string);
/* NULL is allowed, as it is in the three below: nothing is released, nothing told. */
void frameworks_release(const struct frameworks *frameworks, cf_ref object);

/* An integer; JSON_UNKNOWN when it is something else. */
int64_t frameworks_integer(const struct frameworks *frameworks, cf_ref object);
/* False: it is no string, or longer than `size` allows; then `into` is "". */
bool frameworks_text(const struct frameworks *frameworks, cf_ref object, char *into, size_t size);
/* Borrowed; NULL: the object is no dictionary, or has no such key. */
cf_ref frameworks_get(const struct frameworks *frameworks, cf_ref object, cf_ref key);
/* Of an array; 0 when it is something else. */
cf_index frameworks_count(const struct frameworks *frameworks, cf_ref object);

/* A property of a service; the caller releases it. NULL: there is none such. */
cf_ref frameworks_property(const struct frameworks *frameworks, io_object service, cf_ref key);

/* Visits all services of a class; one that `visit` returns true for is kept, and the caller releases it. */
void frameworks_each_service(const struct frameworks *frameworks, const char *class_name,
                             bool (*visit)(void *context, io_object service), void *context);

#endif
