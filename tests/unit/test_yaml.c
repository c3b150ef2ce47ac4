#include "base/yaml.h"
#include "tap.h"

static struct yaml *parse(const char *string, struct failure *failure)
{
	return yaml_parse("f", string, strlen(string), failure);
}

static void test_tree(void)
{
	struct failure failure = {0};
	struct yaml *root = parse("# a comment\n"
	                          "model: [llama3.2, 'mis''tral']\n"
	                          "server:\n"
	                          "  env: {A: 1}\n"
	                          "prompt: |\n"
	                          "  two\n"
	                          "  \tlines\n"
	                          "nothing: ~\n"
	                          "word: \"null\"\n",
	                          &failure);
	const struct yaml *model = yaml_get(root, "model");
	const struct yaml *variable = yaml_get(yaml_get(yaml_get(root, "server"), "env"), "A");

	ok(root != NULL && root->kind == YAML_MAP && root->count == 5, "a map of five");
	is_text(root->keys[3]->text, "nothing", "keys in the file's order");
	ok(model->kind == YAML_LIST && model->count == 2, "a list of two");
	is_text(model->items[1]->text, "mis'tral", "quotes are taken off");
	ok(model->items[1]->quoted && !model->items[0]->quoted, "and remembered");
	is_int(model->items[1]->line, 2, "line of a node");
	is_int(model->items[1]->column, 19, "column of a node");
	is_text(variable->text, "1", "maps in maps");
	is_text(yaml_get(root, "prompt")->text, "two\n\tlines\n", "a block may hold tabs");
	ok(yaml_get(root, "nothing")->text == NULL, "null has no text");
	is_text(yaml_get(root, "word")->text, "null", "a quoted null is a word");
	ok(yaml_get(root, "absent") == NULL && yaml_get(model, "x") == NULL && yaml_get(NULL, "x") == NULL,
	   "not found");
	yaml_tree_free(root);
	yaml_tree_free(NULL);
}

/* As some editors begin a file. */
static void test_byte_order_mark(void)
{
	struct failure failure = {0};
	struct yaml *root = parse("\xef\xbb\xbf"
	                          "a: 1\nb: 2\n",
	                          &failure);

	ok(root != NULL && root->count == 2, "a byte order mark is no part of the first key");
	is_int(root != NULL ? root->keys[0]->column : 0, 1, "nor a column");
	yaml_tree_free(root);
	failure_release(&failure);
}

static void test_aliases(void)
{
	struct failure failure = {0};
	struct yaml *root = parse("a: &x [1, {b: 2}]\nc: *x\n", &failure);
	const struct yaml *copy = yaml_get(root, "c");

	ok(copy != NULL && copy->count == 2 && copy != yaml_get(root, "a"), "an alias is a copy");
	is_text(yaml_get(copy->items[1], "b")->text, "2", "of everything");
	yaml_tree_free(root);

	struct text bomb = {0};

	text_add(&bomb, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++) {
		text_addf(&bomb, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			text_addf(&bomb, "%s*a%d", j > 0 ? ", " : "", i - 1);
		text_add(&bomb, "]\n");
	}
	ok(parse(bomb.data, &failure) == NULL, "a billion laughs");
	is_text(failure.message, "f:5:45: more than 100000 values", "are not laughed");
	failure_release(&failure);
	text_clear(&bomb);
	text_add(&bomb, "a: &a ");
	for (int i = 0; i < 100000; i++)
		text_add_char(&bomb, 'x');
	text_add(&bomb, "\nb: [");
	for (int i = 0; i < 1000; i++)
		text_add(&bomb, "*a ,");
	text_add(&bomb, "]\n");
	ok(parse(bomb.data, &failure) == NULL, "nor one long text a thousand times");
	failure_release(&failure);
	text_release(&bomb);
}

static void test_mistakes(void)
{
	static const struct {
		const char *yaml, *want;
	} cases[] = {
	    {"", "f: the file is empty"},
	    {"# only a comment\n", "f: the file is empty"},
	    {"---\n", "f: the file is empty"},
	    {"a: 1\nb: 2\na: 3\n", "f:3:1: \"a\" stands twice; first in line 1"},
	    {"s: {x: 1, x: 2}\n", "f:1:11: \"x\" stands twice; first in line 1"},
	    {"a:\n\tb: 1\n", "f:2:1: a tab as indentation; use blanks"},
	    {"a: [1,\n\t2]\n", "f:2:1: a tab as indentation; use blanks"},
	    {"a:\n  \tb: 1\n", "f:2:3: a tab as indentation; use blanks"},
	    {"a: 1\n---\nb: 2\n", "f:2:1: a second document; one file is one document"},
	    {"a: *x\n", "f:1:4: an alias of nothing before it"},
	    {"a: &x [*x]\n", "f:1:8: an alias of nothing before it"},
	    {"? [a]\n: 1\n", "f:1:3: a key must be one word"},
	    {"~: 1\n", "f:1:1: a key must be one word"},
	    {"a: \"x\\0y\"\n", "f:1:4: a text with a NUL character in it"},
	    {"a: 1\nb: [1, 2\nc: 3\n", "f:3:2: \",\" or \"]\" is missing in the list that begins in line 2, column 4: "
	                               "text with one of , [ ] { } in "
	                               "it needs quotes"},
	    {"s: {start: x {port}}\n", "f:1:14: \",\" or \"}\" is missing in the map that begins in line 1, column 4: "
	                               "text with one of , [ ] { } in "
	                               "it needs quotes"},
	    {"a: 1\nb 2\nc: 3\n", "f:2:1: \"key: value\" is missing its \":\", with a blank behind it"},
	    {"a: 1\nb:2\n", "f:2:1: \"key: value\" is missing its \":\", with a blank behind it"},
	    {"a: Why: is it\n", "f:1:7: a \":\" cannot stand here: text with \": \" in it needs quotes, and keys of a "
	                        "map begin in one column"},
	    {"a: 1\n  b: 2\n", "f:2:4: a \":\" cannot stand here: text with \": \" in it needs quotes, and keys of a "
	                       "map begin in one column"},
	    {"a: 1\nb: \"x\nc: 3\n", "f:2:4: the quote that opens here is not closed"},
	    {"a: 'it's'\n", "f:1:8: this is no \"key: value\" in the map that begins in line 1, column 1: its keys "
	                    "begin in one column, and "
	                    "text with quotes in it is quoted as a whole, such as 'it''s'"},
	    {"a: \"x\\q\"\n", "f:1:6: no such escape: in \"…\" a \\ is written \\\\, and '…' takes it as it stands"},
	    {"a: @x\n", "f:1:4: text cannot begin with this character: put it in quotes"},
	    {"a: *\n", "f:1:5: no name behind * or &: text that begins with one of them needs quotes"},
	    {"a: - x\n", "f:1:4: \"- \" cannot stand here: begin the list on a line of its own, or write [a, b]"},
	    {"a: [1,, 2]\n", "f:1:7: a value is missing here"},
	    {"\xef\xbb\xbf\xc3\xa9: 1\nb: @x\n", "f:2:4: text cannot begin with this character: put it in quotes"},
	    {"ok: 1\n\303\251: x\377\n", "f:2:5: this is not UTF-8 text"},
	    {"a: \001\n", "f:1:4: a control character"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct failure failure = {0};

		ok(parse(cases[i].yaml, &failure) == NULL, "refused");
		is_text(failure.message, cases[i].want, cases[i].want);
		is_int(failure.status, STATUS_USER_MISTAKE, "the user's mistake");
		failure_release(&failure);
	}
}

static void test_depth(void)
{
	struct failure failure = {0};
	struct text deep = {0};

	for (int i = 0; i < 100; i++)
		text_add_char(&deep, '[');
	ok(parse(deep.data, &failure) == NULL, "100 levels");
	is_text(failure.message, "f:1:65: more than 64 levels of lists and maps", "are too many");
	failure_release(&failure);
	text_release(&deep);
}

static void test_inline(void)
{
	struct failure failure = {0};
	struct yaml *value = yaml_parse_inline("--set a=[1, 2]", "[1, 2]", &failure);

	ok(value != NULL && value->kind == YAML_LIST && value->count == 2 && value->line == 0, "a list, in no line");
	yaml_tree_free(value);
	value = yaml_parse_inline("--set a=", "", &failure);
	ok(value != NULL && value->kind == YAML_SCALAR && value->text == NULL, "nothing is null");
	yaml_tree_free(value);
	ok(yaml_parse_inline("--set a=[1", "[1", &failure) == NULL, "a mistake");
	is_text(failure.message,
	        "--set a=[1: \",\" or \"]\" is missing in the list: text with one of , [ ] { } in it needs quotes",
	        "is told without a line");
	failure_release(&failure);
}

int main(void)
{
	test_tree();
	test_byte_order_mark();
	test_aliases();
	test_mistakes();
	test_depth();
	test_inline();
	return tap_done();
}
