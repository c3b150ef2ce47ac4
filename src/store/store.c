#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "store/lines.h"
#include "store/lock.h"
#include "store/name.h"

enum {
	SAME_SECOND_MAX = 1000, /* runs of one matrix that begin in the same second */
	RUN_SIZE_MAX = 64 << 20,
};

struct store {
	char *folder;
	char *out, *stem; /* results/<matrix>.md is out/stem.md */
	int lock;
	struct text doubts;
	struct lines records, samples, cells, aside;
};

/* --- Opening --- */

static char *path_in(const struct store *store, const char *name)
{
	return text_format("%s/%s", store->folder, name);
}

static bool sync_folder(const char *path, struct failure *failure)
{
	int error = file_sync_folder(path);

	return error == 0 || failure_set(failure, STATUS_CANNOT_GO_ON, "cannot write the folder \"%s\": %s", path,
	                                 file_reason(error));
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
	failure_set(failure, file_status(errno), "cannot make the folder \"%s\": %s", text_string(&path),
	            file_reason(errno));
	text_release(&path);
	return NULL;
}

/* Whoever looks for the newest run goes by names, and the clock may have been set back. */
static void doubt_name(const char *parent, const char *folder, struct text *doubts)
{
	char *later = store_later_run(parent, folder + strlen(parent) + 1);

	if (later != NULL)
		text_addf(doubts,
		          "the clock was set back: %s is older by its name than %s, which reports of that folder and "
		          "--resume take for the newest run",
		          folder, later);
	free(later);
}

static char *make_folders(const char *out, const char *name, int64_t wall_ns, struct text *doubts,
                          struct failure *failure)
{
	char *parent = text_format("%s/%s", out, name), *folder = NULL;

	if (file_make_folder(parent, failure))
		folder = make_run_folder(parent, wall_ns, failure);
	if (folder != NULL)
		doubt_name(parent, folder, doubts);
	if (folder != NULL && !sync_folder(parent, failure)) {
		free(folder);
		folder = NULL;
	}
	free(parent);
	return folder;
}

/* Nothing is open yet. Takes the folder. */
static struct store *store_of(char *folder, const char *out, const char *name)
{
	struct store *store = memory_new(1, sizeof(*store));

	store->folder = folder;
	store->out = memory_string(out);
	store->stem = store_safe_name(name);
	store->lock = LOCK_NONE;
	store->records = lines_of(folder, "records.jsonl");
	store->samples = lines_of(folder, "samples.jsonl");
	store->cells = lines_of(folder, "cells.jsonl");
	store->aside = lines_of(folder, "dropped.jsonl");
	return store;
}

static bool take_lock(struct store *store, struct failure *failure)
{
	struct text doubt = {0};

	store->lock = lock_take(store->folder, &doubt, failure);
	text_addf(&store->doubts, "%s%s", store->doubts.size > 0 && doubt.size > 0 ? "; " : "", text_string(&doubt));
	text_release(&doubt);
	return store->lock != LOCK_NONE;
}

struct store *store_create(const char *out, const char *name, int64_t wall_ns, struct failure *failure)
{
	char *safe = store_safe_name(name);
	struct text doubts = {0};
	char *folder = make_folders(out, safe, wall_ns, &doubts, failure);
	struct store *store = folder != NULL ? store_of(folder, out, name) : NULL;

	free(safe);
	if (store == NULL) {
		text_release(&doubts);
		return NULL;
	}
	store->doubts = doubts;
	if (take_lock(store, failure) && lines_open(&store->records, O_EXCL, failure) &&
	    lines_open(&store->samples, O_EXCL, failure) && lines_open(&store->cells, O_EXCL, failure) &&
	    sync_folder(folder, failure))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	lines_close(&store->records);
	lines_close(&store->samples);
	lines_close(&store->cells);
	lines_close(&store->aside);
	lock_release(store->lock, store->folder);
	text_release(&store->doubts);
	free(store->out);
	free(store->stem);
	free(store->folder);
	free(store);
}

const char *store_folder(const struct store *store)
{
	return store->folder;
}

const char *store_doubts(const struct store *store)
{
	return text_string(&store->doubts);
}

char *store_log_path(const struct store *store, size_t n)
{
	return text_format("%s/server-%zu.log", store->folder, n);
}

/* --- Continuing a run --- */

struct store *store_open(const char *folder, const char *out, const char *name, struct failure *failure)
{
	struct store *store = store_of(memory_string(folder), out, name);

	if (take_lock(store, failure) && file_make_folder(out, failure))
		return store;
	store_close(store);
	return NULL;
}

struct json *store_read_run(const struct store *store)
{
	char *path = path_in(store, "run.json");
	struct failure ignored = {0};
	struct text text = {0};
	struct json *json = NULL;

	if (file_read(path, RUN_SIZE_MAX, &text, &ignored))
		json = json_parse(text_string(&text), text.size);
	failure_release(&ignored);
	text_release(&text);
	free(path);
	return json;
}

bool store_read_journal(const struct store *store, void (*take)(void *context, const struct json *line), void *context,
                        struct failure *failure)
{
	return lines_read(store->cells.path, take, context, failure);
}

bool store_read_measured(const struct store *store, void (*take)(void *context, const struct json *line), void *context,
                         struct failure *failure)
{
	return lines_read(store->records.path, take, context, failure) &&
	       lines_read(store->samples.path, take, context, failure);
}

/* The journal comes first: what does not stand there any more is forgotten with the next try, if this one is cut short.
 */
bool store_keep(struct store *store, const struct store_choice *choice, struct failure *failure)
{
	bool good = lines_keep(&store->cells, &store->aside, choice, failure) &&
	            lines_keep(&store->records, &store->aside, choice, failure) &&
	            lines_keep(&store->samples, &store->aside, choice, failure);

	return good && sync_folder(store->folder, failure);
}

size_t store_log_count(const struct store *store)
{
	DIR *open = opendir(store->folder);
	const struct dirent *entry;
	size_t last = 0;

	while (open != NULL && (entry = readdir(open)) != NULL) {
		size_t n = store_log_number(entry->d_name);

		if (n > last)
			last = n;
	}
	if (open != NULL)
		closedir(open);
	return last;
}

/* --- Growing files --- */

static bool add_value(struct lines *lines, struct json *value, struct failure *failure)
{
	struct text line = {0};
	bool good;

	json_add_to(&line, value);
	text_add_char(&line, '\n');
	good = lines_add(lines, &line, failure);
	text_release(&line);
	json_free(value);
	return good;
}

bool store_add_record(struct store *store, struct json *record, struct failure *failure)
{
	return add_value(&store->records, record, failure);
}

bool store_add_sample(struct store *store, struct json *sample, struct failure *failure)
{
	return add_value(&store->samples, sample, failure);
}

/* The journal comes last: a cell that stands in it has all its records on the disk. */
bool store_end_cell(struct store *store, struct json *cell, struct failure *failure)
{
	bool good = lines_sync(&store->records, failure) && lines_sync(&store->samples, failure);

	if (!good) {
		json_free(cell);
		return false;
	}
	return add_value(&store->cells, cell, failure) && lines_sync(&store->cells, failure);
}

/* --- Whole documents --- */

static bool cannot_replace(const struct store *store, struct failure *cause, struct failure *failure)
{
	failure_set(failure, STATUS_CANNOT_GO_ON, "%s; " STORE_KEPT, cause->message, store->folder);
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
	bool good = replace(store, path, report, strlen(report), failure) &&
	            replace_document(store, "summary.json", summary, failure);

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
