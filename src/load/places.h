/*
 * The places of the requests in flight. One is made when it is first needed: of
 * an open loop's places, one for each request, few are taken at a time.
 */
#ifndef LOAD_PLACES_H
#define LOAD_PLACES_H

#include <stddef.h>

#include "transfer.h"

struct places {
	struct wire *wire; /* borrowed: of all transfers */
	size_t count;      /* places that there are, made or not */
	size_t made;
	size_t active;              /* taken */
	struct transfer **order;    /* those that were made: the active ones first, then the free ones */
	struct transfer *transfers; /* their addresses are fixed */
};

void places_open(struct places *places, struct wire *wire, size_t count);
void places_release(struct places *places);

/* Takes one of those that are left: the one that was free for the shortest time, with its connection. */
struct transfer *places_take(struct places *places);

/* The last active one moves to the place in `order` of the one that is given back. */
void places_give_back(struct places *places, struct transfer *transfer);

#endif
