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

/* Without a value it is both. */
static bool read_best(const struct arguments *arguments, enum report_best *best, struct failure *failure)
{
	static const char *const words[] = {
	    [REPORT_BEST_ROW] = "row", [REPORT_BEST_COLUMN] = "column", [REPORT_BEST_BOTH] = "both"};
	const char *word = arguments_value(arguments, "mark-best", NULL);

	*best = REPORT_BEST_NONE;
	if (!arguments_has(arguments, "mark-best"))
		return true;
	for (int i = REPORT_BEST_ROW; i <= REPORT_BEST_BOTH; i++)
		if (text_equal(word != NULL ? word : "both", words[i]))
			*best = (enum report_best)i;
	return *best != REPORT_BEST_NONE ||
	       failure_set(failure, STATUS_USER_MISTAKE, "--mark-best=%s: row, column or both", word);
}

/* An option that a style knows nothing of would silently change nothing. */
static bool check_style(const struct arguments *arguments, const struct report_style *style, struct failure *failure)
{
	static const struct {
		const char *option, *styles[2];
	} belongs[] = {
	    {"rows", {"grid"}},
	    {"columns", {"grid"}},
	    {"metric", {"grid"}},
	    {"mark-best", {"grid"}},
	    {"intervals", {"grid", "guide"}},
	    {"baseline", {"guide"}},
	};

	for (size_t i = 0; i < sizeof(belongs) / sizeof(belongs[0]); i++) {
		const char *const *styles = belongs[i].styles;

		if (arguments_has(arguments, belongs[i].option) && !text_equal(style->name, styles[0]) &&
		    !text_equal(style->name, styles[1]))
			return failure_set(failure, STATUS_USER_MISTAKE, "--%s is of --style %s%s%s, not of %s",
			                   belongs[i].option, styles[0], styles[1] ? " and " : "",
			                   styles[1] ? styles[1] : "", style->name);
	}
	return true;
}

static bool read_options(const struct arguments *arguments, const struct report_style *style,
                         struct report_options *options, struct failure *failure)
{
	options->rows = arguments_value(arguments, "rows", NULL);
	options->columns = arguments_value(arguments, "columns", NULL);
	options->metric = arguments_value(arguments, "metric", NULL);
	options->baseline = arguments_value(arguments, "baseline", NULL);
	options->intervals = arguments_has(arguments, "intervals");
	return read_best(arguments, &options->mark_best, failure) && check_style(arguments, style, failure);
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
	bool good = style != NULL && read_options(arguments, style, &input.options, failure);

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
