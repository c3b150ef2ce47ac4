/* Finding a run again, and loading it. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "scratch.h"
#include "store/name.h"
#include "store/store.h"
#include "tap.h"

static void test_names(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
	    {"m4", "m4"},
	    {"m4.pro-max_2", "m4.pro-max_2"},
	    {"../../etc", "-.-..-etc"},
	    {"..", "-."},
	    {".", "-"},
	    {".hidden", "-hidden"},
	    {"/", "-"},
	    {"", "-"},
	    {"a b\tc\nd\x7f", "a b-c-d-"},
	    {"m\xc3\xa9", "m\xc3\xa9"},
	};
	char long_name[300];
	char *safe;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		safe = store_safe_name(cases[i].name);
		is_text(safe, cases[i].want, cases[i].want);
		ok(strchr(safe, '/') == NULL && safe[0] != '.', "it is one part of a path, and not hidden");
		free(safe);
	}
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	memcpy(long_name + 199, "\xc3\xa9", 2);
	safe = store_safe_name(long_name);
	is_int(strlen(safe), 199, "a long name is cut, not within a character");
	free(safe);
}

static void test_run_names(void)
{
	/* Ascending in time. */
	static const char *const runs[] = {
	    "20251231T235959Z",   "20261121T061900Z",    "20261121T061900Z-2",
	    "20261121T061900Z-9", "20261121T061900Z-10", "20261121T061901Z",
	};
	static const char *const others[] = {
	    "",
	    "m4",
	    "20261121",
	    "20261121T061900",
	    "20261121T061900Z-",
	    "20261121T061900Z-x",
	    "20261121T061900Z2",
	    "2026112xT061900Z",
	    "20261121T061900Z-2.tmp",
	};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		ok(store_is_run_name(runs[i]), runs[i]);
		is_int(store_compare_runs(runs[i], runs[i]), 0, "equals itself");
		if (i > 0)
			ok(store_compare_runs(runs[i - 1], runs[i]) < 0 && store_compare_runs(runs[i], runs[i - 1]) > 0,
			   "comes after the one before");
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ok(!store_is_run_name(others[i]), others[i]);
}

static void check_found(const char *name, const char *want)
{
	char *path = scratch_path(name), *wanted = scratch_path(want);
	struct failure failure = {0};
	char *found = store_find(path, &failure);

	is_text(found, wanted, want);
	failure_release(&failure);
	free(found);
	free(path);
	free(wanted);
}

static void check_not_found(const char *name, const char *why)
{
	char *path = scratch_path(name);
	struct failure failure = {0};
	char *found = store_find(path, &failure);

	ok(found == NULL, name);
	is_int(failure.status, STATUS_USER_MISTAKE, "is the user's mistake");
	ok(failure.message != NULL && strstr(failure.message, why) != NULL, failure.message ? failure.message : why);
	failure_release(&failure);
	free(found);
	free(path);
}

static void test_find(void)
{
	static const char unfinished[] = "{\"finished_utc\":null}", finished[] = "{\"finished_utc\":\"2026\"}";

	scratch_folder("r/m/20260101T000000Z");
	scratch_folder("r/m/20260102T000000Z");
	scratch_folder("r/m/20260102T000000Z-2");
	scratch_folder("r/m/20260102T000000Z-10");
	scratch_folder("r/m/20260103T000000Z");
	scratch_folder("r/m/zzz");
	check_not_found("r/m", "has a summary.json");
	scratch_put("r/m/20260103T000000Z/run.json", "{}");
	scratch_put("r/m/zzz/summary.json", finished);
	scratch_put("r/m/20260102T000000Z-10/summary.json", "{\"finished_utc\":");
	check_found("r/m", "r/m/20260102T000000Z-10");
	scratch_put("r/m/20260102T000000Z-10/summary.json", unfinished);
	scratch_put("r/m/20260102T000000Z/summary.json", unfinished);
	check_found("r/m", "r/m/20260102T000000Z-10");
	scratch_put("r/m/20260101T000000Z/summary.json", finished);
	check_found("r/m", "r/m/20260101T000000Z");
	scratch_put("r/m/20260102T000000Z-2/summary.json", finished);
	check_found("r/m", "r/m/20260102T000000Z-2");
	check_found("r/m///", "r/m/20260102T000000Z-2");
	check_found("r/m/20260102T000000Z/", "r/m/20260102T000000Z");
	check_not_found("r/m/20260103T000000Z", "has no summary.json: no cell of it was finished");
	check_not_found("r", "no run in");
	check_not_found("nowhere", "cannot look for runs in");
	check_not_found("r/m/20260101T000000Z/summary.json", "cannot look for runs in");
}

static void check_not_loaded(const char *name, const char *why)
{
	char *folder = scratch_path(name);
	struct summary summary = {0};
	struct failure failure = {0};

	ok(!store_load(folder, &summary, &failure), name);
	ok(failure.message != NULL && strstr(failure.message, why) != NULL, failure.message ? failure.message : why);
	is_int(failure.status, STATUS_USER_MISTAKE, "is the user's mistake");
	failure_release(&failure);
	summary_release(&summary);
	free(folder);
}

static void test_load(void)
{
	struct summary written = {.name = "m4", .title = "Apple M4", .started_utc = "2026-11-21T06:19:00Z"};
	struct summary loaded = {0};
	struct failure failure = {0};
	struct store *store = store_create(scratch, "load", clock_wall_ns(), &failure);
	struct json *json = summary_json(&written);

	ok(store_write_summary(store, json, "", &failure), "a summary is written");
	ok(store_load(store_folder(store), &loaded, &failure), "and loaded");
	is_text(loaded.title, "Apple M4", "with its title");
	is_text(loaded.finished_utc, NULL, "and what is unknown");
	summary_release(&loaded);
	json_free(json);
	store_close(store);

	scratch_folder("l");
	check_not_loaded("l", "summary.json");
	scratch_put("l/summary.json", "{\"schema\":\"llmbench.summary/1\",");
	check_not_loaded("l", "it is damaged");
	scratch_put("l/summary.json", "{\"schema\":\"other/1\"}");
	check_not_loaded("l", "is no summary of llmbench");
	scratch_put("l/summary.json", "[]");
	check_not_loaded("l", "is no summary of llmbench");
}

int main(void)
{
	scratch_make();
	test_names();
	test_run_names();
	test_find();
	test_load();
	scratch_remove();
	return tap_done();
}
