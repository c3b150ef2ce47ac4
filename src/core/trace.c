#include "core/trace.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

static const struct figure {
	const char *key;
	double divisor;
} figures[] = {
#define X(symbol, key, divisor) [symbol] = {key, divisor},
    TRACE_FIGURES(X)
#undef X
};

void trace_release(struct trace *trace)
{
	free(trace->requests);
	free(trace->samples);
	free(trace->cells);
	*trace = (struct trace){0};
}

/* Lines of one cell stand together, or alternate between few: the cell after `last` is looked at first. */
static size_t find_cell(const struct summary *summary, const char *id, size_t last)
{
	for (size_t i = 0; id != NULL && i < summary->cell_count; i++) {
		size_t cell = (last + i) % summary->cell_count;

		if (text_equal(summary->cells[cell].id, id))
			return cell;
	}
	return TRACE_NO_CELL;
}

static double ms_between(int64_t from_ns, int64_t to_ns)
{
	return from_ns == JSON_UNKNOWN || to_ns == JSON_UNKNOWN ? NAN : (double)(to_ns - from_ns) / (double)NS_PER_MS;
}

static void read_latencies(struct trace_request *request, const struct json *record, int64_t due_ns)
{
	const struct json *events = json_get(record, "event_ns");
	int64_t first_ns = json_as_integer(json_first(events)), last_ns = first_ns;
	size_t count = 0;

	for (const struct json *event = json_first(events); event != NULL; event = json_next(event), count++)
		last_ns = json_as_integer(event);
	request->e2e_ms = ms_between(due_ns, json_get_integer(record, "done_ns"));
	request->ttft_ms = ms_between(due_ns, first_ns);
	if (count > 1)
		request->itl_ms = ms_between(first_ns, last_ns) / (double)(count - 1);
}

/* Every second request of the cell goes. */
static void thin_requests(struct trace *trace, size_t cell)
{
	struct trace_cell *counts = &trace->cells[cell];
	size_t kept = 0, of_cell = 0;

	for (size_t i = 0; i < trace->request_count; i++) {
		if (trace->requests[i].cell == cell && of_cell++ % 2 == 1)
			continue;
		trace->requests[kept++] = trace->requests[i];
	}
	trace->request_count = kept;
	counts->kept = (of_cell + 1) / 2;
	counts->stride *= 2;
}

void trace_add_record(struct trace *trace, const struct summary *summary, const struct json *record)
{
	size_t last = trace->request_count > 0 ? trace->requests[trace->request_count - 1].cell : 0;
	size_t cell = find_cell(summary, json_get_string(record, "cell"), last);
	int64_t due_ns = json_get_integer(record, "due_ns");
	struct trace_request request = {.cell = cell, .ttft_ms = NAN, .itl_ms = NAN, .e2e_ms = NAN};
	struct trace_cell *counts;

	if (!text_equal(json_get_string(record, "schema"), "llmbench.record/1") || cell == TRACE_NO_CELL ||
	    due_ns == JSON_UNKNOWN || json_get(record, "left_out") != NULL)
		return;
	if (trace->cells == NULL)
		trace->cells = memory_new(summary->cell_count, sizeof(*trace->cells));
	counts = &trace->cells[cell];
	counts->stride = counts->stride > 0 ? counts->stride : 1;
	if (counts->seen++ % counts->stride != 0)
		return;
	request.due_s = (double)due_ns / (double)NS_PER_S;
	if (text_equal(json_get_string(record, "outcome"), outcome_name(OUTCOME_OK)))
		read_latencies(&request, record, due_ns);
	trace->requests =
	    memory_grow(trace->requests, &trace->request_capacity, trace->request_count, sizeof(*trace->requests));
	trace->requests[trace->request_count++] = request;
	if (++counts->kept >= TRACE_REQUESTS_MAX)
		thin_requests(trace, cell);
}

static bool belong_together(const struct trace_sample *a, const struct trace_sample *b)
{
	return a->cell == b->cell && a->phase == b->phase;
}

/* Takes a neighbour in: the larger of what is known. */
static void merge(struct trace_sample *into, const struct trace_sample *next)
{
	for (int i = 0; i < TRACE_FIGURE_COUNT; i++)
		into->figures[i] = fmax(into->figures[i], next->figures[i]);
}

/* Pairs become one: of one cell and phase, or any. */
static void pair_up(struct trace *trace, bool any)
{
	size_t kept = 0;

	for (size_t i = 0; i < trace->sample_count; i++) {
		struct trace_sample *into = &trace->samples[kept++];

		*into = trace->samples[i];
		if (i + 1 < trace->sample_count && (any || belong_together(into, &trace->samples[i + 1])))
			merge(into, &trace->samples[++i]);
	}
	trace->sample_count = kept;
}

static void thin_samples(struct trace *trace)
{
	pair_up(trace, false);
	/* So many phases that their samples have few neighbours. */
	if (trace->sample_count > TRACE_SAMPLES_MAX / 4 * 3)
		pair_up(trace, true);
	trace->sample_stride *= 2;
}

static bool read_phase(const char *name, enum phase *phase)
{
	for (int i = PHASE_IDLE; i <= PHASE_AFTER; i++)
		if (text_equal(phase_name((enum phase)i), name)) {
			*phase = (enum phase)i;
			return true;
		}
	return false;
}

static bool read_sample(struct trace_sample *sample, const struct json *json)
{
	int64_t at_ns = json_get_integer(json, "at_ns");

	if (!text_equal(json_get_string(json, "schema"), "llmbench.sample/1") || at_ns == JSON_UNKNOWN ||
	    !read_phase(json_get_string(json, "phase"), &sample->phase))
		return false;
	sample->at_s = (double)at_ns / (double)NS_PER_S;
	for (int i = 0; i < TRACE_FIGURE_COUNT; i++)
		sample->figures[i] = json_get_number(json, figures[i].key) / figures[i].divisor;
	if (json_get_bool(json, "stale", false))
		sample->figures[TRACE_USED] = NAN;
	return true;
}

void trace_add_sample(struct trace *trace, const struct summary *summary, const struct json *json)
{
	struct trace_sample *last = trace->sample_count > 0 ? &trace->samples[trace->sample_count - 1] : NULL;
	struct trace_sample sample;

	if (!read_sample(&sample, json))
		return;
	sample.cell = find_cell(summary, json_get_string(json, "cell"), last != NULL ? last->cell : 0);
	trace->sample_stride = trace->sample_stride > 0 ? trace->sample_stride : 1;
	if (trace->samples_seen++ % trace->sample_stride != 0 && last != NULL && belong_together(last, &sample)) {
		merge(last, &sample);
		return;
	}
	trace->samples =
	    memory_grow(trace->samples, &trace->sample_capacity, trace->sample_count, sizeof(*trace->samples));
	trace->samples[trace->sample_count++] = sample;
	if (trace->sample_count >= TRACE_SAMPLES_MAX)
		thin_samples(trace);
}

/* What is unknown comes last. */
static int compare_numbers(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return (a > b) - (a < b);
}

static int compare_requests(const void *left, const void *right)
{
	const struct trace_request *a = left, *b = right;
	int order = compare_numbers(a->due_s, b->due_s);

	/* Those of a burst are due at once. */
	if (order == 0)
		order = (a->cell > b->cell) - (a->cell < b->cell);
	if (order == 0)
		order = compare_numbers(a->ttft_ms, b->ttft_ms);
	return order != 0 ? order : compare_numbers(a->e2e_ms, b->e2e_ms);
}

static int compare_samples(const void *left, const void *right)
{
	const struct trace_sample *a = left, *b = right;
	int order = compare_numbers(a->at_s, b->at_s);

	return order != 0 ? order : (a->phase > b->phase) - (a->phase < b->phase);
}

void trace_finish(struct trace *trace)
{
	if (trace->request_count > 0)
		qsort(trace->requests, trace->request_count, sizeof(*trace->requests), compare_requests);
	if (trace->sample_count > 0)
		qsort(trace->samples, trace->sample_count, sizeof(*trace->samples), compare_samples);
}
