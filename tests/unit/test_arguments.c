#include "cli/command.h"
#include "tap.h"

const char llmbench_version[] = "test";

enum { WORDS = 6 };

static void mistakes_say_what_is_allowed(void)
{
	static const struct {
		const char *command;
		const char *words[WORDS];
		const char *message;
	} cases[] = {
	    {"run", {"--matirx", "x"}, "no such option \"--matirx\" (did you mean \"--matrix\"?)"},
	    {"run", {"--zzzzzzzz"}, "no such option \"--zzzzzzzz\" (`llmbench help run` lists them)"},
	    {"run", {"-m"}, "no such option \"-m\" (options are words: --help)"},
	    {"run", {"--matrix"}, "--matrix needs a value: --matrix FILE"},
	    {"run", {"--quiet=yes"}, "--quiet takes no value"},
	    {"run", {"--matrix=a", "--matrix", "b"}, "--matrix is given twice"},
	    {"run", {"--matrix=a", "--resume", "x"}, "run: \"x\" is too much: a run to resume is given by --resume=x"},
	    {"run", {"--resume", "--resume=x"}, "--resume is given twice"},
	    {"run", {"x"}, "run: \"x\" is too much: a matrix is given by --matrix x"},
	    {"run", {"--matrix=a", "x"}, "run: \"x\" is too much"},
	    {"run", {"--quiet", "plan"}, "run: \"plan\" is too much: the command stands first: llmbench plan …"},
	    {"run", {"--out", ""}, "--out has an empty value: --out DIR"},
	    {"report", {"--output=", "x"}, "--output has an empty value: --output PATH"},
	    {"report", {NULL}, "report needs RUN…"},
	    {"help", {"a", "b"}, "help: \"b\" is too much: it takes [COMMAND|KNOB|METRIC]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arguments arguments;
		struct failure failure = {0};
		int count = 0;

		while (cases[i].words[count] != NULL)
			count++;
		ok(!arguments_parse(commands_find(cases[i].command), count, (char **)cases[i].words, &arguments,
		                    &failure),
		   cases[i].message);
		is_text(failure.message, cases[i].message, "its message");
		is_int(failure.status, STATUS_USER_MISTAKE, "its status");
		failure_release(&failure);
	}
}

static void values_are_found(void)
{
	static const char *const words[] = {"--set", "a=1", "--matrix=m=1.conf", "--set=b=2", "--quiet"};
	struct arguments arguments;
	struct failure failure = {0};
	const char *values[ARGUMENTS_MAX];

	ok(arguments_parse(commands_find("run"), 5, (char **)words, &arguments, &failure), "a good command line");
	is_text(arguments_value(&arguments, "matrix", NULL), "m=1.conf", "a value after =, up to its end");
	is_int(arguments_values(&arguments, "set", values), 2, "an option that repeats");
	is_text(values[0], "a=1", "its first value");
	is_text(values[1], "b=2", "its second value");
	ok(arguments_has(&arguments, "quiet"), "a flag");
	is_text(arguments_value(&arguments, "out", "results"), "results", "a default");
}

static void a_double_dash_ends_options(void)
{
	static const char *const words[] = {"--", "--strange"};
	struct arguments arguments;
	struct failure failure = {0};

	ok(arguments_parse(commands_find("report"), 2, (char **)words, &arguments, &failure), "-- ends the options");
	is_text(arguments.operands[0], "--strange", "what follows is an operand");
}

/* Each command is found and can be run. */
static void the_table_is_whole(void)
{
	for (const struct command *command = commands; command->name != NULL; command++) {
		ok(commands_find(command->name) == command, command->name);
		ok(command->run != NULL, "it can be run");
	}
}

int main(void)
{
	mistakes_say_what_is_allowed();
	values_are_found();
	a_double_dash_ends_options();
	the_table_is_whole();
	return tap_done();
}
