/* `anchor`: where the repeats of the first cell stand among the visits, which servers they start, and wrong values. */
#include "matrix.h"

#define MATRIX "model: [a, b]\nparallel: [2, 1]\nserver: {start: ollama}\n"
#define URL    "model: [a, b]\nparallel: [2, 1]\nserver: {url: http://h:1}\n"

static void add_visit(void *context, const struct plan_visit *visit)
{
	text_addf(context, "%s%zu%s", visit->starts ? "|" : " ", visit->cell->index + 1, visit->anchor ? "*" : "");
}

/* " 1* 1|2": cells from 1, repeats with a star, a bar before each for which a server is started. */
static char *visits_of(const struct plan *plan)
{
	struct text text = {0};

	plan_walk(plan, add_visit, &text);
	return text_take(&text);
}

static void test_visits(void)
{
	static const struct {
		const char *matrix, *set[MAX_OPTIONS], *only[MAX_OPTIONS], *visits;
		size_t starts, repeats;
		const char *what;
	} cases[] = {
	    {MATRIX, {0}, {0}, "|1|2|3|4", 4, 0, "no anchor"},
	    {MATRIX "anchor: 1\n", {0}, {0}, "|1* 1 1*|2|1* 3 1*|4|1*", 5, 5, "after each cell, the last one too"},
	    {MATRIX, {"anchor=2"}, {0}, "|1* 1|2|1* 3|4|1*", 5, 3, "after every two"},
	    {MATRIX, {"anchor=3"}, {0}, "|1* 1|2|3 1*|4|1*", 5, 3, "the end is a repeat, if it is not one already"},
	    {MATRIX, {"anchor=99"}, {0}, "|1* 1|2|3|4|1*", 5, 2, "seldom: before and after"},
	    {URL, {"anchor=2"}, {0}, " 1* 1 2 1* 3 4 1*", 0, 3, "a server that runs is not started"},
	    {MATRIX, {"anchor=1"}, {"model=b"}, "|1* 1 1*|2|1*", 3, 3, "--only: the first of those that are kept"},
	    {MATRIX "except: [{model: a, parallel: 2}]\n", {"anchor=2"}, {0}, "|1* 1|2|1* 3 1*", 3, 3, "except: too"},
	    {URL "order: interleaved\ntrials: 2\n",
	     {"anchor=3"},
	     {0},
	     " 1* 1 2 3 1* 4 1 2 1* 3 4 1*",
	     0,
	     4,
	     "interleaved: after every three trials"},
	    {MATRIX "order: interleaved\ntrials: [1, 2]\n",
	     {"anchor=99", "model=a", "parallel=1"},
	     {0},
	     "|1* 1 2 2 1*",
	     1,
	     2,
	     "rounds of cells with fewer trials are shorter"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct plan plan = {0};
		char *visits;

		ok(load(cases[i].matrix, cases[i].set, cases[i].only, &plan, &failure), cases[i].what);
		visits = visits_of(&plan);
		is_text(visits, cases[i].visits, "the visits");
		is_int(plan_repeats(&plan), cases[i].repeats, "repeats");
		is_int(plan_starts(&plan), cases[i].starts, "server starts");
		free(visits);
		plan_release(&plan);
	}
}

/* The reference is a cell of the matrix, whatever the order begins with. */
static void test_shuffled(void)
{
	const char *const set[MAX_OPTIONS] = {"order=shuffled", "order_seed=3", "anchor=2"};
	struct failure failure = {0};
	struct plan plan = {0};
	char *visits;

	load(URL, set, nothing, &plan, &failure);
	visits = visits_of(&plan);
	ok(plan.sequence[0] != 0 && text_starts_with(visits, " 1* ") && strlen(visits) == 4 * 2 + 3 * 3,
	   "shuffled: the first cell of the file, before the first that is run");
	free(visits);
	plan_release(&plan);
}

static void test_mistakes(void)
{
	static const struct {
		const char *matrix, *want;
	} cases[] = {
	    {"model: m\nanchor: 0\n", "a.conf:2:9: anchor cannot be \"0\"; it is an integer from 1 on"},
	    {"model: m\nanchor: -3\n", "a.conf:2:9: anchor cannot be \"-3\"; it is an integer from 1 on"},
	    {"model: m\nanchor: 1.5\n", "a.conf:2:9: anchor cannot be \"1.5\"; it is an integer from 1 on"},
	    {"model: m\nanchor: often\n", "a.conf:2:9: anchor cannot be \"often\"; it is an integer from 1 on"},
	    {"model: m\nanchor: [1, 2]\n", "a.conf:2:9: anchor cannot be a list here; it is an integer from 1 on"},
	    {"model: m\nanchor:\n", "a.conf:2:8: anchor has no value; it is an integer from 1 on"},
	    {"model: m\nanchr: 4\n", "a.conf:2:1: no such knob \"anchr\" (did you mean \"anchor\"?)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct plan plan = {0};

		ok(!load(cases[i].matrix, nothing, nothing, &plan, &failure), "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		failure_release(&failure);
	}
}

static void test_too_few(void)
{
	struct failure failure = {0};
	struct plan plan = {0};

	load("model: [a, b]\nanchor: 5\n", nothing, nothing, &plan, &failure);
	is_int(plan.warning_count, 1, "too few repeats for a drift: a warning");
	is_text(plan.warnings[0],
	        "a.conf:2:9: anchor 5 gives 2 repeats of the first cell; a drift is known from 3 repeats on",
	        "which says so");
	plan_release(&plan);
	load("model: [a, b]\nanchor: 1\n", nothing, nothing, &plan, &failure);
	is_int(plan.warning_count, 0, "three are enough");
	plan_release(&plan);
}

int main(void)
{
	if (!enter_folder())
		return 1;
	test_visits();
	test_shuffled();
	test_mistakes();
	test_too_few();
	return leave_folder(tap_done());
}
