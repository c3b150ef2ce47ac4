/*
 * Title, and under it what the colours mean: entries in lines that are as long
 * as the canvas is wide.
 */
#include <math.h>

#include "plot/svg.h"

enum { SWATCH = 26, GAP = 18, ROW = 19, NAME_MOST = 330, BAR_WIDTH = 22 };

struct place {
	double x, y;
};

bool band_is_first(const struct plot *plot, size_t band)
{
	for (size_t i = 0; i < band; i++)
		if (text_equal(plot->bands[i].label, plot->bands[band].label))
			return false;
	return true;
}

/* Bands take the tones from the last one down, so that they differ from the series. */
size_t band_tone(const struct plot *plot, const char *label)
{
	size_t before = 0;

	for (size_t i = 0; i < plot->band_count && !text_equal(plot->bands[i].label, label); i++)
		before += band_is_first(plot, i);
	return 4 + 2 * before;
}

/* Where the next entry stands; `at` moves behind it. */
static struct place take(struct place *at, const char *name)
{
	double width = SWATCH + fmin(svg_text_width(name, TEXT_SIZE), NAME_MOST);
	struct place place;

	if (at->x > MARGIN && at->x + width > CANVAS_WIDTH - MARGIN) {
		at->x = MARGIN;
		at->y += ROW;
	}
	place = *at;
	at->x += width + GAP;
	return place;
}

static void draw_name(struct drawing *drawing, struct place place, const char *name)
{
	svg_add_text(drawing->into, "ink", place.x + SWATCH, place.y + 4, ANCHOR_START, name, NAME_MOST, TEXT_SIZE);
}

static void draw_series(struct drawing *drawing, struct place place, const struct plot_series *series)
{
	struct text *into = drawing->into;
	double end = place.x + SWATCH - 6;

	text_addf(into, "<g class=\"s%zu\">", series->tone % PLOT_TONES + 1);
	if (series->kind == PLOT_GUIDE)
		text_addf(into, "<path class=\"guide\" d=\"M%.1f,%.1fH%.1f\"/>", place.x, place.y, end);
	else if (series->kind != PLOT_POINTS && series->kind != PLOT_BARS)
		text_addf(into, "<path class=\"line\"%s d=\"M%.1f,%.1fH%.1f\"/>", marker_dash(series->tone), place.x,
		          place.y, end);
	if (series->kind == PLOT_BARS)
		text_addf(into, "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"11\"/>", place.x + 4,
		          place.y - 6);
	if (series->kind == PLOT_POINTS || (series->kind == PLOT_LINE && series->count <= POINTS_LOUD)) {
		text_add(into, "<path class=\"mark rim\" d=\"");
		marker_add(into, series->tone, (place.x + end) / 2, place.y, MARK_SIZE);
		text_add(into, "\"/>");
	}
	text_add(into, "</g>");
	draw_name(drawing, place, series->name);
}

/* Walks over all entries, and draws them when there is a canvas to draw on. */
static struct place walk(struct drawing *drawing, bool draw)
{
	const struct plot *plot = drawing->plot;
	struct place at = {MARGIN, MARGIN + TITLE_SIZE + 20};

	for (size_t i = 0; i < plot->series_count; i++) {
		struct place place;

		if (plot->series[i].name == NULL)
			continue;
		place = take(&at, plot->series[i].name);
		if (draw)
			draw_series(drawing, place, &plot->series[i]);
	}
	for (size_t i = 0; i < plot->band_count; i++) {
		struct place place;

		if (!band_is_first(plot, i))
			continue;
		place = take(&at, plot->bands[i].label);
		if (!draw)
			continue;
		text_addf(drawing->into, "<rect class=\"band s%zu\" x=\"%.1f\" y=\"%.1f\" width=\"20\" height=\"13\"/>",
		          band_tone(plot, plot->bands[i].label) % PLOT_TONES + 1, place.x, place.y - 6.5);
		draw_name(drawing, place, plot->bands[i].label);
	}
	return at;
}

/* From the lowest value to the highest one. */
static void draw_heat_scale(struct drawing *drawing)
{
	struct text *into = drawing->into;
	double x = MARGIN, y = MARGIN + TITLE_SIZE + 20;
	const char *label = drawing->plot->heat_label;
	struct text low = {0}, high = {0};

	number_add(&low, drawing->x.low, DIGITS_IN_CELLS);
	number_add(&high, drawing->x.high, DIGITS_IN_CELLS);
	svg_add_text(into, "ink", x, y + 4, ANCHOR_START, label, NAME_MOST, TEXT_SIZE);
	x += fmin(svg_text_width(label, TEXT_SIZE), NAME_MOST) + 8;
	svg_add_text(into, "muted", x, y + 4, ANCHOR_START, text_string(&low), 100, TEXT_SIZE);
	x += svg_text_width(text_string(&low), TEXT_SIZE) + 8;
	for (int i = 0; i < HEAT_STEPS; i++)
		text_addf(into, "<rect class=\"h%d\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"13\"/>", i + 1,
		          x + i * BAR_WIDTH, y - 6.5, BAR_WIDTH);
	x += HEAT_STEPS * BAR_WIDTH;
	svg_add_text(into, "muted", x + 6, y + 4, ANCHOR_START, text_string(&high), 100, TEXT_SIZE);
	text_release(&low);
	text_release(&high);
}

void legend_fit(struct drawing *drawing)
{
	struct place end = walk(drawing, false);
	bool any = end.x > MARGIN || drawing->plot->heat != NULL;

	drawing->top = end.y + (any ? ROW / 2.0 + 4 : -ROW / 2.0);
}

void legend_draw(struct drawing *drawing)
{
	if (drawing->plot->heat != NULL)
		draw_heat_scale(drawing);
	else
		walk(drawing, true);
}
