#include "markup.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { DEPTH_MAX = 64, NAME_MAX_BYTES = 32 };

struct markup {
	const char *at, *end;
	char open[DEPTH_MAX][NAME_MAX_BYTES];
	size_t depth;
};

/* Elements of HTML without an end. */
static bool is_void(const char *name)
{
	static const char *const names[] = {"meta", "link", "hr", "br", "img", "input"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool take(struct markup *markup, const char *string)
{
	size_t size = strlen(string);

	if ((size_t)(markup->end - markup->at) < size || memcmp(markup->at, string, size) != 0)
		return false;
	markup->at += size;
	return true;
}

static bool skip_to(struct markup *markup, const char *string)
{
	for (; markup->at < markup->end; markup->at++)
		if (take(markup, string))
			return true;
	return false;
}

static void skip_blanks(struct markup *markup)
{
	while (markup->at < markup->end && isspace((unsigned char)*markup->at))
		markup->at++;
}

static size_t take_name(struct markup *markup, char name[NAME_MAX_BYTES])
{
	size_t size = 0;

	while (markup->at < markup->end && size + 1 < NAME_MAX_BYTES &&
	       (isalnum((unsigned char)*markup->at) || strchr("-_:", *markup->at) != NULL) && *markup->at != '\0')
		name[size++] = *markup->at++;
	name[size] = '\0';
	return size;
}

/* &amp; and its like. */
static const char *take_reference(struct markup *markup)
{
	const char *begin = markup->at++;

	while (markup->at < markup->end && (isalnum((unsigned char)*markup->at) || *markup->at == '#'))
		markup->at++;
	return markup->at < markup->end && *markup->at == ';' && markup->at - begin > 1 ? NULL : "a bare &";
}

/* name="value", or a name alone. */
static const char *take_attribute(struct markup *markup)
{
	char name[NAME_MAX_BYTES];

	if (take_name(markup, name) == 0)
		return "no name of an attribute";
	if (!take(markup, "="))
		return NULL;
	if (!take(markup, "\""))
		return "an attribute without quotes";
	for (; markup->at < markup->end && *markup->at != '"'; markup->at++) {
		const char *problem = *markup->at == '&' ? take_reference(markup) : NULL;

		if (problem != NULL || *markup->at == '<')
			return problem != NULL ? problem : "a < in an attribute";
	}
	return take(markup, "\"") ? NULL : "an attribute without end";
}

static const char *close_element(struct markup *markup)
{
	char name[NAME_MAX_BYTES];

	take_name(markup, name);
	if (markup->depth == 0 || strcmp(markup->open[markup->depth - 1], name) != 0)
		return "an end of what is not open";
	markup->depth--;
	return take(markup, ">") ? NULL : "an end with more in it";
}

/* What is in these is no markup. */
static const char *skip_raw(struct markup *markup, const char *name)
{
	if (strcmp(name, "script") == 0)
		return skip_to(markup, "</script>") ? NULL : "a script without end";
	return skip_to(markup, "</style>") ? NULL : "a style without end";
}

static const char *open_element(struct markup *markup)
{
	char name[NAME_MAX_BYTES];
	const char *problem;

	if (take_name(markup, name) == 0)
		return "a bare <";
	for (;;) {
		skip_blanks(markup);
		if (take(markup, "/>"))
			return NULL;
		if (take(markup, ">"))
			break;
		problem = take_attribute(markup);
		if (problem != NULL)
			return problem;
	}
	if (is_void(name))
		return NULL;
	if (strcmp(name, "script") == 0 || strcmp(name, "style") == 0)
		return skip_raw(markup, name);
	if (markup->depth == DEPTH_MAX)
		return "too deep";
	strcpy(markup->open[markup->depth++], name);
	return NULL;
}

static const char *take_tag(struct markup *markup)
{
	if (take(markup, "</"))
		return close_element(markup);
	if (take(markup, "<!") || take(markup, "<?"))
		return skip_to(markup, ">") ? NULL : "a declaration without end";
	markup->at++;
	return open_element(markup);
}

static const char *take_text(struct markup *markup)
{
	uint32_t point;
	size_t size = text_utf8(markup->at, (size_t)(markup->end - markup->at), &point);

	if (*markup->at == '&') {
		const char *problem = take_reference(markup);

		markup->at++;
		return problem;
	}
	if (size == 0)
		return "malformed UTF-8";
	if ((point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0))
		return "a control byte";
	markup->at += size;
	return NULL;
}

const char *markup_judge(const char *text, size_t size)
{
	struct markup markup = {.at = text, .end = text + size};
	const char *problem = NULL;

	while (markup.at < markup.end && problem == NULL)
		problem = *markup.at == '<' ? take_tag(&markup) : take_text(&markup);
	if (problem != NULL)
		return problem;
	return markup.depth == 0 ? NULL : "an element without end";
}
