#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/name.h"

/* Runs of one matrix that begin in the same second. */
enum { SAME_SECOND_MAX = 1000 };

/* A file that grows by whole lines. */
struct lines {
	char *path;
	int file;
	off_t size; /* after the last whole line; we are its only writer */
};

struct store {
	char *folder;
	char *out, *stem; /* results/<matrix>.md is out/stem.md */
	struct lines records, samples, cells;
};

/* --- Opening --- */

static char *path_in(const struct store *store, const char *name)
{
	return text_format("%s/%s", store->folder, name);
}

static void sync_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Some file systems cannot; then a crash of the machine may lose the names, which is nobody's mistake. */
	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
}

/* The folder of this run, in `parent`; NULL: failure. */
static char *make_run_folder(const char *parent, int64_t wall_ns, struct failure *failure)
{
	struct text path = {0};

	for (int n = 1; n <= SAME_SECOND_MAX; n++) {
		text_clear(&path);
		text_addf(&path, "%s/", parent);
		clock_add_utc_name(&path, wall_ns);
		if (n > 1)
			text_addf(&path, "-%d", n);
		if (mkdir(text_string(&path), 0777) == 0)
			return text_take(&path);
		if (errno != EEXIST)
			break;
	}
	failure_set(failure, STATUS_USER_MISTAKE, "cannot make the folder \"%s\": %s", text_string(&path),
	            strerror(errno));
	text_release(&path);
	return NULL;
}

static bool lines_open(struct lines *lines, const struct store *store, const char *name, struct failure *failure)
{
	lines->path = path_in(store, name);
	lines->file = open(lines->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
	return lines->file >= 0 ||
	       failure_set(failure, STATUS_USER_MISTAKE, "cannot write \"%s\": %s", lines->path, strerror(errno));
}

static void lines_close(struct lines *lines)
{
	if (lines->file >= 0)
		close(lines->file);
	free(lines->path);
}

/* Nothing has been measured yet, so whatever is wrong with `out` is for the user to mend. */
static char *make_folders(const char *out, const char *name, int64_t wall_ns, struct failure *failure)
{
	char *parent = text_format("%s/%s", out, name);
	struct failure cause = {0};
	char *folder = NULL;

	if (!file_make_folder(parent, &cause))
		failure_set(failure, STATUS_USER_MISTAKE, "%s", cause.message);
	else
		folder = make_run_folder(parent, wall_ns, failure);
	if (folder != NULL)
		sync_folder(parent);
	failure_release(&cause);
	free(parent);
	return folder;
}

struct store *store_create(const char *out, const char *name, int64_t wall_ns, struct failure *failure)
{
	char *safe = store_safe_name(name);
	char *folder = make_folders(out, safe, wall_ns, failure);
	struct store *store = NULL;

	if (folder != NULL) {
		store = memory_new(1, sizeof(*store));
		store->folder = folder;
		store->out = memory_string(out);
		store->stem = memory_string(safe);
		store->records.file = store->samples.file = store->cells.file = -1;
		if (lines_open(&store->records, store, "records.jsonl", failure) &&
		    lines_open(&store->samples, store, "samples.jsonl", failure) &&
		    lines_open(&store->cells, store, "cells.jsonl", failure)) {
			sync_folder(folder);
		} else {
			store_close(store);
			store = NULL;
		}
	}
	free(safe);
	return store;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	lines_close(&store->records);
	lines_close(&store->samples);
	lines_close(&store->cells);
	free(store->out);
	free(store->stem);
	free(store->folder);
	free(store);
}

const char *store_folder(const struct store *store)
{
	return store->folder;
}

char *store_log_path(const struct store *store, size_t n)
{
	return text_format("%s/server-%zu.log", store->folder, n);
}

/* --- Growing files --- */

static bool cannot_write(const struct store *store, const char *path, int error, struct failure *failure)
{
	return failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write \"%s\": %s; what was measured so far is in %s",
	                   path, strerror(error), store->folder);
}

/*
 * One write, unless the disk takes only a part of it: then what was taken is
 * cut off again, so that the file holds nothing but whole lines.
 */
static bool lines_add(struct lines *lines, const struct store *store, const struct text *line, struct failure *failure)
{
	for (size_t done = 0; done < line->size;) {
		ssize_t size = write(lines->file, line->data + done, line->size - done);

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0) {
			int error = size < 0 ? errno : ENOSPC;

			(void)!ftruncate(lines->file, lines->size);
			return cannot_write(store, lines->path, error, failure);
		}
		done += (size_t)size;
	}
	lines->size += (off_t)line->size;
	return true;
}

static bool add_value(struct store *store, struct lines *lines, struct json *value, struct failure *failure)
{
	struct text line = {0};
	bool good;

	json_add_to(&line, value);
	text_add_char(&line, '\n');
	good = lines_add(lines, store, &line, failure);
	text_release(&line);
	json_free(value);
	return good;
}

bool store_add_record(struct store *store, struct json *record, struct failure *failure)
{
	return add_value(store, &store->records, record, failure);
}

bool store_add_sample(struct store *store, struct json *sample, struct failure *failure)
{
	return add_value(store, &store->samples, sample, failure);
}

static bool lines_sync(const struct lines *lines, const struct store *store, struct failure *failure)
{
	return fsync(lines->file) == 0 || cannot_write(store, lines->path, errno, failure);
}

/* The journal comes last: a cell that stands in it has all its records on the disk. */
bool store_end_cell(struct store *store, struct json *cell, struct failure *failure)
{
	bool good = lines_sync(&store->records, store, failure) && lines_sync(&store->samples, store, failure);

	if (!good) {
		json_free(cell);
		return false;
	}
	return add_value(store, &store->cells, cell, failure) && lines_sync(&store->cells, store, failure);
}

/* --- Whole documents --- */

static bool cannot_replace(const struct store *store, struct failure *cause, struct failure *failure)
{
	failure_set(failure, STATUS_CANNOT_GO_ON, "%s; what was measured so far is in %s", cause->message,
	            store->folder);
	failure_release(cause);
	return false;
}

static bool replace(const struct store *store, const char *path, const char *bytes, size_t size,
                    struct failure *failure)
{
	struct failure cause = {0};

	return file_replace(path, bytes, size, &cause) || cannot_replace(store, &cause, failure);
}

static bool replace_document(const struct store *store, const char *name, const struct json *value,
                             struct failure *failure)
{
	char *path = path_in(store, name);
	struct text document = {0};
	bool good;

	json_add_indented(&document, value);
	text_add_char(&document, '\n');
	good = replace(store, path, document.data, document.size, failure);
	text_release(&document);
	free(path);
	return good;
}

bool store_write_run(struct store *store, struct json *run, struct failure *failure)
{
	bool good = replace_document(store, "run.json", run, failure);

	json_free(run);
	return good;
}

bool store_write_summary(struct store *store, const struct json *summary, const char *report, struct failure *failure)
{
	char *path = path_in(store, "report.md");
	bool good = replace_document(store, "summary.json", summary, failure) &&
	            replace(store, path, report, strlen(report), failure);

	free(path);
	return good;
}

static bool write_files(const struct store *store, const struct files *files, const char *folder,
                        struct failure *failure)
{
	struct failure cause = {0};

	return files_write(files, folder, &cause) || cannot_replace(store, &cause, failure);
}

bool store_write_files(struct store *store, const struct files *files, struct failure *failure)
{
	return write_files(store, files, store->folder, failure);
}

const char *store_stem(const struct store *store)
{
	return store->stem;
}

bool store_publish(struct store *store, const char *report, const struct files *files, struct failure *failure)
{
	char *path = text_format("%s/%s.md", store->out, store->stem);
	bool good =
	    write_files(store, files, store->out, failure) && replace(store, path, report, strlen(report), failure);

	free(path);
	return good;
}
