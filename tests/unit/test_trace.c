/* What a trace keeps of a run's lines, and how it stays small. */
#include "core/trace.h"

#include <stdlib.h>

#include "base/memory.h"
#include "scratch.h"
#include "store/store.h"
#include "tap.h"

static struct summary two_cells(void)
{
	struct summary summary = {.cells = memory_new(2, sizeof(*summary.cells)), .cell_count = 2};

	for (size_t i = 0; i < 2; i++) {
		cell_summary_init(&summary.cells[i]);
		summary.cells[i].id = text_format("cell-%zu", i);
	}
	return summary;
}

static void add_line(struct trace *trace, const struct summary *summary, const char *line)
{
	struct json *json = json_parse(line, strlen(line));

	trace_add_record(trace, summary, json);
	trace_add_sample(trace, summary, json);
	json_free(json);
}

static void test_values(void)
{
	struct summary summary = two_cells();
	struct trace trace = {0};

	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-1\",\"outcome\":\"ok\",\"due_ns\":2000000000,"
	         "\"done_ns\":2090000000,\"event_ns\":[2010000000,2020000000,2070000000]}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-0\",\"outcome\":\"timeout\",\"due_ns\":1000000000,"
	         "\"done_ns\":1090000000,\"event_ns\":[1010000000]}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-0\",\"outcome\":\"ok\",\"due_ns\":3000000000,"
	         "\"done_ns\":3001000000,\"event_ns\":[]}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-0-anchor-1\",\"outcome\":\"ok\",\"due_ns\":1}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-0\",\"outcome\":\"ok\",\"due_ns\":null}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.record/9\",\"cell\":\"cell-0\",\"outcome\":\"ok\",\"due_ns\":1}");
	add_line(&trace, &summary, "[1,2]");
	trace_finish(&trace);
	is_int(trace.request_count, 3, "requests of cells, of this schema, that were due");
	is_int(trace.requests[0].cell, 0, "in the order in which they were due");
	ok(isnan(trace.requests[0].ttft_ms) && isnan(trace.requests[0].e2e_ms), "a failed one has no latencies");
	is_int(trace.requests[1].cell, 1, "each with its cell");
	is_real(trace.requests[1].due_s, 2, 1e-9, "when it was due");
	is_real(trace.requests[1].ttft_ms, 10, 1e-9, "TTFT");
	is_real(trace.requests[1].itl_ms, 30, 1e-9, "the mean of its gaps");
	is_real(trace.requests[1].e2e_ms, 90, 1e-9, "E2E");
	ok(isnan(trace.requests[2].ttft_ms) && isnan(trace.requests[2].itl_ms), "no text: no first one, and no gap");
	is_real(trace.requests[2].e2e_ms, 1, 1e-9, "but an end");
	trace_release(&trace);
	summary_release(&summary);
}

static void test_samples(void)
{
	struct summary summary = two_cells();
	struct trace trace = {0};

	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.sample/1\",\"cell\":\"cell-1\",\"at_ns\":5000000000,\"phase\":\"measuring\","
	         "\"stale\":false,\"used_bytes\":2147483648,\"gpu_power_mw\":12500,\"gpu_busy_pct\":97}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.sample/1\",\"cell\":\"cell-0\",\"at_ns\":1000000000,\"phase\":\"idle\","
	         "\"stale\":true,\"used_bytes\":1073741824,\"server_resident_bytes\":536870912}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.sample/1\",\"cell\":\"cell-0\",\"at_ns\":1,\"phase\":\"dreaming\"}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.server_sample/1\",\"cell\":\"cell-0\",\"at_ns\":1,\"phase\":\"idle\"}");
	add_line(&trace, &summary,
	         "{\"schema\":\"llmbench.sample/1\",\"cell\":\"x-anchor-1\",\"at_ns\":6000000000,\"phase\":\"after\"}");
	trace_finish(&trace);
	is_int(trace.sample_count, 3, "samples of this schema");
	ok(trace.samples[0].phase == PHASE_IDLE && trace.samples[1].phase == PHASE_MEASURING,
	   "by time, with their phases");
	ok(isnan(trace.samples[0].figures[TRACE_USED]), "a stale figure is unknown");
	is_real(trace.samples[0].figures[TRACE_SERVER], 0.5, 1e-9, "others are not");
	is_real(trace.samples[1].figures[TRACE_USED], 2, 1e-9, "GiB");
	is_real(trace.samples[1].figures[TRACE_GPU_POWER], 12.5, 1e-9, "W");
	is_real(trace.samples[1].figures[TRACE_GPU_BUSY], 97, 1e-9, "%");
	ok(isnan(trace.samples[1].figures[TRACE_SYSTEM_POWER]), "what was not measured is unknown");
	ok(trace.samples[2].cell == TRACE_NO_CELL, "the anchor's repeats are of no cell");
	trace_release(&trace);
	summary_release(&summary);
}

/* Many of one cell, few of another. */
static void test_many_requests(void)
{
	struct summary summary = two_cells();
	struct trace trace = {0};
	size_t of_first = 0, of_second = 0;
	double widest = 0, last = 0;

	for (int i = 0; i < 10000; i++) {
		char *line = text_format("{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-%d\",\"outcome\":\"ok\","
		                         "\"due_ns\":%lld,\"done_ns\":%lld,\"event_ns\":[]}",
		                         i % 1000 == 7, i * 1000000000LL, i * 1000000000LL + 1000000);

		add_line(&trace, &summary, line);
		free(line);
	}
	trace_finish(&trace);
	for (size_t i = 0; i < trace.request_count; i++) {
		if (trace.requests[i].cell == 1) {
			of_second++;
			continue;
		}
		of_first++;
		widest = fmax(widest, trace.requests[i].due_s - last);
		last = trace.requests[i].due_s;
	}
	ok(of_first <= TRACE_REQUESTS_MAX && of_first > TRACE_REQUESTS_MAX / 4, "of many requests some are kept");
	ok(widest <= 10 && last > 9980, "from the beginning to the end, evenly");
	is_int(of_second, 10, "a cell with few keeps all");
	trace_release(&trace);
	summary_release(&summary);
}

static void test_many_samples(void)
{
	struct summary summary = two_cells();
	struct trace trace = {0};
	size_t peaks = 0, mixed = 0;

	for (int i = 0; i < 50000; i++) {
		char *line = text_format("{\"schema\":\"llmbench.sample/1\",\"cell\":\"cell-%d\",\"at_ns\":%lld,"
		                         "\"phase\":\"%s\",\"used_bytes\":%lld}",
		                         i >= 25000, i * 100000000LL, i < 101 ? "loading" : "measuring",
		                         i == 33333 ? 9 * 1073741824LL
		                         : i < 101  ? 1073741824LL
		                                    : 2 * 1073741824LL);

		add_line(&trace, &summary, line);
		free(line);
	}
	trace_finish(&trace);
	for (size_t i = 0; i < trace.sample_count; i++) {
		peaks += trace.samples[i].figures[TRACE_USED] > 8;
		mixed += (trace.samples[i].phase == PHASE_LOADING) != (trace.samples[i].figures[TRACE_USED] < 1.5);
	}
	ok(trace.sample_count <= TRACE_SAMPLES_MAX && trace.sample_count > TRACE_SAMPLES_MAX / 4,
	   "of many samples some are kept");
	is_int(peaks, 1, "a peak of one sample among them");
	is_int(mixed, 0, "phases do not mix");
	is_real(trace.samples[0].at_s, 0, 0, "from the first");
	trace_release(&trace);
	summary_release(&summary);
}

/* No two neighbours are of one phase. */
static void test_many_phases(void)
{
	struct summary summary = two_cells();
	struct trace trace = {0};
	double highest = 0;

	for (int i = 0; i < 30000; i++) {
		char *line = text_format("{\"schema\":\"llmbench.sample/1\",\"cell\":\"cell-0\",\"at_ns\":%lld,"
		                         "\"phase\":\"%s\",\"used_bytes\":%lld}",
		                         i * 100000000LL, i % 2 ? "loading" : "measuring",
		                         i == 22222 ? 9 * 1073741824LL : 1073741824LL);

		add_line(&trace, &summary, line);
		free(line);
	}
	trace_finish(&trace);
	for (size_t i = 0; i < trace.sample_count; i++)
		highest = fmax(highest, trace.samples[i].figures[TRACE_USED]);
	ok(trace.sample_count < TRACE_SAMPLES_MAX, "as many phases as samples: bounded all the same");
	is_real(highest, 9, 0, "with the peak");
	trace_release(&trace);
	summary_release(&summary);
}

static void write_file(const char *name, const char *bytes)
{
	struct failure failure = {0};
	char *path = scratch_path(name);

	ok(file_replace(path, bytes, strlen(bytes), &failure), name);
	failure_release(&failure);
	free(path);
}

static void test_files(void)
{
	static const char record[] =
	    "{\"schema\":\"llmbench.record/1\",\"cell\":\"cell-0\",\"outcome\":\"ok\",\"due_ns\":1,"
	    "\"done_ns\":5,\"event_ns\":[3]}";
	struct summary summary = two_cells();
	char *lines = text_format("%s\n{\"schema\": broken\n\n%s\n%.60s", record, record, record);
	struct failure failure = {0};
	struct trace trace;

	write_file("records.jsonl", lines);
	ok(store_load_trace(scratch, &summary, &trace, &failure), "a run without samples");
	is_int(trace.request_count, 2, "a broken line is passed over, and so is a torn last one");
	is_int(trace.sample_count, 0, "no samples");
	trace_release(&trace);
	write_file("records.jsonl", record);
	ok(store_load_trace(scratch, &summary, &trace, &failure), "one line that never ended");
	is_int(trace.request_count, 0, "is none, though it could be read");
	trace_release(&trace);
	ok(store_load_trace("/nonexistent/folder", &summary, &trace, &failure) && trace.request_count == 0,
	   "no files: nothing happened");
	trace_release(&trace);
	free(lines);
	failure_release(&failure);
	summary_release(&summary);
}

int main(void)
{
	scratch_make();
	test_values();
	test_samples();
	test_many_requests();
	test_many_samples();
	test_many_phases();
	test_files();
	scratch_remove();
	return tap_done();
}
