#include "truth_bounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Doubles of ns that are summed and divided: far below what a stamp can tell. */
static const double rounding = 1e-6;

struct window {
	double low, high; /* ns */
};

const struct truth_write *truth_write_of(const struct truth_request *request, size_t offset)
{
	size_t piece = 0;

	while (request->reply->pieces[piece].end <= offset)
		piece++;
	return &request->truth->writes[piece];
}

static struct window arrival(const struct truth_request *request, size_t offset)
{
	const struct truth_write *write = truth_write_of(request, offset);

	return (struct window){(double)(write->before_ns - TRUTH_EARLY_NS), (double)(write->after_ns + TRUTH_LATE_NS)};
}

static struct window done(const struct truth_request *request)
{
	struct window window;

	if (request->outcome == OUTCOME_OK)
		return arrival(request, request->stream->last_body_at);
	window = arrival(request, request->stream->last_body_at);
	window.high = arrival(request, request->stream->size - 1).high + (double)request->reply->close_wait_ns;
	return window;
}

static struct window exactly(int64_t stamp_ns)
{
	return (struct window){(double)stamp_ns, (double)stamp_ns};
}

static struct window event(const struct truth_request *request, size_t i)
{
	const struct record *stamped = request->stamped;

	if (stamped == NULL)
		return arrival(request, request->stream->event_at[i]);
	return i < stamped->event_count ? exactly(stamped->event_ns[i]) : (struct window){NAN, NAN};
}

static struct window end(const struct truth_request *request)
{
	return request->stamped == NULL ? done(request) : exactly(request->stamped->done_ns);
}

/* It was sent before the server had read it. */
static struct window sent(const struct truth_request *request, int64_t due_ns)
{
	if (request->stamped != NULL)
		return exactly(request->stamped->sent_ns);
	return (struct window){(double)due_ns, (double)request->truth->read_ns};
}

bool truth_allows(const struct truth_request *request, size_t offset, int64_t stamp_ns)
{
	struct window window = arrival(request, offset);

	return window.low <= (double)stamp_ns && (double)stamp_ns <= window.high;
}

bool truth_allows_done(const struct truth_request *request, int64_t done_ns)
{
	struct window window = done(request);

	return window.low <= (double)done_ns && (double)done_ns <= window.high;
}

void bounds_release(struct bounds *bounds)
{
	free(bounds->low);
	free(bounds->high);
	*bounds = (struct bounds){0};
}

static void add(struct bounds *bounds, double low, double high)
{
	bounds->low = memory_grow(bounds->low, &bounds->low_capacity, bounds->count, sizeof(double));
	bounds->high = memory_grow(bounds->high, &bounds->high_capacity, bounds->count, sizeof(double));
	bounds->low[bounds->count] = low - fabs(low) * 1e-12;
	bounds->high[bounds->count++] = high + fabs(high) * 1e-12;
}

static void add_if_told(struct bounds *bounds, int64_t value, double unit)
{
	if (value != UNTOLD)
		add(bounds, (double)value / unit, (double)value / unit);
}

static void add_rate(struct bounds *bounds, int64_t tokens, int64_t ns)
{
	if (tokens > 1 && ns > 0)
		add(bounds, (double)tokens * 1e9 / (double)ns, (double)tokens * 1e9 / (double)ns);
}

/* From one moment to another that is not before it, in ms, shared by `parts`. */
static void add_span(struct bounds *bounds, struct window from, struct window to, double parts)
{
	double low = to.low - from.high;

	add(bounds, (low > 0 ? low : 0) / 1e6 / parts, (to.high - from.low) / 1e6 / parts);
}

static void add_queue_wait(struct bounds *bounds, const struct truth_figures *told)
{
	int64_t wait_ns = told->total_ns - told->load_ns - told->prefill_ns - told->decode_ns;

	if (told->total_ns != UNTOLD && told->load_ns != UNTOLD && told->prefill_ns != UNTOLD &&
	    told->decode_ns != UNTOLD)
		add_if_told(bounds, wait_ns > 0 ? wait_ns : 0, 1e6);
}

/* The metrics of the client's clock; false: not one of them. */
static bool add_of_clock(const char *metric, const struct truth_request *request, int64_t due_ns, struct bounds *into)
{
	struct window due = exactly(due_ns);
	size_t events = request->stream->event_count;

	if (strcmp(metric, "ttft_ms") == 0) {
		if (events > 0)
			add_span(into, due, event(request, 0), 1);
	} else if (strcmp(metric, "itl_ms") == 0) {
		for (size_t i = 1; i < events; i++)
			add_span(into, event(request, i - 1), event(request, i), 1);
	} else if (strcmp(metric, "tpot_ms") == 0) {
		if (events > 1 && request->told.output_tokens > 1)
			add_span(into, event(request, 0), event(request, events - 1),
			         (double)(request->told.output_tokens - 1));
	} else if (strcmp(metric, "e2e_ms") == 0) {
		add_span(into, due, end(request), 1);
	} else if (strcmp(metric, "ttft_from_sent_ms") == 0) {
		if (events > 0)
			add_span(into, sent(request, due_ns), event(request, 0), 1);
	} else if (strcmp(metric, "e2e_from_sent_ms") == 0) {
		add_span(into, sent(request, due_ns), end(request), 1);
	} else if (strcmp(metric, "send_lag_ms") == 0) {
		add_span(into, due, sent(request, due_ns), 1);
	} else {
		return false;
	}
	return true;
}

/* Those of the server's words; false: not one of them. */
static bool add_of_server(const char *metric, const struct truth_figures *told, struct bounds *into)
{
	if (strcmp(metric, "prompt_tokens") == 0)
		add_if_told(into, told->prompt_tokens, 1);
	else if (strcmp(metric, "output_tokens") == 0)
		add_if_told(into, told->output_tokens, 1);
	else if (strcmp(metric, "server_load_ms") == 0)
		add_if_told(into, told->load_ns, 1e6);
	else if (strcmp(metric, "server_queue_wait_ms") == 0)
		add_queue_wait(into, told);
	else if (strcmp(metric, "prefill_tokens_per_s") == 0)
		add_rate(into, told->prompt_tokens, told->prefill_ns);
	else if (strcmp(metric, "decode_tokens_per_s") == 0)
		add_rate(into, told->output_tokens, told->decode_ns);
	else
		return false;
	return true;
}

/*
 * Metrics of the schedule, of limits, recordings and embeddings: unknown where a request or a trial has none of them,
 * as here (tests/trials.t and unit/test_metric have).
 */
static bool is_unknown_here(const char *metric)
{
	static const char *const names[] = {
	    "goodput_rps",        "slo_met_pct", "asked_rate_rps", "achieved_rate_rps", "late_requests",
	    "unsent_requests",    "rtf",         "rtfx",           "audio_s",           "inputs_per_s",
	    "input_tokens_per_s", "dimensions"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(metric, names[i]) == 0)
			return true;
	return false;
}

bool truth_bounds(const char *metric, const struct truth_request *request, int64_t due_ns, struct bounds *into)
{
	return add_of_clock(metric, request, due_ns, into) || add_of_server(metric, &request->told, into) ||
	       is_unknown_here(metric);
}

bool truth_trial_bounds(const char *metric, const struct truth_request *requests, const int64_t *due_ns, size_t count,
                        struct bounds *into)
{
	struct window final = {-1, -1}, last;
	double start = INFINITY, tokens = 0, ok = 0, gaps = 0, low_s, high_s;

	for (size_t i = 0; i < count; i++) {
		bool good = requests[i].outcome == OUTCOME_OK;

		last = end(&requests[i]);
		final = (struct window){fmax(final.low, last.low), fmax(final.high, last.high)};
		start = fmin(start, (double)due_ns[i]);
		ok += good;
		gaps += good && requests[i].stream->event_count > 1;
		if (good)
			tokens +=
			    requests[i].told.output_tokens == UNTOLD ? NAN : (double)requests[i].told.output_tokens;
	}
	low_s = fmax(final.low - start, 1) / 1e9;
	high_s = (final.high - start) / 1e9;
	if (strcmp(metric, "duration_s") == 0) {
		if (ok > 0)
			add(into, low_s, high_s);
	} else if (strcmp(metric, "requests_per_s") == 0) {
		if (ok > 0)
			add(into, ok / high_s, ok / low_s);
	} else if (strcmp(metric, "output_tokens_per_s") == 0) {
		if (ok > 0 && !isnan(tokens))
			add(into, tokens / high_s, tokens / low_s);
	} else if (strcmp(metric, "shared_stamps_pct") == 0) {
		/* What one read takes is the client's luck. */
		if (gaps > 0)
			add(into, 0, 100);
	} else {
		return is_unknown_here(metric);
	}
	return true;
}

static int ascending(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static bool within(double low, double value, double high)
{
	return low - rounding <= value && value <= high + rounding;
}

/* The smallest value that at least `part` of all are not above. */
static bool quantile_holds(const struct bounds *bounds, double part, double value)
{
	size_t rank = 1;

	while ((double)rank < part * (double)bounds->count - 1e-9)
		rank++;
	return within(bounds->low[rank - 1], value, bounds->high[rank - 1]);
}

bool bounds_hold(struct bounds *bounds, const struct distribution *values)
{
	double low = 0, high = 0;

	if (bounds->count != values->n)
		return false;
	if (bounds->count == 0)
		return isnan(values->mean) && isnan(values->p50) && isnan(values->max);
	/* The k-th smallest value lies between the k-th smallest of the lows and of the highs. */
	qsort(bounds->low, bounds->count, sizeof(double), ascending);
	qsort(bounds->high, bounds->count, sizeof(double), ascending);
	for (size_t i = 0; i < bounds->count; i++) {
		low += bounds->low[i];
		high += bounds->high[i];
	}
	return within(low / (double)bounds->count, values->mean, high / (double)bounds->count) &&
	       quantile_holds(bounds, 0, values->min) && quantile_holds(bounds, 0.50, values->p50) &&
	       quantile_holds(bounds, 0.90, values->p90) && quantile_holds(bounds, 0.95, values->p95) &&
	       quantile_holds(bounds, 0.99, values->p99) && quantile_holds(bounds, 1, values->max);
}
