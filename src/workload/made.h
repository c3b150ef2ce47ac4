/*
 * Text of common words, by seed.
 */
#ifndef WORKLOAD_MADE_H
#define WORKLOAD_MADE_H

#include <stdint.h>

#include "base/text.h"

/* Texts that must not begin alike although they have the same places. */
enum made_region { MADE_MEASURED = 1, MADE_WARM, MADE_PROBE, MADE_PREFIX, MADE_LATER };

/*
 * Adds so many words, with a blank before each but the first of the text. Of
 * one salt and region the first words of 512 places in a row differ, and the
 * first four of all places below 2^36.
 */
void made_add_unique(struct text *into, uint64_t salt, enum made_region region, uint64_t place, int64_t words);

/* The same, but any words, that the place tells. */
void made_add(struct text *into, uint64_t salt, enum made_region region, uint64_t place, int64_t words);

#endif
