/*
 * The value of one knob, taken out of a cell or put into it.
 */
#ifndef CORE_CELL_VALUE_H
#define CORE_CELL_VALUE_H

#include "core/cell.h"

/* One of the three, by the row's storage; lengths are an integer, and text where they are a map. */
struct value {
	int64_t integer;
	double real;
	const char *text;
};

extern const struct value cell_value_unset;

struct value cell_value_load(const struct cell_field *field, const struct cell *cell);
void cell_value_store(const struct cell_field *field, struct cell *cell, struct value value);

#endif
