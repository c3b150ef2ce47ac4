/*
 * sysctlbyname, as numbers and strings.
 */
#ifndef MACHINE_SYSCTL_DARWIN_H
#define MACHINE_SYSCTL_DARWIN_H

#include <stdint.h>

/* A 4- or 8-byte integer; JSON_UNKNOWN when there is no such name or it is something else. */
int64_t sysctl_integer(const char *name);

/* The caller frees it; NULL when there is no such name or it is empty. */
char *sysctl_string(const char *name);

#endif
