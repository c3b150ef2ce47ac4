/*
 * Sections of reports that stand under the tables. Each adds blocks to the document; and what tables share with them.
 */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include <stdbool.h>

#include "core/summary.h"
#include "document/document.h"

/* notes.c: the Notes cell of a row of the sweep table. */
void report_add_notes(const struct summary *summary, const struct cell_summary *cell, struct table *table);

/* "Latency and throughput": a row for each cell that was measured, then the definitions of its columns. */
void report_add_figures(const struct summary *summary, struct document *into);

/* "Machine": what processors and GPU did while requests ran, and memory by phase. Nothing where only used memory is
 * known. */
void report_add_machine(const struct summary *summary, struct document *into);

/* Of what report_add_machine() has, the part of prefill and decode; differences: cells_differences(). */
void report_add_stages(const struct summary *summary, char **differences, struct document *into);

/* "Decode and memory bandwidth": the rate that the bandwidth allows beside the measured one. Nothing where it is not
 * known. */
void report_add_roofline(const struct summary *summary, struct document *into);

/* "Anchor": a row for each repeat of the anchor, and their drift. Nothing without any. */
void report_add_anchor(const struct summary *summary, struct document *into);

/* Its lines about llmbench itself: the error floor, and which cells are client-bound. */
void report_add_error_floor(const struct summary *summary, struct document *into);

/* flags.c: whether a flag stands in the Notes of its row; the others stand in report_add_flags() only. */
bool report_is_noted(const char *flag);

/* "Flags": what those that were raised mean, and which cells have those that are not in the Notes. Nothing without any.
 */
void report_add_flags(const struct summary *summary, struct document *into);

/* "Queue": what waited, in which order it was served, what the server says of it. Nothing where nothing waited. */
void report_add_queue(const struct summary *summary, struct document *into);

/*
 * "Where the memory goes": for each cell whose memory is predicted, the file, what the server says, what it consists
 * of, and what was used. Nothing without any.
 */
void report_add_memory_parts(const struct summary *summary, struct document *into);

/* "How this was measured": tool, machine, servers, times, definition of memory, what was not run. */
void report_add_provenance(const struct summary *summary, struct document *into);

/* Under provenance: power, heat, other programs, and whatever else of the machine spoils figures. */
void report_add_conditions(const struct summary *summary, struct document *into);

#endif
