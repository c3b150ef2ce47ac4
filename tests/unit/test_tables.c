/*
 * The tables of two Markdown files: what is read of them, and what differs.
 */
#include "compare/tables.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "document/document.h"
#include "tap.h"

#define HEAD "| Requests | Duration (Seconds) | Errors | Notes |\n|----|---:|:--|----|\n"

static bool read(const char *markdown, struct tables *tables, struct failure *failure)
{
	*failure = (struct failure){0};
	return tables_read(markdown, strlen(markdown), "a.md", tables, failure);
}

static void test_values(void)
{
	static const struct {
		const char *base, *now;
		bool same;
	} cases[] = {
	    {"413", "413", true},
	    {"413", "413.4", true},
	    {"413", "413.6", false},
	    {"413", "414", true}, /* 413.4999 and 413.5 */
	    {"413", "415", false},
	    {"0.3", "0.35", true},
	    {"0.3", "0.41", false},
	    {"8", "9", false}, /* counts are exact */
	    {"0", "1", false},
	    {"12.50", "12.51", true},
	    {"12.50", "12.52", false},
	    {"Memory Usage: 7.274Gi/16.000Gi", "Memory Usage: 7.275Gi/16.000Gi", true},
	    {"Memory Usage: 7.274Gi/16.000Gi", "Memory Usage: 7.284Gi/16.000Gi", false},
	    {"425 [410, 439]", "425 [410, 440]", true},
	    {"3590 [3420, 3710]", "3600 [3420, 3710]", true}, /* tens */
	    {"3590 [3420, 3710]", "3610 [3420, 3710]", false},
	    {"3600 [3400, 3700]", "3620 [3400, 3700]", false}, /* tens, and not hundreds, by its width */
	    {"3600 [3500, 3690]", "3610 [3500, 3690]", true},  /* of half a width of 99.9, which has tens */
	    {"1000 [950, 1050]", "1010 [950, 1050]", false},
	    {"3590", "3600", false},
	    {"3590 [3420, 3710", "3600 [3420, 3710", false},
	    {"3590 [3420]", "3600 [3420]", false},
	    {"n/a", "413", false},
	    {"", "", true},
	    {"", "0", false},
	    {"–", "0", false},
	    {"-5", "5", false},
	    {"llama3.2", "llama3.3", false}, /* a name */
	    {"0.24.1", "0.24.2", false},     /* a version */
	    {"99999999999999999999999", "99999999999999999999998", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *what = text_format("\"%s\" and \"%s\"", cases[i].base, cases[i].now);

		ok(tables_same_value(cases[i].base, cases[i].now) == cases[i].same, what);
		ok(tables_same_value(cases[i].now, cases[i].base) == cases[i].same, "and the other way");
		free(what);
	}
}

static void test_read(void)
{
	struct tables tables;
	struct failure failure;

	ok(read("# Title\n\n## Model: a\n\n```\n| not | a table |\n|---|---|\n```\n" HEAD
	        "| 128 | 413 | 0 | x \\| y \\\\ z |\r\n|64|**n/a**|1\n\n### num_gpu 0\n" HEAD "| 1 | 2 | 3 | 4 | 5 |",
	        &tables, &failure),
	   "two tables, and one in a fenced block");
	is_int(tables.count, 2, "are two");
	is_text(tables.tables[0].section, "Model: a", "the heading above");
	is_text(tables.tables[1].section, "Model: a, num_gpu 0", "all of them");
	is_int(tables.tables[0].columns, 4, "columns");
	is_int(tables.tables[0].rows, 2, "rows");
	is_text(tables.tables[0].titles[1], "Duration (Seconds)", "a title");
	is_text(tables.tables[0].cells[3], "x | y \\ z", "escaped marks");
	is_text(tables.tables[0].cells[5], "n/a", "bold marks are none of the value");
	is_text(tables.tables[0].cells[7], "", "a short row is filled up");
	is_text(tables.tables[0].keys[0], "Requests 128", "a row is named by its settings");
	is_text(tables.tables[1].cells[3], "4", "what is too much is left out");
	tables_release(&tables);
	ok(!read("# Title\n\nno | table\n", &tables, &failure) && failure.status == STATUS_USER_MISTAKE, "no table");
	is_text(failure.message, "\"a.md\" has no table", "is told");
	failure_release(&failure);
}

static void compare(const char *base, const char *now, struct tables *left, struct tables *right,
                    struct tables_result *result)
{
	struct failure failure;

	ok(read(base, left, &failure) && read(now, right, &failure), "read");
	tables_compare(left, right, result);
}

static void test_compare(void)
{
	static const struct {
		const char *base, *now;
		enum status status;
		size_t differences;
		const char *what;
	} cases[] = {
	    {HEAD "| 128 | 413 | 0 | |\n", HEAD "| 128 | 413.2 | 0 | |\n", STATUS_DONE, 0, "but for rounding"},
	    {HEAD "| 128 | 413 | 0 | |\n", HEAD "| 128 | 500 | 0 | |\n", STATUS_CELLS_FAILED, 1, "one value"},
	    {HEAD "| 128 | 413 | 20 | |\n", HEAD "| 128 | 413 | 21 | |\n", STATUS_CELLS_FAILED, 1, "errors are exact"},
	    {"| Cell | Late |\n|--|--|\n| a | 12 |\n", "| Cell | Late |\n|--|--|\n| a | 13 |\n", STATUS_CELLS_FAILED, 1,
	     "other counts, too"},
	    {HEAD "| 128 | 413 | 0 | |\n| 64 | 1 | 0 | |\n", HEAD "| 64 | 1 | 0 | |\n| 128 | 413 | 0 | |\n",
	     STATUS_DONE, 0, "another order of rows"},
	    {HEAD "| 128 | 413 | 0 | |\n| 128 | 500 | 0 | |\n", HEAD "| 128 | 413 | 0 | |\n| 128 | 500 | 0 | |\n",
	     STATUS_DONE, 0, "rows of one name, by their order"},
	    {HEAD "| 128 | 413 | 0 | |\n", HEAD "| 128 | 413 | 0 | |\n| 64 | 1 | 0 | |\n", STATUS_CELLS_FAILED, 1,
	     "a row more"},
	    {HEAD "| 128 | 413 | 0 | |\n| 64 | 1 | 0 | |\n", HEAD "| 128 | 413 | 0 | |\n", STATUS_CELLS_FAILED, 1,
	     "a row less"},
	    {"| Requests | A |\n|--|--|\n| 1 | 2 |\n", "| Requests | B |\n|--|--|\n| 1 | 2 |\n", STATUS_CELLS_FAILED, 2,
	     "another column"},
	    {"## A\n" HEAD "| 1 | 1 | 0 | |\n", "## B\n" HEAD "| 1 | 1 | 0 | |\n", STATUS_NOT_COMPARABLE, 2,
	     "no table of both"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tables base, now;
		struct tables_result result;

		compare(cases[i].base, cases[i].now, &base, &now, &result);
		is_int(result.status, cases[i].status, cases[i].what);
		is_int(result.count, cases[i].differences, "differences");
		tables_result_release(&result);
		tables_release(&base);
		tables_release(&now);
	}
}

static void test_output(void)
{
	struct tables base, now;
	struct tables_result result;
	struct document document = {0};
	struct text text = {0};
	struct json *json;

	compare("## M\n" HEAD "| 128 | 400 [390, 410] | 0 | a\x1b[31m |\n| 2 | 2 | 0 | |\n",
	        "## M\n" HEAD "| 128 | 500 [490, 510] | 0 | b |\n", &base, &now, &result);
	tables_document(&result, &document);
	document_write_markdown(&document, &text);
	ok(strstr(text_string(&text), "**different**. 4 values are in both, 3 differences beyond rounding.") != NULL,
	   "how many");
	ok(strstr(text_string(&text), "| Requests 128 | Duration (Seconds) | 400 \\[390, 410\\] |") != NULL ||
	       strstr(text_string(&text), "| Requests 128 | Duration (Seconds) | 400 [390, 410] |") != NULL,
	   "which");
	ok(strstr(text_string(&text), " +25.0 |\n") != NULL, "by how much");
	ok(strstr(text_string(&text), "\x1b") == NULL, "control bytes are masked");
	ok(strstr(text_string(&text), "| Requests 2 |  | there | not there | – |") != NULL, "a row that is gone");
	text_clear(&text);
	json = tables_json(&result);
	json_add_to(&text, json);
	ok(text_starts_with(text_string(&text),
	                    "{\"schema\":\"llmbench.table_comparison/1\",\"status\":1,\"compared\":4,"
	                    "\"differences\":[{\"table\":\"M\",\"row\":\"Requests 128\","),
	   "as JSON");
	json_free(json);
	text_release(&text);
	document_release(&document);
	tables_result_release(&result);
	tables_release(&base);
	tables_release(&now);
}

static void test_limits(void)
{
	struct tables tables;
	struct failure failure;
	struct text text = {0};

	for (int i = 0; i <= TABLES_ROWS_MAX; i++)
		text_add(&text, "|a|\n|-|\n\n");
	ok(!read(text_string(&text), &tables, &failure) && tables.count == 0, "too many tables");
	failure_release(&failure);
	text_clear(&text);
	for (int i = 0; i <= TABLES_COLUMNS_MAX; i++)
		text_add(&text, "|a");
	text_add(&text, "|\n|-|\n");
	ok(!read(text_string(&text), &tables, &failure) && strstr(failure.message, "columns") != NULL,
	   "too many columns");
	failure_release(&failure);
	text_release(&text);
}

/* Pieces that mean something, in any order, cut anywhere. */
static void test_hostile(void)
{
	static const char *const pieces[] = {"|a|b|\n", "|-|-|\n", "\n",     "|",      "\\",  "\\|",
	                                     "**",      "```\n",   "~~~~\n", "## h\n", "#",   "-",
	                                     "\t",      "\r\n",    "\x01",   "\xff",   "1.5", " "};
	enum { FILES = 3000, COUNT = sizeof(pieces) / sizeof(pieces[0]) };
	uint64_t state = 1;
	size_t read_count = 0;

	for (int i = 0; i < FILES; i++) {
		struct text text = {0};
		struct tables tables;
		struct failure failure = {0};
		struct tables_result result;

		for (size_t j = (size_t)random_below(&state, 60); j > 0; j--)
			text_add(&text, pieces[random_below(&state, COUNT)]);
		if (random_below(&state, 4) == 0)
			text_add_char(&text, '\0');
		if (tables_read(text_string(&text), text.size - (text.size > 0 && i % 2), "a.md", &tables, &failure)) {
			read_count++;
			tables_compare(&tables, &tables, &result);
			if (result.status != STATUS_DONE)
				ok(false, "a file differs from itself");
			tables_result_release(&result);
			tables_release(&tables);
		}
		failure_release(&failure);
		text_release(&text);
	}
	ok(read_count > FILES / 20, "hostile files are read");
}

int main(void)
{
	test_values();
	test_read();
	test_compare();
	test_output();
	test_limits();
	test_hostile();
	return tap_done();
}
