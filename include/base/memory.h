/*
 * Allocation that cannot fail: when there is no memory the program ends with a
 * message and status 3, so no caller checks for NULL.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Ends the program: for memory that a library failed to get. */
_Noreturn void memory_exhausted(void);

/* Zeroed memory for `count` objects of `size` bytes; free() releases it. Never NULL, not even for 0. */
void *memory_new(size_t count, size_t size);

/* realloc() for `count` objects of `size` bytes; new bytes are not zeroed. */
void *memory_resize(void *old, size_t count, size_t size);

/* malloc() and realloc(), for libraries that can be given others; for strings and zeroed memory they get those below.
 */
void *memory_take(size_t size);
void *memory_retake(void *old, size_t size);

/* A copy of `size` bytes with a NUL after them. */
char *memory_copy(const void *bytes, size_t size);

/* A copy of a string; NULL stays NULL. */
char *memory_string(const char *string);

/*
 * Makes room in a growing array: returns `items`, moved if need be, with space
 * for at least `count + 1` objects. Doubles, so appending is O(1) on average.
 */
void *memory_grow(void *items, size_t *capacity, size_t count, size_t size);

#endif
