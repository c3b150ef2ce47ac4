/* Where a knob's value is kept in struct cell, by the type of its row. */
#include "core/cell_value.h"

#include <math.h>

enum storage { AS_INTEGER, AS_REAL, AS_TEXT, AS_LENGTHS };

const struct value cell_value_unset = {.integer = CELL_UNSET, .real = CELL_UNSET_REAL, .text = NULL};

static enum storage storage_of(const struct cell_field *field)
{
	switch (field->type) {
	case CELL_REAL:
	case CELL_RATE:
	case CELL_PERCENT:
		return AS_REAL;
	case CELL_TEXT:
	case CELL_LIMITS:
		return AS_TEXT;
	case CELL_LENGTHS:
		return AS_LENGTHS;
	case CELL_INTEGER:
	case CELL_DURATION:
	case CELL_SIZE:
	case CELL_CHOICE:
	case CELL_SWITCH:
		break;
	}
	return AS_INTEGER;
}

struct value cell_value_load(const struct cell_field *field, const struct cell *cell)
{
	const void *member = (const char *)cell + field->offset;
	struct value value = cell_value_unset;

	switch (storage_of(field)) {
	case AS_INTEGER:
		value.integer = *(const int64_t *)member;
		break;
	case AS_REAL:
		value.real = *(const double *)member;
		break;
	case AS_TEXT:
		value.text = *(const char *const *)member;
		break;
	case AS_LENGTHS:
		value.integer = *(const int64_t *)member;
		value.text = *(const char *const *)((const char *)cell + field->map_offset);
		break;
	}
	return value;
}

void cell_value_store(const struct cell_field *field, struct cell *cell, struct value value)
{
	void *member = (char *)cell + field->offset;

	switch (storage_of(field)) {
	case AS_INTEGER:
		*(int64_t *)member = value.integer;
		break;
	case AS_REAL:
		*(double *)member = value.real;
		break;
	case AS_TEXT:
		*(const char **)member = value.text;
		break;
	case AS_LENGTHS:
		*(int64_t *)member = value.integer;
		*(const char **)((char *)cell + field->map_offset) = value.text;
		break;
	}
}

bool cell_field_is_set(const struct cell_field *field, const struct cell *cell)
{
	struct value value = cell_value_load(field, cell);

	return value.integer != cell_value_unset.integer || value.real != cell_value_unset.real ||
	       value.text != cell_value_unset.text;
}

double cell_field_number(const struct cell_field *field, const struct cell *cell)
{
	struct value value = cell_value_load(field, cell);

	switch (field->type) {
	case CELL_INTEGER:
	case CELL_DURATION:
	case CELL_SIZE:
	case CELL_LENGTHS:
		return value.integer == CELL_UNSET || value.text != NULL ? NAN : (double)value.integer;
	case CELL_REAL:
	case CELL_RATE:
	case CELL_PERCENT:
		return value.real == CELL_UNSET_REAL ? NAN : value.real;
	case CELL_TEXT:
	case CELL_CHOICE:
	case CELL_SWITCH:
	case CELL_LIMITS:
		break;
	}
	return NAN;
}

void cell_field_unset(const struct cell_field *field, struct cell *cell)
{
	cell_value_store(field, cell, cell_value_unset);
}
