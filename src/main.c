/*
 * llmbench. Reads the command and hands over; the exit status is the command's.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/signals.h"

const char llmbench_version[] = LLMBENCH_VERSION;

static enum status finish(enum status status, struct failure *failure)
{
	if (failure_is_set(failure))
		print_message(failure->message);
	failure_release(failure);
	return status;
}

static enum status print_text(void (*add)(struct text *), struct failure *failure)
{
	struct text text = {0};
	enum status status;

	add(&text);
	status = print_result(text_string(&text), failure) ? STATUS_DONE : failure->status;
	text_release(&text);
	return status;
}

static void add_version(struct text *into)
{
	text_addf(into, "llmbench %s\n", llmbench_version);
}

/* Anywhere among the options: it is often written behind a command line that was refused. */
static bool asks_for_help(int count, char **words)
{
	for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++)
		if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
			return true;
	return false;
}

static enum status no_such_command(const char *word, struct failure *failure)
{
	struct text_guess guess = {.word = word};

	for (const struct command *command = commands; command->name != NULL; command++)
		text_guess_offer(&guess, command->name, command->name);
	if (guess.nearest != NULL)
		failure_set(failure, STATUS_USER_MISTAKE, "no such command \"%s\" (did you mean \"%s\"?)", word,
		            guess.nearest);
	else if (access(word, R_OK) == 0)
		failure_set(
		    failure, STATUS_USER_MISTAKE,
		    "no such command \"%s\" (a matrix is run by --matrix %s, and llmbench --help lists commands)", word,
		    word);
	else
		failure_set(failure, STATUS_USER_MISTAKE, "no such command \"%s\" (`llmbench --help` lists them)",
		            word);
	return failure->status;
}

/* Options without a command mean `run`. */
static enum status dispatch(int count, char **words, struct failure *failure)
{
	const struct command *command = commands_find(words[0][0] == '-' ? "run" : words[0]);
	struct arguments arguments;

	if (command == NULL)
		return no_such_command(words[0], failure);
	if (words[0][0] != '-') {
		words++;
		count--;
	}
	if (asks_for_help(count, words)) {
		struct text text = {0};

		help_add_command(command, &text);
		print_result(text_string(&text), failure);
		text_release(&text);
		return failure->status;
	}
	if (!arguments_parse(command, count, words, &arguments, failure))
		return failure->status;
	return command->run(&arguments, failure);
}

int main(int count, char **words)
{
	struct failure failure = {0};
	enum status status;

	file_open_standard();
	json_open();
	signals_ignore_pipe();
	if (count < 2) {
		failure_set(&failure, STATUS_USER_MISTAKE,
		            "nothing to do: llmbench --matrix FILE runs a matrix, llmbench --help explains");
		status = failure.status;
	} else if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) {
		status = print_text(help_add_overview, &failure);
	} else if (strcmp(words[1], "--version") == 0) {
		status = print_text(add_version, &failure);
	} else {
		status = dispatch(count - 1, words + 1, &failure);
	}
	return (int)finish(status, &failure);
}
