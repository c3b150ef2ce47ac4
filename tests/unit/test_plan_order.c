/* `order`: the sequence in which the cells of a small matrix are run, and which of them in rounds. */
#include "base/memory.h"
#include "core/summary.h"
#include "matrix.h"

#define MATRIX "model: [a, b, c]\nparallel: [2, 1]\nserver: {start: ollama}\n"
#define URL    "model: [a, b]\nparallel: [2, 1]\nserver: {url: http://h:1}\n"

/* "1 2 3|4 5 6": the cells from 1 as they are run; those of one group have blanks between, groups a bar. */
static char *sequence_of(const struct plan *plan)
{
	struct text text = {0};

	for (size_t first = 0; first < plan->cell_count; first += plan_group(plan, first))
		for (size_t i = first; i < first + plan_group(plan, first); i++)
			text_addf(&text, "%s%zu", i == 0 ? "" : i == first ? "|" : " ", plan->sequence[i] + 1);
	return text_take(&text);
}

static void test_orders(void)
{
	static const struct {
		const char *matrix, *set[MAX_OPTIONS], *sequence;
		size_t starts;
		const char *what;
	} cases[] = {
	    {MATRIX, {0}, "1|2|3|4|5|6", 6, "as in the file"},
	    {MATRIX, {"order=file"}, "1|2|3|4|5|6", 6, "also when it is said"},
	    {MATRIX "order: interleaved\n", {0}, "1 3 5|2 4 6", 2, "interleaved: in rounds for each start"},
	    {MATRIX, {"order=interleaved", "model=a"}, "1|2", 2, "nothing to interleave"},
	    {MATRIX,
	     {"order=informative"},
	     "2|4|6|1|3|5",
	     2,
	     "informative: each model's smallest cell, then the others"},
	    {MATRIX, {"budget=1h"}, "2|4|6|1|3|5", 2, "so it is with a budget"},
	    {MATRIX, {"budget=1h", "order=file"}, "1|2|3|4|5|6", 6, "unless the matrix says otherwise"},
	    {MATRIX, {"budget=1h", "parallel=[1, 2, 4, 8, 16]", "model=a"}, "1|5|3|2|4", 5, "by rank, not by value"},
	    {"model: [a, b]\nflash_attention: [true, false]\nparallel: [1, 2]\nserver: {start: ollama}\n",
	     {"order=informative"},
	     "1|5|3|7|2|6|4|8",
	     4,
	     "what is no number makes series"},
	    {URL, {"order=interleaved"}, "1 2 3 4", 0, "a server that runs already has one start"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct plan plan = {0};
		char *sequence;

		ok(load(cases[i].matrix, cases[i].set, nothing, &plan, &failure), cases[i].what);
		sequence = sequence_of(&plan);
		is_text(sequence, cases[i].sequence, "the sequence");
		is_int(plan_starts(&plan), cases[i].starts, "server starts");
		free(sequence);
		plan_release(&plan);
	}
}

/* Cells of an earlier run; of those that are not there nothing is known. */
static void test_costs(void)
{
	static const struct {
		const char *set[MAX_OPTIONS], *sequence, *what;
	} cases[] = {
	    {{"order=informative"}, "1|5|3|4|2", "of equally far cells the cheaper one comes first"},
	    {{"budget=30m"}, "1|3|4|2|5", "one that does not fit into the budget comes last"},
	    {{"budget=1d"}, "1|5|3|4|2", "where it fits it has its place"},
	    {{"order=file"}, "1|2|3|4|5", "other orders are as they are"},
	};
	static const double minutes[] = {1, 9, 2, 3, 600};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct summary earlier = {.cells = memory_new(5, sizeof(*earlier.cells)), .cell_count = 5};
		struct failure failure = {0};
		struct plan plan = {0};
		char *sequence;

		load("model: m\nparallel: [1, 2, 4, 8, 16]\n", cases[i].set, nothing, &plan, &failure);
		for (size_t c = 0; c < plan.cell_count; c++) {
			struct text id = {0};

			cell_summary_init(&earlier.cells[c]);
			cell_add_id(&plan.cells[c], &id);
			earlier.cells[c].id = text_take(&id);
			earlier.cells[c].settings = cell_settings(&plan.cells[c]);
			earlier.cells[c].status = CELL_DONE;
			earlier.cells[c].duration_s = 60 * minutes[c];
		}
		plan_order_informative(&plan, &earlier);
		sequence = sequence_of(&plan);
		is_text(sequence, cases[i].sequence, cases[i].what);
		free(sequence);
		summary_release(&earlier);
		plan_release(&plan);
	}
}

static char *shuffled(const char *seed)
{
	const char *const set[MAX_OPTIONS] = {"order=shuffled", seed};
	struct failure failure = {0};
	struct plan plan = {0};
	char *sequence;

	load(MATRIX, set, nothing, &plan, &failure);
	sequence = sequence_of(&plan);
	plan_release(&plan);
	return sequence;
}

static void test_shuffled(void)
{
	char *default_seed = shuffled(NULL), *one = shuffled("order_seed=1"), *two = shuffled("order_seed=2");
	char *again = shuffled("order_seed=2");
	unsigned seen = 0;

	is_text(one, default_seed, "the default seed is 1");
	is_text(again, two, "a seed is an order");
	ok(!text_equal(one, two), "another seed is another one");
	for (const char *at = two; *at != '\0'; at++)
		if (*at != '|')
			seen |= 1u << (*at - '0');
	ok(seen == 0x7e && strlen(two) == 11, "each cell once");
	free(default_seed);
	free(one);
	free(two);
	free(again);
}

int main(void)
{
	if (!enter_folder())
		return 1;
	test_orders();
	test_costs();
	test_shuffled();
	return leave_folder(tap_done());
}
