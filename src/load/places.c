#include "places.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

void places_open(struct places *places, struct wire *wire, size_t count)
{
	/* Memory that is not touched is not there. */
	*places = (struct places){
	    .wire = wire,
	    .count = count,
	    .order = memory_new(count, sizeof *places->order),
	    .transfers = memory_new(count, sizeof *places->transfers),
	};
}

void places_release(struct places *places)
{
	for (size_t i = 0; i < places->made; i++)
		transfer_release(&places->transfers[i]);
	free(places->order);
	free(places->transfers);
}

static void make(struct places *places)
{
	struct transfer *transfer = &places->transfers[places->made];

	transfer->wire = places->wire;
	transfer->rank = places->made;
	places->order[places->made++] = transfer;
}

struct transfer *places_take(struct places *places)
{
	assert(places->active < places->count);
	if (places->active == places->made)
		make(places);
	return places->order[places->active++];
}

void places_give_back(struct places *places, struct transfer *transfer)
{
	struct transfer *last = places->order[--places->active];

	places->order[transfer->rank] = last;
	last->rank = transfer->rank;
	places->order[places->active] = transfer;
	transfer->rank = places->active;
}
