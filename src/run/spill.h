/*
 * What records own, their stamps and words, kept in a file while a load goes on:
 * llmbench is on the machine whose memory it measures, so a long trial is to end
 * with the memory that it began with.
 */
#ifndef RUN_SPILL_H
#define RUN_SPILL_H

#include <stddef.h>

#include "core/record.h"

struct spill;

/* For `count` records; the file, which has no name, comes into the folder with the first of them. */
struct spill *spill_new(const char *folder, size_t count);
void spill_free(struct spill *spill);

/* Takes away what the record owns. Where there can be no file, or it has no more room, the record keeps it. */
void spill_put(struct spill *spill, size_t index, struct record *record);

/* Gives it back, once; 0, also where nothing was taken. Else errno, and the record's stamps and words are lost. */
int spill_take(struct spill *spill, size_t index, struct record *record);

#endif
