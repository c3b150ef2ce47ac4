/*
 * Linux' lists of processors: "0-3,8,10-11".
 */
#ifndef MACHINE_CPU_LIST_H
#define MACHINE_CPU_LIST_H

#include <stdbool.h>

/* The smallest processor of the list above `after` (begin with −1), or −1. Malformed text ends the list. */
long cpu_list_next(const char *list, long after);

bool cpu_list_has(const char *list, long cpu);

#endif
