/*
 * Values → places on the canvas, and the ticks of an axis.
 */
#ifndef PLOT_SCALE_H
#define PLOT_SCALE_H

#include "plot/plot.h"

enum { TICKS_MAX = 64 };

struct ticks {
	double values[TICKS_MAX]; /* ascending */
	size_t count;
	double step;      /* of a linear axis; 0: it is logarithmic */
	bool whole;       /* powers of two are written out: 16384, 0.25 */
	double low, high; /* what the axis goes from and to: all of the data, and a tick at each end of a linear one */
};

/*
 * About `want` ticks at multiples of 1, 2 or 5 times a power of ten. A range
 * without width gets some: a tenth of the value, or up to 1 for 0.
 */
struct ticks ticks_linear(double low, double high, size_t want);
/* Powers of 2, or of 10 (with 2 and 5 between them where there are few), both > 0; at most `want` or so. */
struct ticks ticks_log(double low, double high, enum plot_scale scale, size_t want);

/* "0.25", "1500", "20k", "3M": with the digits that tell the ticks apart. */
void ticks_add_label(const struct ticks *ticks, size_t tick, struct text *into);

/* So many significant digits, or all of an integer; "–" when unknown. */
void number_add(struct text *into, double value, int digits);
enum { DIGITS_IN_WORDS = 4, DIGITS_IN_CELLS = 3 };

/* Whether the value has a place on the axis: known, and above 0 on a logarithmic one. */
bool axis_shows(const struct plot_axis *axis, double value);

/* Pixels; `to` may lie below `from`. */
struct scale {
	enum plot_scale scale;
	double low, high;
	double from, to;
};

double scale_place(const struct scale *scale, double value);

#endif
