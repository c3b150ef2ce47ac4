#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/picture.h"
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
	text_release(&names);
	return failure_is_set(failure) ? NULL : style;
}

/* A word that was meant for an option stands among the runs, and is none. */
static bool is_lost(const struct arguments *arguments, const char *word)
{
	struct stat status;

	for (size_t i = 0; i < arguments->operand_count; i++)
		if (text_equal(arguments->operands[i], word))
			return stat(word, &status) != 0;
	return false;
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
	for (int i = REPORT_BEST_ROW; i <= REPORT_BEST_BOTH; i++) {
		if (text_equal(word != NULL ? word : "both", words[i]))
			*best = (enum report_best)i;
		if (word == NULL && is_lost(arguments, words[i]))
			return failure_set(failure, STATUS_USER_MISTAKE, "--mark-best %s: write --mark-best=%s",
			                   words[i], words[i]);
	}
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

/* What a report is of. */
struct loaded {
	struct summary *summaries;
	struct trace *traces;
	struct report_run *runs;
	size_t count;
};

static void release(struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->count; i++) {
		summary_release(&loaded->summaries[i]);
		trace_release(&loaded->traces[i]);
	}
	free(loaded->summaries);
	free(loaded->traces);
	free(loaded->runs);
}

/* What happened over time is read only for charts. */
static bool load(const struct arguments *arguments, bool charts, struct loaded *loaded, struct failure *failure)
{
	size_t count = arguments->operand_count;
	bool good = true;

	*loaded = (struct loaded){
	    .summaries = memory_new(count, sizeof(*loaded->summaries)),
	    .traces = memory_new(count, sizeof(*loaded->traces)),
	    .runs = memory_new(count, sizeof(*loaded->runs)),
	    .count = count,
	};
	for (size_t i = 0; good && i < count; i++) {
		struct trace *trace = charts ? &loaded->traces[i] : NULL;

		loaded->runs[i] = (struct report_run){&loaded->summaries[i], trace};
		good = results_load(arguments->operands[i], "results", &loaded->summaries[i], trace, failure);
	}
	return good;
}

/* "a/b.md" → "a", "b.md" → ".". The caller frees it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return memory_string(".");
	return text_format("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Charts stand beside the report before it says so. */
static bool write_charts(const struct files *files, const char *output, const struct converter *converter,
                         struct failure *failure)
{
	char *folder = folder_of(output);
	bool good = files_write(files, folder, failure);

	for (size_t i = 0; good && converter != NULL && i < files->count; i++) {
		char *path = text_format("%s/%s", folder, files->items[i].name);

		good = picture_convert(converter, path, failure);
		free(path);
	}
	free(folder);
	return good;
}

/* There are charts where they have a place beside it. */
static bool write_report(const struct report_input *input, const struct report_format *format,
                         const struct report_style *style, const char *output, const struct converter *converter,
                         struct failure *failure)
{
	bool charts = format->charts == REPORT_CHARTS_BESIDE && input->options.chart_stem != NULL;
	struct files files = {0};
	struct text text = {0};
	bool good = format->write(input, style, &text, failure) &&
	            (!charts || (report_add_chart_files(input, style, &files, failure) &&
	                         write_charts(&files, output, converter, failure))) &&
	            file_write(output, text_string(&text), text.size, failure);

	text_release(&text);
	files_release(&files);
	return good;
}

/* What was asked for with --png; NULL is none, or a failure. */
static const struct converter *find_converter(const struct arguments *arguments, const struct report_format *format,
                                              struct failure *failure)
{
	const char *output = arguments_output(arguments);

	if (!arguments_has(arguments, "png"))
		return NULL;
	if (output != NULL && file_is_stream(output)) {
		failure_set(failure, STATUS_USER_MISTAKE, "--png: no picture can stand beside \"%s\": it is no file",
		            output);
		return NULL;
	}
	if (format->charts != REPORT_CHARTS_BESIDE || output == NULL) {
		failure_set(failure, STATUS_USER_MISTAKE,
		            "--png makes pictures of charts that stand beside a report: it needs --output PATH%s",
		            format->charts != REPORT_CHARTS_BESIDE ? " and --format md" : "");
		return NULL;
	}
	return picture_converter(failure);
}

/* Without a place for their files there are no charts, but in a format that has them inside. The caller frees it. */
static char *chart_stem(const struct report_format *format, const char *output)
{
	switch (format->charts) {
	case REPORT_NO_CHARTS:
		break;
	case REPORT_CHARTS_BESIDE:
		return output != NULL && !file_is_stream(output) ? file_stem(output) : NULL;
	case REPORT_CHARTS_INSIDE:
		return memory_string("");
	}
	return NULL;
}

enum status command_report(const struct arguments *arguments, struct failure *failure)
{
	const char *asked = arguments_value(arguments, "format", NULL);
	const struct report_format *format = asked ? find_format(asked, failure) : &report_formats[0];
	const struct report_style *style =
	    format ? find_style(arguments_value(arguments, "style", "sweep"), failure) : NULL;
	const struct converter *converter = style ? find_converter(arguments, format, failure) : NULL;
	const char *output = arguments_output(arguments);
	struct report_input input = {0};
	struct loaded loaded;
	char *stem;

	if (format == NULL || style == NULL || failure_is_set(failure) ||
	    !read_options(arguments, style, &input.options, failure))
		return failure->status;
	stem = chart_stem(format, output);
	input.options.chart_stem = stem;
	if (load(arguments, stem != NULL, &loaded, failure)) {
		input.runs = loaded.runs;
		input.count = loaded.count;
		if (output != NULL)
			write_report(&input, format, style, output, converter, failure);
		else
			print_report(&input, style, asked ? format : NULL, failure);
	}
	release(&loaded);
	free(stem);
	return failure_is_set(failure) ? failure->status : STATUS_DONE;
}
