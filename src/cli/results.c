#include "cli/results.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/store.h"

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* A matrix file means the results that it has where `run` puts them; a folder means itself. */
static char *find(const char *path, const char *out, struct failure *failure)
{
	char *stem = file_stem(path);
	bool matrix = is_file(path);
	char *results = matrix ? text_format("%s/%s", out, stem) : memory_string(path);
	char *folder = NULL;

	if (matrix && access(results, F_OK) != 0)
		failure_set(failure, STATUS_USER_MISTAKE,
		            "the matrix \"%s\" has no results in \"%s\"; where they are elsewhere, give their folder",
		            path, results);
	else
		folder = store_find(results, failure);
	free(stem);
	free(results);
	return folder;
}

bool results_load(const char *path, const char *out, struct summary *summary, struct trace *trace,
                  struct failure *failure)
{
	const char *ending = strrchr(path, '.');
	char *folder;
	bool good;

	if (text_equal(ending, ".json") && is_file(path))
		return store_load_file(path, summary, failure);
	folder = find(path, out, failure);
	good = folder != NULL && store_load(folder, summary, failure) &&
	       (trace == NULL || store_load_trace(folder, summary, trace, failure));
	free(folder);
	return good;
}
