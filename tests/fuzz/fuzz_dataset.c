/*
 * Files of prompts and of arrivals in each format: what is read is whole, in
 * order and UTF-8, a mistake has its place, and the requests of a cell can be
 * made of it, the same ones twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fuzz.h"
#include "workload/workload.h"

/* The first byte. */
static const struct form {
	enum dataset_kind kind;
	const char *name, *field;
} forms[] = {{DATASET_PROMPTS, "a.txt", NULL},   {DATASET_PROMPTS, "a.jsonl", NULL},
             {DATASET_PROMPTS, "a.csv", NULL},   {DATASET_TRACE, "a.csv", NULL},
             {DATASET_TRACE, "a.jsonl", NULL},   {DATASET_PROMPTS, "a.jsonl", "text"},
             {DATASET_PROMPTS, "a.csv", "text"}, {DATASET_PROMPTS, "a.jsonl", "messages"}};
enum { FORMS = sizeof(forms) / sizeof(forms[0]), TURNS = 4, SIZE_MAX_BYTES = 1 << 14, REQUESTS = 12 };

static bool is_utf8(const char *string)
{
	size_t left = strlen(string);

	while (left > 0) {
		uint32_t point;
		size_t size = text_utf8(string, left, &point);

		if (size == 0)
			return false;
		string += size;
		left -= size;
	}
	return true;
}

static void check_samples(const struct dataset *dataset, size_t turns)
{
	size_t requests = 0;
	int64_t due_ns = 0;

	for (size_t i = 0; i < dataset->count; i++) {
		const struct dataset_sample *sample = &dataset->samples[i];

		must(sample->first <= dataset->message_count && sample->count <= dataset->message_count - sample->first,
		     "a sample has its own messages");
		must(sample->before == requests && sample->requests > 0, "samples count their requests");
		must(turns == 0 || sample->requests <= turns, "a conversation is not longer than asked");
		must(dataset->is_trace == (sample->due_ns != TIME_UNKNOWN), "arrivals are told by traces alone");
		must(!dataset->is_trace || sample->due_ns >= due_ns, "arrivals ascend");
		must(sample->input_tokens >= 0 || sample->input_tokens == JSON_UNKNOWN, "lengths are not negative");
		must(sample->output_tokens >= 0 || sample->output_tokens == JSON_UNKNOWN, "lengths are not negative");
		requests += sample->requests;
		due_ns = sample->due_ns;
	}
	must(dataset->count > 0 && dataset->requests == requests, "a file has requests, and they are counted");
	for (size_t i = 0; i < dataset->message_count; i++)
		must(is_utf8(dataset->messages[i].text), "messages are UTF-8");
}

static void check_json(const struct dataset *dataset)
{
	char *line = fuzz_line(dataset_json(dataset, "a"));
	struct json *json = json_parse(line, strlen(line));

	must(json_get_integer(json, "requests") == (int64_t)dataset->requests, "a report tells the requests");
	json_free(json);
	free(line);
}

static void check_requests(const struct dataset *dataset)
{
	struct cell cell;
	struct workload workload;
	struct ask one = {0}, other = {0};
	size_t made = 0;

	cell_reset(&cell);
	cell.model = "tiny";
	workload_init(&workload, &cell, 0, dataset);
	/* A trace may ask for prompts of megabytes. */
	for (size_t i = 0; i < REQUESTS && made < SIZE_MAX_BYTES; i++) {
		workload_ask(&workload, 1, i, &one);
		workload_ask(&workload, 1, i, &other);
		must_equal(one.input.prompt, other.input.prompt, "a request is the same twice");
		must(one.input.prompt != NULL && one.after <= i, "a request follows one before it");
		must(one.due_ns >= 0 || one.due_ns == TIME_UNKNOWN, "a request is due after the start");
		must(one.input.turn_count == 0 || dataset->has_turns, "earlier messages are those of conversations");
		made += strlen(one.input.prompt);
	}
	ask_release(&one);
	ask_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size);
	const struct form *form = &forms[feed_choose(&feed, FORMS)];
	size_t turns = feed_choose(&feed, TURNS);
	const struct dataset_options options = {form->kind, form->name, form->field, turns};
	struct text text = {0};
	struct dataset dataset = {0};
	struct failure failure = {0};

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	text_add_bytes(&text, feed.bytes, feed.size);
	if (dataset_read(&options, &text, &dataset, &failure)) {
		check_samples(&dataset, turns);
		check_json(&dataset);
		check_requests(&dataset);
	} else {
		must(failure.status == STATUS_USER_MISTAKE && text_starts_with(failure.message, form->name),
		     "a mistake has its place");
		must(fuzz_is_shown_safely(failure.message, false), "the message is safe to show");
		must(dataset.count == 0 && dataset.message_count == 0, "a file with a mistake is empty");
	}
	dataset_release(&dataset);
	failure_release(&failure);
	text_release(&text);
	return 0;
}
