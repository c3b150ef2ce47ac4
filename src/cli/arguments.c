#include <string.h>

#include "cli/command.h"

static const struct option *find_option(const struct command *command, const char *name, size_t length)
{
	for (const struct option *option = command->options; option->name != NULL; option++)
		if (strlen(option->name) == length && strncmp(option->name, name, length) == 0)
			return option;
	return NULL;
}

static bool no_such_option(const struct command *command, const char *word, size_t length, struct failure *failure)
{
	struct text message = {0}, name = {0};
	struct text_guess guess;

	text_add_bytes(&name, word, length);
	guess = (struct text_guess){.word = text_string(&name)};
	for (const struct option *option = command->options; option->name != NULL; option++)
		text_guess_offer(&guess, option->name, option->name);
	text_addf(&message, "no such option \"--%s\"", text_string(&name));
	if (guess.nearest != NULL)
		text_addf(&message, " (did you mean \"--%s\"?)", guess.nearest);
	else
		text_addf(&message, " (`llmbench help %s` lists them)", command->name);
	failure_set(failure, STATUS_USER_MISTAKE, "%s", text_string(&message));
	text_release(&message);
	text_release(&name);
	return false;
}

static bool add_given(struct arguments *arguments, const struct option *option, const char *value,
                      struct failure *failure)
{
	if (!option->repeats && arguments_has(arguments, option->name))
		return failure_set(failure, STATUS_USER_MISTAKE, "--%s is given twice", option->name);
	if (arguments->given_count == ARGUMENTS_MAX)
		return failure_set(failure, STATUS_USER_MISTAKE, "more than %d options", ARGUMENTS_MAX);
	arguments->given[arguments->given_count++] = (struct given){option, value};
	return true;
}

/* Takes one option, and its value from the word itself or from the next one; *used is how many words it took. */
static bool take_option(const struct command *command, int count, char **words, struct arguments *arguments, int *used,
                        struct failure *failure)
{
	const char *name = words[0] + 2;
	size_t length = strcspn(name, "=");
	const char *value = name[length] == '=' ? name + length + 1 : NULL;
	const struct option *option = find_option(command, name, length);

	*used = 1;
	if (option == NULL)
		return no_such_option(command, name, length, failure);
	if (option->value == NULL && value != NULL)
		return failure_set(failure, STATUS_USER_MISTAKE, "--%s takes no value", option->name);
	if (option->value != NULL && value == NULL && !option->value_optional) {
		if (count < 2)
			return failure_set(failure, STATUS_USER_MISTAKE, "--%s needs a value: --%s %s", option->name,
			                   option->name, option->value);
		value = words[1];
		*used = 2;
	}
	/* Most often a variable of a script that is not set: nothing is no folder, and no file. */
	if (value != NULL && *value == '\0')
		return failure_set(failure, STATUS_USER_MISTAKE, "--%s has an empty value: --%s%s%s", option->name,
		                   option->name, option->value_optional ? "=" : " ", option->value);
	return add_given(arguments, option, value, failure);
}

/* What was meant by a word that the command does not take, as far as it can be told. */
static void add_cure(const struct command *command, const struct arguments *arguments, const char *word,
                     struct text *into)
{
	if (commands_find(word) != NULL)
		text_addf(into, ": the command stands first: llmbench %s …", word);
	else if (command->operand_maximum > 0)
		text_addf(into, ": it takes %s", command->operands);
	else if (find_option(command, "matrix", strlen("matrix")) != NULL && !arguments_has(arguments, "matrix"))
		text_addf(into, ": a matrix is given by --matrix %s", word);
	else if (arguments_has(arguments, "resume"))
		text_addf(into, ": a run to resume is given by --resume=%s", word);
}

static bool check_operands(const struct command *command, const struct arguments *arguments, struct failure *failure)
{
	if (arguments->operand_count < command->operand_minimum)
		return failure_set(failure, STATUS_USER_MISTAKE, "%s needs %s", command->name, command->operands);
	if (arguments->operand_count > command->operand_maximum) {
		const char *word = arguments->operands[command->operand_maximum];
		struct text cure = {0};

		add_cure(command, arguments, word, &cure);
		failure_set(failure, STATUS_USER_MISTAKE, "%s: \"%s\" is too much%s", command->name, word,
		            text_string(&cure));
		text_release(&cure);
		return false;
	}
	return true;
}

bool arguments_parse(const struct command *command, int count, char **words, struct arguments *arguments,
                     struct failure *failure)
{
	bool options_end = false;

	*arguments = (struct arguments){0};
	for (int i = 0, used; i < count; i += used) {
		used = 1;
		if (!options_end && strcmp(words[i], "--") == 0) {
			options_end = true;
		} else if (!options_end && strncmp(words[i], "--", 2) == 0) {
			if (!take_option(command, count - i, words + i, arguments, &used, failure))
				return false;
		} else if (!options_end && words[i][0] == '-' && words[i][1] != '\0') {
			return failure_set(failure, STATUS_USER_MISTAKE,
			                   "no such option \"%s\" (options are words: --help)", words[i]);
		} else if (arguments->operand_count < ARGUMENTS_MAX) {
			arguments->operands[arguments->operand_count++] = words[i];
		}
	}
	return check_operands(command, arguments, failure);
}

bool arguments_has(const struct arguments *arguments, const char *option)
{
	for (size_t i = 0; i < arguments->given_count; i++)
		if (text_equal(arguments->given[i].option->name, option))
			return true;
	return false;
}

const char *arguments_value(const struct arguments *arguments, const char *option, const char *otherwise)
{
	for (size_t i = arguments->given_count; i-- > 0;)
		if (text_equal(arguments->given[i].option->name, option))
			return arguments->given[i].value;
	return otherwise;
}

const char *arguments_output(const struct arguments *arguments)
{
	const char *path = arguments_value(arguments, "output", NULL);

	return text_equal(path, "-") ? NULL : path;
}

size_t arguments_values(const struct arguments *arguments, const char *option, const char **values)
{
	size_t count = 0;

	for (size_t i = 0; i < arguments->given_count; i++)
		if (text_equal(arguments->given[i].option->name, option))
			values[count++] = arguments->given[i].value;
	return count;
}
