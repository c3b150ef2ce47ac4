#include <stdlib.h>

#include "store/lines.h"

struct into {
	struct trace *trace;
	const struct summary *summary;
};

static void take_record(void *context, const struct json *line)
{
	const struct into *into = context;

	trace_add_record(into->trace, into->summary, line);
}

static void take_sample(void *context, const struct json *line)
{
	const struct into *into = context;

	trace_add_sample(into->trace, into->summary, line);
}

bool store_load_trace(const char *folder, const struct summary *summary, struct trace *trace, struct failure *failure)
{
	char *records = text_format("%s/records.jsonl", folder), *samples = text_format("%s/samples.jsonl", folder);
	struct into into = {trace, summary};
	bool good;

	*trace = (struct trace){0};
	good = lines_read(records, take_record, &into, failure) && lines_read(samples, take_sample, &into, failure);
	trace_finish(trace);
	free(records);
	free(samples);
	return good;
}
