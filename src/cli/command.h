/*
 * Commands and their options: one row each, from which parsing, help and the
 * manual page are made.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

struct report_input;
struct report_style;
struct report_format;

struct option {
	const char *name;    /* without the dashes */
	const char *value;   /* what it takes, for help: "FILE"; NULL: nothing */
	bool value_optional; /* only as --name=VALUE */
	bool repeats;
	const char *help;
};

enum { ARGUMENTS_MAX = 256 };

/* What was given, in its order; everything is borrowed from argv. */
struct arguments {
	struct given {
		const struct option *option;
		const char *value; /* NULL: none */
	} given[ARGUMENTS_MAX];
	size_t given_count;
	const char *operands[ARGUMENTS_MAX];
	size_t operand_count;
};

struct command {
	const char *name;
	const char *operands; /* for help: "RUN…"; "" none */
	size_t operand_minimum, operand_maximum;
	const struct option *options; /* ended by a NULL name */
	const char *help;
	enum status (*run)(const struct arguments *arguments, struct failure *failure);
};

extern const struct command commands[]; /* ended by a NULL name */
const struct command *commands_find(const char *name);

/* Parses what follows the command. False: status 2 and a message that says what is allowed. */
bool arguments_parse(const struct command *command, int count, char **words, struct arguments *arguments,
                     struct failure *failure);

bool arguments_has(const struct arguments *arguments, const char *option);

/* The last value given, `otherwise` when there is none. */
const char *arguments_value(const struct arguments *arguments, const char *option, const char *otherwise);

/* Where --output goes; NULL: to standard output, as with "-". */
const char *arguments_output(const struct arguments *arguments);

/* All values of an option that repeats; at most ARGUMENTS_MAX. Returns how many. */
size_t arguments_values(const struct arguments *arguments, const char *option, const char **values);

/* Version of the program, set by main.c. */
extern const char llmbench_version[];

/* One per file of the same name. */
enum status command_run(const struct arguments *arguments, struct failure *failure);
enum status command_plan(const struct arguments *arguments, struct failure *failure);
enum status command_report(const struct arguments *arguments, struct failure *failure);
enum status command_compare(const struct arguments *arguments, struct failure *failure);
enum status command_doctor(const struct arguments *arguments, struct failure *failure);
enum status command_calibrate(const struct arguments *arguments, struct failure *failure);
enum status command_help(const struct arguments *arguments, struct failure *failure);

/* help.c */
void help_add_overview(struct text *into);
void help_add_command(const struct command *command, struct text *into);
/* manual.c: the manual page, in mdoc. */
void manual_add(struct text *into);

/* stdout is a result: that it cannot be written is a failure, unless its reader has had enough (a closed pipe). */
bool print_result(const char *text, struct failure *failure);

/*
 * Prints the report. A NULL format: Markdown, or on a terminal what fits it,
 * by `input->options`, which this fills in from the terminal.
 */
bool print_report(struct report_input *input, const struct report_style *style, const struct report_format *format,
                  struct failure *failure);

/* "llmbench: message" on stderr, control bytes masked. */
void print_message(const char *message);

#endif
