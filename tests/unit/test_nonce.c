#include "core/nonce.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static char *nonce(uint64_t salt, int trial, size_t request)
{
	struct text text = {0};

	nonce_add(&text, salt, trial, request);
	return text_take(&text);
}

/* A server may keep what any of them sent. */
static void test_salt(void)
{
	struct cell cell = {0}, other;
	uint64_t salt;

	cell_reset(&cell);
	salt = nonce_salt(&cell, 0);
	other = cell;
	ok(nonce_salt(&other, 0) == salt, "the same cell has the same salt in each run");
	other.index = 7;
	ok(nonce_salt(&other, 0) == salt, "wherever it stands in the plan");
	other.parallel = 3;
	ok(nonce_salt(&other, 0) != salt, "another cell has another one");
	other = cell;
	other.seed = cell.seed + 1;
	ok(nonce_salt(&other, 0) != salt, "and so has another seed");
	ok(nonce_salt(&cell, 1) != salt && nonce_salt(&cell, 2) != nonce_salt(&cell, 1),
	   "and each repeat of the anchor");
}

static void test_unique(void)
{
	enum { TRIALS = 5, REQUESTS = 4000, COUNT = TRIALS * REQUESTS };
	char **nonces = memory_new(COUNT, sizeof(*nonces));
	size_t same = 0, alike = 0;

	for (size_t i = 0; i < COUNT; i++)
		nonces[i] = nonce(1, (int)(i / REQUESTS), i % REQUESTS);
	qsort(nonces, COUNT, sizeof(*nonces), compare);
	for (size_t i = 1; i < COUNT; i++) {
		same += strcmp(nonces[i], nonces[i - 1]) == 0;
		alike += strncmp(nonces[i], nonces[i - 1], 8) == 0;
	}
	is_int(same, 0, "no two requests of a run have the same nonce");
	ok(alike < 5, "nor the same half of one: caches keep beginnings");
	for (size_t i = 0; i < COUNT; i++)
		free(nonces[i]);
	free(nonces);
}

static void test_use(void)
{
	static const struct {
		int64_t knob;
		const char *prompts;
		bool used;
		const char *what;
	} cases[] = {
	    {CELL_UNSET, NULL, false, "unset: not before a fixed prompt"},
	    {CELL_UNSET, "a.txt", true, "but before those of a file"},
	    {CELL_UNIQUE_AUTO, NULL, false, "auto: the same"},
	    {CELL_UNIQUE_AUTO, "a.txt", true, "auto: the same"},
	    {CELL_UNIQUE_ON, NULL, true, "on"},
	    {CELL_UNIQUE_OFF, "a.txt", false, "off"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cell cell = {0};

		cell_reset(&cell);
		ok(i > 0 || cell.unique_prompts == CELL_UNSET, "unset by default, so that cells keep their names");
		cell.unique_prompts = cases[i].knob;
		cell.prompts = cases[i].prompts;
		ok(nonce_is_used(&cell) == cases[i].used, cases[i].what);
		ok(nonce_is_used_for_media(&cell) == (cases[i].knob != CELL_UNIQUE_OFF), "media: unless it is off");
		cell.task = CELL_TASK_TRANSCRIBE;
		ok(!nonce_is_used(&cell), "never before what goes with a recording");
	}
}

int main(void)
{
	char *first = nonce(1, 1, 0), *again = nonce(1, 1, 0), *other = nonce(2, 1, 0);

	ok(strlen(first) == 17 && strspn(first, "0123456789abcdef") == 16 && first[16] == ' ',
	   "16 hex digits, a blank");
	is_text(again, first, "the same in each run");
	ok(strcmp(other, first) != 0, "another salt, another nonce");
	free(first);
	free(again);
	free(other);
	test_salt();
	test_unique();
	test_use();
	return tap_done();
}
