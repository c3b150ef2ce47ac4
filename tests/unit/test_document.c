#include "document/document.h"

#include <stdlib.h>

#include "tap.h"

static char *markdown_of(struct document *document)
{
	struct text text = {0};

	document_write_markdown(document, &text);
	document_release(document);
	return text_take(&text);
}

static char *paragraph_of(const char *foreign)
{
	struct document document = {0};

	inline_add(document_paragraph(&document), foreign);
	return markdown_of(&document);
}

static char *cell_of(const char *foreign)
{
	struct document document = {0};
	struct table *table = document_table(&document);

	table_column(table, "A");
	table_row(table);
	table_cell_text(table, foreign);
	return markdown_of(&document);
}

static void code_has_its_language(void)
{
	struct document document = {0};
	char *markdown;

	text_add(document_code_in(&document, "yaml"), "A=1\n");
	markdown = markdown_of(&document);
	is_text(markdown, "```yaml\nA=1\n```\n", "the language of code stands after its fence");
	free(markdown);
}

static void blocks_stand_apart(void)
{
	struct document document = {0};
	struct table *table;
	char *markdown;

	text_add(document_heading(&document, 1), "Title");
	text_add(document_paragraph(&document), "All " STRONG("bold") " and " CODE("code") ".");
	text_add(document_item(&document), "one");
	text_add(document_subitem(&document), "of one");
	text_add(document_item(&document), "two");
	text_add(document_step(&document), "first");
	text_add(document_step(&document), "second");
	text_add(document_paragraph(&document), "Again:");
	text_add(document_step(&document), "first");
	text_add(document_code(&document), "x\n```\n\033[2J\n");
	table = document_table(&document);
	table_column(table, "Name");
	table_number_column(table, "Figure");
	table_row(table);
	table_cell_text(table, "a|b");
	table_cell_number(table, 1.25, 1);
	table_row(table);
	table_cell_text(table, NULL);
	table_cell_number(table, NAN, 1);
	table_row(table);
	document_rule(&document);
	markdown = markdown_of(&document);
	is_text(markdown,
	        "# Title\n\nAll **bold** and `code`.\n\n- one\n  - of one\n- two\n\n1. first\n2. second\n\nAgain:\n\n"
	        "1. first\n\n````\nx\n```\n?[2J\n````\n\n"
	        "| Name | Figure |\n|----|----:|\n| a\\|b | 1.2 |\n|  | – |\n|  |  |\n\n---\n",
	        "headings, marks, lists, numbered lists that begin anew, code, tables, rules");
	free(markdown);
}

static void tables_keep_values(void)
{
	struct document document = {0};
	struct table *table = document_table(&document);

	table_column(table, "A");
	table_column(table, "B");
	table_row(table);
	table_cell_number(table, 12.34, 0);
	table_row(table);
	text_add(table_cell(table, 3), "three");
	table_cell_text(table, "word");
	is_real(table_at(table, 0, 0)->value, 12.34, 0, "a cell is sorted by its number, not by what is left of it");
	ok(isnan(table_at(table, 0, 1)->value) && table_at(table, 0, 1)->text.size == 0, "a missing cell is empty");
	is_real(table_at(table, 1, 0)->value, 3, 0, "a cell has a value and other words for it");
	ok(isnan(table_at(table, 1, 1)->value), "words have none");
	document_release(&document);
}

/* What stays as it is, so that tables are easy to read as they are. */
static void ordinary_names_stay(void)
{
	static const char *const names[] = {
	    "deepseek-r1:1.5b",
	    "a_b_c",
	    "hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M",
	    "C#, 5 * 3, a < b > c, x <- y, AT&T, 50 %",
	    "425 [413, 437] (95 %)",
	    "-1",
	    "2.5 times",
	    "日本語 – ok",
	    "x#y, a:b:c, http:/x, wwwx",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *paragraph = paragraph_of(names[i]);

		ok(strncmp(paragraph, names[i], strlen(names[i])) == 0, names[i]);
		free(paragraph);
	}
}

static void hostile_names_stay_text(void)
{
	static const struct {
		const char *name, *paragraph, *cell;
	} rows[] = {
	    {"a|b\\c\nd\033[2J", "a|b\\\\c d?[2J", "a\\|b\\\\c d?[2J"},
	    {"<none>", "\\<none>", "\\<none>"},
	    {"<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)>"},
	    {"</td><!-- x", "\\</td>\\<!-- x", "\\</td>\\<!-- x"},
	    {"<https://a.example>", "`<https://a.example>`", "`<https://a.example>`"},
	    {"x [a](b)", "x [a\\](b)", "x [a\\](b)"},
	    {"![a](b)", "![a\\](b)", "![a\\](b)"},
	    {"[a](b)", "\\[a\\](b)", "[a\\](b)"},
	    {"[a]: b", "\\[a]: b", "[a]: b"},
	    {"*a* **b**", "\\*a\\* \\*\\*b\\*\\*", "\\*a\\* \\*\\*b\\*\\*"},
	    {"_a_ __b__", "\\_a\\_ \\_\\_b\\_\\_", "\\_a\\_ \\_\\_b\\_\\_"},
	    {"~~a~~", "\\~\\~a\\~\\~", "\\~\\~a\\~\\~"},
	    {"`a`", "\\`a\\`", "\\`a\\`"},
	    {"&lt;b&#62;", "\\&lt;b\\&#62;", "\\&lt;b\\&#62;"},
	    {"# a ##", "\\# a \\##", "\\# a \\##"},
	    {"> a", "\\> a", "> a"},
	    {"- a", "\\- a", "- a"},
	    {"---", "\\---", "---"},
	    {"+", "\\+", "+"},
	    {"12. a", "12\\. a", "12. a"},
	    {"1) a", "1\\) a", "1) a"},
	    {"    a", "a", "a"},
	    {"a\x01"
	     "b\x03"
	     "c\x04",
	     "a?b?c?", "a?b?c?"},
	    {"\xff\xc2\x9b", "??", "??"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *paragraph = paragraph_of(rows[i].name), *cell = cell_of(rows[i].name);
		char *want = text_format("%s\n", rows[i].paragraph);
		char *row = text_format("| A |\n|----|\n| %s |\n", rows[i].cell);

		is_text(paragraph, want, rows[i].paragraph);
		is_text(cell, row, "in a cell");
		free(paragraph);
		free(cell);
		free(want);
		free(row);
	}
}

/* What GitHub makes something of in text that is parsed already, where no backslash helps. */
static void active_words_are_code(void)
{
	static const struct {
		const char *name, *paragraph;
	} rows[] = {
	    {"see https://example.org/a_b?c=d&e=f.", "see `https://example.org/a_b?c=d&e=f`."},
	    {"(HTTP://a.example), WWW.b.example!", "(`HTTP://a.example`), `WWW.b.example`!"},
	    {"x[y](https://a.example)", "`x[y](https://a.example`)"},
	    {"[x](https://a.example) y", "\\[`x](https://a.example`) y"},
	    {"@octocat, a@b.example", "`@octocat`, `a@b.example`"},
	    {"fixes #1, owner/name#23", "fixes `#1`, `owner/name#23`"},
	    {"$x$ and $ y $", "`$x$` and `$` y `$`"},
	    {"$$\\unicode{x}$$", "`$$\\unicode{x}$$`"},
	    {"$`x`$", "``$`x`$``"},
	    {"`$x`", "`` `$x` ``"},
	    {"\"$HOME\"", "\"`$HOME`\""},
	    {"a\nhttps://b", "a `https://b`"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *paragraph = paragraph_of(rows[i].name);
		char *want = text_format("%s\n", rows[i].paragraph);

		is_text(paragraph, want, rows[i].name);
		free(paragraph);
		free(want);
	}
}

static void codes_do_not_touch(void)
{
	struct document document = {0};
	struct text *text = document_paragraph(&document);
	char *markdown;

	text_add(text, CODE("a"));
	inline_add(text, "$x");
	text_add(text, CODE("b") STRONG_ON);
	inline_add(text, "@y");
	text_add(text, STRONG_OFF);
	markdown = markdown_of(&document);
	is_text(markdown, "`a` `$x` `b`**`@y`**\n", "a code that follows another one stands apart from it");
	free(markdown);
}

static void code_ends_where_it_should(void)
{
	static const struct {
		const char *code, *paragraph, *cell;
	} rows[] = {
	    {"a_b <c> \\|", "`a_b <c> \\|`", "`a_b <c> \\\\\\|`"},
	    {"a`b``c", "```a`b``c```", "```a`b``c```"},
	    {"`", "`` ` ``", "`` ` ``"},
	    {"", "", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct document document = {0};
		struct text *text = document_paragraph(&document);
		struct table *table;
		char *markdown, *want;

		text_add(text, CODE_ON);
		inline_add(text, rows[i].code);
		text_add(text, CODE_OFF ".");
		table = document_table(&document);
		table_column(table, "A");
		table_row(table);
		text = table_cell(table, NAN);
		text_add(text, CODE_ON);
		inline_add(text, rows[i].code);
		text_add(text, CODE_OFF ".");
		markdown = markdown_of(&document);
		want = text_format("%s.\n\n| A |\n|----|\n| %s. |\n", rows[i].paragraph, rows[i].cell);
		is_text(markdown, want, rows[i].code);
		free(markdown);
		free(want);
	}
}

static void sentences_have_code(void)
{
	static const char *const rows[][2] = {
	    {"Give `start:` or `a_b`.", "Give " CODE("start:") " or " CODE("a_b") "."},
	    {"One ` alone", "One ` alone"},
	    {"`a` and `", CODE("a") " and `"},
	    {"a\x01"
	     "b",
	     "a?b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text = {0};

		inline_add_sentence(&text, rows[i][0]);
		is_text(text_string(&text), rows[i][1], rows[i][0]);
		text_release(&text);
	}
}

int main(void)
{
	blocks_stand_apart();
	code_has_its_language();
	tables_keep_values();
	ordinary_names_stay();
	hostile_names_stay_text();
	active_words_are_code();
	codes_do_not_touch();
	code_ends_where_it_should();
	sentences_have_code();
	return tap_done();
}
