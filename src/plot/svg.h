/*
 * What the parts of a drawing share.
 */
#ifndef PLOT_SVG_H
#define PLOT_SVG_H

#include "plot/plot.h"
#include "plot/scale.h"

/* Pixels. */
enum {
	CANVAS_WIDTH = 720,
	MARGIN = 16,
	TITLE_SIZE = 15,
	TEXT_SIZE = 12,
	MARK_SIZE = 9,    /* a marker's width */
	POINTS_LOUD = 40, /* of a line with more of them none is seen until it is pointed at, and others are small */
};

/* Colours of a heat map, from near the ground to far from it; from HEAT_DARK on text in them is in the ground's colour.
 */
enum { HEAT_STEPS = 7, HEAT_DARK = 4 };

struct box {
	double x, y, width, height;
};

struct drawing {
	const struct plot *plot;
	struct text *into;
	size_t number;     /* of the picture in its page, for ids; 0: a file of its own */
	double height;     /* of the canvas */
	double top;        /* below title and legend */
	struct box inside; /* the axes' rectangle */
	struct scale x, y;
	struct ticks x_ticks, y_ticks;
};

/* --- svg_text.c --- */

/* Foreign text, masked and escaped. NULL adds nothing. */
void svg_add_escaped(struct text *into, const char *foreign);

/* About how wide the text is drawn; on the safe side. */
double svg_text_width(const char *string, double size);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

/* A <text> of a class; what is wider than `most`, or than the canvas around its middle, ends in "…". Its baseline is at
 * y. */
void svg_add_text(struct text *into, const char *class, double x, double y, enum anchor anchor, const char *string,
                  double most, double size);

/* --- say.c --- */

/* "llama3.2, parallel 16: 425 tokens/s [410, 439]" */
void say_point(const struct plot *plot, const struct plot_series *series, const struct plot_point *point,
               struct text *into);
void say_heat(const struct plot *plot, size_t x, size_t y, struct text *into);
/* Whether its label has the unit already, as "output tokens/s" has, or it has none. */
bool axis_tells_unit(const struct plot_axis *axis);
/* What is to be seen, in a sentence or two. */
void say_plot(const struct plot *plot, struct text *into);

/* --- The others, each a file --- */

/* Their layout, then their drawing. */
void legend_fit(struct drawing *drawing);
void legend_draw(struct drawing *drawing);
void axes_fit(struct drawing *drawing);
void axes_draw(struct drawing *drawing);
/* Every so many categories, each with a place of `slot` pixels, have their name so that it can be read; the first has.
 */
size_t axis_names_every(const struct plot_axis *axis, double slot);
void marks_draw(struct drawing *drawing);
void labels_draw(struct drawing *drawing);
void heat_fit(struct drawing *drawing);
void heat_draw(struct drawing *drawing);

/* A tone's marker: the value of a `d`. */
void marker_add(struct text *into, size_t tone, double x, double y, double size);
/* Its dash: an attribute with a blank in front; the first has none. */
const char *marker_dash(size_t tone);

/* The tone of bands of that label: those of one label look the same. */
size_t band_tone(const struct plot *plot, const char *label);
/* How many labels stand before it among the bands; false where an earlier band has it. */
bool band_is_first(const struct plot *plot, size_t band);

/* Rules of CSS, with colours for light and dark; `page`: of an HTML page, by its variables. */
void style_add(struct text *into, bool page);

#endif
