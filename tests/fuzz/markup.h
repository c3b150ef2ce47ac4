/*
 * Whether text is well-formed HTML, SVG or XML as this program writes them:
 * elements that are closed in their order, attributes between double quotes,
 * no control bytes; nothing between the tags can have become a tag.
 */
#ifndef MARKUP_H
#define MARKUP_H

#include <stddef.h>

/* What is wrong; NULL: nothing. Static. */
const char *markup_judge(const char *text, size_t size);

#endif
