/*
 * Exchanges that another thread reads while their load goes on: each is told
 * once and is whole, and the memory of replies is used again.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "../support/load_play.h"
#include "base/memory.h"
#include "load/arena.h"
#include "load/engine.h"
#include "machine/ticker.h"
#include "tap.h"

/* 2000 replies of 20 KB. In chunks, so that their framing is taken out. */
enum { COUNT = 2000, IN_FLIGHT = 8, BODY_BYTES = 20000, BEHIND_MOST = 50 };

struct reader {
	struct exchange *exchanges;
	struct load_memory *memory;
	size_t ended[COUNT];
	atomic_size_t count, read;
	size_t whole, told_twice;
	bool told[COUNT];
};

static bool is_whole(const struct exchange *exchange)
{
	size_t same = 0;

	while (same < exchange->body_size && exchange->body[same] == 'x')
		same++;
	return exchange->transport == TRANSPORT_COMPLETE && same == BODY_BYTES && exchange_is_consistent(exchange);
}

static bool read_ended(void *context)
{
	struct reader *reader = context;

	for (size_t next = atomic_load(&reader->read); next < atomic_load(&reader->count); next++) {
		struct exchange *exchange = &reader->exchanges[reader->ended[next]];

		load_gather_early(reader->memory, exchange);
		reader->whole += is_whole(exchange);
		exchange_release(exchange);
		atomic_store(&reader->read, next + 1);
	}
	return true;
}

/* The load waits for a reader that is far behind, so that what it holds can be foretold. */
static void on_ended(void *context, size_t request)
{
	struct reader *reader = context;
	size_t count = atomic_load(&reader->count) + 1;

	reader->told_twice += reader->told[request];
	reader->told[request] = true;
	reader->ended[count - 1] = request;
	atomic_store(&reader->count, count);
	while (count - atomic_load(&reader->read) > BEHIND_MOST)
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
}

static char *script_of_reply(void)
{
	static const char head[] = CHUNKED "4e20\r\n", tail[] = "\r\n0\r\n\r\n";
	char *bytes = memory_new(sizeof head + BODY_BYTES + sizeof tail, 1);

	strcpy(bytes, head);
	memset(bytes + sizeof head - 1, 'x', BODY_BYTES);
	strcpy(bytes + sizeof head - 1 + BODY_BYTES, tail);
	return bytes;
}

int main(void)
{
	char *bytes = script_of_reply();
	const struct step steps[] = {SEND(bytes), {0}};
	const struct script script = {steps};
	struct reader *reader = memory_new(1, sizeof *reader);
	struct load_options options = {.in_flight = IN_FLIGHT, .on_ended = on_ended, .context = reader};
	struct failure failure = {0};
	struct ticker *ticker;
	struct play play;

	ok(load_open(&failure), "opened");
	play_open(&play, &script, 1, COUNT);
	reader->exchanges = play.exchanges;
	reader->memory = options.memory = load_memory_new(0, NULL);
	ticker = ticker_start(NS_PER_MS, read_ended, reader);
	ok(ticker != NULL, "a thread that reads");
	ok(play_run(&play, &options), "a load");
	ticker_stop(ticker);
	read_ended(reader);
	is_int(atomic_load(&reader->count), COUNT, "each exchange is told");
	is_int(reader->told_twice, 0, "  once");
	is_int(reader->whole, COUNT, "  and was whole then");
	/* 59 replies in pieces of up to 62 KB are 3.6 MB, all of them would be 124. */
	is_int(load_memory_arena(options.memory)->held_bytes, (size_t)8 << 20, "40 MB came, and 8 MiB held them");
	load_memory_free(options.memory);
	play_close(&play);
	load_close();
	free(reader);
	free(bytes);
	return tap_done();
}
