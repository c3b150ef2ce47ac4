#include "document/markdown.h"

#include <math.h>
#include <string.h>

void markdown_add_cell(struct text *into, const char *foreign)
{
	struct text masked = {0};

	text_add_masked(&masked, foreign, strlen(foreign));
	for (const char *at = text_string(&masked); *at != '\0'; at++) {
		if (*at == '|' || *at == '\\')
			text_add_char(into, '\\');
		text_add_char(into, *at);
	}
	text_release(&masked);
}

void markdown_add_line(struct text *into, const char *foreign)
{
	text_add_masked(into, foreign, strlen(foreign));
}

static size_t longest_run(const char *string, char c)
{
	size_t longest = 0, run = 0;

	for (; *string != '\0'; string++) {
		run = *string == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

void markdown_add_fence(struct text *into, const char *lines)
{
	size_t run = longest_run(lines, '`');
	size_t fence = run < 3 ? 3 : run + 1;

	for (size_t i = 0; i < fence; i++)
		text_add_char(into, '`');
	text_add_char(into, '\n');
	for (const char *at = lines; *at != '\0';) {
		size_t length = strcspn(at, "\n");

		text_add_masked(into, at, length);
		text_add_char(into, '\n');
		at += length + (at[length] == '\n');
	}
	for (size_t i = 0; i < fence; i++)
		text_add_char(into, '`');
	text_add_char(into, '\n');
}

void markdown_add_number(struct text *into, double value, int decimals)
{
	if (isnan(value))
		text_add(into, "–");
	else
		text_addf(into, "%.*f", decimals, value);
}
