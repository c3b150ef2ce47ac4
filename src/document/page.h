/*
 * The frame of the HTML page: everything around the report. One file that
 * loads nothing: page.css and page.js stand in it, and a policy of its own
 * allows no connection and no other script, whatever else may get into it.
 */
#ifndef DOCUMENT_PAGE_H
#define DOCUMENT_PAGE_H

#include "document/outline.h"

/* From the first byte to where the report begins, and from where it ends to the last. `charts`: there are any. */
void page_begin(const struct outline *outline, bool charts, struct text *into);
void page_end(struct text *into);

#endif
