#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

/*
 * Each whole line that is JSON. A crash may have torn the last one, and a disk
 * may have been damaged: pictures do without such lines.
 */
static bool read_lines(const char *path, const struct summary *summary, struct trace *trace,
                       void (*take)(struct trace *trace, const struct summary *summary, const struct json *line),
                       struct failure *failure)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0;
	ssize_t size;
	bool good;

	if (file == NULL)
		return errno == ENOENT ||
		       failure_set(failure, STATUS_CANNOT_GO_ON, "cannot read \"%s\": %s", path, strerror(errno));
	while ((size = getline(&line, &capacity, file)) > 0 && line[size - 1] == '\n') {
		struct json *json = json_parse(line, (size_t)size);

		if (json != NULL)
			take(trace, summary, json);
		json_free(json);
	}
	good = !ferror(file) || failure_set(failure, STATUS_CANNOT_GO_ON, "cannot read \"%s\"", path);
	free(line);
	fclose(file);
	return good;
}

bool store_load_trace(const char *folder, const struct summary *summary, struct trace *trace, struct failure *failure)
{
	char *records = text_format("%s/records.jsonl", folder), *samples = text_format("%s/samples.jsonl", folder);
	bool good;

	*trace = (struct trace){0};
	good = read_lines(records, summary, trace, trace_add_record, failure) &&
	       read_lines(samples, summary, trace, trace_add_sample, failure);
	trace_finish(trace);
	free(records);
	free(samples);
	return good;
}
