#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "store/name.h"
#include "store/store.h"

/* A run of ten thousand cells has a summary of some 20 MiB. */
enum { SUMMARY_SIZE_MAX = 256 << 20 };

static char *summary_path(const char *folder)
{
	return text_format("%s/summary.json", folder);
}

/* NULL: failure. */
static struct json *read_json(const char *path, struct failure *failure)
{
	struct text text = {0};
	struct json *json = NULL;

	if (file_read(path, SUMMARY_SIZE_MAX, &text, failure)) {
		json = json_parse(text_string(&text), text.size);
		if (json == NULL)
			failure_set(failure, STATUS_USER_MISTAKE, "\"%s\" is not JSON: it is damaged", path);
	}
	text_release(&text);
	return json;
}

bool store_load_file(const char *path, struct summary *summary, struct failure *failure)
{
	struct json *json = read_json(path, failure);
	bool good;

	if (json == NULL)
		return false;
	good = summary_parse(json, summary) ||
	       failure_set(failure, STATUS_USER_MISTAKE, "\"%s\" is no summary of llmbench", path);
	json_free(json);
	return good;
}

bool store_load(const char *folder, struct summary *summary, struct failure *failure)
{
	char *path = summary_path(folder);
	bool good = store_load_file(path, summary, failure);

	free(path);
	return good;
}

static bool has_file(const char *folder, const char *name)
{
	char *path = text_format("%s/%s", folder, name);
	struct stat status;
	bool has = stat(path, &status) == 0 && S_ISREG(status.st_mode);

	free(path);
	return has;
}

/* Cells that a finished run left, or cut short, and that may be measured yet. */
static bool has_left(const struct json *summary)
{
	for (const struct json *cell = json_first(json_get(summary, "cells")); cell != NULL; cell = json_next(cell))
		if (text_equal(json_get_string(cell, "status"), cell_status_name(CELL_SKIPPED)) ||
		    text_equal(json_get_string(cell, "cause"), cell_cause_name(CAUSE_GIVEN_UP)) ||
		    text_equal(json_get_string(cell, "cause"), cell_cause_name(CAUSE_BUDGET)))
			return true;
	return false;
}

/* whole: none of its cells is left. */
static bool is_finished(const char *folder, bool whole)
{
	struct failure ignored = {0};
	char *path = summary_path(folder);
	struct json *json = read_json(path, &ignored);
	bool finished = json_get_string(json, "finished_utc") != NULL && (!whole || !has_left(json));

	json_free(json);
	free(path);
	failure_release(&ignored);
	return finished;
}

/* One that was killed at once may have no file yet. */
static bool is_run(const char *folder)
{
	const char *slash = strrchr(folder, '/'), *name = slash != NULL ? slash + 1 : folder;
	struct stat status;

	return stat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
	       (store_is_run_name(name) || has_file(folder, "run.json") || has_file(folder, "cells.jsonl"));
}

/* --- The runs of a results folder --- */

struct runs {
	char **names;
	size_t count, capacity;
};

static void runs_release(struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		free(runs->names[i]);
	free(runs->names);
}

static int newest_first(const void *a, const void *b)
{
	return store_compare_runs(*(char *const *)b, *(char *const *)a);
}

static bool runs_list(struct runs *runs, const char *folder, struct failure *failure)
{
	DIR *open = opendir(folder);
	const struct dirent *entry;

	if (open == NULL)
		return failure_set(failure, file_status(errno), "cannot look for runs in \"%s\": %s", folder,
		                   file_reason(errno));
	while ((entry = readdir(open)) != NULL) {
		if (!store_is_run_name(entry->d_name))
			continue;
		runs->names = memory_grow(runs->names, &runs->capacity, runs->count, sizeof(*runs->names));
		runs->names[runs->count++] = memory_string(entry->d_name);
	}
	closedir(open);
	if (runs->count > 0)
		qsort(runs->names, runs->count, sizeof(*runs->names), newest_first);
	return true;
}

char *store_later_run(const char *folder, const char *name)
{
	struct failure ignored = {0};
	struct runs runs = {0};
	char *later = NULL;

	if (runs_list(&runs, folder, &ignored) && runs.count > 0 && store_compare_runs(runs.names[0], name) > 0)
		later = memory_string(runs.names[0]);
	runs_release(&runs);
	failure_release(&ignored);
	return later;
}

/* NULL: no run has a summary. */
static char *choose(const struct runs *runs, const char *folder)
{
	char *newest = NULL;

	for (size_t i = 0; i < runs->count; i++) {
		char *run = text_format("%s/%s", folder, runs->names[i]);
		bool has_summary = has_file(run, "summary.json");

		if (has_summary && is_finished(run, false)) {
			free(newest);
			return run;
		}
		if (has_summary && newest == NULL)
			newest = run;
		else
			free(run);
	}
	return newest;
}

static char *find_in(const char *folder, struct failure *failure)
{
	struct runs runs = {0};
	char *found = NULL;

	if (runs_list(&runs, folder, failure)) {
		found = choose(&runs, folder);
		if (found == NULL && runs.count == 0)
			failure_set(failure, STATUS_USER_MISTAKE,
			            "no run in \"%s\": give a run such as results/NAME/20261121T061900Z, or the folder "
			            "results/NAME of its matrix",
			            folder);
		else if (found == NULL)
			failure_set(failure, STATUS_USER_MISTAKE, "no run in \"%s\" has a summary.json", folder);
	}
	runs_release(&runs);
	return found;
}

char *store_find(const char *path, struct failure *failure)
{
	size_t size = strlen(path);
	char *folder, *found = NULL;

	while (size > 1 && path[size - 1] == '/')
		size--;
	folder = memory_copy(path, size);
	if (has_file(folder, "summary.json"))
		return folder;
	if (is_run(folder))
		failure_set(failure, STATUS_USER_MISTAKE,
		            "the run \"%s\" has no summary.json: no cell of it was finished", folder);
	else
		found = find_in(folder, failure);
	free(folder);
	return found;
}

/* --- The run to be continued --- */

/* The newest that has no end, or (whole) that has left a cell; NULL: there is none. */
static char *newest_unfinished(const struct runs *runs, const char *folder, bool whole)
{
	for (size_t i = 0; i < runs->count; i++) {
		char *run = text_format("%s/%s", folder, runs->names[i]);

		if (!is_finished(run, whole))
			return run;
		free(run);
	}
	return NULL;
}

/* The newest that has no end, else the newest that has left a cell, else the newest; NULL: there is none. */
static char *choose_unfinished(const struct runs *runs, const char *folder, bool *finished)
{
	char *run = newest_unfinished(runs, folder, false);

	if (run == NULL)
		run = newest_unfinished(runs, folder, true);
	*finished = run == NULL;
	return run == NULL && runs->count > 0 ? text_format("%s/%s", folder, runs->names[0]) : run;
}

static char *named_run(const char *folder, const char *run, bool *finished, struct failure *failure)
{
	char *path = store_is_run_name(run) ? text_format("%s/%s", folder, run) : memory_string(run);

	for (size_t size = strlen(path); size > 1 && path[size - 1] == '/'; size--)
		path[size - 1] = '\0';
	*finished = is_finished(path, true);
	if (*finished || is_run(path))
		return path;
	failure_set(
	    failure, STATUS_USER_MISTAKE,
	    "nothing to resume: \"%s\" is no run directory (give one of %s, or `--resume` alone for the newest)", path,
	    folder);
	free(path);
	return NULL;
}

char *store_find_unfinished(const char *out, const char *name, const char *run, bool *finished, struct failure *failure)
{
	char *safe = store_safe_name(name), *folder = text_format("%s/%s", out, safe), *found;
	struct failure ignored = {0};
	struct runs runs = {0};

	if (run != NULL) {
		found = named_run(folder, run, finished, failure);
	} else {
		runs_list(&runs, folder, &ignored); /* a folder that is not there has none */
		found = choose_unfinished(&runs, folder, finished);
		if (found == NULL)
			failure_set(failure, STATUS_USER_MISTAKE,
			            "nothing to resume: there is no run in %s (without --resume a new one begins)",
			            folder);
	}
	runs_release(&runs);
	failure_release(&ignored);
	free(folder);
	free(safe);
	return found;
}
