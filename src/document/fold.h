/*
 * Inline text in columns of a terminal: its width, where a line of it ends,
 * and how its marks look. Marks take no columns.
 */
#ifndef DOCUMENT_FOLD_H
#define DOCUMENT_FOLD_H

#include <stdbool.h>

#include "base/text.h"

/* Columns of the first `size` bytes. */
size_t fold_width(const char *text, size_t size);
/* Columns of the widest word. */
size_t fold_widest_word(const char *text);

/* Bytes of as many characters as fit into `width` columns. */
size_t fold_cut(const char *text, size_t width);

/*
 * Bytes of the first line of the text in `width` columns: up to the last blank
 * that fits, else as much of the word as does, and at least one character.
 * `*next`: where the next line begins; text[*next] is NUL after the last one.
 */
size_t fold_line(const char *text, size_t width, size_t *next);
size_t fold_count(const char *text, size_t width); /* lines; 0 of an empty text */

/* Which marks are on where the text that was added so far ends. `= {.colour = …}`. */
struct ink {
	bool colour; /* false: marks are left out */
	bool strong, code;
};

/* Marks that are on at a line's end are taken back there, and set again where the text goes on. */
void ink_add(struct text *into, const char *text, size_t size, struct ink *ink);

#endif
