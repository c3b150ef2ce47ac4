/*
 * Names of folders in a results folder, and of files in a run directory.
 */
#ifndef STORE_NAME_H
#define STORE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A matrix's name as one safe part of a path: '/', control bytes and a dot at
 * the beginning become '-'; cut to what file systems take. The caller frees it.
 */
char *store_safe_name(const char *name);

/* "20261121T061900Z", "20261121T061900Z-2": what store_create() makes. */
bool store_is_run_name(const char *name);

/* 12 of "server-12.log"; 0: it is no log of a server start. */
size_t store_log_number(const char *name);

/* As strcmp(), in order of time; -10 comes after -9. Both are names of runs. */
int store_compare_runs(const char *a, const char *b);

/* The newest run of a results folder if it is later than this one, by their names; NULL: it is not. The caller frees
 * it. */
char *store_later_run(const char *folder, const char *name);

#endif
