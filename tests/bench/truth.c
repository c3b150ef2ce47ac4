/*
 * The whole program against the simulator's truth: llmbench runs bursts of 1,
 * 16 and 128 streams of 50 tokens/s against `llmbench-sim --device instant`,
 * which writes down when each token went to the kernel. Both stamp with the
 * monotonic clock of this machine, so the difference is llmbench's error.
 *
 * Truth of TTFT: first write − due. Truth of ITL: gaps between writes.
 * $LLMBENCH and $LLMBENCH_SIM name the programs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "core/metric.h"
#include "core/summary.h"

enum { FILE_LIMIT = 1 << 28, TOKENS = 100 };

static const char prompt[] = "truth";

/* Stamps of one request, monotonic ns. */
struct stream {
	double *at_ns;
	size_t count;
};

struct streams {
	struct stream *items;
	size_t count, capacity;
};

static void die(const char *what)
{
	fprintf(stderr, "truth: %s\n", what);
	exit(1);
}

static struct json *read_json(const char *path)
{
	struct text text = {0};
	struct failure failure = {0};
	struct json *json;

	if (!file_read(path, FILE_LIMIT, &text, &failure))
		die(failure.message);
	json = json_parse(text_string(&text), text.size);
	if (json == NULL)
		die("malformed JSON");
	text_release(&text);
	return json;
}

static void add_stream(struct streams *streams, const struct json *list, double offset_ns)
{
	struct stream *stream;
	size_t i = 0;

	streams->items = memory_grow(streams->items, &streams->capacity, streams->count, sizeof(*streams->items));
	stream = &streams->items[streams->count++];
	stream->count = json_count(list);
	stream->at_ns = memory_new(stream->count, sizeof(double));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
		stream->at_ns[i++] = json_as_number(item) + offset_ns;
}

/* Calls `take` for each line of a JSON-lines file. */
static void each_line(const char *path, void (*take)(const struct json *line, void *context), void *context)
{
	struct text text = {0};
	struct failure failure = {0};

	if (!file_read(path, FILE_LIMIT, &text, &failure))
		die(failure.message);
	for (const char *at = text_string(&text); *at != '\0';) {
		size_t length = strcspn(at, "\n");
		struct json *line = json_parse(at, length);

		if (line == NULL)
			die("malformed JSON line");
		take(line, context);
		json_free(line);
		at += length + (at[length] == '\n');
	}
	text_release(&text);
}

struct measured {
	struct streams streams;
	double origin_ns, due_ns;
};

static void take_record(const struct json *line, void *context)
{
	struct measured *measured = context;

	measured->due_ns = json_get_number(line, "due_ns") + measured->origin_ns;
	add_stream(&measured->streams, json_get(line, "event_ns"), measured->origin_ns);
}

static void take_truth(const struct json *line, void *context)
{
	if (json_get_string(line, "prompt") != NULL && strstr(json_get_string(line, "prompt"), prompt) != NULL)
		add_stream(context, json_get(line, "token_write_ns"), 0);
}

static int by_first(const void *a, const void *b)
{
	double left = ((const struct stream *)a)->at_ns[0], right = ((const struct stream *)b)->at_ns[0];

	return (left > right) - (left < right);
}

/* Streams are told apart by the order of their first tokens, which the server writes one after the other. */
static void pair(struct streams *truth, struct streams *measured)
{
	if (truth->count != measured->count)
		die("not as many replies as requests");
	for (size_t i = 0; i < truth->count; i++)
		if (truth->items[i].count != TOKENS || measured->items[i].count != TOKENS)
			die("a reply has not as many tokens as asked");
	qsort(truth->items, truth->count, sizeof(*truth->items), by_first);
	qsort(measured->items, measured->count, sizeof(*measured->items), by_first);
}

static struct distribution first_tokens(const struct streams *streams, double due_ns)
{
	struct series series = {0};
	struct distribution result;

	for (size_t i = 0; i < streams->count; i++)
		series_add(&series, (streams->items[i].at_ns[0] - due_ns) / 1e6);
	result = distribution_of(series.values, series.count);
	series_release(&series);
	return result;
}

static struct distribution gaps(const struct streams *streams)
{
	struct series series = {0};
	struct distribution result;

	for (size_t i = 0; i < streams->count; i++)
		for (size_t j = 1; j < streams->items[i].count; j++)
			series_add(&series, (streams->items[i].at_ns[j] - streams->items[i].at_ns[j - 1]) / 1e6);
	result = distribution_of(series.values, series.count);
	series_release(&series);
	return result;
}

/* µs that the stamp is later than the server's write. */
static struct distribution lateness(const struct streams *truth, const struct streams *measured)
{
	struct series series = {0};
	struct distribution result;

	for (size_t i = 0; i < truth->count; i++)
		for (size_t j = 0; j < TOKENS; j++)
			series_add(&series, (measured->items[i].at_ns[j] - truth->items[i].at_ns[j]) / 1e3);
	result = distribution_of(series.values, series.count);
	series_release(&series);
	return result;
}

static void release(struct streams *streams)
{
	for (size_t i = 0; i < streams->count; i++)
		free(streams->items[i].at_ns);
	free(streams->items);
}

/* Runs the matrix; the run directory is the only one of its results folder. */
static void run_llmbench(const char *folder, int streams)
{
	struct failure failure = {0};
	char *path = text_format("%s/truth.conf", folder);
	char *matrix = text_format("server: {start: %s --device instant --truth %s/truth.jsonl}\nmodel: llama3.2:1b\n"
	                           "prompt: %s\nparallel: %d\nrequests: %d\ncontext_size: 512\noutput_tokens: %d\n",
	                           getenv("LLMBENCH_SIM"), folder, prompt, streams, streams, TOKENS);
	char *command =
	    text_format("'%s' --matrix %s --out %s/results --quiet >%s/out", getenv("LLMBENCH"), path, folder, folder);

	if (!file_replace(path, matrix, strlen(matrix), &failure))
		die(failure.message);
	if (system(command) != 0)
		die("llmbench failed");
	free(command);
	free(matrix);
	free(path);
}

static void read_results(const char *folder, struct measured *measured, struct streams *truth)
{
	char *link = text_format("mv %s/results/truth/* %s/run", folder, folder);
	char *run_path = text_format("%s/run/run.json", folder);
	char *records_path = text_format("%s/run/records.jsonl", folder);
	char *truth_path = text_format("%s/truth.jsonl", folder);
	struct json *run;

	if (system(link) != 0)
		die("no run directory");
	run = read_json(run_path);
	measured->origin_ns = json_get_number(run, "origin_monotonic_ns");
	json_free(run);
	each_line(records_path, take_record, measured);
	each_line(truth_path, take_truth, truth);
	free(link);
	free(run_path);
	free(records_path);
	free(truth_path);
}

static void compare(int count)
{
	char folder[] = "/tmp/llmbench-truth-XXXXXX";
	struct measured measured = {0};
	struct streams truth = {0};
	struct distribution ttft, true_ttft, itl, true_itl, late;
	char *clean;

	if (mkdtemp(folder) == NULL)
		die("no temporary folder");
	run_llmbench(folder, count);
	read_results(folder, &measured, &truth);
	pair(&truth, &measured.streams);
	ttft = first_tokens(&measured.streams, measured.due_ns);
	true_ttft = first_tokens(&truth, measured.due_ns);
	itl = gaps(&measured.streams);
	true_itl = gaps(&truth);
	late = lateness(&truth, &measured.streams);
	printf("%7d  %9.3f %9.3f %+8.3f  %9.3f %9.3f %+8.3f  %8.1f %8.1f %8.1f\n", count, true_ttft.p50, ttft.p50,
	       ttft.p50 - true_ttft.p50, true_itl.p50, itl.p50, itl.p50 - true_itl.p50, late.p50, late.p99, late.max);
	release(&truth);
	release(&measured.streams);
	clean = text_format("rm -rf %s", folder);
	if (system(clean) != 0)
		die("the temporary folder cannot be removed");
	free(clean);
}

int main(void)
{
	static const int counts[] = {1, 16, 128};

	if (getenv("LLMBENCH") == NULL || getenv("LLMBENCH_SIM") == NULL)
		die("set LLMBENCH and LLMBENCH_SIM, as `make bench` does");
	puts("llmbench against the simulator's truth: 50 tokens/s a stream, medians in ms, lateness of stamps in µs\n");
	puts("         TTFT                          ITL                           lateness");
	puts("streams      truth  measured    error      truth  measured    error       p50      p99      max");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		compare(counts[i]);
	return 0;
}
