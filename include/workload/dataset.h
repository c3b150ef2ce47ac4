/*
 * A file of prompts, of conversations, or of arrivals, read. Reading is pure:
 * bytes in, samples out.
 */
#ifndef WORKLOAD_DATASET_H
#define WORKLOAD_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"
#include "base/json.h"
#include "base/text.h"
#include "core/input.h"

/* One line, object or row. */
struct dataset_sample {
	size_t first, count;                 /* its messages; none: only a length is said */
	size_t requests;                     /* that it makes: its user messages, or 1 */
	size_t before;                       /* requests of the samples before it */
	int64_t due_ns;                      /* traces: after the first one, ascending; TIME_UNKNOWN elsewhere */
	int64_t input_tokens, output_tokens; /* traces; JSON_UNKNOWN: not said */
};

/* `= {0}` is empty. */
struct dataset {
	const char *format; /* static: "txt", "jsonl", "csv" */
	bool is_trace;
	char *field;           /* member or column of the prompts; NULL: it has none, or they differ */
	bool has_turns;        /* a request of it has other messages before its own */
	struct turn *messages; /* their texts are owned, despite the const */
	size_t message_count, message_capacity;
	struct dataset_sample *samples;
	size_t count, capacity;
	size_t requests;      /* of all samples */
	double trace_start_s; /* the first arrival, by the clock of the file */
};

enum dataset_kind { DATASET_PROMPTS, DATASET_TRACE };

/* The endings of names that can be read as this kind, for messages: ".txt, .jsonl or .csv". */
const char *dataset_endings(enum dataset_kind kind);
bool dataset_is_readable(enum dataset_kind kind, const char *name);

struct dataset_options {
	enum dataset_kind kind;
	const char *name;  /* of the file, masked, for messages; its ending tells the format */
	const char *field; /* prompts: the member or column that has them; NULL: prompt, or text, or messages */
	size_t turns;      /* requests of a conversation at most; 0: all it has */
};

/*
 * Reads the bytes of a file. Blank lines are skipped. False: the user's
 * mistake, "NAME:LINE: …", and the dataset is empty.
 */
bool dataset_read(const struct dataset_options *options, const struct text *bytes, struct dataset *dataset,
                  struct failure *failure);
void dataset_release(struct dataset *dataset);

/* The sample of a request, counted from 0, and which of its requests it is; they are taken in turn. */
const struct dataset_sample *dataset_find(const struct dataset *dataset, size_t request, size_t *turn);

/* The message that this turn of a sample asks, an index of messages. The sample has messages. */
size_t dataset_asked(const struct dataset *dataset, const struct dataset_sample *sample, size_t turn);

/*
 * What a report says of it: {"path", "kind", "format", "field", "samples",
 * "requests", "characters": {"min", "median", "max"} of the asked texts, and of
 * a trace "duration_s", "input_tokens", "output_tokens"}; unknown is null.
 */
struct json *dataset_json(const struct dataset *dataset, const char *path);

#endif
