/*
 * SVG files → PNG, by a program of this machine.
 */
#ifndef CLI_PICTURE_H
#define CLI_PICTURE_H

#include "base/failure.h"

struct converter;

/* The first of those known that PATH has; NULL: failure, status 2, with what to install. */
const struct converter *picture_converter(struct failure *failure);

/* "x.svg" → "x.png" beside it, twice as many pixels as the SVG asks for. Status 3 when the program fails. */
bool picture_convert(const struct converter *converter, const char *svg_path, struct failure *failure);

#endif
