/*
 * Pictures of figures: a plot is what is to be seen (axes, series, bands, or a
 * heat map), plot_add_svg() draws it. Pure: the same plot gives the same bytes.
 *
 * What is unknown (NAN) is a gap, never 0; so is what a logarithmic axis
 * cannot show. Every text may be foreign: it is masked and escaped where it is
 * drawn. Strings that are given are copied.
 */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "core/interval.h"

enum plot_scale { PLOT_LINEAR, PLOT_LOG2, PLOT_LOG10 };

struct plot_axis {
	char *label; /* "parallel", "output tokens/s"; owned; NULL none */
	char *unit;  /* of a value in words, "tokens/s"; owned; NULL none */
	enum plot_scale scale;
	bool from_zero;    /* a linear axis shows 0, wherever the values lie */
	char **categories; /* owned; when there are any, values are places among them, from 0 */
	size_t category_count;
};

enum plot_kind {
	PLOT_LINE,   /* points in order of x, joined but for gaps */
	PLOT_POINTS, /* each for itself */
	PLOT_STEPS,  /* a value holds until the next x */
	PLOT_BARS,   /* on an x axis of categories; several series stand side by side */
	PLOT_GUIDE,  /* a thin dashed line to compare with, such as a roofline: no data, and nothing to point at */
};

struct plot_point {
	double x, y;
	struct interval interval; /* of y; both NAN: none is drawn */
	char *label;              /* beside a point of PLOT_POINTS, where there is room; owned; NULL none */
};

enum { PLOT_TONES = 8 }; /* colours; each has a marker and a dash of its own, too */

struct plot_series {
	enum plot_kind kind;
	char *name;  /* in the legend and in front of values; owned; NULL: of an only series, or of one that belongs to
	                the one with its tone */
	size_t tone; /* which colour, marker and dash: the series' place, unless changed */
	struct plot_point *points;
	size_t count, capacity;
};

/* A stretch of x that is marked over the whole height; those of one label look the same. */
struct plot_band {
	double from, to;
	char *label; /* owned */
};

struct plot {
	char *name;  /* in file names and ids: letters, digits and '-'; owned */
	char *title; /* owned */
	struct plot_axis x, y;
	struct plot_series *series;
	size_t series_count;
	struct plot_band *bands;
	size_t band_count;
	double *heat;     /* a value for each y of each x, NAN where there is none; NULL: this is no heat map */
	char *heat_label; /* what is in its cells: "output tokens/s"; owned */
	char *heat_unit;  /* owned; NULL none */
};

/* The name is made safe for files. Never NULL; plot_free() takes NULL. */
struct plot *plot_new(const char *name, const char *title);
void plot_free(struct plot *plot);

/* The unit may be NULL. */
void plot_set_axis(struct plot_axis *axis, const char *label, const char *unit, enum plot_scale scale);

/* The place of the category, which is added when it is new. */
size_t plot_category(struct plot_axis *axis, const char *category);

/* Borrowed until the next one is added. */
struct plot_series *plot_add_series(struct plot *plot, enum plot_kind kind, const char *name);
/* In order of x, but for PLOT_POINTS. The interval may be NULL. Borrowed likewise. */
struct plot_point *plot_add_point(struct plot_series *series, double x, double y, const struct interval *interval);
void plot_add_band(struct plot *plot, double from, double to, const char *label);

/* Makes a heat map of the categories that x and y have by now, without values. */
void plot_make_heat(struct plot *plot, const char *label, const char *unit);
void plot_set_heat(struct plot *plot, size_t x, size_t y, double value);

/* Whether there is nothing to see: no value is known that its axes can show. */
bool plot_is_empty(const struct plot *plot);

/*
 * A file of its own: with its style, for light and dark surroundings, on a
 * ground of its own, with title and description for those who hear it. Of
 * plots that are not empty.
 */
void plot_add_svg(const struct plot *plot, struct text *into);

/*
 * The same as an element of an HTML page, without a style: the page has that of
 * plot_add_page_style() once, which takes its colours from the variables
 * --ink, --muted, --grid, --ground, --series-1 … --series-8, --heat-1 …
 * --heat-7, --heat-far and --heat-near (text in the light and in the dark of
 * those) where the page sets them, else by its color-scheme. `number`, from 1,
 * tells the pictures of a page apart. Everything that stands for a value has
 * the class "point", a tabindex, and a <title> that says the value in words.
 */
void plot_add_inline_svg(const struct plot *plot, size_t number, struct text *into);
void plot_add_page_style(struct text *into);

#endif
