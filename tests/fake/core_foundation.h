/*
 * CoreFoundation for tests: objects of the types that src/machine reads, of
 * which those that a caller holds are counted. Included after
 * machine/frameworks_darwin.c.
 */
#ifndef FAKE_CORE_FOUNDATION_H
#define FAKE_CORE_FOUNDATION_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/frameworks_darwin.h"

enum fake_type { FAKE_ARRAY = 18, FAKE_DICTIONARY, FAKE_NUMBER, FAKE_STRING, FAKE_OTHER };

/* Arrays have items, and so have dictionaries, each with a name. */
struct fake_object {
	enum fake_type type;
	const char *string;
	int64_t number;
	size_t count;
	const struct fake_item {
		const char *name;
		const struct fake_object *value;
	} * items;
	bool made; /* by a call; it is freed */
};

#define FAKE_NUMBER_OF(value)                          \
	(const struct fake_object)                     \
	{                                              \
		.type = FAKE_NUMBER, .number = (value) \
	}
#define FAKE_STRING_OF(value)                          \
	(const struct fake_object)                     \
	{                                              \
		.type = FAKE_STRING, .string = (value) \
	}

static int fake_held; /* objects that must be released */

static cf_ref fake_take(cf_ref object)
{
	fake_held += object != NULL;
	return object;
}

static void fake_CFRelease(cf_ref object)
{
	const struct fake_object *held = object;

	fake_held--;
	if (held->made) {
		free((char *)held->string);
		free((void *)held);
	}
}

static cf_type fake_CFGetTypeID(cf_ref object)
{
	return ((const struct fake_object *)object)->type;
}

#define FAKE_TYPE_ID(name, type)         \
	static cf_type fake_##name(void) \
	{                                \
		return type;             \
	}
FAKE_TYPE_ID(CFArrayGetTypeID, FAKE_ARRAY)
FAKE_TYPE_ID(CFDictionaryGetTypeID, FAKE_DICTIONARY)
FAKE_TYPE_ID(CFNumberGetTypeID, FAKE_NUMBER)
FAKE_TYPE_ID(CFStringGetTypeID, FAKE_STRING)

static cf_index fake_CFArrayGetCount(cf_ref object)
{
	return (cf_index)((const struct fake_object *)object)->count;
}

static cf_ref fake_CFArrayGetValueAtIndex(cf_ref object, cf_index index)
{
	return ((const struct fake_object *)object)->items[index].value;
}

static cf_index fake_CFDictionaryGetCount(cf_ref object)
{
	return fake_CFArrayGetCount(object);
}

static cf_ref fake_CFDictionaryGetValue(cf_ref object, cf_ref key)
{
	const struct fake_object *dictionary = object, *name = key;

	for (size_t i = 0; i < dictionary->count; i++)
		if (strcmp(dictionary->items[i].name, name->string) == 0)
			return dictionary->items[i].value;
	return NULL;
}

/* Nobody changes the copy. */
static cf_ref fake_CFDictionaryCreateMutableCopy(cf_ref allocator, cf_index capacity, cf_ref object)
{
	return allocator == NULL && capacity == fake_CFDictionaryGetCount(object) ? fake_take(object) : NULL;
}

static cf_ref fake_CFStringCreateWithCString(cf_ref allocator, const char *string, uint32_t encoding)
{
	struct fake_object *made = calloc(1, sizeof(*made));

	*made = (struct fake_object){.type = FAKE_STRING, .string = strdup(string), .made = true};
	return allocator == NULL && encoding == CF_UTF8 ? fake_take(made) : NULL;
}

static unsigned char fake_CFStringGetCString(cf_ref object, char *into, cf_index size, uint32_t encoding)
{
	const char *string = ((const struct fake_object *)object)->string;

	return encoding == CF_UTF8 && snprintf(into, (size_t)size, "%s", string) < size;
}

static unsigned char fake_CFNumberGetValue(cf_ref object, cf_index type, void *into)
{
	memcpy(into, &((const struct fake_object *)object)->number, sizeof(int64_t));
	return type == CF_NUMBER_SINT64;
}

/* --- Libraries: a table of functions, found by name --- */

struct fake_function {
	const char *name;
	void (*function)(void);
};
#define FAKE_FUNCTION(name)                          \
	{                                            \
#name, (void (*)(void))(fake_##name) \
	}

static const struct fake_function fake_core_foundation[] = {
#define X(type, name, arguments) FAKE_FUNCTION(name),
    CORE_FOUNDATION(X)
#undef X
	{NULL, NULL},
};

static void *fake_find(const struct fake_function *functions, const char *name)
{
	void *address = NULL;

	for (; functions->name != NULL; functions++)
		if (strcmp(functions->name, name) == 0)
			memcpy(&address, &functions->function, sizeof(address));
	return address;
}

#endif
