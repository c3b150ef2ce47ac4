/*
 * How many digits of a figure its interval supports: two significant ones of
 * half its width, and no digit of the figure beyond them.
 */
#ifndef CORE_FIGURE_H
#define CORE_FIGURE_H

#include "base/text.h"

/* Decimals of the last digit that a half width > 0 supports; negative: tens, hundreds, … */
int figure_decimals(double half);

/* "–" when unknown. */
void figure_add_rounded(struct text *into, double value, int decimals);

#endif
