#include "document/page.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "document/html.h"
#include "plot/plot.h"

/* Made by the Makefile of the files of these names: a string for each line, as C knows no string of any length. */
static const char *const style[] = {
#include "page.css.lines"
};
static const char *const script[] = {
#include "page.js.lines"
};

#define LINES(table) (sizeof(table) / sizeof((table)[0]))

/* Three bars, so that tabs of reports are found; and so that a browser does not ask a server for an icon. */
static const char icon[] =
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath fill='%232f6fb3' d='M1 9h4v6H1zm5-8h4v14H6zm5 4h4v10h-4z'/%3E%3C/svg%3E\">\n";

/* Everything between two tags, which is what the policy's hashes are of, begins with the end of a line. */
static void add_lines(const char *const *lines, size_t count, struct text *into)
{
	text_add_char(into, '\n');
	for (size_t i = 0; i < count; i++)
		text_add(into, lines[i]);
}

static void add_hash(const char *directive, const struct text *allowed, struct text *into)
{
	uint8_t digest[SHA256_BYTES];

	sha256(text_string(allowed), allowed->size, digest);
	text_addf(into, "; %s 'sha256-", directive);
	base64_add(into, digest, sizeof(digest));
	text_add_char(into, '\'');
}

/* No connection, no script and no style but these two, known by their hashes: W3C Content Security Policy 3, 2.3.1. */
static void add_policy(const struct text *looks, const struct text *code, struct text *into)
{
	text_add(into, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:");
	add_hash("style-src", looks, into);
	add_hash("script-src", code, into);
	text_add(into, "; base-uri 'none'; form-action 'none'\">\n");
}

static void add_head(const char *title, bool charts, struct text *into)
{
	struct text looks = {0}, code = {0};

	add_lines(style, LINES(style), &looks);
	if (charts)
		plot_add_page_style(&looks);
	add_lines(script, LINES(script), &code);
	text_add(into, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	add_policy(&looks, &code, into);
	text_add(into, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	               "<meta name=\"color-scheme\" content=\"light dark\">\n"
	               "<meta name=\"generator\" content=\"llmbench\">\n<title>");
	html_add_plain(into, title);
	text_addf(into, "</title>\n%s<style>%s</style>\n<script>%s</script>\n</head>\n", icon, text_string(&looks),
	          text_string(&code));
	text_release(&looks);
	text_release(&code);
}

static void add_contents(const struct outline *outline, struct text *into)
{
	struct text contents = {0};

	outline_write_contents(outline, &contents);
	if (contents.size > 0)
		text_addf(into,
		          "<nav class=\"contents\" aria-label=\"Contents\">\n<details open>\n"
		          "<summary>Contents</summary>%s</details>\n</nav>\n",
		          text_string(&contents));
	text_release(&contents);
}

void page_begin(const struct outline *outline, bool charts, struct text *into)
{
	add_head(text_string(&outline->title), charts, into);
	text_add(into, "<body>\n<a class=\"skip\" href=\"#main_\">Skip to the report</a>\n"
	               "<header class=\"bar\">\n<p>llmbench</p>\n</header>\n<div class=\"page\">\n");
	add_contents(outline, into);
	text_add(into, "<main id=\"main_\" tabindex=\"-1\">\n");
	if (!outline->titled) {
		text_add(into, "<h1>");
		html_add_inline(into, text_string(&outline->title));
		text_add(into, "</h1>\n");
	}
}

void page_end(struct text *into)
{
	text_add(into, "</main>\n</div>\n<footer>\n<p>Written by llmbench as one file, which loads nothing.</p>\n"
	               "</footer>\n</body>\n</html>\n");
}
