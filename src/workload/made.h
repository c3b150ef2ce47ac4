/*
 * Text of common words, by seed. Texts of one length have the same words in
 * another order, so that they have as many tokens as each other, also where a
 * vocabulary splits some of the words.
 */
#ifndef WORKLOAD_MADE_H
#define WORKLOAD_MADE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Texts that must not begin alike although they have the same places. */
enum made_region { MADE_MEASURED = 1, MADE_WARM, MADE_PROBE, MADE_PREFIX, MADE_LATER };

struct made_order {
	uint64_t salt;
	enum made_region region;
	uint64_t place;
};

/*
 * Adds so many words of an endless row, from the one at `from` on, in an order
 * of their own; with a blank before each but the first of the text.
 */
void made_add(struct text *into, const struct made_order *order, size_t from, int64_t words);

/*
 * The same, but the first word tells the place: those of 512 places in a row
 * differ. Where the place is not below 512 so does the second, and more.
 */
void made_add_unique(struct text *into, const struct made_order *order, size_t from, int64_t words);

#endif
