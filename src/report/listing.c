#include "report/listing.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

void listing_add(struct listing *listing, struct text *item)
{
	bool had = item->size == 0;

	for (size_t i = 0; i < listing->count && !had; i++)
		had = text_equal(listing->items[i], text_string(item));
	if (had) {
		text_release(item);
		return;
	}
	listing->items = memory_resize(listing->items, listing->count + 1, sizeof(*listing->items));
	listing->items[listing->count++] = text_take(item);
}

void listing_join(const struct listing *listing, const char *separator, const char *otherwise, struct text *into)
{
	if (listing->count == 0)
		text_add(into, otherwise);
	for (size_t i = 0; i < listing->count; i++)
		text_addf(into, "%s%s", i > 0 ? separator : "", listing->items[i]);
}

void listing_release(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free(listing->items[i]);
	free(listing->items);
	*listing = (struct listing){0};
}
