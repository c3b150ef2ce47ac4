/* Figures that reports compare: what counts as measured, who is ranked, who cannot be told apart. */
#include "report/measures.h"

#include "report_runs.h"
#include "tap.h"

/* "a 30 tokens/s > b 20 tokens/s"; = where they cannot be told apart from the first. */
static char *ranking(const struct run_row *rows, size_t count, enum measure_id id, enum group group)
{
	struct summary run = run_of("x", rows, count);
	struct report_run runs[] = {{.summary = &run}};
	struct report_input input = {.runs = runs, .count = 1};
	struct subjects subjects;
	struct text text = {0};
	struct place *places;
	size_t ranked, ties;

	subjects_collect(&input, &subjects);
	places = measure_rank(&measures[id], &subjects, group, &ranked);
	ties = measure_ties(&measures[id], places, ranked);
	for (size_t i = 0; i < ranked; i++) {
		text_add(&text, i == 0 ? "" : i < ties ? " = " : " > ");
		subject_add_name(&subjects, places[i].subject, &text);
		text_add_char(&text, ' ');
		measure_add(&measures[id], places[i].value, &places[i].interval, &text);
	}
	free(places);
	subjects_release(&subjects);
	summary_release(&run);
	return text_take(&text);
}

static void is_ranking(const struct run_row *rows, size_t count, enum measure_id id, const char *want, const char *what)
{
	char *got = ranking(rows, count, id, GROUP_TEXT);

	is_text(got, want, what);
	free(got);
}

static void test_ranked(void)
{
	static const struct run_row rows[] = {
	    {.model = "a", .speed = 20, .e2e_ms = 500, .load_s = 2, .peak_bytes = 4 * GIB, .baseline_bytes = GIB},
	    {.model = "b", .speed = 30, .e2e_ms = 400, .peak_bytes = 3 * GIB, .baseline_bytes = GIB},
	    {.model = "c", .speed = 90, .e2e_ms = 100, .load_s = 1, .status = CELL_FAILED},
	    {.model = "d", .speed = 80, .e2e_ms = 200, .load_s = 1, .failed = 1},
	    {.model = "e", .zeros = true},
	    {.model = "f", .status = CELL_SKIPPED, .zeros = true},
	    {.model = "g", .status = CELL_UNFINISHED, .speed = 99},
	};
	size_t count = sizeof(rows) / sizeof(rows[0]);

	is_ranking(rows, count, MEASURE_THROUGHPUT, "b 30.0 tokens/s > a 20.0 tokens/s",
	           "failed, half failed, skipped and unfinished cells and zeros are not ranked");
	is_ranking(rows, count, MEASURE_LATENCY, "b 0.400 s > a 0.500 s", "nor by times");
	is_ranking(rows, count, MEASURE_LOAD, "a 2.00 s", "what was not timed is not ranked");
	is_ranking(rows, count, MEASURE_MEMORY, "a 3.0GiB",
	           "memory of a model whose load was not seen is not ranked: it was there before");
	is_ranking(rows, count, MEASURE_RTF, "", "nobody, where nobody was measured");
}

/* Weights in mapped files, which used memory leaves out, are needed too. */
static void test_mapped(void)
{
	static const struct run_row rows[] = {
	    {.model = "a",
	     .load_s = 1,
	     .baseline_bytes = 2 * GIB,
	     .peak_bytes = 4 * GIB,
	     .with_files_bytes = 47 * GIB,
	     .total_bytes = 64 * GIB},
	    {.model = "b", .load_s = 1, .baseline_bytes = 2 * GIB, .peak_bytes = 8 * GIB},
	    {.model = "c", .load_s = 1, .baseline_bytes = 2 * GIB, .peak_bytes = 10 * GIB, .with_files_bytes = 9 * GIB},
	};

	is_ranking(rows, 3, MEASURE_PEAK, "b 8.0GiB > c 10.0GiB > a 47.0GiB", "a peak has them");
	is_ranking(rows, 3, MEASURE_MEMORY, "b 6.0GiB > c 8.0GiB > a 45.0GiB", "and so has what a model takes");
}

static void test_ties(void)
{
	static const struct run_row apart[] = {
	    {.model = "a", .speed = 100, .half = 4},
	    {.model = "b", .speed = 90, .half = 5},
	};
	static const struct run_row overlap[] = {
	    {.model = "a", .speed = 100, .half = 4},
	    {.model = "b", .speed = 97, .half = 2},
	    {.model = "c", .speed = 50, .half = 1},
	};
	static const struct run_row one_has_none[] = {
	    {.model = "a", .speed = 100, .half = 10},
	    {.model = "b", .speed = 99},
	};
	static const struct run_row alike[] = {
	    {.model = "a", .speed = 100.2},
	    {.model = "b", .speed = 99.9},
	};

	is_ranking(apart, 2, MEASURE_THROUGHPUT, "a 100.0 [96.0, 104.0] tokens/s > b 90.0 [85.0, 95.0] tokens/s",
	           "intervals apart: a winner");
	is_ranking(overlap, 3, MEASURE_THROUGHPUT,
	           "a 100.0 [96.0, 104.0] tokens/s = b 97.0 [95.0, 99.0] tokens/s > c 50.0 [49.0, 51.0] tokens/s",
	           "intervals with values in common: a tie");
	is_ranking(one_has_none, 2, MEASURE_THROUGHPUT, "a 100 [90, 110] tokens/s > b 99.0 tokens/s",
	           "without an interval the printed figures count");
	is_ranking(alike, 2, MEASURE_THROUGHPUT, "a 100 tokens/s > b 99.9 tokens/s",
	           "figures that are printed differently are apart");
}

static void test_cells(void)
{
	static const struct run_row rows[] = {
	    {.model = "a", .parallel = 1, .speed = 10, .peak_bytes = 2 * GIB, .load_s = 1, .baseline_bytes = GIB},
	    {.model = "a", .parallel = 4, .speed = 30, .peak_bytes = 4 * GIB, .load_s = 2, .baseline_bytes = GIB / 2},
	    {.model = "a", .parallel = 8, .status = CELL_FAILED, .speed = 99},
	};
	struct summary run = RUN_OF("x", rows);
	struct report_run runs[] = {{.summary = &run}};
	struct report_input input = {.runs = runs, .count = 1};
	struct subjects subjects;
	struct text text = {0};
	struct place best;

	subjects_collect(&input, &subjects);
	is_int((int64_t)subjects.count, 1, "a model's cells are one subject");
	best = measure_best(&measures[MEASURE_THROUGHPUT], &subjects.items[0]);
	is_text(subject_cell_words(best.subject, best.cell), "parallel 4", "its best cell, which failed ones are not");
	measure_add_range(&measures[MEASURE_THROUGHPUT], &subjects.items[0], &text);
	is_text(text_string(&text), "10.0 to 30.0 tokens/s", "the range of those that were measured");
	text_clear(&text);
	measure_add_range(&measures[MEASURE_PEAK], &subjects.items[0], &text);
	is_text(text_string(&text), "2.0GiB to 4.0GiB", "bytes have their own units");
	text_clear(&text);
	measure_add_range(&measures[MEASURE_TTFT], &subjects.items[0], &text);
	is_text(text_string(&text), "–", "nothing measured");
	is_int(measure_free_bytes(&subjects.items[0]), 15 * GIB, "the least memory that was free");
	text_release(&text);
	subjects_release(&subjects);
	summary_release(&run);
}

/* The same subjects in the same order, in whichever order the runs are given. */
static void test_runs(void)
{
	static const struct run_row text_rows[] = {{.model = "a", .speed = 1}},
				    sound_rows[] = {{.model = "w", .task = "transcribe"}};
	struct summary first = RUN_OF("text", text_rows), second = RUN_OF("sound", sound_rows);
	struct report_run given[] = {{.summary = &second}, {.summary = &first}};
	struct report_input input = {.runs = given, .count = 2};
	struct subjects subjects;

	second.started_utc[3] = '7'; /* a year later */
	subjects_collect(&input, &subjects);
	ok(subjects.count == 2 && subjects.items[0].summary == &first && subjects.items[1].summary == &second,
	   "runs stand by their time");
	ok(subjects_in(&subjects, GROUP_TEXT) == 1 && subjects_in(&subjects, GROUP_SPEECH) == 1 &&
	       subjects_next(&subjects, GROUP_VISION, NULL) == NULL,
	   "each in its task");
	ok(!subjects.servers_differ && !subjects.machines_differ && !subjects.runs_repeat,
	   "what differs between tasks is not compared");
	subjects_release(&subjects);
	summary_release(&first);
	summary_release(&second);
}

int main(void)
{
	test_ranked();
	test_mapped();
	test_ties();
	test_cells();
	test_runs();
	return tap_done();
}
