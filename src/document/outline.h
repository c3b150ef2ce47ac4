/*
 * The headings of a document as a page needs them: one of the first level,
 * which is the page's title, no level left out below it, and a name for each
 * that links can point to.
 */
#ifndef DOCUMENT_OUTLINE_H
#define DOCUMENT_OUTLINE_H

#include "document/document.h"

struct outline_entry {
	const struct text *text; /* the heading's: inline, borrowed from the document */
	int level;               /* 1 to 5; at most one more than that of the entry before it */
	char *id;                /* of a-z, 0-9 and '-': unique, so that what is not made of these is free for others */
};

struct outline {
	struct outline_entry *entries; /* one for each heading of the document, in order */
	size_t count;
	struct text title; /* inline */
	bool titled;       /* the first entry is the title; if not, no entry is of level 1 and the page adds it */
};

/* `= {0}` is empty; outline_release() is safe on it. The document outlives the outline. */
void outline_make(struct outline *outline, const struct document *document);
void outline_release(struct outline *outline);

/* HTML: a list of links to the entries of levels 2 and 3. Nothing when there are fewer than two. */
void outline_write_contents(const struct outline *outline, struct text *into);

#endif
