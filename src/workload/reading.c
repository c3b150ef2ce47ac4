#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

/* So many requests a trial may have. */
#define SAMPLE_LIMIT 1000000

bool reading_fail(struct reading *reading, const char *format, ...)
{
	struct text text = {0};
	va_list arguments;

	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	failure_set(reading->failure, STATUS_USER_MISTAKE, "%s:%zu: %s", reading->options->name, reading->line,
	            text_string(&text));
	text_release(&text);
	return false;
}

bool reading_is_utf8(const char *bytes, size_t size)
{
	while (size > 0) {
		uint32_t point;
		size_t length = text_utf8(bytes, size, &point);

		if (length == 0 || point == 0)
			return false;
		bytes += length;
		size -= length;
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool reading_lines(struct reading *reading, const struct text *bytes,
                   bool (*read_line)(struct reading *reading, const char *line, size_t size))
{
	const char *at = text_string(bytes), *end = at + bytes->size;

	for (; at < end; reading->line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *line = at;

		if (stop == NULL)
			stop = end;
		at = stop + (stop < end);
		while (line < stop && is_blank(*line))
			line++;
		while (stop > line && is_blank(stop[-1]))
			stop--;
		if (line == stop)
			continue;
		if (!reading_is_utf8(line, (size_t)(stop - line)))
			return reading_fail(reading, "this is not UTF-8 text");
		if (!read_line(reading, line, (size_t)(stop - line)))
			return false;
	}
	return true;
}

static bool next_row(struct reading *reading, struct csv *csv, struct csv_record *record, bool *good)
{
	if (!csv_read(csv, record))
		return false;
	reading->line = record->line;
	*good = !record->open || reading_fail(reading, "quotes that are not closed");
	for (size_t i = 0; *good && i < record->count; i++)
		*good = reading_is_utf8(text_string(&record->fields[i]), record->fields[i].size) ||
		        reading_fail(reading, "this is not UTF-8 text");
	return *good;
}

bool reading_rows(struct reading *reading, const struct text *bytes,
                  bool (*read_head)(struct reading *, void *context, const struct csv_record *),
                  bool (*read_row)(struct reading *, void *context, const struct csv_record *), void *context)
{
	struct csv csv = {text_string(bytes), text_string(bytes) + bytes->size, 1};
	struct csv_record record = {0};
	bool good = true;

	if (next_row(reading, &csv, &record, &good))
		good = read_head(reading, context, &record);
	while (good && next_row(reading, &csv, &record, &good))
		good = read_row(reading, context, &record);
	csv_record_release(&record);
	return good;
}

size_t reading_column(const struct csv_record *head, const char *name)
{
	for (size_t i = 0; i < head->count; i++)
		if (text_equal(text_string(&head->fields[i]), name))
			return i;
	return SIZE_MAX;
}

struct dataset_sample *reading_add_sample(struct reading *reading)
{
	struct dataset *dataset = reading->dataset;

	if (dataset->count == SAMPLE_LIMIT) {
		reading_fail(reading, "more than %d samples", SAMPLE_LIMIT);
		return NULL;
	}
	dataset->samples = memory_grow(dataset->samples, &dataset->capacity, dataset->count, sizeof(*dataset->samples));
	dataset->samples[dataset->count] = (struct dataset_sample){.first = dataset->message_count,
	                                                           .due_ns = TIME_UNKNOWN,
	                                                           .input_tokens = JSON_UNKNOWN,
	                                                           .output_tokens = JSON_UNKNOWN};
	return &dataset->samples[dataset->count++];
}

void reading_add_message(struct reading *reading, enum turn_role role, char *text)
{
	struct dataset *dataset = reading->dataset;

	dataset->messages = memory_grow(dataset->messages, &dataset->message_capacity, dataset->message_count,
	                                sizeof(*dataset->messages));
	dataset->messages[dataset->message_count++] = (struct turn){role, text};
	dataset->samples[dataset->count - 1].count++;
}

static const struct format {
	const char *name;
	bool (*read[2])(struct reading *reading, const struct text *bytes); /* by enum dataset_kind; NULL: not */
} formats[] = {
    {"txt", {read_prompts_txt, NULL}},
    {"jsonl", {read_prompts_jsonl, read_trace_jsonl}},
    {"csv", {read_prompts_csv, read_trace_csv}},
};

static const struct format *format_of(enum dataset_kind kind, const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(formats) / sizeof(formats[0]); i++)
		if (text_equal(formats[i].name, dot + 1) && formats[i].read[kind] != NULL)
			return &formats[i];
	return NULL;
}

const char *dataset_endings(enum dataset_kind kind)
{
	return kind == DATASET_TRACE ? ".jsonl or .csv" : ".txt, .jsonl or .csv";
}

bool dataset_is_readable(enum dataset_kind kind, const char *name)
{
	return format_of(kind, name) != NULL;
}

/* How many requests each sample makes, and what is before them. */
static void count_requests(struct dataset *dataset, size_t turns)
{
	for (size_t i = 0; i < dataset->count; i++) {
		struct dataset_sample *sample = &dataset->samples[i];

		sample->before = dataset->requests;
		for (size_t m = sample->first; m < sample->first + sample->count; m++) {
			if (dataset->messages[m].role != TURN_USER || (turns > 0 && sample->requests == turns))
				continue;
			dataset->has_turns = dataset->has_turns || m > sample->first;
			sample->requests++;
		}
		if (sample->count == 0)
			sample->requests = 1;
		dataset->requests += sample->requests;
	}
}

bool dataset_read(const struct dataset_options *options, const struct text *bytes, struct dataset *dataset,
                  struct failure *failure)
{
	const struct format *format = format_of(options->kind, options->name);
	struct reading reading = {options, dataset, failure, 1};
	bool good;

	*dataset = (struct dataset){.format = format->name, .is_trace = options->kind == DATASET_TRACE};
	good = format->read[options->kind](&reading, bytes);
	if (good && dataset->count == 0)
		good = failure_set(failure, STATUS_USER_MISTAKE, "%s: no %s in it", options->name,
		                   dataset->is_trace ? "arrival" : "prompt");
	if (good)
		count_requests(dataset, options->turns);
	else
		dataset_release(dataset);
	return good;
}
