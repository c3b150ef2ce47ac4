#include "cli/command.h"
#include "core/cell.h"
#include "core/flag.h"
#include "core/metric.h"
#include "plan/plan.h"
#include "report/report.h"

/* mdoc: a '.' or '\'' at the beginning of a line would be a request, a backslash an escape. */
static void add_prose(struct text *into, const char *prose)
{
	if (*prose == '.' || *prose == '\'')
		text_add(into, "\\&");
	for (; *prose != '\0'; prose++) {
		if (*prose == '\\')
			text_add(into, "\\e");
		else
			text_add_char(into, *prose);
	}
	text_add_char(into, '\n');
}

static void add_item(struct text *into, const char *macro, const char *name, const char *value)
{
	text_addf(into, ".It %s %s%s%s\n", macro, name, value ? " Ar " : "", value ? value : "");
}

static void add_options(const struct command *command, struct text *into)
{
	text_add(into, ".Bl -tag -width Ds\n");
	for (const struct option *option = command->options; option->name != NULL; option++) {
		struct text name = {0};

		text_addf(&name, "\\-%s", option->name);
		add_item(into, "Fl", text_string(&name), option->value);
		add_prose(into, option->help);
		text_release(&name);
	}
	text_add(into, ".El\n");
}

static void add_commands(struct text *into)
{
	text_add(into, ".Sh COMMANDS\n");
	for (const struct command *command = commands; command->name != NULL; command++) {
		text_addf(into, ".Ss %s %s\n", command->name, command->operands);
		add_prose(into, command->help);
		add_options(command, into);
	}
}

static void add_choice(struct text *into, const char *name, const char *help)
{
	add_item(into, "Cm", name, NULL);
	add_prose(into, help);
}

static void add_report(struct text *into)
{
	text_add(into, ".Sh STYLES OF REPORT\n.Bl -tag -width Ds\n");
	for (const struct report_style *style = report_styles; style->name != NULL; style++)
		add_choice(into, style->name, style->help);
	text_add(into, ".El\n.Sh FORMATS OF REPORT\n.Bl -tag -width Ds\n");
	for (const struct report_format *format = report_formats; format->name != NULL; format++)
		add_choice(into, format->name, format->help);
	text_add(into, ".El\n");
}

static void add_knob(const struct cell_field *field, struct text *into)
{
	struct text allowed = {0};

	add_item(into, "Cm", field->name, NULL);
	add_prose(into, field->help);
	text_add(&allowed, "Allowed: ");
	cell_field_add_allowed(field, &allowed);
	text_addf(&allowed, ". Default: %s.", field->fallback ? field->fallback : "unset");
	add_prose(into, text_string(&allowed));
	text_release(&allowed);
}

static void add_matrix(struct text *into)
{
	text_add(into, ".Sh MATRIX FILE\nYAML. A knob that is given a list becomes an axis; "
	               "the cells are the product of the axes, in the order of the file.\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < cell_field_count; i++)
		add_knob(&cell_fields[i], into);
	for (const struct plan_key *key = plan_keys; key->name != NULL; key++) {
		add_item(into, "Cm", key->name, NULL);
		add_prose(into, key->help);
	}
	text_add(into, ".El\n");
}

static void add_metrics(struct text *into)
{
	text_add(into, ".Sh METRICS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < metric_count; i++) {
		add_item(into, "Cm", metrics[i].name, NULL);
		add_prose(into, metrics[i].definition);
	}
	text_add(into, ".El\n");
}

static void add_flags(struct text *into)
{
	text_add(into, ".Sh FLAGS\nWhat a reader must know before trusting a cell.\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < flag_count; i++) {
		add_item(into, "Cm", flags[i].name, NULL);
		add_prose(into, flags[i].meaning);
		add_prose(into, flags[i].cure);
	}
	text_add(into, ".El\n");
}

void manual_add(struct text *into)
{
	text_add(into,
	         ".Dd $Mdocdate$\n.Dt LLMBENCH 1\n.Os\n.Sh NAME\n.Nm llmbench\n"
	         ".Nd measures local LLM servers\n.Sh SYNOPSIS\n.Nm\n.Fl \\-matrix Ar file\n.Op Ar option ...\n"
	         ".Nm\n.Ar command\n.Op Ar option ...\n.Sh DESCRIPTION\nRuns every cell of a matrix file against a "
	         "local LLM server, with many requests at once, samples memory meanwhile and writes tables.\n"
	         "Results go to standard output and to the results folder, everything else to standard error.\n");
	add_commands(into);
	add_report(into);
	add_matrix(into);
	add_metrics(into);
	add_flags(into);
	text_add(
	    into,
	    ".Sh FILES\n.Bl -tag -width Ds\n.It Pa results/NAME/TIME/\nOne run: run.json, records.jsonl, "
	    "samples.jsonl, cells.jsonl, summary.json, report.md, its charts and the logs of the servers. While it is "
	    "written, it has a file lock; what --resume has dropped is in dropped.jsonl.\n"
	    ".It Pa results/NAME.md\nThe newest finished report; its charts are NAME-*.svg beside it.\n"
	    ".It Pa results/baselines/NAME.json\nA summary that was kept to compare with.\n.El\n"
	    ".Sh EXIT STATUS\n.Bl -tag -width Ds\n.It 0\ndone\n.It 1\ndone, but cells failed; compare: worse, or a "
	    "rule tripped\n.It 2\n"
	    "a mistake in the command or the matrix: nothing was measured\n.It 3\n"
	    "could not go on; what was measured is kept\n.It 4\ncompare: cannot tell, too noisy or too few trials\n"
	    ".It 5\ncompare: not comparable\n.El\n");
}
