#include <string.h>

#include "plot/svg.h"

void svg_add_escaped(struct text *into, const char *foreign)
{
	if (foreign != NULL)
		text_add_escaped(into, foreign, strlen(foreign));
}

double svg_text_width(const char *string, double size)
{
	/* Of the fonts that systems have without asking the widest (Verdana) takes 0.6 em for the mean letter. */
	return 0.6 * size * (double)text_width(string);
}

/* As much of the text as is not wider, and "…" for the rest. */
static void add_fitted(struct text *into, const char *string, double most, double size)
{
	struct text start = {0};
	size_t left = strlen(string);

	if (svg_text_width(string, size) <= most) {
		svg_add_escaped(into, string);
		return;
	}
	while (left > 0) {
		uint32_t point;
		size_t length = text_utf8(string, left, &point);
		size_t before = start.size;

		length = length > 0 ? length : 1;
		text_add_bytes(&start, string, length);
		if (svg_text_width(text_string(&start), size) + size > most) {
			start.size = before;
			break;
		}
		string += length;
		left -= length;
	}
	text_add(&start, "…");
	svg_add_escaped(into, text_string(&start));
	text_release(&start);
}

void svg_add_text(struct text *into, const char *class, double x, double y, enum anchor anchor, const char *string,
                  double most, double size)
{
	static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};

	text_addf(into, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\"%s>", class, x, y, anchors[anchor]);
	add_fitted(into, string, most, size);
	text_add(into, "</text>\n");
}
