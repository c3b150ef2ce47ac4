/*
 * Inline text and code as Markdown. What is special to CommonMark or to
 * GitHub's tables is escaped with a backslash, but only where it would be read
 * as such, so that a table that is read as plain text stays easy to read:
 * `a_b` and `deepseek-r1:1.5b` are as they were, `<none>` is `\<none>`.
 *
 * Foreign text cannot become emphasis, a link, an image, a tag, an entity, a
 * heading, a list or another cell. What GitHub would make something of without
 * any mark (an address, an @name, #1, $…$) is written as code, which nothing is
 * made of.
 */
#ifndef DOCUMENT_MARKDOWN_H
#define DOCUMENT_MARKDOWN_H

#include <stdbool.h>

#include "base/text.h"

/* Inline text of document.h: of a table's cell, or else of a line of its own. */
void markdown_add_inline(struct text *into, const char *text, bool in_cell);

/* Foreign words, which are masked and have no marks of document.h. */
void markdown_add_foreign(struct text *into, const char *words, bool in_cell);

/* A fenced block of foreign lines (language: NULL is none); the fence is longer than any run of backticks inside.
 * `lines` may lack the last new line. */
void markdown_add_fence(struct text *into, const char *language, const char *lines);

#endif
