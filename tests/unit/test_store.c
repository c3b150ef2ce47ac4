/* A run directory: what lies where, and what survives a full disk. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/memory.h"
#include "scratch.h"
#include "store/store.h"
#include "tap.h"
#include "test_store.h"

/* 2026-11-21T06:19:00Z */
static const int64_t wall_ns = INT64_C(1795241940) * NS_PER_S;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Its entries in order of name, each followed by a blank. The caller frees it. */
static char *list(const char *folder)
{
	DIR *open = opendir(folder);
	const struct dirent *entry;
	char *names[64];
	struct text text = {0};
	size_t count = 0;

	while (open != NULL && count < 64 && (entry = readdir(open)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			names[count++] = memory_string(entry->d_name);
	if (open != NULL)
		closedir(open);
	qsort(names, count, sizeof(names[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		text_addf(&text, "%s ", names[i]);
		free(names[i]);
	}
	return text_take(&text);
}

static void check_list(const char *folder, const char *want, const char *what)
{
	char *got = list(folder);

	is_text(got, want, what);
	free(got);
}

static struct store *create(const char *name)
{
	char *out = scratch_path("out/results");
	struct failure failure = {0};
	struct store *store = store_create(out, name, wall_ns, &failure);

	if (store == NULL)
		printf("# %s\n", failure.message);
	failure_release(&failure);
	free(out);
	return store;
}

static struct json *number(int64_t value)
{
	struct json *json = json_new_object();

	json_set_integer(json, "n", value);
	return json;
}

static void test_layout(void)
{
	const struct files none = {0};
	struct store *store = create("m4");
	struct failure failure = {0};
	char *folder = memory_string(store_folder(store)), *want = scratch_path("out/results/m4/20261121T061900Z");
	char *log = store_log_path(store, 2), *want_log = text_format("%s/server-2.log", want);
	char *out = scratch_path("out/results"), *of_matrix = scratch_path("out/results/m4");
	struct json *summary = number(7);

	is_text(folder, want, "the folder is named by matrix and UTC");
	is_text(log, want_log, "the log of the second start");
	check_list(folder, "cells.jsonl lock records.jsonl samples.jsonl ", "what is there at once");
	ok(store_add_record(store, number(1), &failure), "a record");
	ok(store_add_record(store, number(2), &failure), "another");
	check_file(folder, "records.jsonl", "{\"n\":1}\n{\"n\":2}\n");
	ok(store_add_sample(store, number(3), &failure), "a sample");
	ok(store_end_cell(store, number(4), &failure), "a cell");
	check_file(folder, "samples.jsonl", "{\"n\":3}\n");
	check_file(folder, "cells.jsonl", "{\"n\":4}\n");
	ok(store_write_run(store, number(5), &failure) && store_write_run(store, number(6), &failure),
	   "run.json, twice");
	check_file(folder, "run.json", "{\n\t\"n\": 6\n}\n");
	ok(store_write_summary(store, summary, "# old\n", &failure), "a summary");
	ok(store_write_summary(store, summary, "# new\n", &failure), "and a later one");
	check_file(folder, "summary.json", "{\n\t\"n\": 7\n}\n");
	check_file(folder, "report.md", "# new\n");
	ok(store_publish(store, "# first, longer\n", &none, &failure) &&
	       store_publish(store, "# final\n", &none, &failure),
	   "published");
	check_file(out, "m4.md", "# final\n");
	check_list(folder, "cells.jsonl lock records.jsonl report.md run.json samples.jsonl summary.json ",
	           "no temporary file is left in the run");
	check_list(out, "m4 m4.md ", "nor beside it");
	store_close(store);
	store_close(NULL);
	check_file(folder, "records.jsonl", "{\"n\":1}\n{\"n\":2}\n");

	store = create("m4");
	ok(text_starts_with(store_folder(store), want) && text_equal(store_folder(store) + strlen(want), "-2"),
	   "a second run in the same second");
	store_close(store);
	store = create("m4");
	store_close(store);
	check_list(of_matrix, "20261121T061900Z 20261121T061900Z-2 20261121T061900Z-3 ", "and a third");
	json_free(summary);
	free(folder);
	free(want);
	free(log);
	free(want_log);
	free(out);
	free(of_matrix);
}

/* Runs are looked for by their names, and the clock may be set back. */
static void test_clock_set_back(void)
{
	char *out = scratch_path("back"), *want = scratch_path("back/m/20261121T061900Z");
	struct failure failure = {0};
	struct store *newer = store_create(out, "m", wall_ns, &failure), *older;

	is_text(store_doubts(newer), "", "of a first run nothing is to be said");
	store_close(newer);
	newer = store_create(out, "m", wall_ns, &failure);
	is_text(store_doubts(newer), "", "nor of a second one in the same second");
	older = store_create(out, "m", wall_ns - NS_PER_S, &failure);
	ok(older != NULL && strstr(store_doubts(older), "the clock was set back: ") != NULL &&
	       strstr(store_doubts(older), want) == NULL &&
	       strstr(store_doubts(older), " than 20261121T061900Z-2, which") != NULL,
	   "but of one that is older by its name than the newest");
	store_close(newer);
	store_close(older);
	failure_release(&failure);
	free(want);
	free(out);
}

/* Root may write anywhere, so what is in the way is a file. */
static void test_unwritable(void)
{
	struct failure failure = {0};
	char *file = scratch_path("file"), *below = scratch_path("file/results");

	scratch_put("file", "");
	ok(store_create(below, "m4", wall_ns, &failure) == NULL, "a results folder below a file");
	is_int(failure.status, STATUS_USER_MISTAKE, "is the user's mistake");
	ok(failure.message != NULL && strstr(failure.message, below) != NULL, failure.message);
	failure_release(&failure);
	ok(store_create(file, "m4", wall_ns, &failure) == NULL, "a results folder that is a file");
	is_int(failure.status, STATUS_USER_MISTAKE, "too");
	failure_release(&failure);
	free(file);
	free(below);
}

/* {"text": "xxx…"}: larger than LIMIT. */
enum { LIMIT = 4096 };

static struct json *large(void)
{
	struct json *json = json_new_object();
	char *text = memory_new(2 * LIMIT + 1, 1);

	memset(text, 'x', 2 * LIMIT);
	json_set_string(json, "text", text);
	free(text);
	return json;
}

static void check_full(const struct store *store, struct failure *failure, const char *name)
{
	is_int(failure->status, STATUS_CANNOT_GO_ON, "is a reason to stop");
	ok(failure->message != NULL && strstr(failure->message, name) != NULL &&
	       strstr(failure->message, file_reason(EFBIG)) != NULL &&
	       strstr(failure->message, store_folder(store)) != NULL,
	   failure->message ? failure->message : "no message");
	failure_release(failure);
}

static void check_full_lines(struct store *store)
{
	struct failure failure = {0};

	ok(store_add_record(store, number(1), &failure), "a record while there is room");
	ok(!store_add_record(store, large(), &failure), "a record that does not fit");
	check_full(store, &failure, "records.jsonl");
	check_file(store_folder(store), "records.jsonl", "{\"n\":1}\n");
	ok(store_add_record(store, number(2), &failure), "a shorter one may still fit");
	ok(!store_add_sample(store, large(), &failure), "a sample that does not fit");
	check_full(store, &failure, "samples.jsonl");
	ok(!store_end_cell(store, large(), &failure), "a cell that does not fit");
	check_full(store, &failure, "cells.jsonl");
}

static void check_full_documents(struct store *store)
{
	const struct files none = {0};
	struct json *small = number(2), *big = large();
	struct failure failure = {0};
	struct text report = {0};

	json_add_to(&report, big);
	ok(store_write_summary(store, small, "old\n", &failure), "a summary while there is room");
	ok(!store_write_summary(store, big, "new\n", &failure), "a summary that does not fit");
	check_full(store, &failure, "summary.json");
	ok(!store_write_run(store, large(), &failure), "nor does run.json");
	check_full(store, &failure, "run.json");
	ok(!store_publish(store, report.data, &none, &failure), "nor the report");
	check_full(store, &failure, "full.md");
	text_release(&report);
	json_free(small);
	json_free(big);
}

/* A limit on the size of files stands for a full disk: a write takes a part of a line, then fails. */
static void test_full_disk(void)
{
	struct store *store = create("full");
	const char *folder = store_folder(store);
	struct rlimit before, limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = LIMIT;
	fflush(stdout);
	setrlimit(RLIMIT_FSIZE, &limit);
	check_full_lines(store);
	check_full_documents(store);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	check_file(folder, "records.jsonl", "{\"n\":1}\n{\"n\":2}\n");
	check_file(folder, "samples.jsonl", "");
	check_file(folder, "cells.jsonl", "");
	check_file(folder, "summary.json", "{\n\t\"n\": 2\n}\n");
	check_file(folder, "report.md", "new\n");
	check_list(folder, "cells.jsonl lock records.jsonl report.md samples.jsonl summary.json ",
	           "no temporary file is left");
	store_close(store);
}

int main(void)
{
	scratch_make();
	test_layout();
	test_clock_set_back();
	test_unwritable();
	test_full_disk();
	scratch_remove();
	return tap_done();
}
