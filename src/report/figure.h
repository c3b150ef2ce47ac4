/*
 * A figure with its interval, printed to the precision that the interval
 * supports: two significant digits of half its width, and no digit of the
 * figure beyond them. 424.9 ± 12 is "425 [413, 437]", 0.42491 ± 0.012 is
 * "0.425 [0.413, 0.437]", 42490 ± 1200 is "42500 [41300, 43700]".
 */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include "base/text.h"
#include "core/interval.h"

/*
 * "425 [410, 439]", "–" when the value is unknown. Where there is no interval
 * the value alone stands, with `decimals` digits; an interval without width
 * says nothing of the precision, so it has `decimals` digits too.
 */
void figure_add(struct text *into, double value, const struct interval *interval, int decimals);

/* The value alone, with the digits that figure_add() would give it. */
void figure_add_value(struct text *into, double value, const struct interval *interval, int decimals);

/* Decimals of a figure without interval whose size is not known beforehand: 0.57, 36.6, 1204; three digits or so. */
int figure_usual_decimals(double value);

#endif
