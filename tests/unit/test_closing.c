#include "report/closing.h"

#include "made_run.h"
#include "tap.h"

#define BEST STRONG("Best") " by output tokens/s: "
#define CLIFF \
	STRONG("Cliff") ", where a request's speed (1 / TPOT p50) is at most half of that at the smallest parallel: "

struct row {
	const char *what;
	const char *want;
	size_t count;
	struct made_cell cells[8];
};

static void check(const struct row *row, void (*add)(const struct summary *, struct text *))
{
	struct summary summary = made_run(row->cells, row->count);
	struct text text = {0};

	add(&summary, &text);
	is_text(text_string(&text), row->want, row->what);
	text_release(&text);
	summary_release(&summary);
}

static void best_cells(void)
{
	static const struct row rows[] = {
	    {"one cell is no choice", "", 1, {{"a", 1, CELL_DONE, 1, {10}, 0}}},
	    {"nothing was measured", "", 2, {{"a", 1, CELL_FAILED, 0, {0}, 0}, {"a", 2, CELL_UNFINISHED, 0, {0}, 0}}},
	    {"one trial",
	     BEST "a, parallel 2 with 20.0; without an interval, which takes 3 trials.",
	     2,
	     {{"a", 1, CELL_DONE, 1, {10}, 0}, {"a", 2, CELL_DONE, 1, {20}, 0}}},
	    {"a failed cell is not the best, however fast some of it was",
	     BEST "a, parallel 1 with 10.0; without an interval, which takes 3 trials.",
	     2,
	     {{"a", 1, CELL_DONE, 1, {10}, 0}, {"a", 2, CELL_FAILED, 1, {20}, 0}}},
	    {"intervals apart",
	     BEST "a, parallel 2 with 20.00 [19.75, 20.25].",
	     2,
	     {{"a", 1, CELL_DONE, 3, {10, 10.1, 9.9}, 0}, {"a", 2, CELL_DONE, 3, {20, 20.1, 19.9}, 0}}},
	    {"intervals that overlap, the nearest named",
	     BEST "a, parallel 4 with 20.0 [17.5, 22.5]; it cannot be told apart from a, parallel 2 with 19.0 "
	          "[16.5, 21.5] and 1 other.",
	     4,
	     {{"a", 8, CELL_DONE, 3, {18, 19, 17}, 0},
	      {"a", 4, CELL_DONE, 3, {20, 21, 19}, 0},
	      {"a", 2, CELL_DONE, 3, {19, 20, 18}, 0},
	      {"a", 1, CELL_DONE, 3, {10, 11, 9}, 0}}},
	    {"figures that are equal, without intervals",
	     BEST "a with 20.0; it cannot be told apart from b with 20.0; without an interval, which takes 3 trials.",
	     2,
	     {{"a", 1, CELL_DONE, 1, {20}, 0}, {"b", 1, CELL_DONE, 1, {20}, 0}}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i], closing_add_best);
}

static void best_with_a_flag(void)
{
	static const struct made_cell cells[] = {{"a", 1, CELL_DONE, 1, {10}, 0}, {"b\n*", 1, CELL_DONE, 1, {20}, 0}};
	struct summary summary = made_run(cells, 2);
	struct text text = {0};

	cell_summary_add_flag(&summary.cells[1], "asked parallel 8, got 1");
	closing_add_best(&summary, &text);
	is_text(text_string(&text),
	        BEST "b * with 20.0 (flagged: asked parallel 8, got 1); without an interval, which takes 3 trials.",
	        "what must be known before it is trusted; foreign text masked");
	summary.cells[1].client.bounds = 1u << CLIENT_BOUND_CPU;
	text_clear(&text);
	closing_add_best(&summary, &text);
	is_text(text_string(&text),
	        BEST "b * with 20.0 (flagged: client-bound); without an interval, which takes 3 trials.",
	        "that it is llmbench that was measured comes first");
	text_release(&text);
	summary_release(&summary);
}

static void best_without_failures(void)
{
	static const struct made_cell cells[] = {{"a", 1, CELL_DONE, 1, {10}, 0}, {"a", 2, CELL_DONE, 1, {20}, 0}};
	struct summary summary = made_run(cells, 2);
	struct text text = {0};

	summary.cells[1].failed = 1;
	closing_add_best(&summary, &text);
	is_text(text_string(&text), BEST "a, parallel 1 with 10.0; without an interval, which takes 3 trials.",
	        "a cell that refused requests is not the best");
	summary.cells[0].failed = 1;
	text_clear(&text);
	closing_add_best(&summary, &text);
	is_text(text_string(&text), "", "where all did there is none");
	text_release(&text);
	summary_release(&summary);
}

/* Words are added up, tokens are not: each kind of speed has its best. */
static void best_of_each_kind(void)
{
	static const struct made_cell cells[] = {{"a", 1, CELL_DONE, 1, {10}, 0}, {"w", 1, CELL_DONE, 0, {0}, 0}};
	struct summary summary = made_run(cells, 2);
	struct metric_summary *rtfx = made_metric(&summary.cells[1], "rtfx");
	struct text text = {0};
	double value = 12.5;

	rtfx->values = distribution_over_trials(&value, 1);
	closing_add_best(&summary, &text);
	is_text(text_string(&text),
	        BEST "a with 10.0; without an interval, which takes 3 trials. " STRONG(
		    "Best") " by RTFx: w with 12.5; without an interval, which takes 3 trials.",
	        "one sentence for each metric of speed");
	text_release(&text);
	summary_release(&summary);
}

static void cliffs(void)
{
	static const struct row rows[] = {
	    {"one parallel is no cliff", "", 2, {{"a", 1, CELL_DONE, 0, {0}, 10}, {"b", 1, CELL_DONE, 0, {0}, 10}}},
	    {"TPOT was not measured", "", 2, {{"a", 1, CELL_DONE, 0, {0}, 0}, {"a", 2, CELL_DONE, 0, {0}, 0}}},
	    {"the first of those that halve it, in any order",
	     CLIFF "a at parallel 4 (50.0 tokens/s, 100 at 1).",
	     4,
	     {{"a", 8, CELL_DONE, 0, {0}, 40},
	      {"a", 4, CELL_DONE, 0, {0}, 20},
	      {"a", 2, CELL_DONE, 0, {0}, 19.9},
	      {"a", 1, CELL_DONE, 0, {0}, 10}}},
	    {"each model by itself; those without one",
	     CLIFF "a not up to parallel 2; b at parallel 16 (9.09 tokens/s, 20.0 at 2).",
	     5,
	     {{"a", 1, CELL_DONE, 0, {0}, 10},
	      {"b", 2, CELL_DONE, 0, {0}, 50},
	      {"a", 2, CELL_DONE, 0, {0}, 11},
	      {"b", 16, CELL_DONE, 0, {0}, 110},
	      {"b", 32, CELL_FAILED, 0, {0}, 500}}},
	    {"what failed is neither cliff nor base",
	     "",
	     3,
	     {{"a", 1, CELL_FAILED, 0, {0}, 1}, {"a", 2, CELL_DONE, 0, {0}, 10}, {"a", 4, CELL_FAILED, 0, {0}, 90}}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i], closing_add_cliff);
}

static void cliff_of_other_settings(void)
{
	static const struct made_cell cells[] = {{"a", 1, CELL_DONE, 0, {0}, 10},
	                                         {"a", 2, CELL_DONE, 0, {0}, 30},
	                                         {"a", 1, CELL_DONE, 0, {0}, 10},
	                                         {"a", 2, CELL_DONE, 0, {0}, 10}};
	struct summary summary = made_run(cells, 4);
	struct text text = {0};

	for (size_t i = 0; i < 4; i++)
		json_set_string(summary.cells[i].settings, "zone", i < 2 ? "x" : "y");
	closing_add_cliff(&summary, &text);
	is_text(text_string(&text),
	        CLIFF "a, zone x at parallel 2 (33.3 tokens/s, 100 at 1); a, zone y not up to parallel 2.",
	        "only cells of the same settings are compared");
	text_release(&text);
	summary_release(&summary);
}

static void many_cliffs_are_counted(void)
{
	struct made_cell cells[16];
	char names[8][2];
	struct summary summary;
	struct text text = {0};

	for (size_t i = 0; i < 16; i++) {
		names[i / 2][0] = (char)('a' + i / 2);
		names[i / 2][1] = '\0';
		cells[i] = (struct made_cell){names[i / 2], 1 + (int64_t)i % 2, CELL_DONE, 0, {0}, 10};
	}
	summary = made_run(cells, 16);
	closing_add_cliff(&summary, &text);
	ok(strstr(text_string(&text), "; f not up to parallel 2; and 2 more.") != NULL, "after six they are counted");
	text_release(&text);
	summary_release(&summary);
}

int main(void)
{
	best_cells();
	best_with_a_flag();
	best_without_failures();
	best_of_each_kind();
	cliffs();
	cliff_of_other_settings();
	many_cliffs_are_counted();
	return tap_done();
}
