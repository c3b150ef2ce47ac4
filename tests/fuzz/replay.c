/*
 * Tries each input of the target's corpus once, as a test: a program fuzz_NAME
 * reads the files of tests/fuzz/corpus/NAME, or those that it is given.
 */
#include <dirent.h>
#include <stdlib.h>

#include "../unit/tap.h"
#include "base/file.h"
#include "base/memory.h"
#include "fuzz.h"

enum { INPUT_LIMIT = 1 << 24 };

static void replay(const char *path)
{
	struct failure failure = {0};
	struct text text = {0};

	/* Which input it was stands there when it ends the program. */
	printf("# %s\n", path);
	fflush(stdout);
	if (ok(file_read(path, INPUT_LIMIT, &text, &failure), path))
		LLVMFuzzerTestOneInput((const uint8_t *)text_string(&text), text.size);
	else
		printf("# %s\n", failure.message);
	failure_release(&failure);
	text_release(&text);
}

static void replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	ok(count > 2, folder);
	for (int i = 0; i < count; i++) {
		char *path = text_format("%s/%s", folder, entries[i]->d_name);

		if (entries[i]->d_name[0] != '.')
			replay(path);
		free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(int count, char **arguments)
{
	const char *name = strstr(arguments[0], "fuzz_");
	char *folder;

	for (const char *next = name; next != NULL; next = strstr(next + 1, "fuzz_"))
		name = next;
	for (int i = 1; i < count; i++)
		replay(arguments[i]);
	folder = text_format("tests/fuzz/corpus/%s", name != NULL ? name + strlen("fuzz_") : "");
	if (count == 1)
		replay_folder(folder);
	free(folder);
	return tap_done();
}
