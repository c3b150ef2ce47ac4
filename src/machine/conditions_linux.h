/*
 * The Linux sources of conditions that fill files of their own, and how all of
 * them read /proc and /sys. `root` as in machine/linux.h.
 */
#ifndef MACHINE_CONDITIONS_LINUX_H
#define MACHINE_CONDITIONS_LINUX_H

#include "machine/conditions.h"

void heat_linux(const char *root, struct machine_conditions *conditions);
void cpu_time_linux(const char *root, struct machine_conditions *conditions);

/* Calls `visit` with "path/NAME" for each name of a folder that begins with `prefix`, in the order of the names. */
void linux_each(const char *root, const char *path, const char *prefix,
                void (*visit)(const char *root, const char *path, void *context), void *context);

/* A file of one line: its text without the blanks at its end; "" when it cannot be read. */
void linux_word(const char *root, const char *folder, const char *name, char word[CONDITION_WORD]);

/* A file of one number; JSON_UNKNOWN. */
int64_t linux_number(const char *root, const char *folder, const char *name);

#endif
