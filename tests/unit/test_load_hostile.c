/*
 * Damaged replies on the wire: bits flipped in the header, the framing and the
 * body, ends cut off. Whatever comes, the load ends, each exchange keeps its
 * promises, and no record is better than what was sent. Seeded.
 */
#include <stdlib.h>

#include "../support/load_play.h"
#include "../support/truth_play.h"
#include "base/memory.h"
#include "stream_shapes.h"
#include "tap.h"

enum { REPLIES = 3000 };

/* Numerical Recipes' generator: the same in each run, and no more is needed. */
static uint32_t next_random(uint32_t *state, uint32_t below)
{
	*state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
	return (uint32_t)((uint64_t)(*state >> 8) * below >> 24);
}

/* The server closes after it, so that a reply whose framing promises more has an end. */
static struct truth_stream damaged(const struct shape *shape, uint32_t *state)
{
	struct truth_stream stream =
	    truth_stream_of(shape->status != NULL ? shape->status : "200 OK", shape->framing, shape->lines);

	if (next_random(state, 3) == 0)
		stream.size = 1 + next_random(state, (uint32_t)stream.size);
	for (uint32_t flips = 1 + next_random(state, 8); flips > 0; flips--)
		stream.wire[next_random(state, (uint32_t)stream.size)] ^= (char)(1 << next_random(state, 8));
	stream.closes = true;
	return stream;
}

static void add(struct truth_play *play, const struct truth_stream *stream, const struct shape *shape, uint32_t *state)
{
	struct truth_job job = {.cell = truth_cell(shape->api, shape->whole ? CELL_OFF : CELL_ON),
	                        .stream = stream,
	                        .pieces = memory_new(2, sizeof(struct truth_piece)),
	                        .piece_count = stream->size > 1 ? 2 : 1,
	                        .due_ns = TIME_UNKNOWN};

	job.pieces[job.piece_count - 1] = (struct truth_piece){stream->size, NS_PER_MS};
	if (job.piece_count == 2)
		job.pieces[0].end = 1 + next_random(state, (uint32_t)stream->size - 1);
	truth_play_add(play, &job);
}

static bool is_sound(const struct truth_play *play, size_t i)
{
	const struct record *record = &play->records[i];
	const struct truth_write *first = &play->log.truths[i].writes[0];

	if ((int)record->outcome < 0 || (int)record->outcome >= OUTCOME_COUNT)
		return false;
	if (record->outcome == OUTCOME_OK && record->http_status != 200)
		return false;
	for (size_t k = 0; k < record->event_count; k++)
		if (record->event_ns[k] < first->before_ns - TRUTH_EARLY_NS || record->event_ns[k] > play->end_ns)
			return false;
	return exchange_is_consistent(&play->exchanges[i]) && record->done_ns >= play->start_ns;
}

int main(void)
{
	/* The idle time ends a reply that the server thinks it has sent, and the client does not. */
	struct load_options options = {.in_flight = 64, .timeout_ns = 10 * NS_PER_S, .idle_timeout_ns = 5 * NS_PER_S};
	struct truth_stream *streams = memory_new(REPLIES, sizeof *streams);
	struct truth_play play = {0};
	struct failure failure = {0};
	size_t unsound = 0, outcomes[OUTCOME_COUNT] = {0};
	uint32_t state = 7;

	ok(load_open(&failure), "opened");
	for (size_t i = 0; i < REPLIES; i++) {
		const struct shape *shape = &shapes[i % COUNT_OF(shapes)];

		streams[i] = damaged(shape, &state);
		add(&play, &streams[i], shape, &state);
	}
	ok(truth_play_run(&play, &options), "the load ends");
	for (size_t i = 0; i < REPLIES; i++) {
		outcomes[play.records[i].outcome]++;
		if (!is_sound(&play, i) && unsound++ < 5)
			printf("#  reply %zu of %s: %s\n", i, shapes[i % COUNT_OF(shapes)].name,
			       outcome_name(play.records[i].outcome));
	}
	is_int(unsound, 0, "each has one outcome, possible stamps and all that arrived");
	is_int(outcomes[OUTCOME_CONNECT] + outcomes[OUTCOME_CANCELLED], 0, "none of them is the network's fault");
	for (int i = 0; i < OUTCOME_COUNT; i++)
		printf("# %s: %zu\n", outcome_name((enum outcome)i), outcomes[i]);
	truth_play_release(&play);
	for (size_t i = 0; i < REPLIES; i++)
		truth_stream_release(&streams[i]);
	free(streams);
	load_close();
	return tap_done();
}
