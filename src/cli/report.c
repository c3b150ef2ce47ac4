#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "report/report.h"
#include "store/store.h"

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

static bool check_style(const char *style, struct failure *failure)
{
	static const char *const planned[] = {"tasks", "grid", "full", "guide"};

	if (text_equal(style, "sweep"))
		return true;
	for (size_t i = 0; i < sizeof(planned) / sizeof(planned[0]); i++)
		if (text_equal(style, planned[i]))
			return failure_set(failure, STATUS_USER_MISTAKE, "--style %s is not available in this version",
			                   style);
	return failure_set(failure, STATUS_USER_MISTAKE, "no such style \"%s\": sweep, tasks, grid or full", style);
}

/* A matrix file means the results that it has where `run` puts them; a folder means itself. */
static char *results_of(const char *path)
{
	char *stem = file_stem(path), *results;
	struct stat status;

	if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
		results = text_format("results/%s", stem);
	else
		results = memory_string(path);
	free(stem);
	return results;
}

static bool add_run(const char *path, const struct report_format *format, struct text *into, struct failure *failure)
{
	struct summary summary = {0};
	char *results = results_of(path);
	char *folder = store_find(results, failure);
	bool good = folder != NULL && store_load(folder, &summary, failure);

	if (good)
		format->write(&summary, into);
	summary_release(&summary);
	free(folder);
	free(results);
	return good;
}

enum status command_report(const struct arguments *arguments, struct failure *failure)
{
	const struct report_format *format = find_format(arguments_value(arguments, "format", "md"), failure);
	const char *output = arguments_value(arguments, "output", NULL);
	struct text text = {0};
	bool good = format != NULL && check_style(arguments_value(arguments, "style", "sweep"), failure);

	for (size_t i = 0; good && i < arguments->operand_count; i++)
		good = add_run(arguments->operands[i], format, &text, failure);
	if (good && output != NULL)
		good = file_replace(output, text_string(&text), text.size, failure);
	else if (good)
		good = print_result(text_string(&text), failure);
	text_release(&text);
	return good ? STATUS_DONE : failure->status;
}
