/*
 * The files of a run directory, and all reports of them. What is read is
 * written down the same, stamps ascend, a run compared with itself shows no
 * change, and no report has a byte that drives a terminal, breaks its format
 * or begins a formula.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/compare.h"
#include "compare/tables.h"
#include "core/server_metrics.h"
#include "document/document.h"
#include "fuzz.h"
#include "markup.h"
#include "mutate.h"
#include "report/report.h"
#include "workload/csv.h"

/* Of the second byte: a format, then these. */
enum { WRITE_CHARTS = 6, WRITE_COMPARISON, WRITE_COUNT };
enum { SIZE_MAX_BYTES = 1 << 16, STYLES = 5 };

/* The third byte. */
static const struct report_options options[] = {
    {0},
    {.chart_stem = "m"},
    {.rows = "model", .columns = "parallel", .metric = "ttft_ms", .mark_best = REPORT_BEST_BOTH},
    {.rows = "machine,context_size", .columns = "model,server", .intervals = true},
    {.baseline = "profile=quiet"},
    {.width = TERMINAL_LEAST, .colour = true, .chart_stem = "m"},
    {.baseline = "parallel=1", .mark_best = REPORT_BEST_ROW},
    {.rows = "title", .columns = "run"},
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

/* --- What is in the files --- */

/* What is written of a value that was read can be read, and is written the same then. again: does both; NULL: not read.
 */
static void must_read_back(struct json *written, struct json *(*again)(const struct json *), const char *what)
{
	char *line = fuzz_line(written), *second;
	struct json *json = json_parse(line, strlen(line)), *rewritten = again(json);

	must(rewritten != NULL, what);
	second = fuzz_line(rewritten);
	must_equal(line, second, what);
	json_free(json);
	free(second);
	free(line);
}

static struct json *again_summary(const struct json *json)
{
	struct summary summary;
	struct json *written = summary_parse(json, &summary) ? summary_json(&summary) : NULL;

	summary_release(&summary);
	return written;
}

static void check_summary(const struct summary *summary)
{
	must_read_back(summary_json(summary), again_summary, "a summary is read back the same");
}

static struct json *again_record(const struct json *json)
{
	struct record record;
	struct json *written;

	if (!record_parse(json, 0, &record))
		return NULL;
	written = record_json(&record, "cell", 0);
	record_release(&record);
	return written;
}

static void check_record(const struct json *json)
{
	struct record record;

	if (!record_parse(json, 0, &record))
		return;
	for (size_t i = 1; i < record.event_count; i++)
		must(record.event_ns[i] >= record.event_ns[i - 1], "events ascend");
	must_read_back(record_json(&record, "cell", 0), again_record, "a record is read back the same");
	record_release(&record);
}

static struct json *again_sample(const struct json *json)
{
	struct sample sample;

	return sample_parse(json, 0, &sample) ? sample_json(&sample, "cell", 0) : NULL;
}

static struct json *again_server_sample(const struct json *json)
{
	struct server_sample sample;

	return server_sample_parse(json, 0, &sample) ? server_sample_json(&sample, "cell", 0) : NULL;
}

static struct json *again_cell(const struct json *json)
{
	struct cell_summary cell;
	struct json *written;

	cell_summary_init(&cell);
	written = cell_summary_parse(json, &cell) ? cell_summary_json(&cell) : NULL;
	cell_summary_release(&cell);
	return written;
}

static void check_sample(const struct json *json)
{
	struct json *of_machine = again_sample(json), *of_server = again_server_sample(json);

	if (of_machine != NULL)
		must_read_back(of_machine, again_sample, "a sample is read back the same");
	if (of_server != NULL)
		must_read_back(of_server, again_server_sample, "a server's sample is read back the same");
}

static void check_cell(const struct json *json)
{
	struct json *cell = again_cell(json);

	if (cell != NULL)
		must_read_back(cell, again_cell, "a cell is read back the same");
}

/* Each line that is JSON, as the store takes them. */
static void each_line(struct feed part, void (*check)(const struct json *), struct trace *trace,
                      void (*add)(struct trace *, const struct summary *, const struct json *),
                      const struct summary *summary)
{
	while (part.size > 0) {
		const char *newline = memchr(part.bytes, '\n', part.size);
		size_t size = newline != NULL ? (size_t)(newline - part.bytes) : part.size;
		struct json *json = json_parse(part.bytes, size);

		if (json != NULL) {
			check(json);
			if (add != NULL)
				add(trace, summary, json);
		}
		json_free(json);
		size += newline != NULL;
		part.bytes += size;
		part.size -= size;
	}
}

static void check_trace(const struct trace *trace)
{
	for (size_t i = 0; i < trace->request_count; i++)
		must(isfinite(trace->requests[i].due_s) &&
		         (i == 0 || trace->requests[i].due_s >= trace->requests[i - 1].due_s),
		     "requests of a trace ascend");
	for (size_t i = 0; i < trace->sample_count; i++)
		must(isfinite(trace->samples[i].at_s) &&
		         (i == 0 || trace->samples[i].at_s >= trace->samples[i - 1].at_s),
		     "samples of a trace ascend");
}

/* --- What is written of them --- */

static void check_csv(const struct text *text)
{
	struct csv csv = {text->data, text->data + text->size, 1};
	struct csv_record record = {0};
	size_t columns = 0;

	while (csv_read(&csv, &record)) {
		must(!record.open, "quotes in CSV are closed");
		must(columns == 0 || record.count == columns, "rows of CSV are as long as their head");
		columns = record.count;
		for (size_t i = 0; i < record.count; i++) {
			const char *field = text_string(&record.fields[i]), *first = field + strspn(field, " ");

			must(*first == '\0' || strchr("=@", *first) == NULL, "no field of CSV is a formula");
		}
	}
	csv_record_release(&record);
}

static void check_json(const struct text *text)
{
	struct json *json = json_parse(text->data, text->size);

	must(json_is_object(json), "a report in JSON is one object");
	json_free(json);
}

/* Escapes that switch bold and colours; all else is as in other formats. */
static void check_terminal(const struct text *text)
{
	struct text plain = {0};

	for (size_t i = 0; i < text->size; i++) {
		if (text->data[i] != '\x1b') {
			text_add_char(&plain, text->data[i]);
			continue;
		}
		must(text->data[++i] == '[', "an escape is one of ours");
		i += 1 + strspn(text->data + i + 1, "0123456789;");
		must(text->data[i] == 'm', "an escape switches how text looks");
	}
	must(fuzz_is_shown_safely(text_string(&plain), true), "a terminal is not driven");
	text_release(&plain);
}

static void check_format(const char *format, const struct text *text, size_t runs)
{
	if (strcmp(format, "term") == 0)
		check_terminal(text);
	if (strcmp(format, "md") == 0 || strcmp(format, "csv") == 0)
		must(fuzz_is_shown_safely(text_string(text), true), "a report has no control bytes");
	if (strcmp(format, "csv") == 0)
		check_csv(text);
	if (strcmp(format, "json") == 0 && runs == 1)
		check_json(text);
	if (strcmp(format, "html") == 0 || strcmp(format, "junit") == 0)
		must_equal(markup_judge(text_string(text), text->size), NULL, "a page is well-formed");
}

static void check_charts(const struct report_input *input, const struct report_style *style)
{
	struct failure failure = {0};
	struct files files = {0};

	report_add_chart_files(input, style, &files, &failure);
	for (size_t i = 0; i < files.count; i++)
		must_equal(markup_judge(text_string(&files.items[i].bytes), files.items[i].bytes.size), NULL,
		           "a chart is well-formed");
	files_release(&files);
	failure_release(&failure);
}

static void check_report(const struct report_input *input, const struct report_style *style,
                         const struct report_format *format)
{
	struct failure failure = {0};
	struct text text = {0};

	if (format->write(input, style, &text, &failure))
		check_format(format->name, &text, input->count);
	else
		/* print_message() masks what is not safe to show. */
		must(failure.status == STATUS_USER_MISTAKE && *failure.message != '\0',
		     "an option that means nothing is the user's mistake");
	failure_release(&failure);
	text_release(&text);
}

static void check_comparison(const struct summary *summary)
{
	const struct compare_options compared = {.margin_pct = COMPARE_MARGIN_PCT, .all = true};
	struct compare_result result;
	struct document document = {0};
	struct text text = {0};

	compare_runs(summary, summary, &compared, &result);
	must(result.status != STATUS_CELLS_FAILED, "a run is not worse than itself");
	must(result.difference_count == 0 && result.lonely_count == 0, "a run does not differ from itself");
	for (size_t i = 0; i < result.figure_count; i++)
		must(result.figures[i].verdict == VERDICT_SAME || result.figures[i].verdict == VERDICT_CANNOT_TELL,
		     "no figure of a run changed from itself");
	compare_document(&result, &document);
	document_write_markdown(&document, &text);
	must(fuzz_is_shown_safely(text_string(&text), true), "a comparison has no control bytes");
	free(fuzz_line(compare_json(&result)));
	document_release(&document);
	text_release(&text);
	compare_release(&result);
}

static void write_run(const struct report_input *input, const struct report_style *style, size_t what)
{
	if (what == WRITE_COMPARISON)
		check_comparison(input->runs[0].summary);
	else if (what == WRITE_CHARTS)
		check_charts(input, style);
	else
		check_report(input, style, &report_formats[what]);
}

static void try_run(struct summary *summary, struct feed *feed, const struct report_input *how,
                    const struct report_style *style, size_t what)
{
	struct trace trace = {0};
	const struct report_run runs[] = {{summary, &trace}, {summary, NULL}};
	struct report_input input = {runs, how->count, how->options};

	each_line(feed_part(feed, "====="), check_record, &trace, trace_add_record, summary);
	each_line(feed_part(feed, "====="), check_sample, &trace, trace_add_sample, summary);
	each_line(feed_part(feed, "====="), check_cell, NULL, NULL, NULL);
	trace_finish(&trace);
	check_trace(&trace);
	check_summary(summary);
	write_run(&input, style, what);
	trace_release(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size), part;
	const struct report_style *style = &report_styles[feed_choose(&feed, STYLES)];
	size_t what = feed_choose(&feed, WRITE_COUNT);
	struct report_input how = {.options = options[feed_choose(&feed, OPTIONS)]};
	struct summary summary;
	struct json *json;

	how.count = 1 + feed_choose(&feed, 2);
	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	part = feed_part(&feed, "=====");
	json = json_parse(part.bytes, part.size);
	if (json != NULL && summary_parse(json, &summary)) {
		try_run(&summary, &feed, &how, style, what);
		summary_release(&summary);
	}
	json_free(json);
	return 0;
}

FUZZ_MUTATES_JSON
