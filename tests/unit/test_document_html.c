/* The HTML page of a document: its body to the letter, hostile text, and what must hold for every page. */
#include <stdlib.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "document/document.h"
#include "tap.h"

static char *page_of(struct document *document)
{
	struct text text = {0};

	document_write_html(document, &text);
	document_release(document);
	return text_take(&text);
}

/* What stands after the first `from` and before the next `to`; NULL when they are not there. The caller frees it. */
static char *between(const char *page, const char *from, const char *to)
{
	const char *begin = strstr(page, from);
	const char *end = begin ? strstr(begin + strlen(from), to) : NULL;

	return end ? memory_copy(begin + strlen(from), (size_t)(end - begin) - strlen(from)) : NULL;
}

static void is_between(const char *page, const char *from, const char *to, const char *want, const char *what)
{
	char *got = between(page, from, to);

	is_text(got, want, what);
	free(got);
}

/* The report within the page. The caller frees it. */
static char *body_of(struct document *document)
{
	char *page = page_of(document), *body = between(page, "<main id=\"main_\" tabindex=\"-1\">\n", "</main>");

	free(page);
	return body;
}

static void is_body(struct document *document, const char *want, const char *what)
{
	char *body = body_of(document);

	is_text(body, want, what);
	free(body);
}

/* --- what holds for every page */

static bool is_void(const char *name)
{
	return text_equal(name, "meta") || text_equal(name, "link") || text_equal(name, "hr") ||
	       text_equal(name, "br") || text_equal(name, "!DOCTYPE");
}

struct tag {
	char name[16]; /* with '/' when it closes */
	const char *end;
};

/* The next tag; styles and scripts are passed over. False at the end of the page. */
static bool next_tag(const char *at, struct tag *tag)
{
	size_t length;

	at = strchr(at, '<');
	if (at == NULL)
		return false;
	length = strcspn(at + 1, " >\n");
	snprintf(tag->name, sizeof(tag->name), "%.*s", (int)length, at + 1);
	if (text_equal(tag->name, "style"))
		at = strstr(at, "</style");
	else if (text_equal(tag->name, "script"))
		at = strstr(at, "</script");
	else
		at++;
	tag->end = strchr(at, '>') + 1;
	if (tag->end[-2] == '/') /* of an SVG */
		snprintf(tag->name, sizeof(tag->name), "meta");
	if (text_equal(tag->name, "style") || text_equal(tag->name, "script"))
		snprintf(tag->name, sizeof(tag->name), "meta"); /* opened and closed */
	return true;
}

/* The first tag that closes another element than the one that is open; "" when all are well nested. */
static const char *badly_nested(const char *page)
{
	static char open[64][16];
	static struct tag tag;
	size_t depth = 0;

	for (const char *at = page; next_tag(at, &tag); at = tag.end) {
		if (is_void(tag.name))
			continue;
		if (tag.name[0] != '/')
			snprintf(open[depth++], sizeof(open[0]), "%s", tag.name);
		else if (depth == 0 || !text_equal(open[--depth], tag.name + 1))
			return tag.name;
		if (depth == 64)
			return "too deep";
	}
	return depth == 0 ? "" : open[depth - 1];
}

static bool is_clean(const char *page)
{
	size_t left = strlen(page);

	while (left > 0) {
		uint32_t point;
		size_t length = text_utf8(page, left, &point);

		if (length == 0 || (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point <= 0x9f))
			return false;
		page += length;
		left -= length;
	}
	return true;
}

/* Nothing in it makes a browser ask for something, but for a part of the page itself. */
static bool loads_something(const char *page)
{
	static const char *const ways[] = {" src=",   "@import", "fetch(", "XMLHttpRequest", "import(", "https:",
	                                   "<iframe", "<object", "<img",   "<base",          NULL};
	bool found = false;

	for (const char *at = page; (at = strstr(at, "url(")) != NULL; at++)
		found = found || at[4] != '#';
	for (size_t i = 0; ways[i] != NULL; i++)
		found = found || strstr(page, ways[i]) != NULL;
	return found;
}

static void is_allowed(const char *page, const char *element, const char *directive)
{
	char *open = text_format("<%s>", element), *close = text_format("</%s>", element);
	char *want = text_format("%s 'sha256-", directive), *content = between(page, open, close);
	struct text hash = {0};
	uint8_t digest[SHA256_BYTES];

	sha256(content, strlen(content), digest);
	base64_add(&hash, digest, sizeof(digest));
	is_between(page, want, "'", text_string(&hash), directive);
	ok(strstr(page, "default-src 'none'") < strstr(page, open), "nothing else is allowed, from before it on");
	ok(strstr(content, "<!--") == NULL, "it does not end early");
	text_release(&hash);
	free(open);
	free(close);
	free(want);
	free(content);
}

/* --- documents */

static void fill_small(struct document *document)
{
	struct table *table;

	text_add(document_heading(document, 1), "Apple M4");
	text_add(document_paragraph(document), "Words, " STRONG("strong ones") " and " CODE("code") ".");
	text_add(document_heading(document, 2), "Latency");
	table = document_table(document);
	table_column(table, "Model");
	table_column(table, "Size");
	table_number_column(table, "TTFT (ms)");
	table_row(table);
	table_cell_text(table, "llama3.2");
	text_add(table_cell(table, 2e9), "2.0GB");
	table_cell_number(table, 71.25, 1);
	table_row(table);
	table_cell_text(table, "mistral");
	text_add(document_item(document), "one");
	text_add(document_item(document), "two");
	text_add(document_step(document), "first");
	document_rule(document);
	text_add(document_code(document), "a\tb\nlast");
}

static void body_to_the_letter(void)
{
	struct document document = {0};

	fill_small(&document);
	is_body(&document,
	        "<h1 id=\"apple-m4\">Apple M4</h1>\n"
	        "<p>Words, <strong>strong ones</strong> and <code>code</code>.</p>\n"
	        "<h2 id=\"latency\">Latency</h2>\n"
	        "<div class=\"table\" role=\"region\" aria-labelledby=\"table_1\" tabindex=\"0\">\n<table>\n"
	        "<caption id=\"table_1\">Latency</caption>\n"
	        "<thead>\n<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"number\">Size</th>"
	        "<th scope=\"col\" class=\"number\">TTFT (ms)</th></tr>\n</thead>\n"
	        "<tbody>\n<tr><th scope=\"row\">llama3.2</th><td class=\"number\" data-value=\"2000000000\">2.0GB</td>"
	        "<td class=\"number\" data-value=\"71.25\">71.2</td></tr>\n"
	        "<tr><th scope=\"row\">mistral</th><td class=\"number\"></td><td class=\"number\"></td></tr>\n"
	        "</tbody>\n</table>\n</div>\n"
	        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<ol>\n<li>first</li>\n</ol>\n<hr>\n"
	        "<pre tabindex=\"0\"><code>a b\nlast\n</code></pre>\n",
	        "every kind of block");
	is_body(&document, "<h1>llmbench report</h1>\n", "an empty document");
}

static void lists_within_lists(void)
{
	struct document document = {0};
	static const int levels[] = {1, 0, 1, 1, 0, 1};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		text_addf(document_item(&document), "%zu", i);
		document.blocks[document.count - 1].level = levels[i];
	}
	is_body(&document,
	        "<h1>llmbench report</h1>\n"
	        "<ul>\n<li>0</li>\n<li>1\n<ul>\n<li>2</li>\n<li>3</li>\n</ul>\n</li>\n"
	        "<li>4\n<ul>\n<li>5</li>\n</ul>\n</li>\n</ul>\n",
	        "items of items");
}

/* Text that tries to be a tag, to end an attribute, to be no UTF-8; and marks that are not balanced. */
static void hostile_text(void)
{
	static const char hostile[] = "<script>alert(1)</script> \"'&amp; \x1b[31m \xff \xc0\xaf \xed\xa0\x80 \xc2\x85";
	struct document document = {0};
	struct table *table;
	char *page;

	inline_add(document_heading(&document, 1), hostile);
	inline_add(document_heading(&document, 2), hostile);
	text_add(document_heading(&document, 2), STRONG_ON "a" CODE_ON "b" STRONG_OFF "c" STRONG_ON STRONG_ON "d");
	text_add(document_paragraph(&document), CODE_OFF "e" STRONG_OFF CODE_ON "f" CODE_OFF CODE_OFF);
	table = document_table(&document);
	table_column(table, hostile);
	table_row(table);
	table_cell_text(table, hostile);
	text_add(document_code(&document), hostile);
	page = page_of(&document);
	ok(is_clean(page), "UTF-8 without control bytes, whatever goes in");
	is_text(badly_nested(page), "", "elements are closed in their order, whatever the marks");
	ok(strstr(page, "<script>alert") == NULL, "no tag that is not ours");
	is_between(page, "<title>", "</title>",
	           "&lt;script&gt;alert(1)&lt;/script&gt; &quot;'&amp;amp; ?[31m ? ?? ??? ?", "a title is text");
	is_between(page, "<h2 id=\"a-b-c-d\">", "</h2>",
	           "<strong>a<code>b</code></strong><code>c<strong>d</strong></code>", "marks that overlap");
	is_between(page, "</h2>\n<p>", "</p>", "e<code>f</code>", "marks that close nothing");
	ok(strstr(page, "<h1 id=\"script-alert-1-script-amp-31m\">") != NULL, "names of sections have no such bytes");
	free(page);
}

static void add_headings(struct document *document, const char *levels)
{
	for (; *levels != '\0'; levels++)
		text_addf(document_heading(document, *levels - '0'), "Part %c", *levels);
}

static void one_title_and_no_gap(void)
{
	struct document document = {0};

	add_headings(&document, "1422");
	is_body(&document,
	        "<h1 id=\"part-1\">Part 1</h1>\n<h2 id=\"part-4\">Part 4</h2>\n<h2 id=\"part-2\">Part 2</h2>\n"
	        "<h2 id=\"part-2-2\">Part 2</h2>\n",
	        "a level that is left out, a name that comes twice");
	add_headings(&document, "121");
	is_body(&document,
	        "<h1>Part 1 · Part 1</h1>\n<h2 id=\"part-1\">Part 1</h2>\n<h3 id=\"part-2\">Part 2</h3>\n"
	        "<h2 id=\"part-1-2\">Part 1</h2>\n",
	        "several reports are parts of one page");
	add_headings(&document, "2");
	is_body(&document, "<h1>llmbench report</h1>\n<h2 id=\"part-2\">Part 2</h2>\n", "no title");
	text_add(document_heading(&document, 2), "模型");
	is_body(&document, "<h1>llmbench report</h1>\n<h2 id=\"section\">模型</h2>\n",
	        "a name without a letter for links");
}

static void contents(void)
{
	struct document document = {0};
	char *page;

	add_headings(&document, "12334232");
	page = page_of(&document);
	is_between(
	    page, "<summary>Contents</summary>", "</details>",
	    "\n<ol>\n<li><a href=\"#part-2\">Part 2</a>\n<ol>\n<li><a href=\"#part-3\">Part 3</a></li>\n"
	    "<li><a href=\"#part-3-2\">Part 3</a></li>\n</ol>\n</li>\n"
	    "<li><a href=\"#part-2-2\">Part 2</a>\n<ol>\n<li><a href=\"#part-3-3\">Part 3</a></li>\n</ol>\n</li>\n"
	    "<li><a href=\"#part-2-3\">Part 2</a></li>\n</ol>\n",
	    "two levels");
	is_text(badly_nested(page), "", "well nested");
	free(page);
	add_headings(&document, "12");
	page = page_of(&document);
	ok(strstr(page, "<nav") == NULL, "no contents of a single part");
	free(page);
}

static void captions(void)
{
	struct document document = {0};
	char *body;

	for (size_t i = 0; i < 3; i++) {
		table_column(document_table(&document), "Model");
		if (i == 0)
			text_add(document_heading(&document, 2), "Speed");
	}
	body = body_of(&document);
	is_between(body, "<caption id=\"table_1\">", "<", "Table 1", "before all headings");
	is_between(body, "<caption id=\"table_2\">", "<", "Speed", "the first of a part");
	is_between(body, "<caption id=\"table_3\">", "<", "Speed, table 2", "another one of it");
	free(body);
}

static void chart(void)
{
	struct document document = {0};
	struct plot *plot = plot_new("speed", "Speed of <b>models</b>");
	char *page;

	plot_set_axis(&plot->x, "parallel", NULL, PLOT_LINEAR);
	plot_set_axis(&plot->y, "speed", "tokens/s", PLOT_LINEAR);
	plot_add_point(plot_add_series(plot, PLOT_LINE, "<i>mistral</i>"), 1, 42, NULL);
	document_chart(&document, plot);
	document_rule(&document);
	page = page_of(&document);
	ok(strstr(page, "<figure>\n<svg ") != NULL && strstr(page, "</svg>\n</figure>\n<hr>") != NULL,
	   "a chart is a figure");
	ok(strstr(page, ": 42 tokens/s</title>") != NULL, "with values in words");
	ok(strstr(page, "light-dark(") < strstr(page, "</style>") &&
	       strstr(page, ".plot :is(") < strstr(page, "</style>"),
	   "and the style that it needs");
	is_text(badly_nested(page), "", "well nested");
	ok(strstr(page, "<b>") == NULL && strstr(page, "<i>") == NULL, "names are text");
	ok(!loads_something(page), "loads nothing");
	free(page);
}

static void every_page(void)
{
	struct document document = {0};
	char *page, *again;

	fill_small(&document);
	page = page_of(&document);
	fill_small(&document);
	again = page_of(&document);
	is_text(page, again, "the same document, the same bytes");
	ok(is_clean(page), "UTF-8");
	is_text(badly_nested(page), "", "well nested");
	ok(!loads_something(page), "loads nothing");
	ok(strstr(page, ".plot") == NULL, "has no style of charts where there is none");
	ok(text_starts_with(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"),
	   "how it begins");
	is_between(page, "<title>", "</title>", "Apple M4", "the title is that of the document");
	ok(strstr(page, "<meta name=\"viewport\"") != NULL, "a width for phones");
	is_allowed(page, "style", "style-src");
	is_allowed(page, "script", "script-src");
	free(page);
	free(again);
}

int main(void)
{
	body_to_the_letter();
	lists_within_lists();
	hostile_text();
	one_title_and_no_gap();
	contents();
	captions();
	chart();
	every_page();
	return tap_done();
}
