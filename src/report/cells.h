/*
 * Which cells belong together in a report, and what tells them apart.
 */
#ifndef REPORT_CELLS_H
#define REPORT_CELLS_H

#include <stdbool.h>

#include "core/summary.h"
#include "document/document.h"

/* A cell's setting as a person writes it; "" when unset: a knob, or the name of its server or profile. */
void cells_add_setting(const struct cell_summary *cell, const char *knob, struct text *into);

/* It as a cell of a table, sorted by its number where it is one. */
void cells_add_cell(const struct cell_summary *cell, const char *knob, struct table *table);

/* Whether two cells of the summary differ in it. */
bool cells_vary(const struct summary *summary, const char *setting);

/* Its model, "" when unknown. Borrowed. */
const char *cells_model(const struct cell_summary *cell);

/* Bytes of the model's file; JSON_UNKNOWN where no server tells, or where theirs differ. */
int64_t cells_model_size(const struct summary *summary, const char *model);

/*
 * For each cell what tells it apart: "num_gpu 0, profile quiet", the settings
 * that vary over the summary without the `hidden` ones (NULL-terminated) that
 * the reader sees elsewhere; "" when no other setting varies. One string per
 * cell; cells_free_differences() frees them.
 */
char **cells_differences(const struct summary *summary, const char *const hidden[]);
void cells_free_differences(const struct summary *summary, char **differences);

/* The interval of a metric of trials; unknown of others, and of too few trials. */
struct interval cells_interval(const struct cell_summary *cell, const char *metric);

/* A value of the cell's distribution of a metric; NAN when it was not measured. */
double cells_metric(const struct cell_summary *cell, const char *metric, double (*pick)(const struct distribution *));
double cells_median(const struct cell_summary *cell, const char *metric);

/* A table of cells, whose rows cells_row() begins: by model, and what tells them apart. The caller adds other columns.
 */
struct table *cells_table(struct document *into);
void cells_row(const struct cell_summary *cell, const char *difference, struct table *table);

/* An item that says what a metric is. */
void cells_define(const char *metric, struct document *into);

#endif
