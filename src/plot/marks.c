#include <math.h>

#include "plot/svg.h"

enum { CAP = 4 }; /* of an error bar, to each side */

static bool is_shown(const struct drawing *drawing, const struct plot_point *point)
{
	return axis_shows(&drawing->plot->x, point->x) && axis_shows(&drawing->plot->y, point->y);
}

static bool is_line(const struct plot_series *series)
{
	return series->kind == PLOT_LINE || series->kind == PLOT_STEPS || series->kind == PLOT_GUIDE;
}

/* What is unknown breaks the line. */
static void draw_line(struct drawing *drawing, const struct plot_series *series)
{
	struct text *into = drawing->into;
	bool broken = true;

	text_addf(into, "<path class=\"%s\"%s d=\"", series->kind == PLOT_GUIDE ? "guide" : "line",
	          series->kind == PLOT_GUIDE ? "" : marker_dash(series->tone));
	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];
		double x, y;

		if (!is_shown(drawing, point)) {
			broken = true;
			continue;
		}
		x = scale_place(&drawing->x, point->x);
		y = scale_place(&drawing->y, point->y);
		if (series->kind == PLOT_STEPS && broken)
			text_addf(into, "M%.1f,%.1fV%.1f", x, drawing->y.from, y);
		else if (series->kind == PLOT_STEPS)
			text_addf(into, "H%.1fV%.1f", x, y);
		else
			text_addf(into, "%c%.1f,%.1f", broken ? 'M' : 'L', x, y);
		broken = false;
	}
	text_add(into, "\"/>\n");
}

static void draw_error(struct drawing *drawing, const struct plot_point *point, double x)
{
	double low, high;

	if (!(point->interval.high > point->interval.low) || !axis_shows(&drawing->plot->y, point->interval.high))
		return;
	high = scale_place(&drawing->y, point->interval.high);
	/* An interval that goes to 0 or below has no end on a logarithmic axis. */
	low = axis_shows(&drawing->plot->y, point->interval.low) ? scale_place(&drawing->y, point->interval.low)
	                                                         : drawing->y.from;
	text_addf(drawing->into, "<path class=\"error\" d=\"M%.1f,%.1fV%.1fM%.1f,%.1fh%dM%.1f,%.1fh%d\"/>\n", x, low,
	          high, x - CAP, low, 2 * CAP, x - CAP, high, 2 * CAP);
}

static void add_words(struct drawing *drawing, const struct plot_series *series, const struct plot_point *point)
{
	struct text words = {0};

	say_point(drawing->plot, series, point, &words);
	text_add(drawing->into, "<title>");
	svg_add_escaped(drawing->into, text_string(&words));
	text_add(drawing->into, "</title>");
	text_release(&words);
}

static void draw_point(struct drawing *drawing, const struct plot_series *series, const struct plot_point *point)
{
	double x = scale_place(&drawing->x, point->x), y = scale_place(&drawing->y, point->y);
	bool many = series->count > POINTS_LOUD;
	struct text *into = drawing->into;

	if (series->kind == PLOT_STEPS || (series->kind == PLOT_LINE && many)) {
		text_addf(into, "<circle class=\"point quiet\" tabindex=\"0\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\">", x, y);
		add_words(drawing, series, point);
		text_add(into, "</circle>\n");
		return;
	}
	text_addf(into, "<path class=\"point %s\" tabindex=\"0\" d=\"", many ? "mark" : "mark rim");
	marker_add(into, series->tone, x, y, many ? MARK_SIZE / 2.0 : MARK_SIZE);
	text_add(into, "\">");
	add_words(drawing, series, point);
	text_add(into, "</path>\n");
}

static void draw_points(struct drawing *drawing, const struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (is_shown(drawing, &series->points[i]))
			draw_error(drawing, &series->points[i], scale_place(&drawing->x, series->points[i].x));
	for (size_t i = 0; i < series->count; i++)
		if (is_shown(drawing, &series->points[i]))
			draw_point(drawing, series, &series->points[i]);
}

/* Bars of the series stand side by side in four fifths of a category's place. */
static void draw_bars(struct drawing *drawing, const struct plot_series *series, size_t nth, size_t of)
{
	double slot = scale_place(&drawing->x, 1) - scale_place(&drawing->x, 0);
	double width = fmin(slot * 0.8 / (double)of, 60);
	double zero = drawing->plot->y.scale == PLOT_LINEAR ? scale_place(&drawing->y, 0) : drawing->y.from;

	for (size_t i = 0; i < series->count; i++) {
		const struct plot_point *point = &series->points[i];
		double middle, y;

		if (!is_shown(drawing, point))
			continue;
		middle = scale_place(&drawing->x, point->x) + width * ((double)nth - ((double)of - 1) / 2);
		y = scale_place(&drawing->y, point->y);
		text_addf(drawing->into,
		          "<rect class=\"point mark rim\" tabindex=\"0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		          "height=\"%.1f\">",
		          middle - width / 2, fmin(y, zero), width, fmax(fabs(zero - y), 0.5));
		add_words(drawing, series, point);
		text_add(drawing->into, "</rect>\n<g class=\"over\">");
		draw_error(drawing, point, middle);
		text_add(drawing->into, "</g>\n");
	}
}

void marks_draw(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	size_t bars = 0, nth = 0;

	for (size_t i = 0; i < plot->series_count; i++)
		bars += plot->series[i].kind == PLOT_BARS;
	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *series = &plot->series[i];

		text_addf(drawing->into, "<g class=\"s%zu\">\n", series->tone % PLOT_TONES + 1);
		if (is_line(series))
			draw_line(drawing, series);
		if (series->kind == PLOT_BARS)
			draw_bars(drawing, series, nth++, bars);
		else if (series->kind != PLOT_GUIDE)
			draw_points(drawing, series);
		text_add(drawing->into, "</g>\n");
	}
}
