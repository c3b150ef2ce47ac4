/*
 * What records own, put away and given back: the same to the byte, and still
 * with the record where there is no file for it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "run/spill.h"
#include "tap.h"

enum { COUNT = 200, FILE_MOST = 40000 };

static char folder[] = "/tmp/llmbench-test-spill-XXXXXX";

/* Each with other stamps, from none on; words that are missing, empty and long. */
static struct record make(size_t index)
{
	struct record record = {.request = index, .event_count = index};

	record.event_ns = index > 0 ? memory_new(index, sizeof(*record.event_ns)) : NULL;
	for (size_t i = 0; i < index; i++)
		record.event_ns[i] = (int64_t)(index << 32) + (int64_t)i;
	record.done_reason = index % 2 == 0 ? memory_string("stop") : NULL;
	record.error = index % 3 == 0 ? memory_string("") : NULL;
	record.text = index % 5 == 0 ? NULL : text_format("answer %zu of \303\274nic\303\266de-", index);
	return record;
}

static bool same_word(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static bool is_whole(const struct record *record, size_t index)
{
	struct record want = make(index);
	bool same = record->request == index && record->event_count == index &&
	            same_word(record->done_reason, want.done_reason) && same_word(record->error, want.error) &&
	            same_word(record->text, want.text);

	for (size_t i = 0; i < index && same; i++)
		same = record->event_ns[i] == want.event_ns[i];
	record_release(&want);
	return same;
}

static bool owns_nothing(const struct record *record)
{
	return record->event_ns == NULL && record->done_reason == NULL && record->error == NULL && record->text == NULL;
}

/* All are put, the odd ones first; then all are taken. How many were away is told. */
static size_t put_and_take(const char *into, const char *what)
{
	struct spill *spill = spill_new(into, COUNT);
	struct record records[COUNT];
	size_t away = 0, whole = 0, errors = 0;

	for (size_t i = 0; i < COUNT; i++)
		records[i] = make(i);
	for (size_t odd = 2; odd-- > 0;)
		for (size_t i = odd; i < COUNT; i += 2)
			spill_put(spill, i, &records[i]);
	for (size_t i = 1; i < COUNT; i++)
		away += owns_nothing(&records[i]);
	for (size_t i = 0; i < COUNT; i++) {
		errors += spill_take(spill, i, &records[i]) != 0;
		errors += spill_take(spill, i, &records[i]) != 0;
		whole += is_whole(&records[i], i);
		record_release(&records[i]);
	}
	is_int((int64_t)errors, 0, what);
	is_int((int64_t)whole, COUNT, "  and each is whole");
	spill_free(spill);
	return away;
}

static void test_full(void)
{
	struct rlimit before, limit;
	size_t away;

	getrlimit(RLIMIT_FSIZE, &before);
	limit = (struct rlimit){.rlim_cur = FILE_MOST, .rlim_max = before.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	away = put_and_take(folder, "no more room");
	setrlimit(RLIMIT_FSIZE, &before);
	ok(away > 10 && away < COUNT - 10, "  some were away, some were not");
}

int main(void)
{
	if (mkdtemp(folder) == NULL)
		return 1;
	is_int((int64_t)put_and_take(folder, "a file"), COUNT - 1, "  all were away");
	is_int((int64_t)put_and_take("/nowhere/at/all", "no file"), 0, "  nothing was away");
	test_full();
	ok(rmdir(folder) == 0, "nothing is left in the folder");
	return tap_done();
}
