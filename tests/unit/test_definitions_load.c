/*
 * The definitions that need more than one request, or time between events,
 * against a server that wrote down the truth: pace, what due means in open and
 * closed loop, a cold model, a trial with failures, the last byte, and many
 * streams at once.
 */
#include <stdlib.h>

#include "../support/truth_play.h"
#include "base/memory.h"
#include "stream_shapes.h"
#include "tap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* What a busy machine can be late by in the middle of many values. */
static const double typical_ms = 10;

static const struct load_options patient = {.timeout_ns = 20 * NS_PER_S};

static const struct truth_line three_tokens[] = {
    EVENT(G("a")), EVENT(G("b")), EVENT(G("c")), OTHER(G_END("3") "\n"), {0}};
static const struct truth_figures three_told = {26, 3, 700000000, 20000000, 130000000, 250000000};

/* The whole reply at once, after a wait. */
static struct truth_job answer_after(const struct truth_stream *stream, int64_t wait_ns)
{
	struct truth_piece *pieces = memory_new(1, sizeof *pieces);

	pieces[0] = (struct truth_piece){stream->size, wait_ns};
	return (struct truth_job){.cell = truth_cell(CELL_API_GENERATE, CELL_ON),
	                          .stream = stream,
	                          .pieces = pieces,
	                          .piece_count = 1,
	                          .told = three_told,
	                          .outcome = OUTCOME_OK,
	                          .due_ns = TIME_UNKNOWN};
}

/* Each event in a piece of its own, and what is left in the last one; waits of 30, 40, 50 … ms. */
static struct truth_job paced(const struct truth_stream *stream)
{
	struct truth_job job = answer_after(stream, 0);

	free(job.pieces);
	job.piece_count = stream->event_count + 1;
	job.pieces = memory_new(job.piece_count, sizeof *job.pieces);
	for (size_t i = 0; i < job.piece_count; i++)
		job.pieces[i] = (struct truth_piece){i < stream->event_count ? stream->event_at[i] + 1 : stream->size,
		                                     (30 + 10 * (int64_t)i) * NS_PER_MS};
	return job;
}

static double write_ms(const struct truth_request *asked, size_t offset)
{
	return (double)truth_write_of(asked, offset)->before_ns / 1e6;
}

static double median(double *values, size_t count)
{
	return distribution_of(values, count).p50;
}

static double metric_p50(const struct truth_play *play, const char *name)
{
	struct cell_summary cell;
	double p50;

	cell_summary_init(&cell);
	cell_summary_add_records(&cell, play->records, play->count);
	p50 = cell.metrics[metric_find(name) - metrics].values.p50;
	cell_summary_release(&cell);
	return p50;
}

/* Events 30 ms and more apart: the medians are the truth's, and no event waits for the next. */
static void test_pace(void)
{
	struct truth_stream stream = truth_stream_of("200 OK", FRAME_LINES, three_tokens);
	struct truth_play play = {0};
	double ttft[16], itl[32], tpot[16], e2e[16];
	size_t prompt = 0;

	for (size_t i = 0; i < COUNT_OF(ttft); i++) {
		struct truth_job job = paced(&stream);

		truth_play_add(&play, &job);
	}
	ok(truth_play_run(&play, &patient), "pace");
	for (size_t i = 0; i < play.count; i++) {
		const struct truth_request *asked = &play.asked[i];
		double first = write_ms(asked, stream.event_at[0]), second = write_ms(asked, stream.event_at[1]),
		       third = write_ms(asked, stream.event_at[2]);
		double due = (double)play.records[i].due_ns / 1e6;

		ttft[i] = first - due;
		itl[2 * i] = second - first;
		itl[2 * i + 1] = third - second;
		tpot[i] = (third - first) / 2;
		e2e[i] = write_ms(asked, stream.last_body_at) - due;
		prompt += play.records[i].event_count == 3 &&
		          play.records[i].event_ns[0] < truth_write_of(asked, stream.event_at[1])->before_ns;
	}
	is_real(metric_p50(&play, "ttft_ms"), median(ttft, COUNT_OF(ttft)), typical_ms, "  TTFT");
	is_real(metric_p50(&play, "itl_ms"), median(itl, COUNT_OF(itl)), typical_ms, "  ITL");
	is_real(metric_p50(&play, "tpot_ms"), median(tpot, COUNT_OF(tpot)), typical_ms, "  TPOT");
	is_real(metric_p50(&play, "e2e_ms"), median(e2e, COUNT_OF(e2e)), typical_ms, "  E2E");
	ok(prompt > play.count / 2, "  an event does not wait for the next one");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&stream);
}

/*
 * Ten requests on schedule, 10 ms apart, and one place in flight with a server
 * that takes 30 ms for each: what a request waits for the place is in its
 * latency (coordinated omission leaves it out), and is llmbench's send lag.
 */
static void test_open_loop(void)
{
	struct truth_stream stream = truth_stream_of("200 OK", FRAME_LINES, three_tokens);
	struct load_options options = {.in_flight = 1, .timeout_ns = 20 * NS_PER_S};
	struct truth_play play = {0};
	const struct record *last;
	size_t off_schedule = 0;

	for (int64_t i = 0; i < 10; i++) {
		struct truth_job job = answer_after(&stream, 30 * NS_PER_MS);

		job.due_ns = i * 10 * NS_PER_MS;
		truth_play_add(&play, &job);
	}
	ok(truth_play_run(&play, &options), "open loop");
	for (size_t i = 0; i < play.count; i++)
		off_schedule += play.records[i].due_ns != play.records[0].due_ns + (int64_t)i * 10 * NS_PER_MS;
	is_int(off_schedule, 0, "  due is the schedule");
	ok(play.records[0].due_ns >= play.start_ns && play.records[0].due_ns <= play.log.truths[0].read_ns,
	   "  from the start of the load");
	last = &play.records[9];
	ok(last->event_count == 3 && last->event_ns[0] - last->due_ns >= (10 * 30 - 9 * 10) * NS_PER_MS,
	   "  TTFT has the wait for a place");
	ok(last->sent_ns - last->due_ns >= (9 * 30 - 9 * 10) * NS_PER_MS, "  which is send lag");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&stream);
}

/* A closed loop is due when a place is free, so its latency is the server's. */
static void test_closed_loop(void)
{
	struct truth_stream stream = truth_stream_of("200 OK", FRAME_LINES, three_tokens);
	struct load_options options = {.in_flight = 2, .timeout_ns = 20 * NS_PER_S};
	struct truth_play play = {0};
	size_t early = 0, freed = 0;

	for (size_t i = 0; i < 20; i++) {
		struct truth_job job = answer_after(&stream, (int64_t)(i % 3) * 5 * NS_PER_MS);

		truth_play_add(&play, &job);
	}
	ok(truth_play_run(&play, &options), "closed loop");
	for (size_t i = 0; i < play.count; i++) {
		early += play.records[i].due_ns < play.start_ns;
		for (size_t j = 0; j < play.count; j++)
			freed += play.exchanges[j].done_ns == play.records[i].due_ns;
	}
	is_int(early, 0, "  due in the load");
	ok(freed >= play.count - 2, "  each but the first two when another was done");
	is_int(play.log.peak_in_service, 2, "  two at once");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&stream);
}

/* The first request loads the model: the server says so, and it is in that request's TTFT. */
static void test_cold_and_warm(void)
{
	static const struct truth_line cold_lines[] = {
	    EVENT(G("a")),
	    OTHER("{\"done\":true,\"total_duration\":90000000,\"load_duration\":80000000,\"eval_count\":1,"
	          "\"eval_duration\":5000000,\"prompt_eval_count\":2,\"prompt_eval_duration\":5000000}\n"),
	    {0}};
	struct truth_stream cold = truth_stream_of("200 OK", FRAME_LINES, cold_lines),
			    warm = truth_stream_of("200 OK", FRAME_LINES, three_tokens);
	struct load_options options = {.in_flight = 1, .timeout_ns = 20 * NS_PER_S};
	struct truth_job first = answer_after(&cold, 80 * NS_PER_MS), second = answer_after(&warm, 0);
	struct truth_play play = {0};

	first.told = (struct truth_figures){2, 1, 90000000, 80000000, 5000000, 5000000};
	truth_play_add(&play, &first);
	truth_play_add(&play, &second);
	ok(truth_play_run(&play, &options), "a cold model, then a warm one");
	is_int(play.records[0].server_load_ns, 80 * NS_PER_MS, "  the load is told");
	ok(play.records[0].event_count == 1 && play.records[0].event_ns[0] - play.records[0].due_ns >= 80 * NS_PER_MS,
	   "  and in TTFT");
	is_int(play.records[1].server_load_ns, 20 * NS_PER_MS, "  the warm one's");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&cold);
	truth_stream_release(&warm);
}

/* The trial lasts until its last request has ended, though that failed; tokens and requests are the good ones'. */
static void test_trial_with_failures(void)
{
	static const struct truth_line cut_lines[] = {EVENT(G("a")), EVENT(G("b")), {0}};
	struct truth_stream good = truth_stream_of("200 OK", FRAME_LINES, three_tokens),
			    cut = truth_stream_of("200 OK", FRAME_CUT, cut_lines);
	struct truth_job jobs[] = {answer_after(&good, 0), answer_after(&good, 10 * NS_PER_MS),
	                           answer_after(&cut, 150 * NS_PER_MS)};
	struct truth_play play = {0};
	struct cell_summary cell;

	jobs[2].outcome = OUTCOME_TRANSFER;
	for (size_t i = 0; i < COUNT_OF(jobs); i++)
		truth_play_add(&play, &jobs[i]);
	ok(truth_play_run(&play, &patient), "a trial with a failure at its end");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	cell_summary_init(&cell);
	cell_summary_add_records(&cell, play.records, play.count);
	ok(cell.duration_s >= 0.150, "  its duration has the failure");
	is_int(cell.failed, 1, "  which is counted");
	is_int(cell.outcomes[OUTCOME_TRANSFER], 1, "  by its kind");
	cell_summary_release(&cell);
	truth_play_release(&play);
	truth_stream_release(&good);
	truth_stream_release(&cut);
}

/* A server that keeps the connection for a while after the last byte, and then closes it. */
static void test_last_byte(void)
{
	struct truth_stream stream = truth_stream_of("200 OK", FRAME_CLOSE, three_tokens);
	struct truth_job job = answer_after(&stream, 0);
	struct truth_play play = {0};

	job.close_wait_ns = 400 * NS_PER_MS;
	truth_play_add(&play, &job);
	ok(truth_play_run(&play, &patient), "closed long after the last byte");
	is_int(play.records[0].outcome, OUTCOME_OK, "  a whole answer");
	ok(play.end_ns - play.log.truths[0].writes[0].after_ns >= 400 * NS_PER_MS, "  the load waited for the end");
	ok(play.records[0].done_ns - play.log.truths[0].writes[0].after_ns < 400 * NS_PER_MS,
	   "  E2E ends with the last byte, not with the closing");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&stream);
}

/* As many streams at once as were asked for: no hidden limit of the client. */
static void test_many_at_once(void)
{
	const size_t count = 600;
	struct truth_stream stream = truth_stream_of("200 OK", FRAME_LINES, three_tokens);
	struct truth_play play = {0};
	struct failure failure = {0};
	size_t whole = 0;

	if (!load_reserve_files(2 * count + 64, &failure)) {
		printf("# skipped: %s\n", failure.message);
		failure_release(&failure);
		truth_stream_release(&stream);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct truth_job job = answer_after(&stream, 1200 * NS_PER_MS);

		truth_play_add(&play, &job);
	}
	ok(truth_play_run(&play, &patient), "600 streams");
	for (size_t i = 0; i < count; i++)
		whole += play.records[i].outcome == OUTCOME_OK && play.records[i].due_ns == play.records[0].due_ns;
	is_int(whole, count, "  all whole, and all due at the start");
	is_int(play.log.peak_in_service, count, "  all at once");
	is_int(truth_play_wrong_metrics(&play, 0, play.count), 0, "  all metrics are the definitions'");
	truth_play_release(&play);
	truth_stream_release(&stream);
}

int main(void)
{
	struct failure failure = {0};

	ok(load_open(&failure), "opened");
	test_pace();
	test_open_loop();
	test_closed_loop();
	test_cold_and_warm();
	test_trial_with_failures();
	test_last_byte();
	test_many_at_once();
	load_close();
	return tap_done();
}
