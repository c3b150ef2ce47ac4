/*
 * Names beside the points of a scatter plot: to the right, left, above or
 * below, wherever nothing else is; where there is no room a point goes without
 * (its value in words has the name, too).
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plot/svg.h"

enum { HEIGHT = 14, AWAY = 8, GUIDE_STEP = 5 };

struct labels {
	struct box *taken; /* by markers, guides, and labels so far */
	size_t count, capacity;
};

static bool overlap(const struct box *a, const struct box *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool is_free(const struct drawing *drawing, const struct labels *labels, const struct box *box)
{
	const struct box *inside = &drawing->inside;

	if (box->x < inside->x || box->x + box->width > inside->x + inside->width || box->y < inside->y ||
	    box->y + box->height > inside->y + inside->height)
		return false;
	for (size_t i = 0; i < labels->count; i++)
		if (overlap(&labels->taken[i], box))
			return false;
	return true;
}

static void place(struct drawing *drawing, struct labels *labels, double x, double y, const char *label)
{
	double width = svg_text_width(label, TEXT_SIZE);
	const struct box places[] = {
	    {x + AWAY, y - HEIGHT / 2.0, width, HEIGHT},
	    {x - AWAY - width, y - HEIGHT / 2.0, width, HEIGHT},
	    {x - width / 2, y - AWAY - HEIGHT, width, HEIGHT},
	    {x - width / 2, y + AWAY, width, HEIGHT},
	};
	static const enum anchor anchors[] = {ANCHOR_START, ANCHOR_END, ANCHOR_MIDDLE, ANCHOR_MIDDLE};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct box *box = &places[i];
		double at = anchors[i] == ANCHOR_START ? box->x : anchors[i] == ANCHOR_END ? box->x + width : x;

		if (!is_free(drawing, labels, box))
			continue;
		labels->taken = memory_grow(labels->taken, &labels->capacity, labels->count, sizeof(*labels->taken));
		labels->taken[labels->count++] = *box;
		svg_add_text(drawing->into, "ink", at, box->y + HEIGHT - 3, anchors[i], label, width, TEXT_SIZE);
		return;
	}
}

static void take(struct labels *labels, double x, double y, double size)
{
	labels->taken = memory_grow(labels->taken, &labels->capacity, labels->count, sizeof(*labels->taken));
	labels->taken[labels->count++] = (struct box){x - size / 2, y - size / 2, size, size};
}

/* A guide between two of its points is a row of small squares. */
static void take_guide(struct drawing *drawing, struct labels *labels, const struct plot_series *series)
{
	for (size_t i = 1; i < series->count; i++) {
		double x = scale_place(&drawing->x, series->points[i - 1].x);
		double y = scale_place(&drawing->y, series->points[i - 1].y);
		double dx = scale_place(&drawing->x, series->points[i].x) - x;
		double dy = scale_place(&drawing->y, series->points[i].y) - y;
		int steps = (int)ceil(fmax(fabs(dx), fabs(dy)) / GUIDE_STEP);

		for (int step = 0; step < steps; step++)
			take(labels, x + dx * step / steps, y + dy * step / steps, GUIDE_STEP);
	}
}

static bool is_shown(const struct plot *plot, const struct plot_point *point)
{
	return axis_shows(&plot->x, point->x) && axis_shows(&plot->y, point->y);
}

static void take_marks(struct drawing *drawing, struct labels *labels)
{
	const struct plot *plot = drawing->plot;

	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *series = &plot->series[i];

		if (series->kind == PLOT_GUIDE)
			take_guide(drawing, labels, series);
		for (size_t k = 0; series->kind == PLOT_POINTS && k < series->count; k++)
			if (is_shown(plot, &series->points[k]))
				take(labels, scale_place(&drawing->x, series->points[k].x),
				     scale_place(&drawing->y, series->points[k].y), MARK_SIZE);
	}
}

static bool has_labels(const struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->points[i].label != NULL)
			return true;
	return false;
}

void labels_draw(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	struct labels labels = {0};

	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *series = &plot->series[i];

		if (!has_labels(series))
			continue;
		if (labels.count == 0)
			take_marks(drawing, &labels);
		for (size_t k = 0; k < series->count; k++)
			if (series->points[k].label != NULL && is_shown(plot, &series->points[k]))
				place(drawing, &labels, scale_place(&drawing->x, series->points[k].x),
				      scale_place(&drawing->y, series->points[k].y), series->points[k].label);
	}
	free(labels.taken);
}
