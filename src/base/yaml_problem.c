#include "yaml_problem.h"

#include <stddef.h>

static const struct problem {
	const char *libyaml;
	bool at_beginning; /* of what it was reading is the mistake */
	const char *words;
	const char *opened; /* what it was reading, where it helps to know its beginning; NULL */
	const char *cure;   /* NULL: the words say it */
} problems[] = {
    {"could not find expected ':'", true, "\"key: value\" is missing its \":\", with a blank behind it", NULL, NULL},
    {"mapping values are not allowed in this context", false, "a \":\" cannot stand here", NULL,
     "text with \": \" in it needs quotes, and keys of a map begin in one column"},
    {"block sequence entries are not allowed in this context", false, "\"- \" cannot stand here", NULL,
     "begin the list on a line of its own, or write [a, b]"},
    {"found unexpected end of stream", true, "the quote that opens here is not closed", NULL, NULL},
    {"found unexpected document indicator", true, "the quote that opens here is not closed", NULL, NULL},
    {"found unknown escape character", false, "no such escape", NULL,
     "in \"…\" a \\ is written \\\\, and '…' takes it as it stands"},
    {"found character that cannot start any token", false, "text cannot begin with this character", NULL,
     "put it in quotes"},
    {"did not find expected alphabetic or numeric character", false, "no name behind * or &", NULL,
     "text that begins with one of them needs quotes"},
    {"did not find expected key", false, "this is no \"key: value\"", "map",
     "its keys begin in one column, and text with quotes in it is quoted as a whole, such as 'it''s'"},
    {"did not find expected '-' indicator", false, "this is no \"- item\"", "list",
     "its items begin with \"- \", in one column"},
    {"did not find expected ',' or ']'", false, "\",\" or \"]\" is missing", "list",
     "text with one of , [ ] { } in it needs quotes"},
    {"did not find expected ',' or '}'", false, "\",\" or \"}\" is missing", "map",
     "text with one of , [ ] { } in it needs quotes"},
    {"did not find expected node content", false, "a value is missing here", NULL, NULL},
    {"did not find expected <document start>", false, "nothing can follow what ends above", NULL,
     "a file is one map, whose keys begin in one column"},
};

bool yaml_problem_add(const char *libyaml, int line, int column, struct text *into)
{
	const struct problem *problem = problems, *end = problems + sizeof problems / sizeof problems[0];

	while (problem < end && !text_equal(problem->libyaml, libyaml))
		problem++;
	if (problem == end) {
		text_add(into, libyaml != NULL ? libyaml : "this is not YAML");
		return false;
	}
	text_add(into, problem->words);
	if (problem->opened != NULL)
		text_addf(into, " in the %s", problem->opened);
	if (problem->opened != NULL && line > 0)
		text_addf(into, " that begins in line %d, column %d", line, column);
	if (problem->cure != NULL)
		text_addf(into, ": %s", problem->cure);
	return problem->at_beginning;
}
