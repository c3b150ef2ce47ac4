#include "compare/compare.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/terminal.h"
#include "compare/tables.h"
#include "document/document.h"
#include "store/store.h"

enum { TABLES_SIZE_MAX = 64 << 20 };

/* --- Options --- */

static bool allow(const char *word, struct compare_options *options, struct failure *failure)
{
	struct text_guess guess = {.word = word};
	struct text known = {0};

	for (int i = 0; i < COMPARE_PART_COUNT; i++) {
		const char *part = compare_part_word((enum compare_part)i);

		if (text_equal(word, part)) {
			options->allowed[i] = true;
			text_release(&known);
			return true;
		}
		text_guess_offer(&guess, part, part);
		text_addf(&known, "%s%s", i > 0 ? ", " : "", part);
	}
	if (guess.nearest != NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "--allow %s: did you mean \"%s\"? It takes %s", word,
		            guess.nearest, text_string(&known));
	else
		failure_set(failure, STATUS_USER_MISTAKE, "--allow %s: it takes %s", word, text_string(&known));
	text_release(&known);
	return false;
}

static bool read_margin(const char *value, struct compare_options *options, struct failure *failure)
{
	options->margin_pct = COMPARE_MARGIN_PCT;
	if (value == NULL ||
	    (units_read_percent(value, &options->margin_pct) && options->margin_pct > 0 && options->margin_pct <= 100))
		return true;
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "--margin %s: it takes more than 0%% and at most 100%%, such as 5%%", value);
}

/* `rules` has room for ARGUMENTS_MAX; those that were read are options->rule_count. */
static bool read_options(const struct arguments *arguments, struct compare_rule *rules, struct compare_options *options,
                         struct failure *failure)
{
	const char *values[ARGUMENTS_MAX];
	size_t count = arguments_values(arguments, "allow", values);
	bool good = read_margin(arguments_value(arguments, "margin", NULL), options, failure);

	for (size_t i = 0; good && i < count; i++)
		good = allow(values[i], options, failure);
	count = arguments_values(arguments, "fail-on", values);
	options->rules = rules;
	options->all = arguments_has(arguments, "all");
	while (good && options->rule_count < count) {
		good = compare_rule_read(values[options->rule_count], &rules[options->rule_count], failure);
		options->rule_count += good;
	}
	return good;
}

/* --- Output --- */

static const char *const formats[] = {"md", "term", "json", NULL};

/* NULL: no such format. */
static const char *find_format(const struct arguments *arguments, struct failure *failure)
{
	bool terminal = arguments_output(arguments) == NULL && isatty(STDOUT_FILENO);
	const char *name = arguments_value(arguments, "format", terminal ? "term" : "md");

	for (size_t i = 0; formats[i] != NULL; i++)
		if (text_equal(formats[i], name))
			return formats[i];
	failure_set(failure, STATUS_USER_MISTAKE, "no such format \"%s\": md, term or json", name);
	return NULL;
}

/* Takes what it writes. */
static bool write_result(const struct arguments *arguments, const char *format, struct document *document,
                         struct json *json, struct failure *failure)
{
	const char *output = arguments_output(arguments);
	struct text text = {0};
	bool good;

	if (text_equal(format, "json")) {
		json_add_indented(&text, json);
		text_add_char(&text, '\n');
	} else if (text_equal(format, "term")) {
		document_write_terminal(document, terminal_columns(STDOUT_FILENO), terminal_has_colour(STDOUT_FILENO),
		                        &text);
	} else {
		document_write_markdown(document, &text);
	}
	good = output != NULL ? file_write(output, text_string(&text), text.size, failure)
	                      : print_result(text_string(&text), failure);
	text_release(&text);
	json_free(json);
	document_release(document);
	return good;
}

/* --- Two tables --- */

static bool is_table(const char *path)
{
	return text_equal(strrchr(path, '.'), ".md");
}

static bool load_tables(const char *path, struct tables *tables, struct failure *failure)
{
	struct text text = {0};
	bool good = file_read(path, TABLES_SIZE_MAX, &text, failure) &&
	            tables_read(text_string(&text), text.size, path, tables, failure);

	text_release(&text);
	return good;
}

static enum status compare_tables(const struct arguments *arguments, const char *format, const char *base_path,
                                  const char *now_path, struct failure *failure)
{
	struct tables base = {0}, now = {0};
	struct tables_result result = {0};
	struct document document = {0};
	enum status status = STATUS_DONE;

	if (arguments_has(arguments, "fail-on") || arguments_has(arguments, "allow") ||
	    arguments_has(arguments, "margin"))
		failure_set(failure, STATUS_USER_MISTAKE,
		            "tables alone know no --fail-on, --allow or --margin: give two runs");
	else if (load_tables(base_path, &base, failure) && load_tables(now_path, &now, failure)) {
		tables_compare(&base, &now, &result);
		tables_document(&result, &document);
		status = result.status;
		write_result(arguments, format, &document, tables_json(&result), failure);
	}
	tables_result_release(&result);
	tables_release(&base);
	tables_release(&now);
	return failure_is_set(failure) ? failure->status : status;
}

/* --- Two runs --- */

static const char *out_of(const struct arguments *arguments)
{
	return arguments_value(arguments, "out", "results");
}

static enum status compare_two(const struct arguments *arguments, const char *format, const char *base_path,
                               const char *now_path, struct failure *failure)
{
	struct compare_rule *rules = memory_new(ARGUMENTS_MAX, sizeof(*rules));
	struct compare_options options = {0};
	struct summary base = {0}, now = {0};
	enum status status = STATUS_DONE;

	if (read_options(arguments, rules, &options, failure) &&
	    results_load(base_path, out_of(arguments), &base, NULL, failure) &&
	    results_load(now_path, out_of(arguments), &now, NULL, failure)) {
		struct compare_result result;
		struct document document = {0};

		compare_runs(&base, &now, &options, &result);
		compare_document(&result, &document);
		status = result.status;
		write_result(arguments, format, &document, compare_json(&result), failure);
		compare_release(&result);
	}
	summary_release(&base);
	summary_release(&now);
	for (size_t i = 0; i < options.rule_count; i++)
		compare_rule_release(&rules[i]);
	free(rules);
	return failure_is_set(failure) ? failure->status : status;
}

/* --- Baselines --- */

/* `compare --baseline save RUN [NAME]`: the name is the matrix's unless it is given. */
static enum status save_baseline(const struct arguments *arguments, const char *out, struct failure *failure)
{
	struct summary summary = {0};
	char *path = NULL;

	if (results_load(arguments->operands[0], out, &summary, NULL, failure)) {
		const char *name = arguments->operand_count > 1 ? arguments->operands[1] : summary.name;

		if (name == NULL || text_equal(name, "") || text_equal(name, "save"))
			failure_set(failure, STATUS_USER_MISTAKE,
			            "a baseline needs a name, not \"save\": llmbench compare --baseline save RUN NAME");
		else
			path = store_baseline_path(out, name);
	}
	if (path != NULL && store_save_baseline(&summary, path, failure)) {
		char *message = text_format("the baseline is kept in %s", path);

		print_message(message);
		free(message);
	}
	summary_release(&summary);
	free(path);
	return failure->status;
}

static enum status with_baseline(const struct arguments *arguments, const char *format, const char *out,
                                 const char *name, struct failure *failure)
{
	char *path = store_baseline_path(out, name);
	enum status status;

	if (arguments->operand_count != 1)
		failure_set(failure, STATUS_USER_MISTAKE, "--baseline %s stands for BASE: give NEW alone", name);
	else if (access(path, R_OK) != 0)
		failure_set(failure, STATUS_USER_MISTAKE,
		            "no baseline \"%s\": %s cannot be read; llmbench compare --baseline save RUN %s makes it",
		            name, path, name);
	status = failure_is_set(failure) ? failure->status
	                                 : compare_two(arguments, format, path, arguments->operands[0], failure);
	free(path);
	return status;
}

enum status command_compare(const struct arguments *arguments, struct failure *failure)
{
	const char *format = find_format(arguments, failure);
	const char *baseline = arguments_value(arguments, "baseline", NULL);
	const char *out = out_of(arguments);
	const char *const *paths = arguments->operands;

	if (format == NULL)
		return failure->status;
	if (text_equal(baseline, "save"))
		return save_baseline(arguments, out, failure);
	if (baseline != NULL)
		return with_baseline(arguments, format, out, baseline, failure);
	if (arguments->operand_count != 2)
		failure_set(failure, STATUS_USER_MISTAKE, "compare needs BASE NEW, or --baseline NAME and NEW");
	else if (is_table(paths[0]) != is_table(paths[1]))
		failure_set(failure, STATUS_USER_MISTAKE,
		            "compare takes two runs or two tables (.md), not one of each");
	if (failure_is_set(failure))
		return failure->status;
	return is_table(paths[0]) ? compare_tables(arguments, format, paths[0], paths[1], failure)
	                          : compare_two(arguments, format, paths[0], paths[1], failure);
}
