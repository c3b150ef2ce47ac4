/*
 * How wide the columns of a table are on a terminal, and which of them stand
 * beside each other.
 */
#ifndef DOCUMENT_LAYOUT_H
#define DOCUMENT_LAYOUT_H

#include "document/document.h"

enum { LAYOUT_GAP = 2 }; /* blanks between columns */

/* A part of the table: `keys` columns from its first one, then those from `first` to before `end`. */
struct layout_part {
	size_t keys, first, end;
	size_t *widths; /* of each column of the table; those that are not in the part are 0 */
};

/* Lays out the part that begins with column `first` (0: the first part). The widths are the caller's to free. */
struct layout_part layout_part(const struct table *table, size_t first, size_t width);

/* Whether the column stands in the part. */
bool layout_has(const struct layout_part *part, size_t column);

#endif
