/*
 * Calibration: the comparison with the truth on stamps that are made up, the
 * choice of a cell's calibration, and a short one as a whole.
 */
#include "calibrate/calibrate.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "calibrate/errors.h"
#include "load/load.h"
#include "tap.h"

enum { LINES = 3 };

/* Request 1 of 2: read at 1 ms, lines sent at 11, 21 and 31 ms. Request 0 never came. */
static int64_t read_ns[] = {0, NS_PER_MS};
static int64_t sent_ns[] = {0, 0, 0, 11 * NS_PER_MS, 21 * NS_PER_MS, 31 * NS_PER_MS};
static const struct truth_stamps truth = {read_ns, sent_ns};

static struct error_floor compare(struct chunk *chunks, size_t count, enum transport transport)
{
	struct exchange exchange = {
	    .transport = transport,
	    .due_ns = 0,
	    .sent_ns = NS_PER_MS / 2,
	    .body_size = chunks[count - 1].end,
	    .chunks = chunks,
	    .chunk_count = count,
	};
	struct errors errors = {0};
	struct error_floor floor;

	error_floor_reset(&floor);
	errors_add(&errors, &exchange, 1, LINES, &truth);
	errors_sum_up(&errors, 4, &floor);
	errors_release(&errors);
	return floor;
}

static void line_by_line(void)
{
	struct chunk chunks[] = {{11200000, 100}, {21100000, 200}, {31400000, 300}};
	struct error_floor floor = compare(chunks, 3, TRANSPORT_COMPLETE);

	is_real(floor.lateness_ms.p50, 0.2, 1e-9, "lateness: stamp less send");
	is_real(floor.lateness_ms.max, 0.4, 1e-9, "the latest");
	is_real(floor.ttft_ms.max, 1.2, 1e-9, "TTFT: 11.2 ms from due, where the server took 10 ms");
	is_real(floor.itl_ms.p50, 0.1, 1e-9, "ITL: a gap of 9.9 ms is 0.1 ms wrong");
	is_real(floor.itl_ms.max, 0.3, 1e-9, "and one of 10.3 ms 0.3 ms");
	is_real(floor.send_stamp_ms.max, 0.5, 1e-9, "send stamp: half a millisecond before the server had read it");
	is_real(floor.send_lag_ms.max, 0.5, 1e-9, "send lag: sent less due");
	is_real(floor.reached_tokens_per_s, 400, 1e-9, "four streams of 100 a second");
	ok(floor.texts == LINES && floor.failed == 0 && floor.itl_ms.n == LINES - 1 && floor.ttft_ms.n == 1,
	   "how many of each");
}

static void other_chunks(void)
{
	struct chunk split[] = {{11000000, 99}, {11500000, 101}, {21500000, 250}, {31500000, 300}};
	struct chunk together[] = {{11000000, 100}, {31000000, 300}};
	struct error_floor floor = compare(split, 4, TRANSPORT_COMPLETE);

	is_real(floor.lateness_ms.p50, 0.5, 1e-9, "a line has come with its last byte");
	floor = compare(together, 2, TRANSPORT_COMPLETE);
	is_real(floor.itl_ms.max, 10, 1e-9, "two lines with one stamp: the gap between them is lost");
}

static void failed(void)
{
	struct chunk chunks[] = {{11200000, 100}, {21100000, 200}};
	struct error_floor floor = compare(chunks, 2, TRANSPORT_COMPLETE);

	ok(floor.failed == 1 && floor.texts == 0 && floor.send_lag_ms.n == 0 && isnan(floor.reached_tokens_per_s),
	   "a reply that is too short is in no figure");
	chunks[1].end = 300;
	floor = compare(chunks, 2, TRANSPORT_PARTIAL);
	ok(floor.failed == 1 && floor.texts == 0, "nor one that broke off");
}

static void choice(void)
{
	static const struct {
		size_t streams;
		double texts_per_s;
		size_t chosen_streams;
		double chosen_rate;
		bool capped;
	} cases[] = {
	    {1, 12, 1, 20, false},      {1, 20, 1, 20, false},        {4, 22.1, 4, 50, false},
	    {128, 54, 128, 50, false},  {512, 50, 512, 50, false},    {4, 1099, 4, 1000, false},
	    {4, 1101, 4, 1000, true},   {2, INFINITY, 2, 1000, true}, {0, NAN, 1, 20, false},
	    {7, NAN, 7, 20, false},     {64, 1000, 64, 200, true},    {4096, 20, 512, 20, true},
	    {600, 5000, 512, 50, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decode_load load = {cases[i].streams, cases[i].texts_per_s};
		struct calibration got = calibration_for(&load);
		char *what = text_format("%zu streams of %g a second", load.streams, load.texts_per_s);

		ok(got.streams == cases[i].chosen_streams && got.tokens_per_s == cases[i].chosen_rate &&
		       got.capped == cases[i].capped,
		   what);
		ok(got.seconds <= 0.5, "takes half a second at most");
		free(what);
	}
}

/* Bounds are wide: this machine may be busy with other things. */
static void whole(size_t streams, double rate)
{
	struct calibration calibration = {.streams = streams, .tokens_per_s = rate, .seconds = 0.3, .capped = true};
	struct failure failure = {0};
	struct error_floor floor;

	if (!ok(calibrate(&calibration, &floor, &failure), "a calibration"))
		printf("# %s\n", failure.message);
	failure_release(&failure);
	ok(floor.failed == 0 && floor.texts >= 2 * streams && floor.ttft_ms.n >= 8 && floor.ttft_ms.n >= streams &&
	       floor.itl_ms.n == floor.texts - floor.ttft_ms.n && floor.lateness_ms.n == floor.texts,
	   "every line of every request is compared");
	ok(floor.streams == streams && floor.tokens_per_s == rate && floor.capped, "it says at which load");
	ok(floor.ttft_ms.p50 >= 0 && floor.ttft_ms.p50 < 1000 && floor.itl_ms.p50 >= 0 && floor.itl_ms.p50 < 1000,
	   "errors are less than a second");
	ok(floor.core_share > 0 && floor.core_share <= 1.1, "the client used some of a core");
	ok(floor.core_tokens_per_s > 0 && floor.reached_tokens_per_s > 0, "rates are known");
}

static void stopped(void)
{
	volatile sig_atomic_t stop = 1;
	struct calibration calibration = {.streams = 2, .tokens_per_s = 1, .seconds = 60, .stop = &stop};
	struct failure failure = {0};
	struct error_floor floor;
	int64_t begin_ns = clock_now_ns();

	ok(!calibrate(&calibration, &floor, &failure) && failure.status == STATUS_CANNOT_GO_ON && floor.texts == 0,
	   "one that is stopped is no calibration");
	ok(clock_now_ns() - begin_ns < 20 * NS_PER_S, "and ends at once, its server too");
	failure_release(&failure);
}

int main(void)
{
	struct failure failure = {0};

	alarm(120);
	line_by_line();
	other_chunks();
	failed();
	choice();
	ok(load_open(&failure), "the engine starts");
	whole(1, 50);
	whole(3, 100);
	whole(32, 100);
	stopped();
	load_close();
	return tap_done();
}
