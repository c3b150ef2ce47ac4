/*
 * Reading /proc while requests run: nothing is allocated. proc_files_linux.c.
 */
#ifndef MACHINE_PROC_FILES_H
#define MACHINE_PROC_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* What fits of a file, as a string; false, and "", when it cannot be read or is empty. */
bool proc_read(const char *path, char *text, size_t capacity);

/*
 * Calls `visit` with each name of a folder that is a number (of a process, of
 * an open file), in the folder's order, until it returns false. False: the
 * folder cannot be read.
 */
bool proc_each(const char *folder, bool (*visit)(long long number, void *context), void *context);

/*
 * A file that is read again and again. proc_open() allocates; −1: it is not
 * there. Reading starts at its beginning, which makes the kernel compute it
 * anew; false, and "", when it cannot be read. Closing −1 is allowed.
 */
int proc_open(const char *root, const char *path);
bool proc_read_again(int file, char *text, size_t capacity);
void proc_close(int file);

#endif
