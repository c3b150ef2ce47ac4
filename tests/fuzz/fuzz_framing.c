/*
 * What frames a reply: HTTP's chunked coding taken out of bytes that were read
 * in pieces cut anywhere, and server-sent events. The bytes that are left are
 * the same however they were cut, and no stamp moves away from its bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "fuzz.h"
#include "load/gather.h"
#include "target/sse.h"

enum { SIZE_MAX_BYTES = 1 << 12, SEEDS = 64 };

struct pieces {
	char *bytes;
	size_t size;
	struct chunk *chunks;
	size_t count;
};

/* In pieces of at most `largest` bytes; each is stamped with the end that it had. */
static struct pieces unchunked(const struct feed *feed, size_t largest, uint64_t seed)
{
	struct pieces pieces = {.bytes = memory_copy(feed->bytes, feed->size),
	                        .chunks = memory_new(feed->size, sizeof(*pieces.chunks))};
	size_t end = 0;

	while (end < feed->size) {
		size_t size = 1 + (size_t)random_below(&seed, largest);

		end += size < feed->size - end ? size : feed->size - end;
		pieces.chunks[pieces.count++] = (struct chunk){(int64_t)end, end};
	}
	pieces.size = gather_unchunk(pieces.bytes, pieces.chunks, &pieces.count);
	return pieces;
}

static void check_pieces(const struct pieces *pieces, const struct feed *feed)
{
	size_t end = 0;
	int64_t at_ns = 0;

	must(pieces->size <= feed->size, "no more is left than there was");
	for (size_t i = 0; i < pieces->count; i++) {
		const struct chunk *chunk = &pieces->chunks[i];

		must(chunk->end > end && chunk->at_ns > at_ns, "pieces ascend");
		must((int64_t)chunk->end <= chunk->at_ns, "no byte comes before it was read");
		end = chunk->end;
		at_ns = chunk->at_ns;
	}
	must(end == pieces->size, "pieces are all of it");
}

/* Byte by byte each one has its own stamp: where it was. */
static void check_stamps(const struct pieces *single, const struct pieces *cut)
{
	size_t chunk = 0;

	for (size_t i = 0; i < single->count; i++) {
		while (cut->chunks[chunk].end <= i)
			chunk++;
		must(cut->chunks[chunk].at_ns >= single->chunks[i].at_ns, "a byte is stamped when it was there");
		must(chunk == 0 || cut->chunks[chunk - 1].at_ns < single->chunks[i].at_ns,
		     "and not later than its piece");
	}
}

static void try_chunked(const struct feed *feed, size_t seed)
{
	struct pieces single = unchunked(feed, 1, 0), cut = unchunked(feed, (size_t)1 << seed % 10, seed);

	check_pieces(&single, feed);
	check_pieces(&cut, feed);
	must(single.count == single.size, "byte by byte each is a piece");
	must(single.size == cut.size && memcmp(single.bytes, cut.bytes, cut.size) == 0,
	     "cuts do not change what is left");
	check_stamps(&single, &cut);
	free(single.bytes);
	free(single.chunks);
	free(cut.bytes);
	free(cut.chunks);
}

static void try_events(const struct feed *feed)
{
	struct sse sse = {.bytes = feed->bytes, .size = feed->size};
	struct sse_event event;
	size_t last = 0, count = 0;

	while (sse_next(&sse, &event)) {
		must(event.last < feed->size && (count == 0 || event.last >= last), "events ascend");
		must(event.size <= feed->size, "an event is no more than its bytes");
		last = event.last;
		count++;
	}
	must(sse.at >= feed->size, "events are read to the end");
	sse_release(&sse);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct feed feed = feed_of(bytes, size);
	size_t seed = feed_choose(&feed, SEEDS);

	if (feed.size > SIZE_MAX_BYTES)
		return 0;
	try_chunked(&feed, seed);
	try_events(&feed);
	return 0;
}
