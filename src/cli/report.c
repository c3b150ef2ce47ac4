#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/results.h"
#include "report/report.h"

static const struct report_format *find_format(const char *name, struct failure *failure)
{
	for (const struct report_format *format = report_formats; format->name != NULL; format++) {
		if (!text_equal(format->name, name))
			continue;
		if (format->write == NULL)
			failure_set(failure, STATUS_USER_MISTAKE, "--format %s is not available in this version", name);
		return format->write ? format : NULL;
	}
	failure_set(failure, STATUS_USER_MISTAKE, "no such format \"%s\": md, json, csv, html or junit", name);
	return NULL;
}

static const struct report_style *find_style(const char *name, struct failure *failure)
{
	for (const struct report_style *style = report_styles; style->name != NULL; style++) {
		if (!text_equal(style->name, name))
			continue;
		if (style->build == NULL)
			failure_set(failure, STATUS_USER_MISTAKE, "--style %s is not available in this version", name);
		return style->build ? style : NULL;
	}
	failure_set(failure, STATUS_USER_MISTAKE, "no such style \"%s\": sweep, tasks, grid, full or guide", name);
	return NULL;
}

enum status command_report(const struct arguments *arguments, struct failure *failure)
{
	size_t count = arguments->operand_count;
	struct summary *summaries = memory_new(count, sizeof(*summaries));
	struct report_run *runs = memory_new(count, sizeof(*runs));
	const struct report_input input = {.runs = runs, .count = count};
	const struct report_format *format = find_format(arguments_value(arguments, "format", "md"), failure);
	const struct report_style *style =
	    format ? find_style(arguments_value(arguments, "style", "sweep"), failure) : NULL;
	const char *output = arguments_value(arguments, "output", NULL);
	struct text text = {0};
	bool good = style != NULL;

	for (size_t i = 0; good && i < count; i++) {
		runs[i].summary = &summaries[i];
		good = results_load(arguments->operands[i], &summaries[i], failure);
	}
	good = good && format->write(&input, style, &text, failure);
	if (good && output != NULL)
		good = file_replace(output, text_string(&text), text.size, failure);
	else if (good)
		good = print_result(text_string(&text), failure);
	for (size_t i = 0; i < count; i++)
		summary_release(&summaries[i]);
	free(summaries);
	free(runs);
	text_release(&text);
	return good ? STATUS_DONE : failure->status;
}
