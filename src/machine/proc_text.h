/*
 * The text files of Linux: lines of a key and a value, as in /proc/meminfo
 * ("MemTotal:  16 kB"), memory.stat ("inactive_file 16"), /proc/cpuinfo
 * ("model name\t: X") and os-release ("NAME=\"X\""). The first line of a key counts.
 */
#ifndef MACHINE_PROC_TEXT_H
#define MACHINE_PROC_TEXT_H

#include <stdint.h>

/* A number that is not negative; JSON_UNKNOWN when there is none. */
int64_t proc_integer(const char *text, const char *key);

/* Without quotes and blanks around it. The caller frees it; NULL when there is none or it is empty. */
char *proc_string(const char *text, const char *key);

#endif
