/*
 * The formats that are more than a document written down, one file each: rows
 * of report_formats[]. CSV and JUnit have no use for a style.
 */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

/*
 * A header, then a row for each cell and metric, of all runs. Columns: what
 * identifies run and cell, every knob (of `llmbench help`, by its JSON key),
 * then the metric, its unit and its statistics: over requests all of them, over
 * trials n, mean, min, p50 (the median), max and the interval low to high, of a
 * cell's one value n and p50. Metrics that no cell knows have no rows; what is
 * unknown is empty. Fields are quoted as in RFC 4180, lines end by a line feed,
 * numbers read back exactly. Text that a spreadsheet would take for a formula
 * begins with an apostrophe.
 */
bool format_csv(const struct report_input *input, const struct report_style *style, struct text *into,
                struct failure *failure);

/*
 * XML that CI reads: a suite for each run and model, a case for each cell,
 * `time` its duration. Failed cells have a failure, unfinished ones an error.
 */
bool format_junit(const struct report_input *input, const struct report_style *style, struct text *into,
                  struct failure *failure);

#endif
