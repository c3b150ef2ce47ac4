/* A run directory that is opened again: what is cut, kept, set aside; the lock; which run it is. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "scratch.h"
#include "store/store.h"
#include "tap.h"
#include "test_store.h"

static void put(const char *folder, const char *name, const char *bytes)
{
	char *path = text_format("%s/%s", folder, name);
	struct failure failure = {0};

	ok(file_replace(path, bytes, strlen(bytes), &failure), name);
	failure_release(&failure);
	free(path);
}

static char *make_run(const char *name)
{
	char *path = text_format("out/m/%s", name), *folder = scratch_path(path);
	struct failure failure = {0};

	ok(file_make_folder(folder, &failure), name);
	failure_release(&failure);
	free(path);
	return folder;
}

/* By its number: 1 stays, 2 is set aside, all else goes. */
static enum store_fate by_number(void *context, const struct json *line)
{
	int64_t n = json_get_integer(line, "n");

	++*(int *)context;
	return n == 1 ? STORE_KEEP : n == 2 ? STORE_SET_ASIDE : STORE_FORGET;
}

static void count_line(void *context, const struct json *line)
{
	(void)line;
	++*(int *)context;
}

static struct json *number(int64_t value)
{
	struct json *json = json_new_object();

	json_set_integer(json, "n", value);
	return json;
}

static void test_repair(void)
{
	char *folder = make_run("20261121T061900Z"), *out = scratch_path("out");
	struct failure failure = {0};
	struct store *store;
	int lines = 0, judged = 0;
	const struct store_choice choice = {by_number, &judged};

	put(folder, "cells.jsonl", "{\"n\":1}\n{\"n\":3}\n{\"n\":1,\"torn\":");
	put(folder, "records.jsonl", "{\"n\":2}\nno JSON\n\n{\"n\":1}\n{\"n\":1}");
	store = store_open(folder, out, "m", &failure);
	ok(store != NULL, "a run directory is opened again");
	ok(store_read_run(store) == NULL, "without a run.json");
	ok(store_read_journal(store, count_line, &lines, &failure), "the journal is read");
	is_int(lines, 2, "its whole lines");
	lines = 0;
	ok(store_read_measured(store, count_line, &lines, &failure),
	   "records are read, and samples that are not there");
	is_int(lines, 2, "the whole lines that are JSON");
	ok(store_keep(store, &choice, &failure), "what is to be kept is kept");
	is_int(judged, 4, "torn lines are not asked for");
	check_file(folder, "cells.jsonl", "{\"n\":1}\n");
	check_file(folder, "records.jsonl", "{\"n\":1}\n");
	check_file(folder, "samples.jsonl", "");
	check_file(folder, "dropped.jsonl", "{\"n\":2}\n");
	ok(store_add_record(store, number(2), &failure) && store_end_cell(store, number(4), &failure), "it goes on");
	check_file(folder, "records.jsonl", "{\"n\":1}\n{\"n\":2}\n");
	ok(store_keep(store, &choice, &failure), "and again, while it goes on");
	check_file(folder, "cells.jsonl", "{\"n\":1}\n");
	check_file(folder, "dropped.jsonl", "{\"n\":2}\n{\"n\":2}\n");
	ok(store_add_record(store, number(5), &failure), "and goes on");
	check_file(folder, "records.jsonl", "{\"n\":1}\n{\"n\":5}\n");
	store_close(store);
	free(out);
	free(folder);
}

static void check_logs(const struct store *store, size_t want, const char *name)
{
	put(store_folder(store), name, "");
	is_int((int64_t)store_log_count(store), (int64_t)want, "server starts had a log");
}

static void test_logs(void)
{
	char *folder = make_run("20261121T061904Z"), *out = scratch_path("out");
	struct failure failure = {0};
	struct store *store = store_open(folder, out, "m", &failure);

	is_int((int64_t)store_log_count(store), 0, "no server was started");
	check_logs(store, 3, "server-3.log");
	check_logs(store, 12, "server-12.log");
	check_logs(store, 12, "server-2.log");
	check_logs(store, 12, "server-13.log.gz");
	check_logs(store, 12, "my-server-13.log");
	check_logs(store, 12, "server-99999999999999999999.log");
	store_close(store);
	free(out);
	free(folder);
}

/* Whether another process gets the directory. */
static int try_in_child(const char *folder, const char *out)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct failure failure = {0};
		struct store *store = store_open(folder, out, "m", &failure);

		_exit(store != NULL ? 10 : (int)failure.status);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_lock(void)
{
	char *folder = make_run("20261121T061901Z"), *out = scratch_path("out"), *want, *path;
	struct failure failure = {0};
	struct store *store = store_open(folder, out, "m", &failure), *second;

	second = store_open(folder, out, "m", &failure);
	want = text_format("another llmbench (process %ld) writes to %s: wait until it ends, or stop it",
	                   (long)getpid(), folder);
	ok(second == NULL, "one that is open is not opened twice");
	is_int(failure.status, STATUS_USER_MISTAKE, "the user's mistake");
	is_text(failure.message, want, "it says who has it");
	is_int(try_in_child(folder, out), STATUS_USER_MISTAKE, "nor by another process");
	store_close(store);
	path = text_format("%s/lock", folder);
	ok(access(path, F_OK) != 0, "closed, it has no lock");
	is_int(try_in_child(folder, out), 10, "another process gets it");
	ok(access(path, F_OK) == 0, "which ended without closing it");
	failure_release(&failure);
	store = store_open(folder, out, "m", &failure);
	ok(store != NULL, "its lock died with it");
	store_close(store);
	failure_release(&failure);
	free(path);
	free(want);
	free(out);
	free(folder);
}

/* What a killed owner leaves: of this machine nothing is to be feared any more. */
static void test_doubts(void)
{
	char *folder = make_run("20261121T061903Z"), *out = scratch_path("out"), *want;
	struct failure failure = {0};
	struct store *store;

	put(folder, "lock", "4711 another-host\n");
	store = store_open(folder, out, "m", &failure);
	want = text_format("process 4711 on another-host wrote to %s and did not end as it should: if it still runs, "
	                   "stop one of the two",
	                   folder);
	ok(store != NULL, "a run whose last owner was on another machine is opened");
	is_text(store_doubts(store), want, "and it says who that was");
	is_int(try_in_child(folder, out), STATUS_USER_MISTAKE, "the lock is ours now");
	store_close(store);
	is_int(try_in_child(folder, out), 10, "an owner of this machine that ends without closing it");
	store = store_open(folder, out, "m", &failure);
	is_text(store_doubts(store), "", "is nothing to speak of");
	store_close(store);
	put(folder, "lock", "4711\n");
	store = store_open(folder, out, "m", &failure);
	is_text(store_doubts(store), "", "nor is one that did not say where it was");
	store_close(store);
	ok(!failure_is_set(&failure), "all is well");
	free(want);
	free(out);
	free(folder);
}

static void check_found(const char *run, const char *want, bool want_finished, const char *what)
{
	char *out = scratch_path("out"), *found, *path = want != NULL ? scratch_path(want) : NULL;
	struct failure failure = {0};
	bool finished = false;

	found = store_find_unfinished(out, "m", run, &finished, &failure);
	is_text(found, path, what);
	is_int(failure.status, want == NULL ? STATUS_USER_MISTAKE : STATUS_DONE, "its status");
	if (found != NULL)
		is_int(finished, want_finished, want_finished ? "it is finished" : "it is not finished");
	failure_release(&failure);
	free(found);
	free(path);
	free(out);
}

#define LEFT "{\"finished_utc\":\"2026-11-22T00:00:00Z\",\"cells\":[{\"status\":\"skipped\"}]}"

/* Of the runs that the tests before have left, and finished ones. */
static void test_find(void)
{
	char *newer = make_run("20261122T000000Z"), *newest = make_run("20261123T000000Z");
	char *folder = scratch_path("out/m/20261121T061901Z/"), *parent = scratch_path("out/m");
	char *older = scratch_path("out/m/20261121T061900Z");

	put(newest, "summary.json", "{\"finished_utc\":\"2026-11-23T00:00:00Z\"}");
	put(newer, "summary.json", "{\"finished_utc\":null}");
	check_found(NULL, "out/m/20261122T000000Z", false, "the newest without an end");
	put(newest, "summary.json", LEFT);
	check_found(NULL, "out/m/20261122T000000Z", false, "before a newer one that has an end, and left a cell");
	put(newer, "summary.json", "{\"finished_utc\":\"2026-11-22T00:00:00Z\"}");
	check_found(NULL, "out/m/20261121T061901Z", false, "one that had not come to a summary");
	check_found("20261121T061900Z", "out/m/20261121T061900Z", false, "by its name");
	check_found(folder, "out/m/20261121T061901Z", false, "by its path");
	put(newest, "summary.json", "{\"finished_utc\":\"2026-11-23T00:00:00Z\"}");
	check_found(newest, "out/m/20261123T000000Z", true, "one that has its end");
	check_found(parent, NULL, false, "a folder of runs is no run");
	check_found("20200101T000000Z", NULL, false, "a run that is not there");
	folder[strlen(folder) - 1] = '\0';
	put(folder, "summary.json", "{\"finished_utc\":\"2026-11-21T00:00:00Z\"}");
	put(older, "summary.json", "{\"finished_utc\":\"2026-11-21T00:00:00Z\"}");
	check_found(NULL, "out/m/20261123T000000Z", true, "all have their end: the newest");
	put(newer, "summary.json", LEFT);
	check_found(NULL, "out/m/20261122T000000Z", false, "all have their end: the one that left a cell");
	free(older);
	free(parent);
	free(folder);
	free(newest);
	free(newer);
}

int main(void)
{
	scratch_make();
	test_repair();
	test_lock();
	test_find();
	test_doubts();
	test_logs();
	scratch_remove();
	return tap_done();
}
