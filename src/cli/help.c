#include <string.h>

#include "cli/command.h"
#include "compare/compare.h"
#include "core/cell.h"
#include "core/flag.h"
#include "core/metric.h"
#include "plan/plan.h"
#include "report/report.h"

enum { MARGIN = 2, COLUMN = 26, LINE = 100 };

/* `text` folded at blanks, every line but the first indented. */
static void add_folded(struct text *into, const char *text, size_t indent)
{
	size_t column = indent;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (column > indent && column + 1 + word > LINE) {
			text_addf(into, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			text_add_char(into, ' ');
			column++;
		}
		text_add_bytes(into, text, word);
		column += word;
		text += word + strspn(text + word, " ");
	}
	text_add_char(into, '\n');
}

static void add_entry(struct text *into, const char *name, const char *explanation)
{
	size_t used = MARGIN + text_width(name);

	text_addf(into, "%*s%s", MARGIN, "", name);
	if (used + 2 > COLUMN)
		text_addf(into, "\n%*s", COLUMN, "");
	else
		text_addf(into, "%*s", (int)(COLUMN - used), "");
	add_folded(into, explanation, COLUMN);
}

static void add_option(struct text *into, const struct option *option)
{
	struct text name = {0};

	text_addf(&name, "--%s", option->name);
	if (option->value != NULL)
		text_addf(&name, option->value_optional ? "[=%s]" : " %s", option->value);
	add_entry(into, text_string(&name), option->help);
	text_release(&name);
}

static void add_parts(struct text *into)
{
	text_add(into, "\nParts of --allow:\n");
	for (int part = 0; part < COMPARE_PART_COUNT; part++)
		add_entry(into, compare_part_word((enum compare_part)part),
		          compare_part_meaning((enum compare_part)part));
}

static void add_styles_and_formats(struct text *into)
{
	text_add(into, "\nStyles:\n");
	for (const struct report_style *style = report_styles; style->name != NULL; style++)
		add_entry(into, style->name, style->help);
	text_add(into, "\nFormats:\n");
	for (const struct report_format *format = report_formats; format->name != NULL; format++)
		add_entry(into, format->name, format->help);
}

void help_add_command(const struct command *command, struct text *into)
{
	text_addf(into, "usage: llmbench %s", command->name);
	if (command->options[0].name != NULL)
		text_add(into, " [OPTION]…");
	text_addf(into, "%s%s\n\n", command->operands[0] ? " " : "", command->operands);
	text_addf(into, "%s\n\n", command->help);
	for (const struct option *option = command->options; option->name != NULL; option++)
		add_option(into, option);
	if (text_equal(command->name, "compare"))
		add_parts(into);
	if (text_equal(command->name, "report"))
		add_styles_and_formats(into);
}

static void add_knob(const struct cell_field *field, struct text *into)
{
	struct text help = {0};

	text_addf(&help, "%s Allowed: ", field->help);
	cell_field_add_allowed(field, &help);
	text_addf(&help, ". Default: %s.", field->fallback ? field->fallback : "unset");
	if (field->restarts)
		text_add(&help, " A managed server is started anew when it changes.");
	if (field->aliases[0] != NULL) {
		text_add(&help, " Also called");
		for (size_t i = 0; i < sizeof(field->aliases) / sizeof(field->aliases[0]) && field->aliases[i]; i++)
			text_addf(&help, "%s %s", i > 0 ? "," : "", field->aliases[i]);
		text_add_char(&help, '.');
	}
	add_entry(into, field->name, text_string(&help));
	text_release(&help);
}

static void add_metric(const struct metric *metric, struct text *into)
{
	struct text help = {0};

	text_addf(&help, "%s (%s): %s", metric->title, metric->unit, metric->definition);
	add_entry(into, metric->name, text_string(&help));
	text_release(&help);
}

static void add_flag(const struct flag *flag, struct text *into)
{
	struct text help = {0};

	text_addf(&help, "%s %s %s", flag->meaning,
	          flag->place == FLAG_IN_NOTES ? "In the Notes. Cure:" : "Cure:", flag->cure);
	add_entry(into, flag->name, text_string(&help));
	text_release(&help);
}

static void add_exit_statuses(struct text *into)
{
	add_entry(into, "0", "done (compare: nothing worse)");
	add_entry(into, "1", "done, but cells failed or a gate tripped (compare without rules: something is worse)");
	add_entry(into, "2", "a mistake in the command or the matrix: nothing was measured");
	add_entry(into, "3", "could not go on (server, disk, interrupted); what was measured is kept");
	add_entry(into, "4", "compare: cannot tell, too noisy or too few trials");
	add_entry(into, "5", "compare: not comparable");
}

void help_add_overview(struct text *into)
{
	text_add(into, "usage: llmbench --matrix FILE [OPTION]…\n       llmbench COMMAND [OPTION]…\n\n"
	               "Measures local LLM servers: runs every cell of a matrix file, writes tables.\n\nCommands:\n");
	for (const struct command *command = commands; command->name != NULL; command++)
		add_entry(into, command->name, command->help);
	text_add(into, "\nOptions of run:\n");
	for (const struct option *option = commands_find("run")->options; option->name != NULL; option++)
		add_option(into, option);
	text_add(into, "\nExit status:\n");
	add_exit_statuses(into);
	text_add(into, "\n`llmbench help` lists the knobs of a matrix file, the metrics and the flags; "
	               "`llmbench help NAME` explains one.\n");
}

static void add_everything(struct text *into)
{
	help_add_overview(into);
	text_add(into, "\nKnobs of the matrix file (a list of values makes an axis):\n");
	for (size_t i = 0; i < cell_field_count; i++)
		add_knob(&cell_fields[i], into);
	text_add(into, "\nOther keys of the matrix file:\n");
	for (const struct plan_key *key = plan_keys; key->name != NULL; key++)
		add_entry(into, key->name, key->help);
	text_add(into, "\nMetrics:\n");
	for (size_t i = 0; i < metric_count; i++)
		add_metric(&metrics[i], into);
	text_add(into, "\nFlags (what a reader must know before trusting a cell):\n");
	for (size_t i = 0; i < flag_count; i++)
		add_flag(&flags[i], into);
}

/* A topic is a command, a knob, another key of the matrix, a metric, or a flag. */
static bool add_topic(const char *topic, struct text *into)
{
	bool known = false;

	if (commands_find(topic) != NULL) {
		help_add_command(commands_find(topic), into);
		known = true;
	}
	if (cell_field_find(topic) != NULL) {
		add_knob(cell_field_find(topic), into);
		known = true;
	}
	for (const struct plan_key *key = plan_keys; key->name != NULL; key++)
		if (text_equal(key->name, topic)) {
			add_entry(into, key->name, key->help);
			known = true;
		}
	if (metric_find(topic) != NULL) {
		add_metric(metric_find(topic), into);
		known = true;
	}
	if (flag_find(topic) != NULL) {
		add_flag(flag_find(topic), into);
		known = true;
	}
	return known;
}

static bool no_such_topic(const char *topic, struct failure *failure)
{
	struct text_guess guess = {.word = topic};

	cell_field_guess(&guess);
	for (const struct command *command = commands; command->name != NULL; command++)
		text_guess_offer(&guess, command->name, command->name);
	for (const struct plan_key *key = plan_keys; key->name != NULL; key++)
		text_guess_offer(&guess, key->name, key->name);
	for (size_t i = 0; i < metric_count; i++)
		text_guess_offer(&guess, metrics[i].name, metrics[i].name);
	for (size_t i = 0; i < flag_count; i++)
		text_guess_offer(&guess, flags[i].name, flags[i].name);
	if (guess.nearest != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE,
		                   "no command, knob, metric or flag \"%s\" (did you mean \"%s\"?)", topic,
		                   guess.nearest);
	return failure_set(failure, STATUS_USER_MISTAKE,
	                   "no command, knob, metric or flag \"%s\" (`llmbench help` lists them)", topic);
}

enum status command_help(const struct arguments *arguments, struct failure *failure)
{
	struct text text = {0};

	if (arguments_has(arguments, "man"))
		manual_add(&text);
	else if (arguments->operand_count == 0)
		add_everything(&text);
	else if (!add_topic(arguments->operands[0], &text))
		no_such_topic(arguments->operands[0], failure);
	if (!failure_is_set(failure))
		print_result(text_string(&text), failure);
	text_release(&text);
	return failure->status;
}
