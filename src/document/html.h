/*
 * Pieces of HTML that the page is made of. Whatever text goes in, what comes
 * out is UTF-8 without control bytes, elements that are closed again, and no
 * tag that is not ours.
 */
#ifndef DOCUMENT_HTML_H
#define DOCUMENT_HTML_H

#include "base/text.h"

/* Inline text (document.h): its marks become <strong> and <code>, nested well whatever their order. */
void html_add_inline(struct text *into, const char *text);

/* Inline text where there can be no element, such as a title. */
void html_add_plain(struct text *into, const char *text);

/* The lines of a block of code. */
void html_add_lines(struct text *into, const char *lines);

#endif
