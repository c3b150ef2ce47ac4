#include "calibrate/calibrate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "errors.h"
#include "load/load.h"

/* Few streams reply several times, so that the figures of a request do not rest on one. */
enum { REQUESTS_MIN = 8 };

/* As long as what Ollama is sent for a short prompt. */
static const char body[] =
    "{\"model\":\"truth\",\"prompt\":\"Why is the blue sky blue?\",\"stream\":true,\"think\":false,"
    "\"keep_alive\":\"30m\",\"options\":{\"num_ctx\":2048,\"num_predict\":256,\"seed\":1,"
    "\"temperature\":0}}";

static const int64_t spare_ns = 10 * NS_PER_S; /* for a machine that is busy */

/* A burst's connections come before its first line: 70 to 100 µs each, and as much again on a busy machine. */
static int64_t prefill_ns(size_t streams)
{
	return 10 * NS_PER_MS + (int64_t)streams * 100 * NS_PER_US;
}

static struct truth_options plan(const struct calibration *calibration)
{
	size_t rounds = (REQUESTS_MIN + calibration->streams - 1) / calibration->streams;
	double lines = calibration->tokens_per_s * calibration->seconds / (double)rounds;

	return (struct truth_options){
	    .connections = 2 * calibration->streams + 16, /* some are made anew */
	    .requests = rounds * calibration->streams,
	    .lines = lines < 2 ? 2 : (size_t)lines,
	    .prefill_ns = prefill_ns(calibration->streams),
	    .period_ns = (int64_t)((double)NS_PER_S / calibration->tokens_per_s),
	};
}

static struct request *make_requests(size_t count, int port)
{
	struct request *requests = memory_new(count, sizeof(*requests));

	for (size_t i = 0; i < count; i++)
		requests[i] = (struct request){
		    .method = "POST",
		    .url = text_format("http://127.0.0.1:%d/api/generate/%zu", port, i),
		    .body = memory_string(body),
		    .body_size = sizeof(body) - 1,
		    .due_ns = TIME_UNKNOWN,
		};
	return requests;
}

/* Called once, at the end. */
static void on_progress(void *context, const struct load_progress *progress)
{
	*(struct load_progress *)context = *progress;
}

static void fill(const struct calibration *calibration, struct errors *errors, const struct load_progress *load,
                 struct error_floor *floor)
{
	floor->streams = calibration->streams;
	floor->tokens_per_s = calibration->tokens_per_s;
	floor->capped = calibration->capped;
	errors_sum_up(errors, calibration->streams, floor);
	if (load->elapsed_ns > 0)
		floor->core_share = (double)load->cpu_ns / (double)load->elapsed_ns;
	if (load->cpu_ns > 0)
		floor->core_tokens_per_s = (double)errors->texts * (double)NS_PER_S / (double)load->cpu_ns;
}

static bool measure(const struct calibration *calibration, const struct truth_options *options,
                    const struct truth_server *server, struct error_floor *floor, struct failure *failure)
{
	struct request *requests = make_requests(options->requests, truth_port(server));
	struct exchange *exchanges = memory_new(options->requests, sizeof(*exchanges));
	struct truth_stamps truth = truth_stamps_of(server);
	struct load_progress load = {0};
	struct errors errors = {0};
	struct load_options how = {
	    .in_flight = calibration->streams,
	    .deadline_ns = clock_now_ns() + 4 * (int64_t)(calibration->seconds * (double)NS_PER_S) + spare_ns,
	    .stop = calibration->stop,
	    .on_progress = on_progress,
	    .context = &load,
	    .progress_interval_ns = 3600 * NS_PER_S,
	};
	bool ran = load_run(requests, options->requests, &how, exchanges, failure);

	for (size_t i = 0; i < options->requests; i++) {
		if (ran)
			errors_add(&errors, &exchanges[i], i, options->lines, &truth);
		exchange_release(&exchanges[i]);
		request_release(&requests[i]);
	}
	free(exchanges);
	free(requests);
	if (ran && errors.texts > 0)
		fill(calibration, &errors, &load, floor);
	else
		failure_set(failure, STATUS_CANNOT_GO_ON, "calibration: %s",
		            calibration->stop != NULL && *calibration->stop ? "interrupted" : "no reply was complete");
	ran = ran && errors.texts > 0;
	errors_release(&errors);
	return ran;
}

bool calibrate(const struct calibration *calibration, struct error_floor *floor, struct failure *failure)
{
	struct truth_options options = plan(calibration);
	struct truth_server *server;
	bool good;

	assert(calibration->streams > 0 && calibration->streams <= CALIBRATE_STREAMS_MAX);
	assert(calibration->tokens_per_s > 0 && calibration->tokens_per_s <= CALIBRATE_RATE_MAX);
	error_floor_reset(floor);
	server = truth_start(&options, failure);
	if (server == NULL)
		return false;
	good = measure(calibration, &options, server, floor, failure);
	truth_stop(server);
	return good;
}

struct calibration calibration_for(const struct decode_load *load)
{
	static const double rates[] = {1000, 500, 200, 100, 50, 20}; /* the first is the highest */
	static const double slack = 1.1;
	enum { RATES = sizeof(rates) / sizeof(rates[0]), STREAMS = 512, TOTAL = 30000 };
	struct calibration short_one = {.streams = load->streams, .tokens_per_s = rates[0], .seconds = 0.3};
	size_t rate = RATES - 1;

	if (short_one.streams < 1)
		short_one.streams = 1;
	short_one.capped = short_one.streams > STREAMS;
	if (short_one.capped)
		short_one.streams = STREAMS;
	/* An unknown rate is in the lowest class: comparisons with NAN are false. */
	while (rate > 0 && load->texts_per_s > slack * rates[rate])
		rate--;
	short_one.capped = short_one.capped || load->texts_per_s > slack * rates[0];
	while (rate < RATES - 1 && (double)short_one.streams * rates[rate] > TOTAL) {
		rate++;
		short_one.capped = true;
	}
	short_one.tokens_per_s = rates[rate];
	return short_one;
}
