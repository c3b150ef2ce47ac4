/*
 * Points laid out in rows and columns: in each place at most one cell, and of
 * it one figure of one metric. Two cells of different settings in one place
 * would make the figure one of luck, so their difference becomes part of an
 * axis that the user left open, or else is the user's mistake.
 */
#ifndef REPORT_PIVOT_H
#define REPORT_PIVOT_H

#include "report/points.h"

struct pivot {
	struct points points;
	struct fields rows, columns;
	const struct metric *metric;
	const struct point **row_points, **column_points; /* the first of each: it has the values of its fields */
	size_t row_count, column_count;
	const struct point **places; /* row by row; NULL: no such cell */
};

/*
 * Rows are machines and columns models unless the options say otherwise; both
 * stand in the order of their first points. The metric is that of the options,
 * else the first of decode_tokens_per_s (what `ollama run --verbose` calls eval
 * rate), output_tokens_per_s, rtfx and inputs_per_s that some cell has. A cell
 * measured again is one of its own where an axis is of titles or runs. False:
 * no cells, or an option that names nothing, or that means nothing for this
 * metric. Release it either way; it borrows the input.
 */
bool pivot_make(const struct report_input *input, struct pivot *into, struct failure *failure);
void pivot_release(struct pivot *pivot);

enum place_kind {
	PLACE_EMPTY,   /* not run, or not to its end */
	PLACE_FAILED,  /* the model does not fit, or something else failed */
	PLACE_UNKNOWN, /* measured, but not this metric */
	PLACE_KNOWN,
};

const struct point *pivot_at(const struct pivot *pivot, size_t row, size_t column);
enum place_kind pivot_kind(const struct pivot *pivot, const struct point *place);

/* Median over requests or trials, or the cell's one value; NAN unless PLACE_KNOWN. */
double pivot_value(const struct pivot *pivot, const struct point *place);

/* No other of its row (column) is better, and one at least is not as good; false of a neutral metric. */
bool pivot_is_best_of_row(const struct pivot *pivot, size_t row, size_t column);
bool pivot_is_best_of_column(const struct pivot *pivot, size_t row, size_t column);

#endif
