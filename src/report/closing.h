/*
 * What a person at a terminal wants to know first, in one sentence each. They
 * close a report there; files keep to their tables.
 */
#ifndef REPORT_CLOSING_H
#define REPORT_CLOSING_H

#include "document/document.h"
#include "report/report.h"

/*
 * The fastest of the cells that are done, by the median over trials of what
 * cell_summary_speed() is of them, with its interval; one sentence for each of
 * those metrics. It cannot be told apart from cells whose interval overlaps its
 * own. Inline text; nothing without a figure, or of a single cell.
 */
void closing_add_best(const struct summary *summary, struct text *into);

/*
 * The smallest parallel at which a request's speed, 1 / median TPOT, is at most
 * half of what it is at the smallest parallel of the same model and settings;
 * only of cells that are done. Inline text; nothing where no model has two.
 */
void closing_add_cliff(const struct summary *summary, struct text *into);

/* Both, a paragraph each, of every run. */
void report_add_closing(const struct report_input *input, struct document *into);

#endif
