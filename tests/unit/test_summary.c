#include "core/summary.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

static struct distribution over(size_t count)
{
	double *values = memory_new(count, sizeof(*values));
	struct distribution result;

	for (size_t i = 0; i < count; i++)
		values[i] = (double)(i * 7919 % count + 1); /* 1 … count in a mixed order: 7919 is prime */
	result = distribution_of(values, count);
	free(values);
	return result;
}

static void test_quantiles(void)
{
	static const struct {
		size_t n;
		double mean, p50, p90, p95, p99;
	} cases[] = {
	    {1, 1, 1, 1, 1, 1},         {2, 1.5, 1, 2, 2, 2},
	    {3, 2, 2, 3, 3, 3},         {10, 5.5, 5, 9, 10, 10},
	    {20, 10.5, 10, 18, 19, 20}, {100, 50.5, 50, 90, 95, 99},
	    {101, 51, 51, 91, 96, 100}, {1000, 500.5, 500, 900, 950, 990},
	};
	struct distribution none = distribution_of(NULL, 0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct distribution got = over(cases[i].n);

		is_int(got.n, cases[i].n, "1 … n");
		is_real(got.mean, cases[i].mean, 1e-12, "mean");
		is_real(got.min, 1, 0, "least");
		is_real(got.p50, cases[i].p50, 0, "p50");
		is_real(got.p90, cases[i].p90, 0, "p90");
		is_real(got.p95, cases[i].p95, 0, "p95");
		is_real(got.p99, cases[i].p99, 0, "p99");
		is_real(got.max, (double)cases[i].n, 0, "greatest");
	}
	ok(none.n == 0 && isnan(none.mean) && isnan(none.min) && isnan(none.p50) && isnan(none.p99) && isnan(none.max),
	   "of nothing nothing is known");
}

/* Of 1 … n, the k-th has k values ≤ it: the smallest k with 100 · k ≥ percent · n is the quantile. */
static bool has_rank(double quantile, size_t percent, size_t n)
{
	size_t k = (size_t)quantile;

	return 100 * k >= percent * n && 100 * (k - 1) < percent * n;
}

static void test_quantiles_by_definition(void)
{
	size_t wrong = 0;

	for (size_t n = 1; n <= 500; n++) {
		struct distribution got = over(n);

		wrong += !has_rank(got.p50, 50, n) || !has_rank(got.p90, 90, n) || !has_rank(got.p95, 95, n) ||
		         !has_rank(got.p99, 99, n);
	}
	is_int(wrong, 0, "quantiles of 1 … 500 values are the definition's");
}

static void test_over_trials(void)
{
	is_real(distribution_over_trials((double[]){5}, 1).p50, 5, 0, "median of one trial");
	is_real(distribution_over_trials((double[]){9, 4}, 2).p50, 6.5, 0, "of two: their mean");
	is_real(distribution_over_trials((double[]){9, 4, 5}, 3).p50, 5, 0, "of three: the middle one");
	is_real(distribution_over_trials((double[]){9, 1, 6, 4}, 4).p50, 5, 0, "of four: the mean of the middle two");
	ok(isnan(distribution_over_trials(NULL, 0).p50), "of none: unknown");
}

/* A request of a trial: due and done in seconds, one event half a second after due, `tokens` output tokens. */
static struct record request(int trial, double due_s, double done_s, int64_t tokens, enum outcome outcome)
{
	static int64_t events[16];
	static size_t used;
	struct record record = {
	    .trial = trial,
	    .outcome = outcome,
	    .due_ns = (int64_t)(due_s * 1e9),
	    .sent_ns = (int64_t)(due_s * 1e9),
	    .done_ns = (int64_t)(done_s * 1e9),
	    .event_ns = &events[used],
	    .event_count = 1,
	    .prompt_tokens = JSON_UNKNOWN,
	    .output_tokens = tokens,
	    .stamp_lag_ns = TIME_UNKNOWN,
	    .server_total_ns = TIME_UNKNOWN,
	    .server_load_ns = TIME_UNKNOWN,
	    .server_prefill_ns = TIME_UNKNOWN,
	    .server_decode_ns = TIME_UNKNOWN,
	};

	events[used] = record.due_ns + NS_PER_S / 2;
	used = (used + 1) % 16;
	return record;
}

static struct cell_summary summarized(const struct record *records, size_t count)
{
	struct cell_summary cell;

	cell_summary_init(&cell);
	cell_summary_add_records(&cell, records, count);
	return cell;
}

static struct distribution of(const struct cell_summary *cell, const char *name)
{
	return cell->metrics[metric_find(name) - metrics].values;
}

static void test_one_trial(void)
{
	struct record records[] = {
	    request(1, 10, 12, 30, OUTCOME_OK),
	    request(1, 10, 14, 50, OUTCOME_OK),
	    request(1, 11, 20, 99, OUTCOME_TIMEOUT),
	    request(1, 9, 9, JSON_UNKNOWN, OUTCOME_CONNECT),
	    request(1, 10, 9, JSON_UNKNOWN, OUTCOME_CANCELLED),
	};
	struct cell_summary cell;

	records[4].due_ns = records[4].sent_ns = TIME_UNKNOWN;
	records[4].event_count = 0;
	records[0].retries = 2;
	records[3].retries = 10;
	cell = summarized(records, 5);
	ok(cell.sent == 5 && cell.ok == 2 && cell.failed == 3 && cell.errors == 3, "requests are counted");
	ok(cell.outcomes[OUTCOME_OK] == 2 && cell.outcomes[OUTCOME_TIMEOUT] == 1 &&
	       cell.outcomes[OUTCOME_CONNECT] == 1 && cell.outcomes[OUTCOME_CANCELLED] == 1,
	   "by how they ended");
	is_int(cell.retries, 12, "and their retries");
	is_real(cell.duration_s, 11, 0, "from the first due to the last done, failed ones included");
	is_int(of(&cell, "e2e_ms").n, 2, "latencies of failed requests stay out");
	is_real(of(&cell, "e2e_ms").mean, 3000, 0, "of the mean");
	is_real(of(&cell, "e2e_ms").p50, 2000, 0, "of the quantiles: nearest rank, also for an even count");
	is_real(of(&cell, "e2e_ms").max, 4000, 0, "and of the greatest");
	is_real(of(&cell, "ttft_ms").max, 500, 0, "TTFT");
	is_int(of(&cell, "itl_ms").n, 0, "one event has no gap");
	is_real(of(&cell, "output_tokens_per_s").p50, 80 / 11.0, 1e-12, "80 tokens in 11 s");
	is_real(of(&cell, "requests_per_s").p50, 2 / 11.0, 1e-12, "2 requests in 11 s");
	is_int(of(&cell, "duration_s").n, 1, "one trial");
	cell_summary_release(&cell);
}

static void test_trials(void)
{
	const struct record records[] = {
	    request(2, 100, 108, 10, OUTCOME_OK), request(2, 100, 102, 10, OUTCOME_OK),
	    request(1, 50, 54, 20, OUTCOME_OK),   request(3, 200, 201, 0, OUTCOME_HTTP_5XX),
	    request(4, 300, 302, 30, OUTCOME_OK), request(5, 400, 410, JSON_UNKNOWN, OUTCOME_OK),
	};
	struct cell_summary cell = summarized(records, 6);

	is_real(cell.duration_s, 6, 0, "median of 8, 4, 2 and 10 s; a trial without success has none");
	is_int(of(&cell, "duration_s").n, 4, "four trials have a duration");
	is_real(of(&cell, "duration_s").min, 2, 0, "the shortest");
	is_real(of(&cell, "duration_s").max, 10, 0, "the longest");
	is_int(of(&cell, "output_tokens_per_s").n, 3, "three have a rate: one count is unknown");
	is_real(of(&cell, "output_tokens_per_s").p50, 5, 0, "median of 2.5, 5 and 15 a second");
	is_int(of(&cell, "e2e_ms").n, 5, "latencies are over the requests of all trials");
	ok(cell.sent == 6 && cell.errors == 1, "so are the counts");
	cell_summary_release(&cell);
}

static void test_no_success(void)
{
	const struct record records[] = {
	    request(1, 1, 2, 7, OUTCOME_TRUNCATED),
	    request(2, 1, 2, 7, OUTCOME_BUSY),
	};
	struct cell_summary cell = summarized(records, 2), none = summarized(NULL, 0);
	size_t known = 0;

	for (size_t i = 0; i < metric_count; i++)
		known += cell.metrics[i].values.n + none.metrics[i].values.n;
	is_int(known, 0, "no request succeeded: no metric is known");
	is_real(cell.duration_s, NAN, 0, "nor a duration");
	is_int(cell.errors, 2, "only the errors are");
	is_real(none.duration_s, NAN, 0, "no request at all: no duration");
	is_int(none.errors, JSON_UNKNOWN, "and no number of errors");
	cell_summary_release(&cell);
	cell_summary_release(&none);
}

static struct sample sample_of(enum phase phase, int64_t at_s, int64_t used)
{
	struct sample sample;

	sample_reset(&sample);
	sample.at_ns = at_s * NS_PER_S;
	sample.phase = phase;
	sample.used_bytes = used;
	sample.total_bytes = 16000;
	return sample;
}

static void test_memory(void)
{
	struct sample samples[] = {
	    sample_of(PHASE_IDLE, 0, 900),        sample_of(PHASE_IDLE, 1, 1000),
	    sample_of(PHASE_IDLE, 2, 5555),       sample_of(PHASE_LOADING, 2, 1000),
	    sample_of(PHASE_LOADING, 3, 2000),    sample_of(PHASE_LOADED, 3, 2000),
	    sample_of(PHASE_LOADED, 4, 3000),     sample_of(PHASE_MEASURING, 4, 3000),
	    sample_of(PHASE_MEASURING, 5, 9999),  sample_of(PHASE_MEASURING, 6, 4000),
	    sample_of(PHASE_MEASURING, 14, 2000), sample_of(PHASE_AFTER, 14, 8000),
	};
	struct memory_summary memory;
	struct sample visits[5];

	samples[2].stale = samples[8].stale = true;
	memory = memory_summary_of(samples, 12);
	is_int(memory.total_bytes, 16000, "total");
	is_int(memory.baseline_bytes, 1000, "baseline: the last idle sample that is not stale");
	is_int(memory.system_peak_bytes, 4000, "peak: from loading to the last reply, stale ones left out");
	is_int(memory.system_mean_bytes, 3100, "mean over time: 3500 for 2 s, 3000 for 8 s");
	ok(memory.samples == 12 && memory.stale_samples == 2, "samples are counted");
	is_int(memory.server_peak_bytes, JSON_UNKNOWN, "nobody measured the server");
	is_int(memory_summary_of(samples + 4, 1).system_peak_bytes, 2000, "the peak may be while loading");
	is_int(memory_summary_of(samples + 4, 1).system_mean_bytes, JSON_UNKNOWN, "which has no mean");
	is_int(memory_summary_of(samples + 9, 1).system_mean_bytes, 4000, "the mean of one sample is its value");
	samples[9].used_bytes = JSON_UNKNOWN;
	is_int(memory_summary_of(samples, 12).system_mean_bytes, 2500, "unknown ones are left out");
	memory = memory_summary_of(samples + 8, 1);
	is_int(memory.system_peak_bytes, JSON_UNKNOWN, "stale samples alone tell nothing");
	for (size_t i = 0; i < 4; i++)
		visits[i] = sample_of(i == 2 ? PHASE_IDLE : PHASE_MEASURING, (int64_t)i * 10, i < 2 ? 1000 : 5000);
	visits[4] = sample_of(PHASE_MEASURING, 40, 5000);
	is_int(memory_summary_of(visits, 5).system_mean_bytes, 3000, "the time between two visits is not measured");
	is_int(memory_summary_of(NULL, 0).baseline_bytes, JSON_UNKNOWN, "nor do none");
}

int main(void)
{
	test_quantiles();
	test_quantiles_by_definition();
	test_over_trials();
	test_one_trial();
	test_trials();
	test_no_success();
	test_memory();
	return tap_done();
}
