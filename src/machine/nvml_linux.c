#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "machine/nvml.h"

static const struct call {
	size_t offset;
	const char *newest, *older;
} calls[] = {
#define X(member, arguments, newest, older) {offsetof(struct nvml, member), newest, older},
    NVML_CALLS(X)
#undef X
};

/* Where the driver's package puts it, and Windows' Linux. */
static const char *const files[] = {"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1", NULL};

static void find_calls(struct nvml *nvml)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		void *symbol = dlsym(nvml->library, calls[i].newest);

		if (symbol == NULL && calls[i].older != NULL)
			symbol = dlsym(nvml->library, calls[i].older);
		/* A pointer to a function, as POSIX has them (dlsym). */
		memcpy((char *)nvml + calls[i].offset, &symbol, sizeof(symbol));
	}
}

/* The codes that a user can do something about; every other one is told by its number. */
static const char *meaning_of(int code)
{
	static const struct {
		int code;
		const char *words;
	} known[] = {
	    {4, "no permission"},
	    {9, "the driver is not loaded"},
	    {15, "the GPU has fallen off the bus"},
	    {17, "blocked by the control group"},
	    {18, "the driver was updated: reboot"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == code)
			return known[i].words;
	return NULL;
}

static bool refuse(struct nvml *nvml, int code, struct text *why)
{
	const char *words = meaning_of(code);

	if (words != NULL)
		text_addf(why, "NVML: %s", words);
	else
		text_addf(why, "NVML: error %d", code);
	dlclose(nvml->library);
	*nvml = (struct nvml){0};
	return false;
}

static void *load(const char *root)
{
	void *library = NULL;

	if (root[0] != '\0') {
		char *file = text_format("%s/usr/lib/%s", root, files[0]);

		library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
		free(file);
		return library;
	}
	for (size_t i = 0; files[i] != NULL && library == NULL; i++)
		library = dlopen(files[i], RTLD_LAZY | RTLD_LOCAL);
	return library;
}

bool nvml_open(struct nvml *nvml, const char *root, struct text *why)
{
	int code;

	*nvml = (struct nvml){.library = load(root)};
	if (nvml->library == NULL) {
		text_add(why, "no NVIDIA driver (libnvidia-ml.so.1)");
		return false;
	}
	find_calls(nvml);
	if (nvml->init == NULL || nvml->shutdown == NULL || nvml->count == NULL || nvml->device == NULL)
		return refuse(nvml, 13, why);
	code = nvml->init();
	return code == NVML_OK || refuse(nvml, code, why);
}

void nvml_close(struct nvml *nvml)
{
	if (nvml->library == NULL)
		return;
	nvml->shutdown();
	dlclose(nvml->library);
	*nvml = (struct nvml){0};
}
