#include <assert.h>

#include "plot/svg.h"

/* Ids are those of the whole page. */
static void add_id(const struct drawing *drawing, const char *what, struct text *into)
{
	if (drawing->number > 0)
		text_addf(into, "plot-%zu-%s", drawing->number, what);
	else
		text_add(into, what);
}

static void open_svg(struct drawing *drawing)
{
	struct text *into = drawing->into;
	struct text words = {0};

	text_addf(into,
	          "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
	          "height=\"%.0f\" role=\"%s\" aria-labelledby=\"",
	          CANVAS_WIDTH, drawing->height, CANVAS_WIDTH, drawing->height, drawing->number > 0 ? "group" : "img");
	add_id(drawing, "title", into);
	text_add(into, "\" aria-describedby=\"");
	add_id(drawing, "desc", into);
	text_add(into, "\">\n<title id=\"");
	add_id(drawing, "title", into);
	text_add(into, "\">");
	svg_add_escaped(into, drawing->plot->title);
	text_add(into, "</title>\n<desc id=\"");
	add_id(drawing, "desc", into);
	text_add(into, "\">");
	say_plot(drawing->plot, &words);
	svg_add_escaped(into, text_string(&words));
	text_add(into, "</desc>\n");
	text_release(&words);
}

static void draw(const struct plot *plot, size_t number, struct text *into)
{
	struct drawing drawing = {.plot = plot, .into = into, .number = number};

	assert(!plot_is_empty(plot));
	legend_fit(&drawing);
	if (plot->heat != NULL)
		heat_fit(&drawing);
	else
		axes_fit(&drawing);
	open_svg(&drawing);
	if (number == 0) {
		text_add(into, "<style>\n");
		style_add(into, false);
		text_add(into, "</style>\n");
	}
	text_addf(into, "<rect class=\"ground\" width=\"%d\" height=\"%.0f\"/>\n", CANVAS_WIDTH, drawing.height);
	svg_add_text(into, "title", MARGIN, MARGIN + TITLE_SIZE, ANCHOR_START, plot->title, CANVAS_WIDTH - 2 * MARGIN,
	             TITLE_SIZE);
	legend_draw(&drawing);
	if (plot->heat != NULL) {
		heat_draw(&drawing);
	} else {
		axes_draw(&drawing);
		marks_draw(&drawing);
		labels_draw(&drawing);
	}
	text_add(into, "</svg>\n");
}

void plot_add_svg(const struct plot *plot, struct text *into)
{
	draw(plot, 0, into);
}

void plot_add_inline_svg(const struct plot *plot, size_t number, struct text *into)
{
	assert(number > 0);
	draw(plot, number, into);
}

void plot_add_page_style(struct text *into)
{
	style_add(into, true);
}
