/*
 * Different texts, each once, in the order in which they came: what a line
 * lists that several runs and cells say alike.
 */
#ifndef REPORT_LISTING_H
#define REPORT_LISTING_H

#include <stddef.h>

#include "base/text.h"

/* `= {0}` is empty. */
struct listing {
	char **items;
	size_t count;
};

/* Takes the text's string and leaves it empty; one that is there already, or is empty, is not added. */
void listing_add(struct listing *listing, struct text *item);
/* "a, b" with ", " as separator; `otherwise` when there is none. */
void listing_join(const struct listing *listing, const char *separator, const char *otherwise, struct text *into);
void listing_release(struct listing *listing);

#endif
