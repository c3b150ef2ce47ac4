/*
 * Exchanges become records after their load, so that nothing disturbs it. But
 * what a long trial keeps would grow as long as it lasts: once the replies that
 * have ended come to DECODE_LATER_BYTES, a second thread decodes them while the
 * load goes on, their memory is used again, and what their records own is put
 * into a file until the load is over. The engine waits for nothing that it does.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "machine/ticker.h"
#include "run/session.h"
#include "run/spill.h"

/* A quarter of a million tokens; they lie in up to three times as much. */
#define DECODE_LATER_BYTES ((size_t)32 << 20)

static const int64_t look_interval_ns = 50 * NS_PER_MS;

struct decoding {
	const struct target *target;
	const struct cell *cell;
	const struct server_facts *server;
	struct load_memory *memory;
	struct exchange *exchanges;
	struct record *records;
	struct spill *spill;
	bool *decoded;
	size_t count;
	size_t *ended;             /* the exchanges in the order of their ends */
	atomic_size_t ended_count; /* written by the engine's thread alone, after its exchange and place in `ended` */
	atomic_bool over;          /* the load has returned */
	struct ticker *ticker;
	size_t weighed, next; /* the thread's: places in `ended` */
	size_t bytes;         /* of those that were weighed */
};

static void decode(struct decoding *decoding, size_t index)
{
	struct exchange *exchange = &decoding->exchanges[index];

	load_gather_early(decoding->memory, exchange);
	decoding->target->decode(decoding->cell, decoding->server, exchange, &decoding->records[index]);
	exchange_release(exchange);
	decoding->decoded[index] = true;
}

static bool look(void *context)
{
	struct decoding *decoding = context;
	size_t count = atomic_load_explicit(&decoding->ended_count, memory_order_acquire);

	while (decoding->weighed < count)
		decoding->bytes += decoding->exchanges[decoding->ended[decoding->weighed++]].body_size;
	if (decoding->bytes < DECODE_LATER_BYTES)
		return true;
	while (decoding->next < count && !atomic_load_explicit(&decoding->over, memory_order_relaxed)) {
		size_t index = decoding->ended[decoding->next++];

		decode(decoding, index);
		spill_put(decoding->spill, index, &decoding->records[index]);
	}
	return true;
}

/* Zeros whose pages are there before the load, rather than one by one in it. */
static void *new_touched(size_t count, size_t size)
{
	return memset(memory_new(count, size), 0, count * size);
}

struct decoding *decoding_begin(struct session *session, const struct cell *cell, struct exchange *exchanges,
                                size_t count)
{
	struct decoding *decoding = memory_new(1, sizeof(*decoding));

	decoding->target = session->backend.target;
	decoding->cell = cell;
	decoding->server = session_server(session, cell);
	decoding->memory = session->replies;
	decoding->exchanges = exchanges;
	decoding->count = count;
	decoding->records = new_touched(count, sizeof(*decoding->records));
	decoding->decoded = new_touched(count, sizeof(*decoding->decoded));
	decoding->ended = new_touched(count, sizeof(*decoding->ended));
	decoding->spill = spill_new(store_folder(session->store), count);
	/* Without a thread everything is decoded at the end. */
	decoding->ticker = ticker_start(look_interval_ns, look, decoding);
	return decoding;
}

void decoding_ended(struct decoding *decoding, size_t index)
{
	size_t count = atomic_load_explicit(&decoding->ended_count, memory_order_relaxed);

	decoding->ended[count] = index;
	atomic_store_explicit(&decoding->ended_count, count + 1, memory_order_release);
}

/* What was put away comes back; false: the disk failed. */
static bool restore(struct decoding *decoding, size_t count, struct failure *failure)
{
	for (size_t i = 0; i < count; i++) {
		int error = spill_take(decoding->spill, i, &decoding->records[i]);

		if (error != 0)
			return failure_set(failure, STATUS_CANNOT_GO_ON,
			                   "cannot read back what was measured in this trial: %s", file_reason(error));
	}
	return true;
}

bool decoding_finish(struct decoding *decoding, size_t count, struct record **into, struct failure *failure)
{
	struct record *records = decoding->records;
	bool good;

	atomic_store_explicit(&decoding->over, true, memory_order_relaxed);
	ticker_stop(decoding->ticker);
	for (size_t i = 0; i < count; i++)
		if (!decoding->decoded[i])
			decode(decoding, i);
	good = restore(decoding, count, failure);
	for (size_t i = good ? count : 0; i < decoding->count; i++)
		record_release(&records[i]);
	spill_free(decoding->spill);
	free(decoding->ended);
	free(decoding->decoded);
	free(decoding);
	*into = records;
	return good;
}
