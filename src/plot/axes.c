#include <math.h>

#include "plot/svg.h"

enum { NAME_MOST = 80, NAME_GAP = 6 }; /* of a category */
enum { PLOT_HEIGHT = 300, TICK_GAP = 8, INSET = 14, INSET_LABELS = 70, SIDE_MOST = 200 };

/* --- Layout --- */

struct range {
	double low, high;
};

static void reach(struct range *range, const struct plot_axis *axis, double value)
{
	if (!axis_shows(axis, value))
		return;
	range->low = fmin(range->low, value);
	range->high = fmax(range->high, value);
}

static bool has_bars(const struct plot *plot)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (plot->series[i].kind == PLOT_BARS)
			return true;
	return false;
}

/* Of everything that is drawn along one axis. */
static struct range range_of(const struct plot *plot, const struct plot_axis *axis)
{
	struct range range = {INFINITY, -INFINITY};
	bool is_x = axis == &plot->x;

	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct plot_point *point = &plot->series[i].points[k];

			if (!axis_shows(&plot->x, point->x) || !axis_shows(&plot->y, point->y))
				continue;
			reach(&range, axis, is_x ? point->x : point->y);
			reach(&range, axis, is_x ? point->x : point->interval.low);
			reach(&range, axis, is_x ? point->x : point->interval.high);
		}
	if (axis->scale == PLOT_LINEAR && (axis->from_zero || (!is_x && has_bars(plot))))
		reach(&range, axis, 0);
	if (axis->category_count > 0)
		range = (struct range){-0.5, (double)axis->category_count - 0.5};
	return range;
}

static bool has_labels(const struct plot *plot)
{
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++)
			if (plot->series[i].points[k].label != NULL)
				return true;
	return false;
}

static struct ticks ticks_of(const struct plot_axis *axis, struct range range, double pixels)
{
	struct ticks ticks = {.low = range.low, .high = range.high};
	static const double apart[] = {[PLOT_LINEAR] = 68, [PLOT_LOG2] = 56, [PLOT_LOG10] = 40};
	size_t want = (size_t)(pixels / apart[axis->scale]);

	if (axis->category_count > 0)
		return ticks;
	want = want < 2 ? 2 : want;
	return axis->scale == PLOT_LINEAR ? ticks_linear(range.low, range.high, want)
	                                  : ticks_log(range.low, range.high, axis->scale, want);
}

/* Along x the data fill the width: ticks beyond them are dropped, unless less than two would be left. */
static void trim(struct ticks *ticks, struct range range)
{
	struct ticks trimmed = *ticks;
	double slack = (range.high - range.low) * 1e-9;

	trimmed.count = 0;
	for (size_t i = 0; i < ticks->count; i++)
		if (ticks->values[i] >= range.low - slack && ticks->values[i] <= range.high + slack)
			trimmed.values[trimmed.count++] = ticks->values[i];
	if (trimmed.count < 2)
		return;
	trimmed.low = range.low;
	trimmed.high = range.high;
	*ticks = trimmed;
}

static double widest_label(const struct ticks *ticks)
{
	double widest = 0;

	for (size_t i = 0; i < ticks->count; i++) {
		struct text label = {0};

		ticks_add_label(ticks, i, &label);
		widest = fmax(widest, svg_text_width(text_string(&label), TEXT_SIZE));
		text_release(&label);
	}
	return fmin(widest, SIDE_MOST);
}

void axes_fit(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	struct range x = range_of(plot, &plot->x), y = range_of(plot, &plot->y);
	struct box *inside = &drawing->inside;
	double inset = plot->x.category_count > 0 ? 0 : has_labels(plot) ? INSET_LABELS : INSET;

	/* A point that lies on the edge would have no room for its label. */
	if (has_labels(plot) && plot->y.scale != PLOT_LINEAR)
		y = (struct range){y.low / 1.2, y.high * 1.2};
	drawing->y_ticks = ticks_of(&plot->y, y, PLOT_HEIGHT * 1.3);
	inside->x = MARGIN + widest_label(&drawing->y_ticks) + TICK_GAP;
	inside->y = drawing->top + (plot->y.label ? 26 : 8);
	inside->width = CANVAS_WIDTH - MARGIN - inside->x;
	inside->height = PLOT_HEIGHT;
	drawing->x_ticks = ticks_of(&plot->x, x, inside->width);
	if (plot->x.category_count == 0)
		trim(&drawing->x_ticks, x);
	drawing->height = inside->y + inside->height + 22 + (plot->x.label ? 20 : 0) + MARGIN / 2.0;
	drawing->x = (struct scale){plot->x.scale, drawing->x_ticks.low, drawing->x_ticks.high, inside->x + inset,
	                            inside->x + inside->width - inset};
	drawing->y = (struct scale){plot->y.scale, drawing->y_ticks.low, drawing->y_ticks.high,
	                            inside->y + inside->height, inside->y};
}

/* --- Drawing --- */

static void draw_bands(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	const struct box *inside = &drawing->inside;

	for (size_t i = 0; i < plot->band_count; i++) {
		const struct plot_band *band = &plot->bands[i];
		double from = fmax(scale_place(&drawing->x, band->from), inside->x);
		double to = fmin(scale_place(&drawing->x, band->to), inside->x + inside->width);

		if (!(to > from))
			continue;
		text_addf(drawing->into,
		          "<rect class=\"band s%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		          band_tone(plot, band->label) % PLOT_TONES + 1, from, inside->y, fmax(to - from, 0.5),
		          inside->height);
	}
}

static void draw_y_ticks(struct drawing *drawing)
{
	const struct box *inside = &drawing->inside;

	for (size_t i = 0; i < drawing->y_ticks.count; i++) {
		double y = scale_place(&drawing->y, drawing->y_ticks.values[i]);
		struct text label = {0};

		ticks_add_label(&drawing->y_ticks, i, &label);
		text_addf(drawing->into, "<path class=\"grid\" d=\"M%.1f,%.1fh%.1f\"/>\n", inside->x, y, inside->width);
		svg_add_text(drawing->into, "muted", inside->x - TICK_GAP, y + 4, ANCHOR_END, text_string(&label),
		             SIDE_MOST, TEXT_SIZE);
		text_release(&label);
	}
}

static void draw_x_label(struct drawing *drawing, double x, const char *label, double most, bool tick)
{
	const struct box *inside = &drawing->inside;
	double bottom = inside->y + inside->height;

	if (tick)
		text_addf(drawing->into, "<path class=\"axis\" d=\"M%.1f,%.1fv5\"/>\n", x, bottom);
	svg_add_text(drawing->into, "muted", x, bottom + 19, ANCHOR_MIDDLE, label, most, TEXT_SIZE);
}

size_t axis_names_every(const struct plot_axis *axis, double slot)
{
	double widest = 0;

	for (size_t i = 0; i < axis->category_count; i++)
		widest = fmax(widest, svg_text_width(axis->categories[i], TEXT_SIZE));
	return (size_t)((fmin(widest, NAME_MOST) + NAME_GAP) / slot) + 1;
}

static void draw_categories(struct drawing *drawing)
{
	const struct plot_axis *axis = &drawing->plot->x;
	double slot = drawing->inside.width / (double)axis->category_count;
	size_t every = axis_names_every(axis, slot);

	for (size_t i = 0; i < axis->category_count; i += every)
		draw_x_label(drawing, scale_place(&drawing->x, (double)i), axis->categories[i],
		             slot * (double)every - NAME_GAP, false);
}

static void draw_x_ticks(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->x_ticks.count; i++) {
		struct text label = {0};

		ticks_add_label(&drawing->x_ticks, i, &label);
		draw_x_label(drawing, scale_place(&drawing->x, drawing->x_ticks.values[i]), text_string(&label), 80,
		             true);
		text_release(&label);
	}
}

/* "duration (s)" */
static void add_label(const struct plot_axis *axis, struct text *into)
{
	text_add(into, axis->label);
	if (!axis_tells_unit(axis))
		text_addf(into, " (%s)", axis->unit);
	if (axis->scale == PLOT_LOG10)
		text_add(into, ", log scale");
}

static void draw_labels(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	const struct box *inside = &drawing->inside;
	struct text label = {0};

	if (plot->y.label != NULL) {
		add_label(&plot->y, &label);
		svg_add_text(drawing->into, "ink", MARGIN, inside->y - 12, ANCHOR_START, text_string(&label),
		             CANVAS_WIDTH - 2 * MARGIN, TEXT_SIZE);
	}
	if (plot->x.label != NULL) {
		text_clear(&label);
		add_label(&plot->x, &label);
		svg_add_text(drawing->into, "ink", inside->x + inside->width / 2, inside->y + inside->height + 39,
		             ANCHOR_MIDDLE, text_string(&label), inside->width, TEXT_SIZE);
	}
	text_release(&label);
}

void axes_draw(struct drawing *drawing)
{
	const struct box *inside = &drawing->inside;

	draw_bands(drawing);
	draw_y_ticks(drawing);
	if (drawing->plot->x.category_count > 0)
		draw_categories(drawing);
	else
		draw_x_ticks(drawing);
	text_addf(drawing->into, "<path class=\"axis\" d=\"M%.1f,%.1fh%.1f\"/>\n", inside->x,
	          inside->y + inside->height, inside->width);
	draw_labels(drawing);
}
