#include "plot/svg.h"

/* Shapes in a box from -1 to 1, of about equal area. */
static const char *const dashes[] = {
    "",
    " stroke-dasharray=\"8 4\"",
    " stroke-dasharray=\"2 3\"",
    " stroke-dasharray=\"8 3 2 3\"",
    " stroke-dasharray=\"14 4\"",
    " stroke-dasharray=\"5 3\"",
};

struct shape {
	size_t count;
	struct {
		double x, y;
	} corners[6];
};

/* The circle comes first and is none of these. */
static const struct shape shapes[] = {
    {4, {{-.85, -.85}, {.85, -.85}, {.85, .85}, {-.85, .85}}},                      /* square */
    {3, {{0, -1.15}, {1.1, .8}, {-1.1, .8}}},                                       /* triangle */
    {4, {{0, -1.2}, {1.2, 0}, {0, 1.2}, {-1.2, 0}}},                                /* diamond */
    {3, {{0, 1.15}, {1.1, -.8}, {-1.1, -.8}}},                                      /* triangle, on its head */
    {6, {{-.55, -.95}, {.55, -.95}, {1.1, 0}, {.55, .95}, {-.55, .95}, {-1.1, 0}}}, /* hexagon */
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) + 1, DASHES = sizeof(dashes) / sizeof(dashes[0]) };

const char *marker_dash(size_t tone)
{
	return dashes[tone % DASHES];
}

void marker_add(struct text *into, size_t tone, double x, double y, double size)
{
	const struct shape *shape;
	double half = size / 2;

	if (tone % SHAPES == 0) {
		text_addf(into, "M%.1f,%.1fa%.1f,%.1f 0 1 0 %.1f,0a%.1f,%.1f 0 1 0 %.1f,0z", x - half, y, half, half,
		          2 * half, half, half, -2 * half);
		return;
	}
	shape = &shapes[tone % SHAPES - 1];
	for (size_t i = 0; i < shape->count; i++)
		text_addf(into, "%c%.1f,%.1f", i == 0 ? 'M' : 'L', x + half * shape->corners[i].x,
		          y + half * shape->corners[i].y);
	text_add_char(into, 'z');
}
