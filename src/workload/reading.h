/*
 * A file while it becomes a dataset: what reading prompts and traces share.
 */
#ifndef WORKLOAD_READING_H
#define WORKLOAD_READING_H

#include "workload/csv.h"
#include "workload/dataset.h"

struct reading {
	const struct dataset_options *options;
	struct dataset *dataset;
	struct failure *failure;
	size_t line; /* from 1 */
};

/* "NAME:LINE: …"; returns false. */
bool reading_fail(struct reading *reading, const char *format, ...) TEXT_PRINTF(2, 3);

/* Lines, without the blanks around them and those that are only blanks; each is UTF-8. */
bool reading_lines(struct reading *reading, const struct text *bytes,
                   bool (*read_line)(struct reading *reading, const char *line, size_t size));

/* Rows below the first, which names the columns; none has open quotes. */
bool reading_rows(struct reading *reading, const struct text *bytes,
                  bool (*read_head)(struct reading *, void *context, const struct csv_record *),
                  bool (*read_row)(struct reading *, void *context, const struct csv_record *), void *context);

bool reading_is_utf8(const char *bytes, size_t size);

/* The column of that name; SIZE_MAX: there is none. */
size_t reading_column(const struct csv_record *head, const char *name);

/* Begins a sample, to which messages are added; takes the text. */
struct dataset_sample *reading_add_sample(struct reading *reading);
void reading_add_message(struct reading *reading, enum turn_role role, char *text);

/* The formats of each kind. */
bool read_prompts_txt(struct reading *reading, const struct text *bytes);
bool read_prompts_jsonl(struct reading *reading, const struct text *bytes);
bool read_prompts_csv(struct reading *reading, const struct text *bytes);
bool read_trace_jsonl(struct reading *reading, const struct text *bytes);
bool read_trace_csv(struct reading *reading, const struct text *bytes);

#endif
