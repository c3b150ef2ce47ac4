/* The command line of a managed server: splitting, filling, finding. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "scratch.h"
#include "server/command.h"
#include "tap.h"

static const struct placeholder placeholders[] = {
    {"port", "11500"}, {"model", "a b"}, {"queue_size", ""}, {"unset", NULL}, {NULL, NULL},
};

/* Arguments joined by '|'; the failure's message in its place. */
static char *split(const char *line)
{
	struct failure failure = {0};
	struct text joined = {0};
	size_t count;
	char **arguments = command_line_split(line, &count, &failure);

	if (arguments == NULL) {
		text_addf(&joined, "%d: %s", failure.status, failure.message);
		failure_release(&failure);
		return text_take(&joined);
	}
	for (size_t i = 0; i < count; i++)
		text_addf(&joined, "%s%s", i > 0 ? "|" : "", arguments[i]);
	ok(arguments[count] == NULL, "the list ends with NULL");
	command_line_free(arguments);
	return text_take(&joined);
}

static void test_split(void)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
	    {"ollama serve", "ollama|serve"},
	    {"  ollama \t serve\n", "ollama|serve"},
	    {"a 'b c' \"d e\"", "a|b c|d e"},
	    {"a'b c'd\"e f\"", "ab cde f"},
	    {"a '' \"\" b", "a|||b"},
	    {"a 'b\\n\"c' ", "a|b\\n\"c"},
	    {"a \"b\\\"c\\\\d\\ne\"", "a|b\"c\\d\\ne"},
	    {"a\\ b \\'c \\\\", "a b|'c|\\"},
	    {"a $HOME * | b && c", "a|$HOME|*|||b|&&|c"},
	    {"a '{\"k\":1}'", "a|{\"k\":1}"},
	    {"", "2: the command of the server is empty"},
	    {" \t", "2: the command of the server is empty"},
	    {"a 'b", "2: cannot split the command \"a 'b\": a ' is not closed"},
	    {"a \"b\\\"", "2: cannot split the command \"a \"b\\\"\": a \" is not closed"},
	    {"a \\", "2: cannot split the command \"a \\\": nothing follows the \\ at its end"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = split(cases[i].line);

		is_text(got, cases[i].want, cases[i].line);
		free(got);
	}
}

static void test_fill(void)
{
	static const struct {
		const char *string, *want;
	} cases[] = {
	    {"--port={port}", "--port=11500"},
	    {"{port}{port}", "1150011500"},
	    {"{model}", "a b"},
	    {"<{queue_size}>", "<>"},
	    {"{\"a\":1}", "{\"a\":1}"},
	    {"{\"a\":{\"b\":{}}}", "{\"a\":{\"b\":{}}}"},
	    {"{\"port\":{port}}", "{\"port\":11500}"},
	    {"{{port}", "{port}"},
	    {"{{{port}", "{11500"},
	    {"{{", "{"},
	    {"{", "{"},
	    {"{port", "{port"},
	    {"{ port }", "{ port }"},
	    {"{1port}", "{1port}"},
	    {"}{", "}{"},
	    {"", ""},
	    {"x {prot} y",
	     "2: no such placeholder {prot} in \"x {prot} y\" (allowed: {port} {model} {queue_size} {unset}; "
	     "for a brace itself write {{)"},
	    {"{unset}", "2: {unset} in \"{unset}\" has no value: set unset"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failure failure = {0};
		struct text got = {0};

		if (!command_line_fill(cases[i].string, placeholders, &got, &failure)) {
			text_clear(&got);
			text_addf(&got, "%d: %s", failure.status, failure.message);
		}
		is_text(text_string(&got), cases[i].want, cases[i].string);
		text_release(&got);
		failure_release(&failure);
	}
}

static void make_file(const char *name, mode_t mode)
{
	char *path = scratch_path(name);

	scratch_put(name, "");
	chmod(path, mode);
	free(path);
}

static void check_find(const char *name, const char *path, const char *want, const char *what)
{
	char *found = command_find(name, path);

	is_text(found, want, what);
	free(found);
}

static void test_find(const char *own_name)
{
	char *first = scratch_path("first"), *second = scratch_path("second");
	char *in_first = scratch_path("first/tool"), *in_second = scratch_path("second/tool");
	char *both = text_format("%s:%s", first, second);
	char *own;

	scratch_folder("first");
	scratch_folder("second");
	make_file("first/tool", 0600);
	make_file("second/tool", 0700);
	check_find("tool", both, in_second, "a file that is not executable is passed over");
	check_find(in_second, NULL, in_second, "a path is taken as it is");
	check_find(in_first, both, NULL, "a path that is not executable");
	check_find("second", scratch, NULL, "a folder is no program");
	check_find("tool", first, NULL, "not in PATH");
	check_find("tool", NULL, NULL, "no PATH");
	check_find("", both, NULL, "an empty name");
	own = command_find(own_name, first);
	ok(own != NULL && own[0] == '/', "a name that is not in PATH is found beside our own executable");
	free(own);
	free(first);
	free(second);
	free(both);
	free(in_first);
	free(in_second);
}

static void test_prepare(void)
{
	static const struct {
		const char *line, *want;
	} refused[] = {
	    {"ollama serve", "no program \"ollama\" in PATH or beside llmbench: install Ollama, or give server.url of "
	                     "a running server"},
	    {"vllm serve",
	     "no program \"vllm\" in PATH or beside llmbench: install it, or give server.url of a running server"},
	    {"X=1 sh", "no program \"X=1\": no shell reads the command, so set variables in the server's env"},
	    {"./no/such/tool",
	     "\"./no/such/tool\" is not there: correct server.start, or give server.url of a running server"},
	    {"/ serve",
	     "\"/\" is not an executable file: correct server.start, or give server.url of a running server"},
	};
	struct failure failure = {0};
	struct command command;

	ok(command_prepare("sh -c {model} {port}", placeholders, "/usr/bin:/bin", &command, &failure), "prepared");
	is_int(command.count, 4, "a value with a blank stays one argument");
	is_text(command.arguments[2], "a b", "which is filled");
	is_text(command.arguments[0], "sh", "the program is told the name that was written");
	ok(command.program[0] == '/', "and found");
	command_release(&command);

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ok(!command_prepare(refused[i].line, placeholders, "/nowhere", &command, &failure), refused[i].line);
		is_text(failure.message, refused[i].want, "is refused with a cure");
		is_int(failure.status, STATUS_USER_MISTAKE, "as the user's mistake");
		failure_release(&failure);
	}
	ok(!command_prepare("sh {x}", placeholders, "/bin", &command, &failure), "an unknown placeholder is refused");
	failure_release(&failure);
}

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;

	scratch_make();
	test_split();
	test_fill();
	test_find(slash == NULL ? argv[0] : slash + 1);
	test_prepare();
	scratch_remove();
	return tap_done();
}
