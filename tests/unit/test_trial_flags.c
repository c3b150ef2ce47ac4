/* Each flag of trials: a cell in which it is raised, and one in which it is not; and when `until` has enough. */
#include <stdlib.h>

#include "base/memory.h"
#include "core/summary.h"
#include "core/until.h"
#include "tap.h"

enum { TRIALS_MOST = 12, PER_TRIAL = 5 };

/* One request per trial of 1 s each: as many tokens as the trial's speed. */
static size_t records_of_speeds(const double *speeds, size_t count, struct record *records)
{
	for (size_t i = 0; i < count; i++)
		records[i] = (struct record){
		    .trial = (int)i + 1,
		    .due_ns = (int64_t)i * 2 * NS_PER_S,
		    .sent_ns = (int64_t)i * 2 * NS_PER_S,
		    .done_ns = (int64_t)i * 2 * NS_PER_S + NS_PER_S,
		    .output_tokens = (int64_t)speeds[i],
		};
	return count;
}

static struct cell_summary summarized(const struct record *records, size_t count, const char *settings)
{
	struct cell_summary cell;

	cell_summary_init(&cell);
	cell.settings = json_parse(settings, strlen(settings));
	cell_summary_add_records(&cell, records, count);
	cell_summary_add_trial_flags(&cell);
	return cell;
}

/* "" without flags, else all of them with "; " between. */
static char *flags_of(const struct record *records, size_t count, const char *settings)
{
	struct cell_summary cell = summarized(records, count, settings);
	struct text text = {0};

	for (size_t i = 0; i < cell.flag_count; i++)
		text_addf(&text, "%s%s", i > 0 ? "; " : "", cell.flags[i]);
	cell_summary_release(&cell);
	return text_take(&text);
}

static void test_speeds(void)
{
	static const struct {
		double speeds[TRIALS_MOST];
		size_t trials;
		const char *settings, *flags;
	} cases[] = {
	    {{1000}, 1, "{}", ""},
	    {{1000, 1010, 990, 1005, 995}, 5, "{}", ""},
	    {{1000, 980, 961, 940, 920}, 5, "{}", "drift: output tokens/s falls by 2.1 % per trial"},
	    {{1000, 1020, 1039, 1060}, 4, "{}", "drift: output tokens/s rises by 1.9 % per trial"},
	    {{1000, 1002, 1004, 1006}, 4, "{}", ""},
	    {{600, 1010, 990, 1000, 1005, 995},
	     6,
	     "{}",
	     "slow first trial: output tokens/s 40 % below the median (more warmup?)"},
	    {{1400, 1010, 990, 1000, 1005, 995}, 6, "{}", "outliers: output tokens/s of 1 of 6 trials"},
	    {{600, 1010, 990, 1000, 1005, 2000, 1001},
	     7,
	     "{}",
	     "slow first trial: output tokens/s 40 % below the median (more warmup?); "
	     "outliers: output tokens/s of 1 of 7 trials"},
	    {{1000, 1100, 900, 1050},
	     4,
	     "{\"until_pct\":5}",
	     "until: asked ±5 % of output tokens/s, got ±13.3 % after 4 trials"},
	    {{1000, 1100, 900, 1050}, 4, "{\"until_pct\":14}", ""},
	    {{1000, 1100, 900, 1050}, 4, "{\"until_pct\":null}", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record records[TRIALS_MOST];
		size_t count = records_of_speeds(cases[i].speeds, cases[i].trials, records);
		char *flags = flags_of(records, count, cases[i].settings);

		is_text(flags, cases[i].flags, *cases[i].flags ? cases[i].flags : "no flag");
		free(flags);
	}
}

/* PER_TRIAL requests in each of three trials, due every 20 ms and sent `lag_ms` later for each one before. */
/* A recording of 10 s and more for each second of a trial; then vectors in ever less time. */
static void test_speeds_of_tasks(void)
{
	static const double speeds[] = {1000, 980, 961, 940, 920};
	struct record records[TRIALS_MOST];
	size_t count = records_of_speeds(speeds, 5, records);
	struct cell cell;
	char *flags;

	for (size_t i = 0; i < count; i++) {
		records[i].audio_ns = (int64_t)(10 + i) * NS_PER_S;
		records[i].output_tokens = 7;
	}
	flags = flags_of(records, count, "{}");
	is_text(flags, "drift: RTFx rises by 8.3 % per trial", "the speed of transcriptions is their RTFx");
	free(flags);
	for (size_t i = 0; i < count; i++) {
		records[i].audio_ns = TIME_UNKNOWN;
		records[i].dimensions = 3;
		records[i].done_ns -= (int64_t)(100 * i) * NS_PER_MS;
	}
	flags = flags_of(records, count, "{}");
	ok(text_starts_with(flags, "drift: inputs/s rises by "), "that of embeddings their number");
	free(flags);
	cell_reset(&cell);
	cell.until_pct = 5;
	cell.trials = 3;
	ok(cell_wants_trial(&cell, records, count, 5), "until: vectors whose rate is not known well");
	for (size_t i = 0; i < count; i++)
		records[i].done_ns = records[i].due_ns + NS_PER_S + (int64_t)i * NS_PER_MS;
	ok(!cell_wants_trial(&cell, records, count, 5), "and then is");
}

static void test_rate(void)
{
	static const struct {
		double lag_ms;
		const char *settings, *flags;
		double late;
	} cases[] = {
	    {0, "{\"rate\":50}", "", 0},
	    {0.9, "{\"rate\":50}", "", 9}, /* 47.8/s: 96 % */
	    {12, "{\"rate\":50}", "asked 50.0/s, sent 31.2/s", 12},
	    {12, "{\"rate\":null}", "", NAN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record records[3 * PER_TRIAL];
		struct cell_summary cell;

		for (int r = 0; r < 3 * PER_TRIAL; r++) {
			int64_t k = r % PER_TRIAL, start_ns = r / PER_TRIAL * NS_PER_S;

			records[r] = (struct record){
			    .trial = r / PER_TRIAL + 1,
			    .due_ns = start_ns + k * 20 * NS_PER_MS,
			    .sent_ns = start_ns + k * 20 * NS_PER_MS + (int64_t)((double)k * cases[i].lag_ms * 1e6),
			    .done_ns = start_ns + NS_PER_S / 2,
			    .output_tokens = 7,
			};
		}
		cell = summarized(records, 3 * PER_TRIAL, cases[i].settings);
		is_text(cell.flag_count > 0 ? cell.flags[0] : "", cases[i].flags, "rate");
		is_real(cell.metrics[metric_find("late_requests") - metrics].values.p50, cases[i].late, 0, "late");
		cell_summary_release(&cell);
	}
}

static void test_unsent(void)
{
	struct record records[3] = {{.trial = 1, .output_tokens = 1, .done_ns = 9}, {.trial = 1}, {.trial = 1}};
	struct cell_summary cell;

	records[1].sent_ns = TIME_UNKNOWN;
	records[1].outcome = OUTCOME_CANCELLED;
	cell = summarized(records, 3, "{\"rate\":4}");
	is_real(cell.metrics[metric_find("unsent_requests") - metrics].values.p50, 1, 0, "one was not sent");
	is_real(cell.metrics[metric_find("late_requests") - metrics].values.p50, 0, 0, "and is not late");
	cell_summary_release(&cell);
}

static void test_until(void)
{
	static const struct {
		double speeds[TRIALS_MOST];
		int64_t trials, max_trials;
		double until_pct;
		int64_t done;
		bool more;
		const char *what;
	} cases[] = {
	    {{1000}, 3, CELL_UNSET, CELL_UNSET_REAL, 1, true, "fewer than trials says"},
	    {{1000, 900, 1100}, 3, CELL_UNSET, CELL_UNSET_REAL, 3, false, "as many as it says"},
	    {{1000, 1000}, 1, CELL_UNSET, 5, 2, true, "two have no interval, so it is not narrow"},
	    {{1000, 1001, 1002}, 1, CELL_UNSET, 5, 3, false, "three that are narrow enough"},
	    {{1000, 1001, 1002}, 5, CELL_UNSET, 5, 3, true, "but trials says five"},
	    {{1000, 900, 1100}, 1, CELL_UNSET, 5, 3, true, "three that are not"},
	    {{1000, 900, 1100, 950}, 1, 4, 5, 4, false, "max_trials ends it"},
	    {{0, 0, 0}, 1, 4, 5, 3, true, "a speed of 0 is not known well"},
	};
	struct cell cell;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record records[TRIALS_MOST];
		size_t count = records_of_speeds(cases[i].speeds, (size_t)cases[i].done, records);

		cell_reset(&cell);
		cell.trials = cases[i].trials;
		cell.max_trials = cases[i].max_trials;
		cell.until_pct = cases[i].until_pct;
		ok(cell_wants_trial(&cell, records, count, cases[i].done) == cases[i].more, cases[i].what);
	}
	cell_reset(&cell);
	is_int(cell_trials_most(&cell), 1, "without until: trials");
	cell.until_pct = 5;
	is_int(cell_trials_most(&cell), CELL_MAX_TRIALS, "with it: the default of max_trials");
	cell.trials = 100;
	is_int(cell_trials_most(&cell), 100, "but never fewer than trials");
}

int main(void)
{
	test_speeds();
	test_speeds_of_tasks();
	test_rate();
	test_unsent();
	test_until();
	return tap_done();
}
