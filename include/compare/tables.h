/*
 * The Markdown tables of two reports, compared alone: for who commits only
 * those. There are no trials in them, so nothing is told of noise; what is told
 * are the cells that differ beyond rounding. Pure.
 *
 * Tables are matched by the headings above them and their order, rows by the
 * columns that are settings ("Requests", "Model", a knob's name; else the
 * first one), columns by their titles. Numbers differ when they are further
 * apart than their last digits can hide: "413" and "413.4" do not, nor those
 * that an interval says are rounded to tens. Whole numbers below 10 are counts,
 * and exact; so are the columns Errors, Late, Unsent and those of a queue.
 */
#ifndef COMPARE_TABLES_H
#define COMPARE_TABLES_H

#include "base/failure.h"
#include "base/json.h"

struct document;

/* Of one file, heads of tables included: so many, else it is refused. */
enum { TABLES_ROWS_MAX = 10000, TABLES_COLUMNS_MAX = 200 };

struct tables {
	struct tables_table {
		char *section; /* the headings above it, "Model: llama3.2 (2.0GB)" */
		char **titles; /* of the columns */
		char **cells;  /* row by row */
		char **keys;   /* of the rows: their settings */
		size_t columns, rows;
	} * tables;
	size_t count, rows;
};

/* False: too many rows or columns, or no table at all; status 2. `name` is of the file, for messages. */
bool tables_read(const char *bytes, size_t size, const char *name, struct tables *tables, struct failure *failure);
void tables_release(struct tables *tables);

struct tables_difference {
	const char *section, *row, *column; /* borrowed; row or column NULL: all of it is in one file only */
	const char *base, *now;             /* borrowed; NULL: not there */
	double change_pct;                  /* where both are one number, with or without its interval; NAN */
};

struct tables_result {
	enum status status; /* DONE: no difference; CELLS_FAILED: some; NOT_COMPARABLE: no table is in both */
	size_t compared;    /* values that are in both */
	struct tables_difference *differences;
	size_t count;
};

/* Both must outlive the result. */
void tables_compare(const struct tables *base, const struct tables *now, struct tables_result *result);
void tables_result_release(struct tables_result *result);

/* Whether two values are the same but for rounding. */
bool tables_same_value(const char *a, const char *b);

void tables_document(const struct tables_result *result, struct document *into);
/* llmbench.table_comparison/1 */
struct json *tables_json(const struct tables_result *result);

#endif
