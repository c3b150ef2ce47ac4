/*
 * What people write outside of the matrix: numbers with units, knobs' values,
 * rules of gates, objectives, lengths, command lines, options. What is taken
 * is within what is allowed and written back reads the same; what is refused
 * is refused with a word.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/command_line.h"
#include "base/units.h"
#include "base/url.h"
#include "cli/command.h"
#include "compare/rule.h"
#include "core/cell.h"
#include "core/lengths.h"
#include "core/slo.h"
#include "fuzz.h"
#include "target/identify.h"

enum { SIZE_MAX_BYTES = 1 << 11, LENGTH_MOST = 1 << 20, WORDS_MAX = 300, DRAWS = 16 };

const char llmbench_version[] = "fuzz";

static void check_refusal(struct failure *failure)
{
	must(failure->status == STATUS_USER_MISTAKE && failure->message != NULL && *failure->message != '\0',
	     "what is refused is refused with a word");
	failure_release(failure);
}

static void try_units(char *string)
{
	struct text text = {0};
	int64_t integer, again;
	double real, read;

	if (units_read_duration(string, &integer)) {
		units_add_duration(&text, integer);
		must(units_read_duration(text_string(&text), &again) && again == integer,
		     "a duration reads back the same");
	}
	text_clear(&text);
	if (units_read_size(string, &integer)) {
		units_add_size(&text, integer);
		must(units_read_size(text_string(&text), &again) && again == integer, "a size reads back the same");
	}
	text_clear(&text);
	if (units_read_real(string, &real)) {
		units_add_real(&text, real);
		must(isfinite(real) && units_read_real(text_string(&text), &read) && read == real,
		     "a real number reads back the same");
	}
	if (units_read_rate(string, &real) || units_read_percent(string, &real))
		must(isfinite(real), "a rate is finite");
	units_read_integer(string, &integer);
	url_loopback_port(string);
	text_release(&text);
}

/* A knob's name, '=', its value. */
static void try_knob(char *string)
{
	char *value = strchr(string, '=');
	const struct cell_field *field;
	struct text problem = {0}, written = {0}, again = {0};
	struct cell cell;

	if (value == NULL)
		return;
	*value++ = '\0';
	field = cell_field_find(string);
	if (field == NULL)
		return;
	cell_reset(&cell);
	if (!cell_field_read(field, &cell, value, &problem)) {
		must(problem.size > 0, "what is refused is refused with a word");
	} else if (field->type != CELL_LIMITS && field->type != CELL_LENGTHS) {
		cell_field_add_value(field, &cell, &written);
		must(cell_field_read(field, &cell, text_string(&written), &problem), "a knob's value is allowed");
		cell_field_add_value(field, &cell, &again);
		must_equal(text_string(&written), text_string(&again), "a knob's value reads back the same");
	}
	free(fuzz_line(cell_settings(&cell)));
	text_release(&problem);
	text_release(&written);
	text_release(&again);
}

static void try_rule(char *string)
{
	struct compare_rule rule = {0};
	struct failure failure = {0};

	if (compare_rule_read(string, &rule, &failure))
		must(isfinite(rule.limit) && rule.text != NULL, "a rule has a limit");
	else
		check_refusal(&failure);
	compare_rule_release(&rule);
}

static void try_slo(char *string)
{
	struct slo slo, read;
	struct text text = {0}, again = {0};
	struct json *json;

	if (!slo_read(string, &slo))
		return;
	slo_add(&slo, &text);
	must(slo_read(text_string(&text), &read), "objectives are read back");
	slo_add(&read, &again);
	must_equal(text_string(&text), text_string(&again), "objectives read back the same");
	json = slo_json(&slo);
	must(slo_of_json(json, &read), "objectives are read back from JSON");
	json_free(json);
	text_release(&text);
	text_release(&again);
}

static void try_lengths(char *string)
{
	struct lengths lengths, read;
	struct text text = {0}, again = {0};
	uint64_t seed = 1;

	if (!lengths_read(string, 1, LENGTH_MOST, &lengths))
		return;
	lengths_add(&lengths, &text);
	must(lengths_read(text_string(&text), 1, LENGTH_MOST, &read), "lengths are read back");
	lengths_add(&read, &again);
	must_equal(text_string(&text), text_string(&again), "lengths read back the same");
	for (int i = 0; i < DRAWS; i++) {
		int64_t length = lengths_draw(&lengths, &seed);

		must(length >= 1 && length <= LENGTH_MOST, "a length is within what is allowed");
	}
	must(lengths_typical(&lengths) >= 1 && lengths_typical(&lengths) <= LENGTH_MOST, "so is the typical one");
	json_free(lengths_json(&lengths));
	text_release(&text);
	text_release(&again);
}

static void try_command_line(char *string)
{
	static const struct placeholder placeholders[] = {{"model", "m"}, {"port", NULL}, {NULL, NULL}};
	struct failure failure = {0};
	struct identity identity;
	size_t count = 0;
	char **words = command_line_split(string, &count, &failure);
	struct text filled = {0};

	if (words == NULL)
		check_refusal(&failure);
	else
		must(count > 0 && words[count] == NULL, "a command line has words");
	if (!command_line_fill(string, placeholders, &filled, &failure))
		check_refusal(&failure);
	if (identify_command(string, &identity))
		must(identity.target != NULL, "a program that is known has an adapter");
	command_line_free(words);
	text_release(&filled);
}

/* A command, then its words, a line each. */
static void try_arguments(char *string)
{
	const struct command *command;
	struct arguments *arguments = calloc(1, sizeof(*arguments));
	struct failure failure = {0};
	char *words[WORDS_MAX];
	int count = 0;

	for (char *line = string; line != NULL && count < WORDS_MAX;) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end++ = '\0';
		words[count++] = line;
		line = end;
	}
	command = commands_find(words[0]);
	if (command != NULL && arguments_parse(command, count - 1, words + 1, arguments, &failure))
		must(arguments->operand_count >= command->operand_minimum &&
		         arguments->operand_count <= command->operand_maximum,
		     "a command has as many operands as it takes");
	else if (command != NULL)
		check_refusal(&failure);
	free(arguments);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static void (*const tries[])(char *) = {try_units,   try_knob,         try_rule,     try_slo,
	                                        try_lengths, try_command_line, try_arguments};
	struct feed feed = feed_of(bytes, size);
	size_t chosen = feed_choose(&feed, sizeof(tries) / sizeof(tries[0]));
	char *string;

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	string = feed_string(&feed);
	tries[chosen](string);
	free(string);
	return 0;
}
