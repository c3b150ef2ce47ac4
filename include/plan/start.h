/*
 * What a managed server is started with: the values of the {placeholders} in
 * its command line and in its variables.
 */
#ifndef PLAN_START_H
#define PLAN_START_H

#include "base/command_line.h"
#include "core/cell.h"

enum { START_VALUES = 6, START_NUMBERS = START_VALUES - 1 };

struct start_values {
	struct placeholder list[START_VALUES + 1]; /* ends as command_line_fill() wants it */
	char *numbers[START_NUMBERS];              /* owned; the model is the cell's */
};

/* Of this cell; a knob that is not set has no value. start_values_release() frees them. */
void start_values_make(const struct cell *cell, int port, struct start_values *values);
void start_values_release(struct start_values *values);

/* The user's variables, of the server and then of the profile, as they stand in the matrix. */
struct environment start_variables(const struct cell *cell);

#endif
