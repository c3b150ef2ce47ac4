/*
 * Names beside the points of a scatter plot: to the right, left, above or
 * below, wherever nothing else is; where there is no room a point goes without
 * (its value in words has the name, too).
 */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plot/svg.h"

enum { HEIGHT = 14, AWAY = 8 };

struct labels {
	struct box *taken; /* markers, then labels */
	size_t count;
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
		labels->taken[labels->count++] = *box;
		svg_add_text(drawing->into, "ink", at, box->y + HEIGHT - 3, anchors[i], label, width, TEXT_SIZE);
		return;
	}
}

void labels_draw(struct drawing *drawing)
{
	const struct plot *plot = drawing->plot;
	struct labels labels = {0};
	size_t most = 0;

	for (size_t i = 0; i < plot->series_count; i++)
		most += 2 * plot->series[i].count;
	labels.taken = memory_new(most, sizeof(*labels.taken));
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < plot->series_count; i++)
			for (size_t k = 0; plot->series[i].kind == PLOT_POINTS && k < plot->series[i].count; k++) {
				const struct plot_point *point = &plot->series[i].points[k];
				double x = scale_place(&drawing->x, point->x), y = scale_place(&drawing->y, point->y);

				if (!axis_shows(&plot->x, point->x) || !axis_shows(&plot->y, point->y))
					continue;
				if (pass == 0)
					labels.taken[labels.count++] = (struct box){
					    x - MARK_SIZE / 2.0, y - MARK_SIZE / 2.0, MARK_SIZE, MARK_SIZE};
				else if (point->label != NULL)
					place(drawing, &labels, x, y, point->label);
			}
	free(labels.taken);
}
