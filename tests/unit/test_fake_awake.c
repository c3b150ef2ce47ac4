/* The macOS way of keeping the machine awake on any system: an IOKit that follows a script. */
#include <stdlib.h>
#include <string.h>

#define dlopen  fake_dlopen
#define dlsym   fake_dlsym
#define dlclose fake_dlclose

#include "machine/awake_darwin.c"
#include "machine/frameworks_darwin.c"

#include "io_kit.h"
#include "tap.h"

static struct {
	const char *missing; /* a library or a function */
	bool refuses;
	char type[64]; /* of the assertion that is held; "": none */
	int libraries; /* open */
} mac;

static int fake_IOPMAssertionCreateWithName(cf_ref type, uint32_t level, cf_ref name, uint32_t *assertion)
{
	if (mac.refuses || level != 255 || name == NULL)
		return -536870206;
	fake_CFStringGetCString(type, mac.type, sizeof(mac.type), CF_UTF8);
	*assertion = 77;
	return 0;
}

static int fake_IOPMAssertionRelease(uint32_t assertion)
{
	if (assertion == 77)
		mac.type[0] = '\0';
	return 0;
}

void *fake_dlopen(const char *path, int mode)
{
	if (mode != (RTLD_LAZY | RTLD_LOCAL) || (mac.missing != NULL && strstr(path, mac.missing) != NULL))
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
	static const struct fake_function functions[] = {
#define X(type, name, arguments) FAKE_FUNCTION(name),
	    IO_KIT(X)
#undef X
		FAKE_FUNCTION(IOPMAssertionCreateWithName),
	    FAKE_FUNCTION(IOPMAssertionRelease),
	    {NULL, NULL},
	};
	void *address = fake_find(functions, name);

	if (library != &mac || (mac.missing != NULL && strcmp(name, mac.missing) == 0))
		return NULL;
	return address != NULL ? address : fake_find(fake_core_foundation, name);
}

static void check_refusal(const char *missing, bool refuses, const char *want)
{
	struct text why = {0};

	mac.missing = missing;
	mac.refuses = refuses;
	ok(awake_hold(&why) == NULL, missing != NULL ? missing : "refused");
	is_text(text_string(&why), want, "  is told why");
	ok(mac.libraries == 0 && fake_held == 0, "  and nothing is kept");
	text_release(&why);
	mac.missing = NULL;
	mac.refuses = false;
}

int main(void)
{
	struct text why = {0};
	struct awake *awake = awake_hold(&why);

	ok(awake != NULL && why.size == 0, "held");
	is_text(mac.type, "PreventUserIdleSystemSleep", "  the system, not the display");
	is_int(fake_held, 0, "  its strings are given back");
	awake_release(awake);
	is_text(mac.type, "", "released");
	is_int(mac.libraries, 0, "  and the libraries with it");
	awake_release(NULL);
	check_refusal("IOKit", false, "IOKit cannot be loaded");
	check_refusal("IOPMAssertionCreateWithName", false, "IOKit refuses a power assertion");
	check_refusal(NULL, true, "IOKit refuses a power assertion");
	text_release(&why);
	return tap_done();
}
