#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/results.h"
#include "report/report.h"

/* "md, json or csv" */
static void add_choice(struct text *into, const char *name, bool last)
{
	text_addf(into, "%s%s", into->size == 0 ? "" : last ? " or " : ", ", name);
}

static const struct report_format *find_format(const char *name, struct failure *failure)
{
	const struct report_format *format = report_formats;
	struct text names = {0};

	for (; format->name != NULL && !text_equal(format->name, name); format++)
		add_choice(&names, format->name, format[1].name == NULL);
	if (format->name == NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "no such format \"%s\": %s", name, text_string(&names));
	else if (format->write == NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "--format %s is not available in this version", name);
	text_release(&names);
	return failure_is_set(failure) ? NULL : format;
}

static const struct report_style *find_style(const char *name, struct failure *failure)
{
	const struct report_style *style = report_styles;
	struct text names = {0};

	for (; style->name != NULL && !text_equal(style->name, name); style++)
		add_choice(&names, style->name, style[1].name == NULL);
	if (style->name == NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "no such style \"%s\": %s", name, text_string(&names));
	else if (style->build == NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "--style %s is not available in this version", name);
	text_release(&names);
	return failure_is_set(failure) ? NULL : style;
}

static bool replace(const char *path, const struct report_input *input, const struct report_style *style,
                    const struct report_format *format, struct failure *failure)
{
	struct text text = {0};
	bool good =
	    format->write(input, style, &text, failure) && file_replace(path, text_string(&text), text.size, failure);

	text_release(&text);
	return good;
}

enum status command_report(const struct arguments *arguments, struct failure *failure)
{
	size_t count = arguments->operand_count;
	struct summary *summaries = memory_new(count, sizeof(*summaries));
	struct report_run *runs = memory_new(count, sizeof(*runs));
	struct report_input input = {.runs = runs, .count = count};
	const char *asked = arguments_value(arguments, "format", NULL);
	const struct report_format *format = asked ? find_format(asked, failure) : &report_formats[0];
	const struct report_style *style =
	    format ? find_style(arguments_value(arguments, "style", "sweep"), failure) : NULL;
	const char *output = arguments_value(arguments, "output", NULL);
	bool good = style != NULL;

	for (size_t i = 0; good && i < count; i++) {
		runs[i].summary = &summaries[i];
		good = results_load(arguments->operands[i], &summaries[i], failure);
	}
	if (good && output != NULL)
		good = replace(output, &input, style, format, failure);
	else if (good)
		good = print_report(&input, style, asked ? format : NULL, failure);
	for (size_t i = 0; i < count; i++)
		summary_release(&summaries[i]);
	free(summaries);
	free(runs);
	return good ? STATUS_DONE : failure->status;
}
