/*
 * What is known of a terminal that an open file may be.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Its width; else that of the variable COLUMNS, else 80. */
size_t terminal_columns(int file);

/* It is one that shows colours, and nobody said NO_COLOR (no-color.org: set and not empty). */
bool terminal_has_colour(int file);

#endif
